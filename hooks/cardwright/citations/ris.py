"""A publication as RIS, which EndNote, Zotero, Mendeley and other reference managers read.

Format: https://en.wikipedia.org/wiki/RIS_(file_format) and the specification of 2001 that it quotes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from .kinds import find_kind
from .links import arxiv_url
from .names import Name
from .work import Work


@lru_cache(maxsize=2048)  # many cards of a site cite the same
def to_ris(work: Work) -> str:
    """One record: a line for each value, and a line break at the end."""
    return "".join(f"{tag}  - {value}\n" for tag, value in _find_values(work) if value) + "ER  - \n"


def _find_values(work: Work) -> Iterator[tuple[str, str]]:
    kind = find_kind(work.kind)
    yield "TY", kind.ris
    yield "ID", work.key
    for author in work.authors:
        yield "AU", write_name(author)
    if work.has_others:
        yield "AU", "et al."
    for editor in work.editors:
        yield "A2" if work.book else "ED", write_name(editor)
    yield "TI", work.title
    yield "T2", work.container
    yield "T3", work.series if work.series != work.container else ""
    yield "PY", f"{work.date[0]:04}" if work.date else work.year
    yield "DA", _write_date(work.date)
    yield "VL", work.volume
    yield "IS", work.number
    yield from zip(("SP", "EP"), work.pages, strict=False)
    yield "ET", work.edition
    yield "SE", work.chapter
    yield "M3", work.genre or kind.genre
    yield "PB", work.publisher or work.institution
    yield "CY", work.address
    yield "SN", work.isbn or work.issn
    yield "DO", work.doi
    yield "UR", work.url or arxiv_url(work.arxiv)
    yield "LA", work.language
    for word in work.keywords:
        yield "KW", word
    if work.arxiv:
        yield "AN", f"arXiv:{work.arxiv}"
    yield "N1", work.note
    yield "AB", work.abstract


def write_name(name: Name) -> str:
    """`van der Maaten, Laurens, Jr.`; an organisation as it is called."""
    surname = f"{name.von} {name.last}".strip()
    return ", ".join(filter(None, (surname, name.first, name.suffix)))


def _write_date(date: tuple[int, ...]) -> str:
    """`2016/06/27/`, with empty places for what is not known."""
    if len(date) < 2:
        return ""
    return f"{date[0]:04}/" + "/".join(f"{part:02}" for part in date[1:]) + "/" * (4 - len(date))
