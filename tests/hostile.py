"""Cards made to do harm: `data/hostile/<kind>/<case>` with what is expected of it in `<case>.expected`.

A case is a card as it stands (`.md`), a BibTeX file beside a card (`.bib`), or, where there are several files, or very
large or strange ones, `.json`: path in the cards folder to content. Content is text, pieces to repeat
(`[[piece, times], ...]`, `{n}` in a piece is the number of the repeat), `{"link": target}` or `{"fifo": true}`. In
text and names, `\\udcff` is the byte ff.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "hostile"
KINDS = ("yaml", "markdown", "paths", "bibtex")
CASES = sorted(
    path.relative_to(DATA).as_posix() for path in DATA.glob("*/*") if path.suffix in (".md", ".bib", ".json")
)
"""All cases as `<kind>/<file>`."""


def read_expected(case: str) -> tuple[list[str], list[str]]:
    """What `cardwright check cards` prints of the case, and texts that its pages must have."""
    text = (DATA / case).with_suffix(".expected").read_bytes().decode()
    problems, _, shown = text.partition("--\n")
    return problems.splitlines(), shown.splitlines()


def is_small(case: str) -> bool:
    """Whether it is no matter of amounts: a browser shows it in no time."""
    files = _files(case)
    return len(files) < 50 and sum(len(content) for content in files.values()) < 20_000


def write_case(case: str, cards: Path) -> None:
    """Put the files of a case into the folder `cards`."""
    for name, content in _files(case).items():
        target = cards / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            target.write_bytes(content)
        elif "link" in content:
            target.symlink_to(content["link"])
        else:
            os.mkfifo(target)


def _files(case: str) -> dict[str, Any]:
    path = DATA / case
    return _FILES[path.suffix](path)


def _read_files(path: Path) -> dict[str, Any]:
    files = json.loads(path.read_text(encoding="utf-8"))
    return {name: content if isinstance(content, Mapping) else _repeat(content) for name, content in files.items()}


def _repeat(content: str | list[tuple[str, int]]) -> bytes:
    pieces = [(content, 1)] if isinstance(content, str) else content
    texts = (
        piece * times if "{n}" not in piece else "".join(piece.replace("{n}", str(n)) for n in range(times))
        for piece, times in pieces
    )
    return "".join(texts).encode("utf-8", "surrogateescape")


_FILES: Mapping[str, Callable[[Path], dict[str, Any]]] = {
    ".md": lambda path: {"card/README.md": path.read_bytes()},
    ".bib": lambda path: {"card/README.md": b"# Card\n\nText.\n", "card/refs.bib": path.read_bytes()},
    ".json": _read_files,
}
