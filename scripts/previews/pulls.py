"""Open pull requests, and what is known of each: written by fetch, read by all that follow."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

PLAN = "plan.json"
DATA = "data"
"""Below it a folder for each pull request, by its number: `cards/` and `docs/` as its ci run packed them."""

State = Literal["ready", "code", "waiting", "missing", "refused"]


@dataclass(frozen=True, slots=True)
class Pull:
    """An open pull request. All but `reasons` is what GitHub's API says."""

    number: int
    sha: str
    """Its head, 40 hex digits: by it everything else is found."""
    url: str
    state: State
    run_url: str = ""
    """The page of its ci run, where the built site can be downloaded."""
    conclusion: str = ""
    """How that run ended: success, failure, ..."""
    reasons: tuple[str, ...] = ()
    """Why it is refused; may name files of the pull request."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All open pull requests, the newest first, and those closed of late."""

    pulls: tuple[Pull, ...]
    closed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What the build made of a pull request; nothing in it is to be trusted."""

    built: bool
    problems: tuple[str, ...] = ()
    diff: str = ""
    """Markdown: what changed in meaning."""


def write_plan(plan: Plan, path: Path) -> None:
    path.write_text(json.dumps(asdict(plan), indent=1), encoding="utf-8")


def read_plan(path: Path) -> Plan:
    read = json.loads(path.read_text(encoding="utf-8"))
    pulls = (Pull(**{**each, "reasons": tuple(each["reasons"])}) for each in read["pulls"])
    return Plan(tuple(pulls), tuple(read["closed"]))


MAX_REPORT_BYTES = 200_000


def write_report(report: Report, path: Path) -> None:
    path.write_text(json.dumps(asdict(report)), encoding="utf-8")


def read_report(path: Path) -> Report | None:
    """A report, or None where there is none that can be read."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_REPORT_BYTES:
            return None
        read: Any = json.loads(path.read_text(encoding="utf-8"))
        problems = tuple(str(line) for line in read["problems"])
        return Report(read["built"] is True, problems, str(read["diff"]))
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def is_plain_name(name: str) -> bool:
    """Whether every system, and `actions/upload-artifact`, takes a file of that name or path."""
    return not any(char in '"*:<>?\\|' or unicodedata.category(char) in _UNSEEN for char in name)


_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Control characters, those that turn the direction of writing, half characters, line ends."""


def one_line(text: str, most: int = 300) -> str:
    """A text of anyone's on one line, without what steers a terminal or turns the direction of writing."""
    plain = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"
