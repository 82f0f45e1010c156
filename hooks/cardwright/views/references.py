"""The references: every publication of the site once, with the cards that cite it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cardwright.addresses import Addresses
from cardwright.entry import Entry, Neighbour, PublicationEntry
from cardwright.pages import Page, PageStyle
from cardwright.references import CitedWork, merge_publications, sort_works
from cardwright.render import render
from cardwright.sections.publications import list_copies

MAX_PAGE_CHARS = 75_000
"""Of the rows of a page, which stays below 100 kB with what the theme adds."""

MAX_CARDS = 50
"""Cards named with a publication; the rest are counted."""

MAX_COPY_CHARS = 3_000
"""Of a text to copy; a longer one, mostly with an abstract, is in references.bib and on the cards' pages."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A publication on the page."""

    publication: PublicationEntry
    anchor: str
    cards: tuple[Neighbour, ...]
    more: int
    """How many cite it beyond these."""
    copies: tuple[tuple[str, str], ...]
    """Label and text of the forms to copy; the others are on the pages of the cards."""

    @property
    def source(self) -> str:
        """Its BibTeX as written, where nothing else is known of it."""
        return self.publication.bibtex_source[:MAX_COPY_CHARS]

    @property
    def size(self) -> int:
        """Roughly the characters of its HTML."""
        cards = sum(len(card.name) + len(card.slug) + 40 for card in self.cards)
        return 400 + 2 * len(self.publication.reference.text) + cards + sum(len(text) + 200 for _, text in self.copies)


def make_references(entries: tuple[Entry, ...], addresses: Addresses, style: PageStyle) -> tuple[Page, ...]:
    """The pages `/references/`, `/references/pages/2/` and so on."""
    rows = _make_rows(sort_works(merge_publications(entries)))
    chunks = list(_split(rows)) or [()]
    uris = [f"references/{'index' if number == 1 else f'pages/{number}'}" for number in range(1, len(chunks) + 1)]
    return tuple(_make_page(number, uris, chunk, len(rows), addresses) for number, chunk in enumerate(chunks, 1))


def _make_rows(works: Sequence[CitedWork]) -> tuple[_Row, ...]:
    rows: list[_Row] = []
    anchors: dict[str, int] = {}
    for work in works:
        publication = work.publication
        anchor = f"ref-{re.sub(r'[^A-Za-z0-9.:_-]+', '-', publication.key)[:60] or 'publication'}"
        number = anchors[anchor] = anchors.get(anchor, 0) + 1
        cards = sorted(work.cards, key=lambda card: (card.name.casefold(), card.slug))
        rows.append(
            _Row(
                publication,
                f"{anchor}-{number}" if number > 1 else anchor,
                tuple(cards[:MAX_CARDS]),
                max(len(cards) - MAX_CARDS, 0),
                tuple((label, text) for label, text in list_copies(publication)[:2] if len(text) <= MAX_COPY_CHARS),
            )
        )
    return tuple(rows)


def _split(rows: Sequence[_Row]) -> Iterator[tuple[_Row, ...]]:
    """As many rows as a page holds, again and again."""
    page: list[_Row] = []
    room = MAX_PAGE_CHARS
    for row in rows:
        if page and row.size > room:
            yield tuple(page)
            page, room = [], MAX_PAGE_CHARS
        page.append(row)
        room -= row.size
    if page:
        yield tuple(page)


def _make_page(number: int, uris: list[str], rows: tuple[_Row, ...], total: int, addresses: Addresses) -> Page:
    uri = uris[number - 1]

    def link(target: str) -> str:
        return addresses.link(uri, target)

    html = render(
        "references.html",
        rows=rows,
        total=total,
        number=number,
        pages=[link(addresses.view(other)) for other in uris],
        card_page=lambda slug: link(addresses.page(slug)),
        bibtex=link("references.bib"),
        catalogue=link(addresses.view(f"{addresses.models_uri}/index")),
    )
    title = "References" if number == 1 else f"References, page {number}"
    description = f"All {total} publications that the models of this site cite." if total else ""
    below = uris[0] if number > 1 else ""
    return Page(uri, title, description, html, is_searched=not below, below=below)
