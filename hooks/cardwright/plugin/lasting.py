"""The last build on disk, for the next process: `.cache/cardwright/last`.

    index       a line with a checksum and what it depends on; then what was read and made, in our own classes
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
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import cardwright
from cardwright.exchange import open_beside, put_in_place
from cardwright.packing import pack, unpack
from cardwright.plugin.building import Last
from cardwright.plugin.cards import link_file

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
                link_file(site_dir / output.uri, beside.folder / "site" / output.uri)
        content = pack(last)
        (beside.folder / "index").write_bytes(_head(content, root) + b"\n" + content)
        put_in_place(beside)
    except OSError as error:
        log.debug("the build is not kept: %s", error)


def load_last(root: Path, command: str) -> Last | None:
    """The last build; None when there is none that can be used. Raises nothing."""
    folder = root / LAST_DIR / command
    try:
        head, _, content = (folder / "index").read_bytes().partition(b"\n")
        if head != _head(content, root):
            return None
        last = unpack(content)
    except Exception as error:  # whatever a file can do to a reader
        log.debug("no build is taken over: %s", error)
        return None
    return replace(last, store=folder / "site") if isinstance(last, Last) else None


def _head(content: bytes, root: Path) -> bytes:
    digest = hashlib.sha256(content).hexdigest()
    return json.dumps([digest, find_version(), str(root.resolve())]).encode()


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
