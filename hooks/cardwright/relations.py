"""How cards of the site are related: collections, base models, newer versions, found from both ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from cardwright.entry import Entry, Neighbour, Related

MAX_SHOWN = 100
"""Related cards that a page lists; a collection of thousands is the catalogue's to show."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What one field of a card says about other cards."""

    label: str
    """What the cards it names are to this one."""
    reverse: str
    """What this card is to those; empty when nothing is said there."""
    names: Callable[[Entry], Iterable[str]]
    """The names by which the card calls them."""


def _downstream(entry: Entry) -> Iterable[str]:
    """OpenMMLab's key for models that were trained further from this one."""
    named = (entry.card.model_extra or {}).get("Downstream")
    return [name for name in named if isinstance(name, str)] if isinstance(named, list) else []


RELATIONS: tuple[Relation, ...] = (
    Relation("Newer version", "Older version", lambda entry: [entry.card.new_version or ""]),
    Relation("Made from", "Made from this model", lambda entry: entry.card.base_model),
    Relation("Made from this model", "Made from", _downstream),
)


def relate(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The cards, each with those of the site that it is related to."""
    known = _find_names(entries)
    found: dict[str, dict[str, dict[str, Neighbour]]] = {entry.slug: {} for entry in entries}
    for relation in RELATIONS:
        for entry in entries:
            for other in (known.get(_plain(name)) for name in relation.names(entry)):
                if other and other is not entry:
                    found[entry.slug].setdefault(relation.label, {})[other.slug] = _neighbour(other)
                    found[other.slug].setdefault(relation.reverse, {})[entry.slug] = _neighbour(entry)
    for entry, readme in _find_readmes(entries):
        found[entry.slug].setdefault("Described in", {})[readme.slug] = _neighbour(readme)
        found[readme.slug].setdefault("Models", {})[entry.slug] = _neighbour(entry)
    families = _find_families(entries)
    return tuple(
        replace(entry, related=related)
        if (related := (*_lists(found[entry.slug]), *_siblings(entry, families)))
        else entry
        for entry in entries
    )


def _find_names(entries: tuple[Entry, ...]) -> dict[str, Entry]:
    """Card by the names under which others speak of it; a name that two have is nobody's."""
    named: defaultdict[str, dict[str, Entry]] = defaultdict(dict)
    for entry in entries:
        for name in {entry.slug, entry.name, entry.card.id or ""}:
            named[_plain(name)][entry.slug] = entry
    return {name: next(iter(some.values())) for name, some in named.items() if name and len(some) == 1}


def _plain(name: str) -> str:
    """A name for look-up. `org/model` is the name of a repository: the folder of its card is called after the model."""
    return name.strip().casefold().rpartition("/")[2]


def _find_readmes(entries: tuple[Entry, ...]) -> Iterable[tuple[Entry, Entry]]:
    """The cards of a metafile, each with the card of the README that stands in its folder."""
    readmes = {entry.source.folder: entry for entry in entries if entry.source.owns_folder}
    for entry in entries:
        readme = readmes.get(entry.source.folder) if entry.source.part is not None else None
        if readme and readme is not entry:
            yield entry, readme


def _find_families(entries: tuple[Entry, ...]) -> dict[str, tuple[Entry, ...]]:
    families: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: (entry.name.casefold(), entry.slug)):
        if entry.card.collection.name:
            families[entry.card.collection.name.casefold()].append(entry)
    return {name: tuple(some) for name, some in families.items()}


def _siblings(entry: Entry, families: dict[str, tuple[Entry, ...]]) -> Iterable[Related]:
    name = entry.card.collection.name or ""
    family = families.get(name.casefold(), ())
    others = tuple(_neighbour(other) for other in family[: MAX_SHOWN + 1] if other is not entry)[:MAX_SHOWN]
    if others:
        yield Related(f"Also in {name}", others, len(family) - 1 - len(others))


def _lists(found: dict[str, dict[str, Neighbour]]) -> Iterable[Related]:
    for label, cards in found.items():
        others = sorted(cards.values(), key=lambda card: (card.name.casefold(), card.slug))
        yield Related(label, tuple(others[:MAX_SHOWN]), max(len(others) - MAX_SHOWN, 0))


def _neighbour(entry: Entry) -> Neighbour:
    return Neighbour(entry.name, entry.slug)
