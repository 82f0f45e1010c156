"""How cards of the site are related: collections, base models, newer versions, found from both ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from cardwright.entry import Entry, Neighbour, Related
from cardwright.memo import Again

MAX_SHOWN = 100
"""Related cards that a page lists; a collection of thousands is the catalogue's to show."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a card says of itself and of other cards."""

    slug: str
    name: str
    id: str
    newer: str
    bases: tuple[str, ...]
    downstream: tuple[str, ...]
    """OpenMMLab's key for models that were trained further from this one."""
    collection: str
    folder: Path
    is_readme: bool
    """Whether the folder is its own."""
    is_part: bool
    """Whether it is one of several cards in a file."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What one field of a card says about other cards."""

    label: str
    """What the cards it names are to this one."""
    reverse: str
    """What this card is to those; empty when nothing is said there."""
    names: Callable[[Named], Iterable[str]]
    """The names by which the card calls them."""


RELATIONS: tuple[Relation, ...] = (
    Relation("Newer version", "Older version", lambda card: [card.newer]),
    Relation("Made from", "Made from this model", lambda card: card.bases),
    Relation("Made from this model", "Made from", lambda card: card.downstream),
)


def relate(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The cards, each with those of the site that it is related to."""
    found = _RELATED(tuple(map(_name, entries)))
    return tuple(replace(entry, related=found[entry.slug]) if entry.slug in found else entry for entry in entries)


def _name(entry: Entry) -> Named:
    card, source = entry.card, entry.source
    downstream = (card.model_extra or {}).get("Downstream")
    named = tuple(name for name in downstream if isinstance(name, str)) if isinstance(downstream, list) else ()
    return Named(
        entry.slug,
        entry.name,
        card.id or "",
        card.new_version or "",
        card.base_model,
        named,
        card.collection.name or "",
        source.folder,
        source.owns_folder,
        source.part is not None,
    )


def _find_related(cards: tuple[Named, ...]) -> dict[str, tuple[Related, ...]]:
    """By slug; a card that is alone is not in it."""
    known = _find_names(cards)
    found: dict[str, dict[str, dict[str, Neighbour]]] = {card.slug: {} for card in cards}
    for relation in RELATIONS:
        for card in cards:
            for other in (known.get(_plain(name)) for name in relation.names(card)):
                if other and other is not card:
                    found[card.slug].setdefault(relation.label, {})[other.slug] = _neighbour(other)
                    found[other.slug].setdefault(relation.reverse, {})[card.slug] = _neighbour(card)
    for card, readme in _find_readmes(cards):
        found[card.slug].setdefault("Described in", {})[readme.slug] = _neighbour(readme)
        found[readme.slug].setdefault("Models", {})[card.slug] = _neighbour(card)
    families = _find_families(cards)
    related = ((card.slug, (*_lists(found[card.slug]), *_siblings(card, families))) for card in cards)
    return {slug: some for slug, some in related if some}


_RELATED = Again(_find_related)


def _find_names(cards: tuple[Named, ...]) -> dict[str, Named]:
    """Card by the names under which others speak of it; a name that two have is nobody's."""
    named: defaultdict[str, dict[str, Named]] = defaultdict(dict)
    for card in cards:
        for name in {card.slug, card.name, card.id}:
            named[_plain(name)][card.slug] = card
    return {name: next(iter(some.values())) for name, some in named.items() if name and len(some) == 1}


def _plain(name: str) -> str:
    """A name for look-up. `org/model` is the name of a repository: the folder of its card is called after the model."""
    return name.strip().casefold().rpartition("/")[2]


def _find_readmes(cards: tuple[Named, ...]) -> Iterable[tuple[Named, Named]]:
    """The cards of a metafile, each with the card of the README that stands in its folder."""
    readmes = {card.folder: card for card in cards if card.is_readme}
    for card in cards:
        readme = readmes.get(card.folder) if card.is_part else None
        if readme and readme is not card:
            yield card, readme


def _find_families(cards: tuple[Named, ...]) -> dict[str, tuple[Named, ...]]:
    families: defaultdict[str, list[Named]] = defaultdict(list)
    for card in sorted(cards, key=lambda card: (card.name.casefold(), card.slug)):
        if card.collection:
            families[card.collection.casefold()].append(card)
    return {name: tuple(some) for name, some in families.items()}


def _siblings(card: Named, families: dict[str, tuple[Named, ...]]) -> Iterable[Related]:
    family = families.get(card.collection.casefold(), ())
    others = tuple(_neighbour(other) for other in family[: MAX_SHOWN + 1] if other is not card)[:MAX_SHOWN]
    if others:
        yield Related(f"Also in {card.collection}", others, len(family) - 1 - len(others))


def _lists(found: dict[str, dict[str, Neighbour]]) -> Iterable[Related]:
    for label, cards in found.items():
        others = sorted(cards.values(), key=lambda card: (card.name.casefold(), card.slug))
        yield Related(label, tuple(others[:MAX_SHOWN]), max(len(others) - MAX_SHOWN, 0))


def _neighbour(card: Named) -> Neighbour:
    return Neighbour(card.name, card.slug)
