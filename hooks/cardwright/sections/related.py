"""The models that a card is related to: its collection, what it was made from, what replaces it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cardwright.entry import Entry, Related


@dataclass(frozen=True, slots=True)
class Relatives:
    """What the section shows."""

    collection: str
    """The collection's name; empty when the card is in none."""
    about: dict[str, Any]
    """What the card says about its collection."""
    related: tuple[Related, ...]


def list_related(entry: Entry) -> Relatives | None:
    """The card's collection and the cards it is related to; None when there are none."""
    collection = entry.card.collection
    about = dict(collection.model_extra or {})
    if not (collection.name or about or entry.related):
        return None
    return Relatives(collection.name or "", about, entry.related)
