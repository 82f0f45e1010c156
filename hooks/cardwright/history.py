"""When cards changed last, and who changed them: as the card says, else as git says. Never the clock.

Git is asked once a build, with one `git log` over the cards folder. Without git, without a repository, or with a
shallow clone, which knows the last commits only and would date everything to them, nothing is said.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from cardwright.entry import Change, Entry

MAX_SECONDS = 20.0
"""Git has so long for a history; a longer one is left out."""

MAX_EDITORS = 5

CARD_DATES = ("last_modified", "lastModified", "last_updated", "updated_at", "updated", "date")
"""Keys of cards that name the day of their last change, the surest first."""

_COMMIT, _END = "\x01", "\0"
_LOG = (
    "-c log.showRoot=true --no-optional-locks --literal-pathspecs"
    " log --no-follow --encoding=UTF-8 --no-show-signature --no-ext-diff --no-color --no-renames --relative"
    " -z --name-only --format=%x01%at%x09%ad%x09%aN --date=format:%Y-%m-%dT%H:%M:%S%z -- ."
).split()


@dataclass(frozen=True, slots=True)
class History:
    """The last change of every file and folder, by its path relative to the cards folder."""

    changes: Mapping[str, Change] = field(default_factory=dict)


def read_history(folder: Path) -> History:
    """The history of the files below `folder`; an empty one where git cannot tell. Raises nothing."""
    state = _run(folder, "rev-parse", "--is-shallow-repository", "HEAD").split()
    return _read_log(folder.resolve(), state[1]) if len(state) == 2 and state[0] == "false" else History()


@lru_cache(maxsize=4)
def _read_log(folder: Path, head: str) -> History:
    """The history at the commit `head`: while it stays, `mkdocs serve` asks once."""
    return parse_log(_run(folder, *_LOG))


def _run(folder: Path, *arguments: str) -> str:
    """What git prints; nothing when it fails, is not there or takes too long."""
    try:
        done = subprocess.run(
            # A folder of cards laid out as a bare repository would bring settings, which name programs.
            ["git", "-C", str(folder), "-c", "safe.bareRepository=explicit", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=MAX_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace")


def parse_log(text: str) -> History:
    """The history in what `git log` prints for `_LOG`: commits, each with the files it touched."""
    last: dict[str, tuple[int, str]] = {}
    editors: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for commit in text.split(_COMMIT)[1:]:
        head, *names = commit.split(_END)
        seconds, _, rest = head.partition("\t")
        moment, _, author = rest.partition("\t")
        if not re.fullmatch(r"\d{1,12}", seconds):  # a commit from before 1970, or a broken one
            continue
        for path in {path for name in names for path in _with_folders(name.removeprefix("\n"))}:
            last[path] = max(last.get(path, (-1, "")), (int(seconds), moment))
            editors[path][" ".join(author.split())] += 1
    return History(
        {
            path: Change(iso_time(moment), tuple(_most(editors[path])))
            for path, (_, moment) in last.items()
            if iso_time(moment)
        }
    )


def _with_folders(name: str) -> Iterable[str]:
    """A path and the folders it is in."""
    steps = name.split("/") if name else []
    return ("/".join(steps[:length]) for length in range(1, len(steps) + 1))


def _most(editors: Counter[str]) -> list[str]:
    """Those with the most commits first; never more than a line of them."""
    return sorted((name for name in editors if name), key=lambda name: (-editors[name], name))[:MAX_EDITORS]


def add_changes(entries: tuple[Entry, ...], history: History) -> tuple[Entry, ...]:
    """The cards, each with its last change where card or git know it."""
    changed = ((entry, find_change(entry, history)) for entry in entries)
    return tuple(replace(entry, change=change) if change else entry for entry, change in changed)


def find_change(entry: Entry, history: History) -> Change | None:
    """The last change of a card: the day that it states, else the last commit of its folder, or of its file alone."""
    folder = entry.path.rpartition("/")[0] if entry.source.owns_folder else ""
    committed = history.changes.get(folder or entry.path)
    extra = entry.card.model_extra or {}
    stated = next(filter(None, (iso_time(extra.get(key)) for key in CARD_DATES)), "")
    return Change(stated, committed.editors if committed else ()) if stated else committed


_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?", re.ASCII | re.IGNORECASE
)


def iso_time(value: Any) -> str:
    """A date, or date and time, as RFC 3339 has it: `2024-05-01T00:00:00Z`. Empty for what is neither."""
    match = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        return ""
    day, time, zone = match[1], match[2] or "00:00:00", (match[3] or "Z").upper()
    time = f"{time}:00" if len(time) == 5 else time
    zone = zone if zone == "Z" or ":" in zone else f"{zone[:3]}:{zone[3:]}"
    try:
        date.fromisoformat(day)
        datetime.fromisoformat(f"{day}T{time}{zone}")
    except ValueError:
        return ""
    return f"{day}T{time}{'Z' if zone in ('+00:00', '-00:00') else zone}"
