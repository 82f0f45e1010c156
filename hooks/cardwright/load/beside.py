"""Files beside a card that belong to it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cardwright.sources import CardSource
from cardwright.sources.find import is_inside

MAX_BESIDE = 200


SUFFIXES = (".onnx", ".bib", ".prototxt")
"""What is looked for beside a card."""


@dataclass(frozen=True, slots=True)
class Beside:
    """The files beside a card that belong to it, found in one look at its folder."""

    paths: Mapping[str, tuple[Path, ...]]
    """By suffix, one of SUFFIXES."""
    unnameable: tuple[str, ...] = ()
    """Names that are no UTF-8, as far as they can be written: no page can link to such a file."""


def find_beside(source: CardSource) -> Beside:
    """Regular files in the card's folder, and in subfolders without a card; for a single-file card its namesakes."""
    if not source.owns_folder:
        named = {suffix: source.folder / f"{source.name}{suffix}" for suffix in SUFFIXES}
        return Beside({suffix: (own,) if is_inside(own, source.folder) else () for suffix, own in named.items()})
    found = list(_walk(source.folder, 0))
    nameable = [path for path in found if _is_nameable(path)]
    paths = {
        suffix: sorted(p for p in nameable if p.suffix.lower() == suffix and is_inside(p, source.folder))
        for suffix in SUFFIXES
    }
    names = sorted(os.fsencode(path.name).decode("utf-8", "replace") for path in found if not _is_nameable(path))
    return Beside({suffix: tuple(some[:MAX_BESIDE]) for suffix, some in paths.items()}, tuple(names[:MAX_BESIDE]))


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
