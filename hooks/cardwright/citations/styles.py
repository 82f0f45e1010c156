"""Show an entry: as a reference for people, and as tidy BibTeX.

The reference follows the Publication Manual of the APA (7th edition, chapter 9) in a compact form: plain
text, no italics, month and city left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .bibtex import written_fields
from .entry import Entry
from .latex import delatex
from .links import arxiv_id, arxiv_url, doi_url, find_arxiv_id, find_web_url, web_url
from .names import format_names, parse_names, split_names

# What an entry type is called where a reference names it.
KIND_LABELS = {
    "phdthesis": "Doctoral dissertation",
    "mastersthesis": "Master’s thesis",
    "thesis": "Thesis",
    "techreport": "Technical report",
    "report": "Report",
    "dataset": "Data set",
    "software": "Computer software",
    "unpublished": "Unpublished manuscript",
}

MAX_ALIGNED_CHARS = 20


@dataclass(frozen=True)
class Reference:
    """The parts of a formatted reference as plain text; "" where the source states nothing."""

    authors: str
    year: str
    title: str
    container: str
    """Where it appeared: journal with volume and pages, proceedings, publisher, arXiv."""
    url: str
    """An http(s) address, or ""."""

    @property
    def text(self) -> str:
        """The reference in one line, as APA orders it: without authors the title comes first."""
        year = f"({self.year or 'n.d.'})"
        if self.authors:
            parts = [f"{self.authors} {year}", self.title, self.container]
        else:
            parts = [f"{self.title} {year}".strip(), self.container]
        sentences = [part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part]
        return " ".join([*sentences, self.url]).strip()


@lru_cache(maxsize=2048)  # many cards of a site cite the same
def format_reference(entry: Entry) -> Reference:
    """The parts of `entry` for people to read; an entry without author and title shows its key."""
    authors = _format_people(entry.get("author"))
    if not authors and (editors := _format_people(entry.get("editor"))):
        authors = f"{editors} ({'Eds.' if ' and ' in entry.get('editor') else 'Ed.'})"
    title = delatex(entry.get("title")).rstrip(".")
    return Reference(
        authors=authors,
        year=delatex(entry.get("year")) or entry.get("date")[:4],
        title=title or ("" if authors else entry.key),
        container=_format_container(entry),
        url=find_url(entry),
    )


@lru_cache(maxsize=2048)
def pretty_bibtex(entry: Entry) -> str:
    """`entry` with one field a line, aligned; values and field order as written.

    An entry that cannot be split into fields comes back as its source.
    """
    fields = written_fields(entry)
    if not fields:
        return entry.source
    # A cap, as one hostile field name would otherwise pad every line to its own length.
    width = min(max(len(name) for name, _ in fields), MAX_ALIGNED_CHARS)
    lines = [f"  {name.ljust(width)} = {value}" for name, value in fields]
    return f"@{entry.kind}{{{entry.key},\n" + ",\n".join(lines) + "\n}"


def _format_people(text: str) -> str:
    names, has_others = split_names(text)
    return format_names(parse_names(names), has_others)


def _format_container(entry: Entry) -> str:
    volume, number = _show(entry, "volume"), _show(entry, "number", "issue")
    pages = _format_pages(_show(entry, "pages"))
    issue = f"{volume}({number})" if volume and number else volume or number
    if journal := _show(entry, "journal", "journaltitle"):
        return ", ".join(part for part in (journal, issue, pages) if part)
    if book := _show(entry, "booktitle"):
        label = ("pp. " if "–" in pages or "," in pages else "p. ") + pages if pages else ""
        details = ", ".join(part for part in (volume and f"Vol. {volume}", label) if part)
        place = f"In {book} ({details})" if details else f"In {book}"
        return _join_sentences(place, _show(entry, "publisher", "organization"))
    maker = _show(entry, "school", "institution", "publisher", "organization")
    if maker.lower() == "arxiv":
        maker = _format_arxiv(entry) or maker
    label = KIND_LABELS.get(entry.kind, "")
    if entry.kind in ("techreport", "report"):
        label = _show(entry, "type") or label
        label = f"{label} {number}" if number else label
    edition = _show(entry, "edition")
    label = ", ".join(part for part in (label, maker) if part)  # "Doctoral dissertation, A School"
    parts = [edition and f"{edition} ed.", label, _format_howpublished(entry)]
    return _join_sentences(*parts) or _format_arxiv(entry)


def _format_howpublished(entry: Entry) -> str:
    text = _show(entry, "howpublished", "note")
    return "" if find_web_url(text) or text.lower().startswith("accessed") else text


def _format_arxiv(entry: Entry) -> str:
    identifier = find_arxiv(entry)
    return f"arXiv:{identifier}" if identifier else ""


def _format_pages(pages: str) -> str:
    return re.sub(r"^(\w+) ?[-–]+ ?(\w+)$", r"\1–\2", pages)


def find_url(entry: Entry) -> str:
    """The DOI, else the stated address, else arXiv."""
    urls = (
        doi_url(read_address(entry.get("doi"))),
        web_url(read_address(entry.get("url"))),
        arxiv_url(find_arxiv(entry)),
        find_web_url(read_address(entry.get("howpublished"))),
        find_web_url(read_address(entry.get("note"))),
    )
    return next((url for url in urls if url), "")


def find_arxiv(entry: Entry) -> str:
    """The arXiv identifier that the entry states or mentions, or ""."""
    archive = entry.get("archiveprefix", "eprinttype").lower()
    if archive in ("", "arxiv") and (identifier := arxiv_id(entry.get("eprint"))):
        return identifier
    if entry.get("journal") == "CoRR" and (identifier := arxiv_id(entry.get("volume"))):  # as DBLP writes it
        return identifier
    mentions = ("journal", "journaltitle", "howpublished", "doi", "url")
    return next((found for name in mentions if (found := find_arxiv_id(entry.get(name)))), "")


def read_address(text: str) -> str:
    """An address as it is: `--` and `~` stand for themselves there, so no `delatex`."""
    return re.sub(r"\\(?=[%#&_~{}])|\\url\s*|[{}]", "", text)


def _show(entry: Entry, *names: str) -> str:
    return delatex(entry.get(*names))


def _join_sentences(*parts: str) -> str:
    return ". ".join(part.rstrip(".") for part in parts if part)
