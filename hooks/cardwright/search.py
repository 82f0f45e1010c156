"""What the site's search knows of our pages: name, summary, metadata and headings, and not their whole text.

The search index is one file that a reader's browser loads whole. With the text of 1,000 cards it has 8 MB.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from cardwright.pages import Page
from cardwright.sections.metadata import show_task

MAX_BYTES = 2_500_000
"""Of all our entries together, as JSON."""

MAX_CARD_BYTES = 4_000
MIN_CARD_BYTES = 100
STEP = 100


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """A page in the index, as plain text."""

    title: str
    text: str


def find_share(pages: int) -> int:
    """How many bytes an entry may have, when so many pages are to be found."""
    steps = -(-pages // STEP) * STEP  # so that one card more leaves the entries of the others as they are
    return min(MAX_BYTES // max(steps, 1), 2 * MAX_CARD_BYTES)


def make_search_entry(page: Page, share: int) -> SearchEntry | None:
    """The entry of a page; None for one that is not to be found. With more pages, each has less text."""
    return SearchEntry(page.title, _find_text(page, share - _size(page))) if page.is_searched else None


def _size(page: Page) -> int:
    """Bytes of an entry without its text."""
    return len(json.dumps({"location": f"{page.uri}/", "title": page.title, "text": ""})) + 1


def _find_text(page: Page, room: int) -> str:
    """What fits of the page's phrases, each once, in their order."""
    room = max(min(room, MAX_CARD_BYTES), MIN_CARD_BYTES)
    kept: dict[str, str] = {}
    for phrase in _phrases(page):
        text = " ".join(phrase.split())[:300]
        room -= len(json.dumps(text)) if text.casefold() not in kept else 0
        if room < 0:
            break
        kept.setdefault(text.casefold(), text)
    return ". ".join(text.rstrip(".") for text in kept.values() if text)


def _phrases(page: Page) -> Iterator[str]:
    """What readers look for, the most wanted first."""
    entry = page.entry
    yield page.description
    if entry is None:
        return
    card = entry.card
    yield entry.slug
    yield show_task(card.pipeline_tag or "")
    yield from (card.license_name or "", card.library_name or "", card.collection.name or "")
    yield from (*card.license, *card.datasets, *card.tags, *card.base_model, *card.developers, *card.language)
    yield from (result.metric for result in entry.results)
    yield from (result.dataset for result in entry.results)
    yield from (heading.title for heading in page.headings)
    yield from (file.name for file in entry.files)
    yield from (person.name or "" for person in card.contributors)
    yield from (publication.reference.title for publication in entry.publications)
    for row in card.general:
        yield from (f"{key}: {value}" for key, value in row.items() if isinstance(value, str))
