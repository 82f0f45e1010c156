"""The last build on disk, for the next process: `.cache/cardwright/last`.

    index       what was read and made, in our own classes
    head        a checksum of it, and what it depends on
    site/...    the files of pages, as they stand in the site

What cannot be used, because it is damaged, of another version or of another place, is as if it were not there.
Only values of our own come out of it, whoever wrote it: see `packing.py`.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import cardwright
from cardwright.brief import Kept
from cardwright.exchange import link_file, open_beside, put_in_place
from cardwright.packing import read, write
from cardwright.plugin.building import Last, Written

log = logging.getLogger("mkdocs.plugins.cardwright")

LAST_DIR = ".cache/cardwright/last"
"""Beside mkdocs.yml. One for `mkdocs build` and one for `mkdocs serve`, which has another address in every page."""

FEW = 64
"""Cards up to which a build is as quick as looking for what it could take over."""


def save_last(last: Last, site_dir: Path, root: Path, command: str) -> None:
    """Keep a build that ended well. Where nothing can be written, nothing is kept."""
    if len(last.cards.read.kept) <= FEW or not last.is_new:
        return
    try:
        beside = open_beside(root / LAST_DIR / command)
        for output in (output for written in last.written.values() for output in written.outcome.outputs):
            if not output.copied_from:
                place = beside.folder / "site" / output.uri
                place.parent.mkdir(parents=True, exist_ok=True)
                link_file(site_dir / output.uri, place)
        with (beside.folder / "index").open("wb") as file:
            for part in _take_apart(last):
                write(part, file)
        (beside.folder / "head").write_text(_head(beside.folder, root))
        put_in_place(beside)
    except OSError as error:
        log.debug("the build is not kept: %s", error)


def load_last(root: Path, command: str) -> Last | None:
    """The last build; None when there is none that can be used. Raises nothing."""
    folder = root / LAST_DIR / command
    try:
        if (folder / "head").read_text() != _head(folder, root):
            return None
        with (folder / "index").open("rb") as file:
            last = _put_together(partial(read, file))
    except Exception as error:  # whatever a file can do to a reader
        log.debug("no build is taken over: %s", error)
        return None
    return replace(last, store=folder / "site")


def _take_apart(last: Last) -> Iterator[object]:
    """All cards together would be twice in memory: first all else, then each page with what it was made from."""
    cards = last.cards
    bare = replace(cards, read=replace(cards.read, kept=()), plan=replace(cards.plan, entries=()))
    yield len(last.written), replace(last, cards=bare, written={})
    yield from last.written.items()


def _put_together(read_part: Callable[[], Any]) -> Last:
    """The inverse."""
    count, bare = read_part()
    written: dict[str, Written] = dict(read_part() for _ in range(count))
    kept = tuple(each.made for each in written.values() if isinstance(each.made, Kept))
    entries = tuple(each.entry for each in written.values() if each.entry)
    read_again, plan = replace(bare.cards.read, kept=kept), replace(bare.cards.plan, entries=entries)
    last: Last = replace(bare, cards=replace(bare.cards, read=read_again, plan=plan), written=written)
    return last


def _head(folder: Path, root: Path) -> str:
    with (folder / "index").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return json.dumps([digest, find_version(), str(root.resolve())])


@cache
def find_version() -> str:
    """Changes with every file of this package, with Python, and with every package that is installed."""
    digest = hashlib.sha256(sys.version.encode())
    package = Path(cardwright.__file__).parent
    for path in sorted(path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        digest.update(f"{path.relative_to(package)}\0".encode() + path.read_bytes())
    for name in sorted(_list_installed()):
        digest.update(name.encode())
    return digest.hexdigest()


def _list_installed() -> Iterator[str]:
    for each in importlib.metadata.distributions():
        yield f"{Path(str(each._path)).name}\0"  # type: ignore[attr-defined]  # the name says which version
