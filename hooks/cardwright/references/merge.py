"""Which publications of the cards are the same one."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import filterfalse

from cardwright.citations import Work
from cardwright.entry import Entry, Neighbour, PublicationEntry
from cardwright.memo import Again


@dataclass(frozen=True, slots=True)
class CitedWork:
    """A publication, and who cites it."""

    publication: PublicationEntry
    """As the card has it that says most of it."""
    cards: tuple[Neighbour, ...]
    """In the order of the cards, each once."""


def merge_publications(entries: Iterable[Entry]) -> tuple[CitedWork, ...]:
    """The publications of the cards in their order, each once.

    The same are those with one DOI or one arXiv id; else those with one title whose year and first author do not
    differ, and that have no two DOIs or arXiv ids.
    """
    return _MERGED(tuple((Neighbour(entry.name, entry.slug), entry.publications) for entry in entries))


def _merge(cards: tuple[tuple[Neighbour, tuple[PublicationEntry, ...]], ...]) -> tuple[CitedWork, ...]:
    groups = _join_titles(_group_by_id((card, found) for card, publications in cards for found in publications))
    return tuple(CitedWork(group.fullest, tuple(group.cards.values())) for group in groups)


_MERGED = Again(_merge)


def sort_works(works: Iterable[CitedWork]) -> tuple[CitedWork, ...]:
    """By first author, year and title; what has no author by its title, and what has neither at the end."""
    return tuple(sorted(works, key=lambda cited: _sort_key(cited.publication)))


def _sort_key(publication: PublicationEntry) -> tuple[bool, str, str, str]:
    work, reference = publication.work, publication.reference
    first = (work.authors or work.editors)[:1]
    name = _plain(first[0].text if first else reference.authors or reference.title)
    return not name, name, work.year or reference.year, _plain(work.title or reference.title)


@dataclass(slots=True)
class _Group:
    """Publications that are the same."""

    number: int
    members: list[PublicationEntry] = field(default_factory=list)
    cards: dict[str, Neighbour] = field(default_factory=dict)
    ids: set[tuple[str, str]] = field(default_factory=set)
    years: set[str] = field(default_factory=set)
    first_authors: set[str] = field(default_factory=set)
    """The words of their names, since one is `He, K.` and the other `Kaiming He`."""

    def add(self, card: Neighbour, publication: PublicationEntry) -> None:
        self.members.append(publication)
        self.cards.setdefault(card.slug, card)
        self.years |= {_find_year(publication.work)} - {""}
        self.first_authors |= _first_author(publication.work)

    def absorb(self, other: _Group) -> None:
        self.number = min(self.number, other.number)
        self.members += other.members
        self.cards |= other.cards
        self.ids |= other.ids
        self.years |= other.years
        self.first_authors |= other.first_authors

    @property
    def fullest(self) -> PublicationEntry:
        """The first of those that say most; BibTeX that could be read says more than plain fields."""
        return max(self.members, key=lambda member: (bool(member.work.key), _count(member.work)))


def _group_by_id(found: Iterable[tuple[Neighbour, PublicationEntry]]) -> list[_Group]:
    groups: dict[int, _Group] = {}
    by_id: dict[tuple[str, str], _Group] = {}
    for number, (card, publication) in enumerate(found):
        ids = set(_find_ids(publication))
        same = {by_id[one].number: by_id[one] for one in ids if one in by_id}
        group = same[min(same)] if same else groups.setdefault(number, _Group(number))
        for other in same.values():
            if other is not group:
                group.absorb(other)
                del groups[other.number]
        group.add(card, publication)
        group.ids |= ids
        by_id |= dict.fromkeys(group.ids if len(same) > 1 else ids, group)
    return list(groups.values())


def _join_titles(groups: list[_Group]) -> list[_Group]:
    """The groups in their order, those that have one title and contradict each other in nothing as one."""
    by_title: defaultdict[str, list[_Group]] = defaultdict(list)
    joined: list[_Group] = []
    for group in sorted(groups, key=lambda group: not group.years):  # what has no year joins what has one
        titles = {title for member in group.members if (title := _plain(member.work.title))}
        same = next((other for title in titles for other in by_title[title] if _is_same(group, other)), None)
        if same:
            same.absorb(group)
        else:
            joined.append(group)
        for title in titles:
            if (same or group) not in by_title[title]:
                by_title[title].append(same or group)
    return sorted(joined, key=lambda group: group.number)


def _is_same(group: _Group, other: _Group) -> bool:
    """Whether two of one title are the same: year and first author agree where both say them, and no id differs."""
    kinds = {kind for kind, _ in group.ids} & {kind for kind, _ in other.ids}
    return not kinds and all(
        not ours or not theirs or ours & theirs
        for ours, theirs in ((group.years, other.years), (group.first_authors, other.first_authors))
    )


def _find_ids(publication: PublicationEntry) -> Iterator[tuple[str, str]]:
    """What tells it from all others."""
    work = publication.work
    doi = work.doi.casefold()
    in_doi = re.fullmatch(r"10\.48550/arxiv\.(.+)", doi)  # arXiv's own
    if doi and not in_doi:
        yield "doi", doi
    if arxiv := work.arxiv.casefold() or (in_doi.group(1) if in_doi else ""):
        yield "arxiv", re.sub(r"v\d+$", "", arxiv)
    if not work.title and not doi and not arxiv:
        yield "text", f"{publication.reference.text} {publication.bibtex_source} {publication.links}"


def _first_author(work: Work) -> set[str]:
    names = work.authors[:1]
    return {word for name in names for word in _plain(f"{name.last} {name.first}").split() if len(word) > 1}


def _find_year(work: Work) -> str:
    return str(work.date[0]) if work.date else work.year.casefold()


def _count(work: Work) -> int:
    """How much is said; what identifies it counts for more."""
    parts = (
        work.title,
        work.authors,
        work.year,
        work.container,
        work.pages,
        work.volume,
        work.publisher,
        work.abstract,
    )
    return sum(map(bool, parts)) + 2 * bool(work.doi) + bool(work.arxiv or work.url)


@lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    """The words of a text without accents, case and signs; signs themselves where it has no word."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(filterfalse(unicodedata.combining, decomposed))
    return " ".join(re.findall(r"[^\W_]+", letters)) or letters.strip()
