"""From two sides to their difference: what changed among the files, which cards that touches, and what these say."""

from __future__ import annotations

import logging
import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from cardwright.benchmarks import Vocabulary, built_in
from cardwright.diff.aspects import ASPECTS
from cardwright.diff.renames import find_renamed
from cardwright.diff.sides import Side
from cardwright.diff.trees import Folder, Tree, find_changed
from cardwright.diff.values import CardChange, Change, Difference, DiffError, How
from cardwright.diff.versions import Places, Version, locate
from cardwright.entry import Entry
from cardwright.facts import Facts, Inspector
from cardwright.load import load_entry, make_failed_entry
from cardwright.sources import CardSource, find_sources
from cardwright.sources.find import MARKDOWN
from cardwright.sources.model_index import YAML_SUFFIXES

log = logging.getLogger("mkdocs.plugins.cardwright")

_NAMING = (*MARKDOWN, *YAML_SUFFIXES, "config.json")
"""Endings of files that are looked into to find cards."""
_LIGHT = (*_NAMING, ".json", ".txt", ".bib", ".png", ".jpg", ".jpeg", ".svg", ".gif")
"""Endings of files that hold no weights of a model beside them."""

HOWS: tuple[How, ...] = ("removed", "renamed", "added", "changed")
"""What became of cards, in the order in which they are listed."""


def compare_sides(base: Side, head: Side, inspector: Inspector) -> Difference:
    """What is not as it was. Cards whose files are the same on both sides are not read."""
    changed = find_changed(base.tree, head.tree)
    readers = [_Reader(side, inspector) for side in (base, head)]
    for reader, other in zip(readers, reversed(readers), strict=True):
        reader.other, reader.changed = other.side.tree, changed
    old, new = (reader.find_cards() for reader in readers)
    if not old and not new:
        raise DiffError(f"no card in {base.label}, and none in {head.label}")
    cards = frozenset(reader.relative(source) for reader in readers for source in reader.sources)
    touched = locate(changed, cards)
    pairs = _pair(old, new)
    vocabulary = base.vocabulary or head.vocabulary or built_in()
    both = [
        (one, two)
        for one, two in pairs
        if one != two
        or old[one].slug != new[two].slug
        or readers[0].places.is_touched(old[one], touched)
        or readers[1].places.is_touched(new[two], touched)
    ]
    gone = readers[0].read([old[key] for key in old if key not in dict(pairs)], vocabulary)
    taken = {key for _, key in pairs}
    come = readers[1].read([new[key] for key in new if key not in taken], vocabulary)
    before = readers[0].read([old[one] for one, _ in both], vocabulary)
    after = readers[1].read([new[two] for _, two in both], vocabulary)
    renamed = find_renamed(gone, come)
    matched = {id(version) for pair in renamed for version in pair}
    found = [_compare(one, two, vocabulary) for one, two in [*zip(before, after, strict=True), *renamed]]
    found += [_tell("removed", one, one, ()) for one in gone if id(one) not in matched]
    found += [_tell_new(two, vocabulary) for two in come if id(two) not in matched]
    listed = [card for card in found if card.how != "changed" or card.changes]
    ordered = sorted(listed, key=lambda card: (HOWS.index(card.how), card.slug))
    return Difference(base.label, head.label, tuple(ordered), len(pairs) + len(renamed) - _count_pairs(listed))


def _count_pairs(cards: Iterable[CardChange]) -> int:
    return sum(card.how in ("renamed", "changed") for card in cards)


Key = tuple[str, str, int]
"""The file of a card, its name in there when it is one of several, and which of that name it is."""


class _Reader:
    """Reads cards of one side."""

    other: Tree
    changed: frozenset[str]

    def __init__(self, side: Side, inspector: Inspector) -> None:
        self.side = side
        self.sources: tuple[CardSource, ...] = ()
        self._inspector = inspector
        self._heavy: set[str] = set()

    def find_cards(self) -> dict[Key, CardSource]:
        """Every card, by what it is found again by."""
        tree = self.side.tree
        tree.fill((path for path in tree.files if path.lower().endswith(_NAMING)), self._find_known)
        self.sources = find_sources(tree.root)[0] if tree.root.is_dir() else ()
        self.places = Places(tree, self.sources)
        self._heavy = {posixpath.dirname(path) for path in self.changed if not path.lower().endswith(_LIGHT)}
        found: dict[Key, CardSource] = {}
        seen: Counter[tuple[str, str]] = Counter()
        for source in self.sources:
            place = (self.relative(source), source.name if source.part is not None else "")
            found[*place, seen[place]] = source
            seen[place] += 1
        return found

    def read(self, sources: list[CardSource], vocabulary: Vocabulary) -> list[Version]:
        """The cards with all that is known of them."""
        self.side.tree.fill({path for source in sources for path in self.places.list_needed(source)}, self._find_known)
        return [Version(self._load(source, vocabulary), self.side, self.places.list_own(source)) for source in sources]

    def relative(self, source: CardSource) -> str:
        return source.path.relative_to(self.side.tree.root).as_posix()

    def _load(self, source: CardSource, vocabulary: Vocabulary) -> Entry:
        root, shown_as = self.side.tree.root, self.side.shown_as
        try:
            return load_entry(root, shown_as, source, self._inspect, vocabulary)
        except Exception as error:
            log.debug("%s", source.path, exc_info=True)
            return make_failed_entry(root, shown_as, source, error)

    def _inspect(self, path: Path | str, dims: Mapping[str, int], folder: Path) -> Facts:
        if isinstance(path, str):
            return self._inspector.inspect(path, dims, folder)
        return self.side.tree.inspect(self._inspector, path, dims, folder)

    def _find_known(self, path: str) -> Path | None:
        """The same model on the other side; none when files beside it changed that may hold its weights."""
        if path in self.changed or posixpath.dirname(path) in self._heavy:
            return None
        same = self.other.root / path
        return same if isinstance(self.other, Folder) or same.is_file() else None


def _pair(old: Mapping[Key, CardSource], new: Mapping[Key, CardSource]) -> list[tuple[Key, Key]]:
    """Cards that stand in the same file, or have the same address."""
    pairs = [(key, key) for key in old if key in new]
    by_slug = {source.slug: key for key, source in new.items() if key not in old}
    return pairs + [
        (key, by_slug[source.slug]) for key, source in old.items() if key not in new and source.slug in by_slug
    ]


def _compare(old: Version, new: Version, vocabulary: Vocabulary) -> CardChange:
    changes = [change for aspect in ASPECTS for change in aspect.compare(old, new, vocabulary)]
    how: How = "changed"
    if old.entry.slug != new.entry.slug:
        how = "renamed"
        kept = old.entry.slug.casefold() in {alias.casefold() for alias in new.entry.card.aliases}
        note = "the old address leads here" if kept else f"old links break; `aliases: [{old.entry.slug}]` keeps them"
        changes.insert(0, Change("address", "slug", "Address", "renamed", old.entry.slug, new.entry.slug, note))
    return _tell(how, old, new, sorted(changes, key=lambda change: change.how not in ("worse", "contradicted")))


def _tell_new(new: Version, vocabulary: Vocabulary) -> CardChange:
    """An added card: what is wrong with it, as no other part of it is a change."""
    nothing = replace(new.entry, files=(), problems=())
    empty = Version(nothing, new.side, {})
    kinds = ("claim", "problem")
    changes = [c for aspect in ASPECTS if aspect.kind in kinds for c in aspect.compare(empty, new, vocabulary)]
    return _tell("added", new, new, changes)


def _tell(how: How, old: Version, new: Version, changes: Iterable[Change]) -> CardChange:
    is_new = how == "added"
    return CardChange(
        how,
        new.entry.slug,
        new.entry.name,
        new.path,
        "" if is_new else old.entry.slug,
        "" if is_new else old.path,
        tuple(changes),
    )
