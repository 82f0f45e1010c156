"""Files beside a card that belong to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cardwright.sources import CardSource
from cardwright.sources.files import is_inside, is_nameable, readable_name

MAX_BESIDE = 200


SUFFIXES = (".onnx", ".bib", ".prototxt")
"""What is looked for beside a card."""

LICENSE_FOLDERS = ("contrib_src/license", "license", "licenses", "licence", "licences")
"""Folders of a card whose files are licences, in lower case."""

_LICENSE_NAME = re.compile(r"(?:(?:un)?licen[sc]e|copying)(?:[-_][\w-]*)?(?:\.(?:txt|md|rst))?", re.IGNORECASE)
MAX_LICENSES = 10


@dataclass(frozen=True, slots=True)
class Beside:
    """The files beside a card that belong to it, found in one look at its folder."""

    paths: Mapping[str, tuple[Path, ...]]
    """By suffix, one of SUFFIXES."""
    licenses: tuple[Path, ...] = ()
    """Files with the text of a licence."""
    unnameable: tuple[str, ...] = ()
    """Names that are no UTF-8, as far as they can be written: no page can link to such a file."""
    cut: tuple[str, ...] = ()
    """Suffixes of which there are more than MAX_BESIDE files."""


def find_beside(source: CardSource) -> Beside:
    """Regular files in the card's folder, and in subfolders without a card; for a single-file card its namesakes."""
    if not source.owns_folder:
        named = {suffix: source.folder / f"{source.name}{suffix}" for suffix in SUFFIXES}
        return Beside({suffix: (own,) if is_inside(own, source.folder) else () for suffix, own in named.items()})
    found = list(_walk(source.folder, 0))
    nameable = [path for path in found if is_nameable(path)]
    paths = {
        suffix: sorted(p for p in nameable if p.suffix.lower() == suffix and is_inside(p, source.folder))
        for suffix in SUFFIXES
    }
    licenses = [p for p in nameable if is_license(p.relative_to(source.folder)) and is_inside(p, source.folder)]
    names = sorted(readable_name(Path(path.name)) for path in found if not is_nameable(path))
    found_by = {suffix: tuple(some[:MAX_BESIDE]) for suffix, some in paths.items()}
    cut = tuple(suffix for suffix, some in paths.items() if len(some) > MAX_BESIDE)
    return Beside(found_by, tuple(sorted(licenses)[:MAX_LICENSES]), tuple(names[:MAX_BESIDE]), cut)


def is_license(path: Path) -> bool:
    """Whether a file, by its path in the card's folder, has the text of a licence."""
    in_own_folder = path.parent.as_posix().lower() in LICENSE_FOLDERS and path.suffix.lower() in ("", ".txt", ".md")
    return in_own_folder or (path.parent == Path() and bool(_LICENSE_NAME.fullmatch(path.name)))


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
