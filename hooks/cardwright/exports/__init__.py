"""Files for programs: EXPORTS are made from all cards, CARD_EXPORTS from each.

A new one is a file beside this and a row here; the card's page links to its own, docs/reference/exports.md names all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cardwright.addresses import Addresses
from cardwright.entry import Entry
from cardwright.exports.card_json import make_card_json
from cardwright.exports.index import make_index


@dataclass(frozen=True, slots=True)
class Export:
    """A file of the site that is made from all cards."""

    uri: str
    """Its address from the root of the site; `{models}` is the folder of the card pages."""
    build: Callable[[tuple[Entry, ...], Addresses], str]


@dataclass(frozen=True, slots=True)
class CardExport:
    """A file below a card's page."""

    name: str
    label: str
    """What the card's page calls the link to it."""
    build: Callable[[Entry, Addresses], str]
    """Its text; an empty one when there is nothing to say, and no file."""


EXPORTS: tuple[Export, ...] = (Export("{models}/index.json", make_index),)

CARD_EXPORTS: tuple[CardExport, ...] = (CardExport("card.json", "JSON", make_card_json),)
