"""Files for programs: EXPORTS are made from all cards, CARD_EXPORTS from each.

A new one is a file beside this and a row here; the card's page links to its own, docs/reference/exports.md names all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cardwright.addresses import Addresses
from cardwright.entry import Entry
from cardwright.exports.card_json import make_card_json
from cardwright.exports.citation_cff import has_authors, make_citation_cff
from cardwright.exports.citations import (
    has_bibtex,
    has_works,
    make_citation_bib,
    make_citation_json,
    make_citation_ris,
    make_references_bib,
)
from cardwright.exports.index import make_index


@dataclass(frozen=True, slots=True)
class Export:
    """A file of the site that is made from all cards."""

    uri: str
    """Its address from the root of the site; `{models}` is the folder of the card pages."""
    build: Callable[[tuple[Entry, ...], Addresses], str]
    """Its text; an empty one when there is nothing to say, and no file."""


@dataclass(frozen=True, slots=True)
class CardExport:
    """A file below a card's page."""

    name: str
    label: str
    """What the card's page calls the link to it."""
    build: Callable[[Entry, Addresses], str]
    is_made: Callable[[Entry], bool] = lambda entry: True
    """Whether there is something to say of the card; else there is no file and no link to it."""


EXPORTS: tuple[Export, ...] = (
    Export("{models}/index.json", make_index),
    Export("references.bib", make_references_bib),
)

CARD_EXPORTS: tuple[CardExport, ...] = (
    CardExport("card.json", "JSON", make_card_json),
    CardExport("citation.bib", "BibTeX", make_citation_bib, has_bibtex),
    CardExport("citation.ris", "RIS", make_citation_ris, has_works),
    CardExport("citation.json", "CSL-JSON", make_citation_json, has_works),
    CardExport("CITATION.cff", "CITATION.cff", make_citation_cff, has_authors),
)
