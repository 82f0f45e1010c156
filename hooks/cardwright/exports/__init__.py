"""Files for programs: EXPORTS are made from all cards, CARD_EXPORTS from each.

A new one is a file beside this and a row here; the card's page links to its own, docs/reference/exports.md names all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cardwright.addresses import Addresses
from cardwright.entry import Entry
from cardwright.exports.badge import make_badge, make_parameters_badge
from cardwright.exports.card_json import make_card_json
from cardwright.exports.card_md import make_card_md
from cardwright.exports.feed import make_feed
from cardwright.exports.index import make_index
from cardwright.exports.llms import make_llms


@dataclass(frozen=True, slots=True)
class Export:
    """A file of the site that is made from all cards."""

    uri: str
    """Its address from the root of the site; `{models}` is the folder of the card pages."""
    build: Callable[[tuple[Entry, ...], Addresses], str]
    """Its text; an empty one when there is nothing to say, and no file."""
    yields: bool = False
    """Whether a file that the site itself has in its place stays."""


@dataclass(frozen=True, slots=True)
class CardExport:
    """A file below a card's page."""

    name: str
    label: str
    """What the card's page calls the link to it; empty for none."""
    build: Callable[[Entry, Addresses], str]
    """Its text; an empty one when there is nothing to say, and no file."""
    media_type: str = ""
    """Of a file that says what the page says, as the page's head names it; else empty."""


EXPORTS: tuple[Export, ...] = (
    Export("{models}/index.json", make_index),
    Export("{models}/feed.xml", make_feed),
    Export("llms.txt", make_llms, yields=True),
)

CARD_EXPORTS: tuple[CardExport, ...] = (
    CardExport("card.json", "JSON", make_card_json, "application/json"),
    CardExport("card.md", "Markdown", make_card_md, "text/markdown"),
    CardExport("badge.svg", "", make_badge),
    CardExport("badge-parameters.svg", "", make_parameters_badge),
)
