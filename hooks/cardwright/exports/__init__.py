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
from cardwright.exports.citation_cff import has_authors, make_citation_cff
from cardwright.exports.citations import (
    has_bibtex,
    has_works,
    make_citation_bib,
    make_citation_json,
    make_citation_ris,
    make_references_bib,
)
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
    is_made: Callable[[Entry], bool] = lambda entry: True
    """Whether there is something to say of the card; else there is no file and no link to it."""


EXPORTS: tuple[Export, ...] = (
    Export("{models}/index.json", make_index),
    Export("{models}/feed.xml", make_feed),
    Export("references.bib", make_references_bib),
    Export("llms.txt", make_llms, yields=True),
)

CARD_EXPORTS: tuple[CardExport, ...] = (
    CardExport("card.json", "JSON", make_card_json, "application/json"),
    CardExport("card.md", "Markdown", make_card_md, "text/markdown"),
    CardExport("citation.bib", "BibTeX", make_citation_bib, is_made=has_bibtex),
    CardExport("citation.ris", "RIS", make_citation_ris, is_made=has_works),
    CardExport("citation.json", "CSL-JSON", make_citation_json, is_made=has_works),
    CardExport("CITATION.cff", "CITATION.cff", make_citation_cff, is_made=has_authors),
    CardExport("badge.svg", "", make_badge),
    CardExport("badge-parameters.svg", "", make_parameters_badge),
)
