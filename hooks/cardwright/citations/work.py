"""A publication in parts, as the writers of reference formats need it: decoded, names apart, dates as numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from operator import itemgetter

from .entry import Entry
from .latex import delatex
from .links import arxiv_id, doi_name, find_arxiv_id, web_url
from .names import Name, parse_names, split_names
from .publication import read_authors
from .styles import find_arxiv, find_url, read_address
from .values import MONTHS


@dataclass(frozen=True, slots=True)
class Work:
    """A publication; a part that is not stated is empty."""

    kind: str = "misc"
    """Type of BibTeX entry: `article`, `inproceedings`."""
    key: str = ""
    title: str = ""
    authors: tuple[Name, ...] = ()
    has_others: bool = False
    """Whether there are authors beyond these, as `and others` says."""
    editors: tuple[Name, ...] = ()
    year: str = ""
    """As written: `2016`, `in press`."""
    date: tuple[int, ...] = ()
    """Year, month and day, as far as known."""
    journal: str = ""
    book: str = ""
    """Title of the book or the proceedings it is part of."""
    series: str = ""
    publisher: str = ""
    institution: str = ""
    """School, institute or organisation."""
    address: str = ""
    volume: str = ""
    number: str = ""
    pages: tuple[str, ...] = ()
    """First and last; one alone when it is a single page, or a list that cannot be split."""
    edition: str = ""
    chapter: str = ""
    genre: str = ""
    """What kind of thesis or report, in its own words."""
    version: str = ""
    doi: str = ""
    """`10.1109/CVPR.2016.90`, without an address before it."""
    arxiv: str = ""
    """`1512.03385`, or `1512.03385v2`."""
    url: str = ""
    """An http(s) address."""
    isbn: str = ""
    issn: str = ""
    language: str = ""
    keywords: tuple[str, ...] = ()
    note: str = ""
    abstract: str = ""

    @property
    def is_known(self) -> bool:
        """Whether there is something by which to find it."""
        return bool(self.title or self.authors or self.url or self.doi or self.arxiv)

    @property
    def container(self) -> str:
        """Where it appeared."""
        return self.journal or self.book


def read_work(entry: Entry) -> Work:
    """The parts of a BibTeX entry. Never raises; what is no address, DOI or arXiv id is left out."""
    return _read_work(entry if not entry.source else replace(entry, source="", line=0))


@lru_cache(maxsize=2048)  # many cards of a site cite the same
def _read_work(entry: Entry) -> Work:
    def show(*names: str) -> str:
        return delatex(entry.get(*names))

    authors, has_others = _read_people(entry.get("author"))
    editors, _ = _read_people(entry.get("editor"))
    year = show("year") or show("date")[:4]
    return Work(
        kind=entry.kind,
        key=entry.key,
        title=show("title"),
        authors=authors,
        has_others=has_others,
        editors=editors,
        year=year,
        date=_read_date(year, show("month"), show("day"), show("date")),
        journal=show("journal", "journaltitle"),
        book=show("booktitle"),
        series=show("series"),
        publisher=show("publisher"),
        institution=show("school", "institution", "organization"),
        address=show("address", "location"),
        volume=show("volume"),
        number=show("number", "issue"),
        pages=_read_pages(show("pages")),
        edition=show("edition"),
        chapter=show("chapter"),
        genre=show("type"),
        version=show("version"),
        doi=doi_name(read_address(entry.get("doi"))) or doi_name(read_address(entry.get("url"))),
        arxiv=find_arxiv(entry),
        url=find_url(entry),
        isbn=show("isbn"),
        issn=show("issn"),
        language=show("language", "langid"),
        keywords=tuple(filter(None, (word.strip() for word in re.split(r"[,;]", show("keywords", "keyword"))))),
        note=_join_notes(*(show(name) for name in ("howpublished", "note", "annote"))),
        abstract=show("abstract"),
    )


def state_work(
    title: str,
    authors: str | Sequence[str] = "",
    *,
    source: str = "",
    year: str = "",
    url: str = "",
    doi: str = "",
    arxiv: str = "",
    abstract: str = "",
) -> Work:
    """The parts of a publication that is stated in plain fields, without BibTeX."""
    names, has_others = read_authors(authors)
    container = " ".join(source.split())
    identifier = arxiv_id(arxiv) or arxiv_id(url) or find_arxiv_id(source)
    is_preprint = bool(identifier) and container.lower() in ("", "arxiv", "arxiv preprint", identifier.lower())
    return Work(
        kind="misc" if is_preprint or not container else "article",
        title=" ".join(title.split()),
        authors=tuple(names),
        has_others=has_others,
        year=" ".join(year.split()),
        date=_read_date(year, "", "", ""),
        journal="" if is_preprint else container,
        publisher="arXiv" if is_preprint else "",
        doi=doi_name(doi) or doi_name(url),
        arxiv=identifier,
        url=web_url(url),
        abstract=" ".join(abstract.split()),
    )


def fill_gaps(work: Work, other: Work) -> Work:
    """`work`, with what it lacks and `other` has."""
    names: tuple[str, ...] = ("title", "authors", "year", "date", "doi", "arxiv", "url", "abstract")
    if not work.container and not work.publisher:
        names = (*names, "journal", "publisher")
    missing = {name: getattr(other, name) for name in names if not getattr(work, name)}
    return replace(work, **missing) if any(missing.values()) else work


def _join_notes(*notes: str) -> str:
    """What they say beside an address, which has its own place."""
    return ". ".join(note.rstrip(".") for note in notes if note and not web_url(note))


def _read_people(text: str) -> tuple[tuple[Name, ...], bool]:
    names, has_others = split_names(text)
    return tuple(name for name in parse_names(names) if name.last), has_others


_RANGE = re.compile(r"(\w+(?:[.:]\w+)?)\s*[-–—]+\s*(\w+(?:[.:]\w+)?)")


def _read_pages(text: str) -> tuple[str, ...]:
    found = _RANGE.fullmatch(text.strip())
    return found.groups() if found else (text,) if text else ()


def _read_date(year: str, month: str, day: str, date: str) -> tuple[int, ...]:
    """Year, month and day; `date` is biblatex's, an ISO date or the first of a range of them."""
    if iso := re.match(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?![\d])", date):
        parts = [int(part) for part in iso.groups() if part]
    else:
        found = re.search(r"(?<!\d)(?:1[5-9]|20|21)\d\d(?!\d)", year)
        number, month_day = _read_month(month)
        parts = [int(found[0]) if found else 0, number, int(day) if day.isdecimal() else month_day]
    limits = (9999, 12, 31)
    is_good = (1 <= part <= limit for part, limit in zip(parts, limits, strict=False))
    return tuple(part for part, _ in takewhile(itemgetter(1), zip(parts, is_good, strict=True)))


def _read_month(text: str) -> tuple[int, int]:
    """Number of a month and the day beside it: `June`, `jun`, `06`, `June 27`; 0 for what is not there."""
    word = re.search(r"[A-Za-z]{3}", text)
    numbers = [int(number) for number in re.findall(r"(?<!\d)\d{1,2}(?!\d)", text)]
    if not word:
        return (numbers[0], 0) if len(numbers) == 1 else (0, 0)
    names = [*MONTHS]
    number = names.index(word[0].lower()) + 1 if word[0].lower() in names else 0
    return number, numbers[0] if number and len(numbers) == 1 else 0
