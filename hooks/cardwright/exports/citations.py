"""The publications of the cards for reference managers: `references.bib`, and below each card `citation.bib`, ..."""

from __future__ import annotations

from cardwright.addresses import Addresses
from cardwright.citations import to_csl, to_ris
from cardwright.entry import Entry
from cardwright.references import has_items, merge_publications, sort_works, write_bibtex


def make_references_bib(entries: tuple[Entry, ...], addresses: Addresses) -> str:
    """Every publication of the site once, in the order of the page `/references/`."""
    return write_bibtex(cited.publication for cited in sort_works(merge_publications(entries)))


def has_bibtex(entry: Entry) -> bool:
    """Whether there is an entry to write."""
    return any(map(has_items, entry.publications))


def has_works(entry: Entry) -> bool:
    """Whether the card cites something that can be found."""
    return any(publication.work.is_known for publication in entry.publications)


def make_citation_bib(entry: Entry, addresses: Addresses) -> str:
    """What the card cites, in its order."""
    return write_bibtex(entry.publications)


def make_citation_ris(entry: Entry, addresses: Addresses) -> str:
    """The same as RIS, with an empty line between records."""
    return "\n".join(to_ris(publication.work) for publication in entry.publications if publication.work.is_known)


def make_citation_json(entry: Entry, addresses: Addresses) -> str:
    """The same as CSL-JSON."""
    return to_csl(publication.work for publication in entry.publications if publication.work.is_known)
