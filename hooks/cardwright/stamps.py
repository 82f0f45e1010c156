"""Whether files changed since they were looked at: by name, size, time and place on the disk, without reading them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cardwright.facts import FactsError
from cardwright.sources import CardSource
from cardwright.sources.find import MARKDOWN, SHARED_TEXTS
from cardwright.sources.model_index import YAML_SUFFIXES

Stamp = tuple[int, int, int]
"""Nanoseconds of the last change, bytes, inode."""

Stamped = tuple[tuple[str, Stamp], ...]
"""Files with their stamps."""


@dataclass(frozen=True, slots=True)
class Group:
    """Files that all cards of a folder may be made of, which can be thousands of both."""

    state: str
    """A digest of their names and stamps."""
    files: Stamped = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CardStamp:
    """The files that a card may be made of."""

    own: Stamped
    """Its own first."""
    others: Group | None = None
    """What stands beside a card that is a file among others."""


MAX_READ_BYTES = 4_000_000
MAX_DEPTH = 16
_TEXTS = (*MARKDOWN, *YAML_SUFFIXES)


def stamp_tree(folder: Path) -> dict[str, Stamp]:
    """Every file below the folder by its path, links followed; of a file the folder's own path. Raises nothing."""
    found: dict[str, Stamp] = {}
    top = os.fspath(folder)
    if os.path.isfile(top):  # noqa: PTH113  (so are all paths here)
        found[top] = _stamp(os.stat(top))  # noqa: PTH116
    else:
        _walk(top, found, 0)
    return found


def _walk(folder: str, found: dict[str, Stamp], depth: int) -> None:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    if entry.is_dir():
                        found[f"{entry.path}/"] = (0, 0, 0)
                        if depth < MAX_DEPTH and (not entry.is_symlink()):
                            _walk(entry.path, found, depth + 1)
                    else:
                        found[entry.path] = _stamp(entry.stat())
                except OSError:  # a link to nowhere, or it is gone
                    found[entry.path] = (-1, -1, -1)
    except OSError:
        pass


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_mtime_ns, status.st_size, status.st_ino


def stamp_cards(root: Path, sources: Iterable[CardSource], tree: Mapping[str, Stamp]) -> dict[CardSource, CardStamp]:
    """Of each card, the files of the tree below `root` that it may be made of.

    For a card with a folder of its own these are all files in it. For one that is a file among others, they are itself
    and what is no text of a card. For both, files above that all cards share.
    """
    sources = tuple(sources)
    top = os.fspath(root)
    folders = {os.fspath(source.folder) for source in sources}
    below: defaultdict[str, list[tuple[str, Stamp]]] = defaultdict(list)
    for item in sorted(tree.items()):
        folder = item[0].rstrip("/").rpartition("/")[0]
        while len(folder) >= len(top):
            if folder in folders:
                below[folder].append(item)
            folder = folder.rpartition("/")[0]
    whole = {folder: tuple(items) for folder, items in below.items()}
    lone = {os.fspath(source.folder) for source in sources if not source.owns_folder}
    others = {folder: _group(item for item in whole.get(folder, ()) if not item[0].endswith(_TEXTS)) for folder in lone}
    shared = [item for item in sorted(tree.items()) if item[0].endswith(SHARED_TEXTS)]
    stamps: dict[CardSource, CardStamp] = {}
    for source in sources:
        folder, path = os.fspath(source.folder), os.fspath(source.path)
        above = tuple(item for item in shared if folder.startswith(f"{item[0].rpartition('/')[0]}/"))
        own = whole.get(folder, ()) if source.owns_folder else ()
        beside = None if source.owns_folder else others[folder]
        stamps[source] = CardStamp(((path, tree.get(path, (-1, -1, -1))), *own, *above), beside)
    return stamps


def _group(files: Iterable[tuple[str, Stamp]]) -> Group:
    some = tuple(files)
    return Group(sha256(repr(some).encode(errors="surrogateescape")).hexdigest(), some)


def digest_files(stamp: CardStamp, root: Path, find_sha256: Callable[[Path], str]) -> str:
    """A digest of what a card's files hold, wherever they stand. `find_sha256` knows that of large models.

    Of other large files nobody reads more than their size, and whether they are links that lead elsewhere.
    """
    own = _digest(stamp.own, root, find_sha256)
    return f"{own} {_digest_group(stamp.others, root, find_sha256)}" if stamp.others else own


@lru_cache(maxsize=16)
def _digest_group(group: Group, root: Path, find_sha256: Callable[[Path], str]) -> str:
    return _digest(group.files, root, find_sha256)


def _digest(files: Stamped, root: Path, find_sha256: Callable[[Path], str]) -> str:
    digest = sha256()
    for path, (_, size, _) in files:
        stands = f"{os.path.relpath(path, root)}\0{size}\0{_read_link(path)}\0"
        digest.update(stands.encode(errors="surrogateescape"))
        if path.endswith("/"):
            continue
        try:
            if size <= MAX_READ_BYTES:
                digest.update(Path(path).read_bytes() if os.path.isfile(path) else b"")  # noqa: PTH113
            elif path.lower().endswith(".onnx"):
                digest.update(find_sha256(Path(path)).encode())
        except (OSError, FactsError):
            digest.update(b"unread")
    return digest.hexdigest()


def _read_link(path: str) -> str:
    """Where a link leads; empty for what is none."""
    try:
        return os.readlink(path)  # noqa: PTH115
    except OSError:
        return ""
