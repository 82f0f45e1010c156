"""Files beside a card that belong to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from cardwright.sources import CardSource
from cardwright.sources.find import is_inside

MAX_BESIDE = 200


def list_beside(source: CardSource, suffix: str) -> list[Path]:
    """Regular files with this suffix in the card's folder and its subfolders that are no card's own."""
    if not source.owns_folder:
        own = source.path.with_suffix(suffix)
        return [own] if is_inside(own, source.folder) else []
    found = (path for path in _walk(source.folder, 0) if path.suffix.lower() == suffix and _is_nameable(path))
    return sorted(path for path in found if is_inside(path, source.folder))[:MAX_BESIDE]


def list_unnameable(source: CardSource) -> list[str]:
    """Files of the card whose names are no UTF-8, as far as they can be written: no page can link to them."""
    if not source.owns_folder:
        return []
    names = (path.name for path in _walk(source.folder, 0) if not _is_nameable(path))
    return sorted(os.fsencode(name).decode("utf-8", "replace") for name in names)[:MAX_BESIDE]


def _is_nameable(path: Path) -> bool:
    try:
        path.name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    try:
        children = sorted(folder.iterdir())
    except OSError:
        return
    for child in children:
        if child.name.startswith((".", "_")) or (child.is_symlink() and child.is_dir()):
            continue
        if child.is_dir():
            # A folder with a card of its own keeps its files.
            if depth < 3 and not any((child / name).exists() for name in ("README.md", "config.json")):
                yield from _walk(child, depth + 1)
        else:
            yield child
