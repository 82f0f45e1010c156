"""A card at one of the two times, and the files that are its own."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cardwright.diff.sides import Side
from cardwright.diff.trees import Tree, is_same
from cardwright.entry import Entry
from cardwright.load.beside import SUFFIXES
from cardwright.sources import CardSource
from cardwright.sources.find import SHARED_TEXTS


@dataclass(frozen=True, slots=True)
class Version:
    """A card on one side."""

    entry: Entry
    side: Side
    files: Mapping[str, str]
    """Its own files, by their path in the card's folder: their path in the cards folder."""

    @property
    def path(self) -> str:
        """Its file, with the folder of the cards in front."""
        return f"{self.side.shown_as}/{self.entry.path}"

    def has_same(self, path: str, other: Version, other_path: str) -> bool:
        """Whether a file of it is a file of `other`."""
        return is_same(self.side.tree, self.files[path], other.side.tree, other.files[other_path])


class Places:
    """Which files of a cards folder belong to which card."""

    def __init__(self, tree: Tree, sources: Iterable[CardSource]) -> None:
        self._root = tree.root
        self._files = tree.files
        self._cards = {source.path.relative_to(tree.root).as_posix() for source in sources}
        self._owned = {self.folder(source) for source in sources if source.owns_folder}
        self._by_owner: defaultdict[str, list[str]] = defaultdict(list)
        for path in tree.files:
            self._by_owner[self._find_owner(path)].append(path)

    def folder(self, source: CardSource) -> str:
        """The folder of a card; empty for the cards folder itself."""
        path = source.folder.relative_to(self._root).as_posix()
        return "" if path == "." else path

    def list_own(self, source: CardSource) -> dict[str, str]:
        """Files of a card, as `Version.files`: all of its folder, or those that have its name."""
        folder = self.folder(source)
        start = f"{folder}/" if folder else ""
        own = source.path.relative_to(self._root).as_posix()
        if source.owns_folder:
            mine = (path for path in self._by_owner[folder] if path == own or path not in self._cards)
            return {path[len(start) :]: path for path in mine}
        named = [own, *(f"{start}{source.name}{suffix}" for suffix in SUFFIXES)]
        return {path[len(start) :]: path for path in named if path in self._files}

    def list_needed(self, source: CardSource) -> set[str]:
        """Files that reading a card may look at."""
        folder = self.folder(source)
        near = self._by_owner[folder if source.owns_folder else self._find_owner(f"{folder}/x" if folder else "x")]
        start = f"{folder}/" if folder else ""
        needed = {path for path in near if path.startswith(start) and (source.owns_folder or path not in self._cards)}
        steps = folder.split("/") if folder else []
        above = ("/".join([*steps[:length], name]) for length in range(len(steps) + 1) for name in SHARED_TEXTS)
        own = source.path.relative_to(self._root).as_posix()
        return needed | {own} | {path for path in above if path in self._files}

    def is_touched(self, source: CardSource, changed: Changed) -> bool:
        """Whether a changed file may change what is read of the card."""
        own, folder = source.path.relative_to(self._root).as_posix(), self.folder(source)
        steps = folder.split("/") if folder else []
        if own in changed.paths or any("/".join(steps[:up]) in changed.shared for up in range(len(steps) + 1)):
            return True
        return folder in (changed.folders if source.owns_folder else changed.folders_beside)

    def _find_owner(self, path: str) -> str:
        """The nearest folder above a file that is a card; empty for none."""
        folder = posixpath.dirname(path)
        while folder and folder not in self._owned:
            folder = posixpath.dirname(folder)
        return folder


@dataclass(frozen=True, slots=True)
class Changed:
    """Files that are not the same, and where they are."""

    paths: frozenset[str]
    folders: frozenset[str]
    """Those in which, at whatever depth, a file changed."""
    folders_beside: frozenset[str]
    """The same without the files that are cards."""
    shared: frozenset[str]
    """Folders whose file for all cards below changed."""


def locate(paths: frozenset[str], cards: frozenset[str]) -> Changed:
    """Where changed files are; `cards` are the files that are cards on one of the sides."""
    return Changed(
        paths,
        frozenset(_folders(paths)),
        frozenset(_folders(paths - cards)),
        frozenset(posixpath.dirname(path) for path in paths if posixpath.basename(path) in SHARED_TEXTS),
    )


def _folders(paths: Iterable[str]) -> Iterable[str]:
    for path in paths:
        folder = posixpath.dirname(path)
        while folder:
            yield folder
            folder = posixpath.dirname(folder)
        yield ""
