"""The publications of a card: those it states, and those of the .bib files beside it."""

from __future__ import annotations

from pathlib import Path

from cardwright.card import Card, Publication
from cardwright.citations import (
    Bibliography,
    format_reference,
    parse_bibtex,
    pretty_bibtex,
    publication_to_reference,
)
from cardwright.citations import Entry as BibEntry
from cardwright.entry import PublicationEntry
from cardwright.load.beside import Beside
from cardwright.nodes import find_mark
from cardwright.problem import Mark, Problem
from cardwright.sources import RawCard

MAX_BIB_BYTES = 256_000


def load_publications(
    root: Path, beside: Beside, raw: RawCard, card: Card
) -> tuple[tuple[PublicationEntry, ...], list[Problem]]:
    """The publications the card states, then those of the .bib files beside it that it does not."""
    problems: list[Problem] = []
    entries: list[PublicationEntry] = []
    keys: set[str] = set()
    for index, stated in enumerate(card.publication):
        if stated == Publication():
            continue
        bibliography = parse_bibtex(stated.bibtex) if stated.bibtex else Bibliography()
        mark = find_mark(raw.fields, ("publication", index, "bibtex"))
        problems += [
            Problem("", mark, f"publication[{index}].bibtex", f.message, f.hint, "warning")
            for f in bibliography.findings
        ]
        keys |= {entry.key for entry in bibliography.entries}
        entries += _stated_publications(stated, bibliography)
    for path in beside.paths[".bib"]:
        relative = path.relative_to(root).as_posix()
        try:
            with path.open("rb") as file:
                text = file.read(MAX_BIB_BYTES + 1).decode("utf-8", "replace")
        except OSError as error:
            problems.append(Problem(relative, Mark(), "", f"cannot be read: {error.strerror}", "check its permissions"))
            continue
        bibliography = parse_bibtex(text)
        problems += [
            Problem(relative, Mark(f.line), "bibtex", f.message, f.hint, "warning") for f in bibliography.findings
        ]
        entries += [_from_bibtex(entry) for entry in bibliography.entries if entry.key not in keys]
        keys |= {entry.key for entry in bibliography.entries}
    return tuple(entries), problems


def _stated_publications(stated: Publication, bibliography: Bibliography) -> list[PublicationEntry]:
    """One entry; when its BibTeX holds several, each of them, the stated fields with the first."""
    links = (
        ("Publication", stated.url),
        ("Google Scholar", stated.google_scholar),
        ("DOI", f"https://doi.org/{stated.doi}" if stated.doi else None),
        ("arXiv", f"https://arxiv.org/abs/{stated.arxiv}" if stated.arxiv else None),
    )
    first = bibliography.entries[0] if bibliography.entries else None
    if stated.title or not first:
        reference = publication_to_reference(
            stated.title or "",
            ", ".join(stated.authors),
            source=stated.source or "",
            year=stated.year or "",
            url=stated.url or "",
            doi=stated.doi or "",
            arxiv=stated.arxiv or "",
        )
    else:
        reference = format_reference(first)
    if first and first.fields and not (stated.authors and stated.year):
        reference = format_reference(first)
    source = stated.bibtex or ""
    named = (("authors", ", ".join(stated.authors)), ("source", stated.source), ("year", stated.year))
    details = (
        *((name, value) for name, value in named if value and value not in reference.text),
        *(stated.model_extra or {}).items(),
    )
    entry = PublicationEntry(
        reference,
        tuple((label, url) for label, url in links if url),
        stated.abstract or "",
        first.source if first and len(bibliography.entries) > 1 else source,
        _pretty(first) if first else source,
        details,
    )
    return [entry, *(_from_bibtex(other) for other in bibliography.entries[1:])]


def _from_bibtex(entry: BibEntry) -> PublicationEntry:
    reference = format_reference(entry)
    links = (("Publication", reference.url),) if reference.url else ()
    return PublicationEntry(reference, links, entry.get("abstract"), entry.source, _pretty(entry))


def _pretty(entry: BibEntry) -> str:
    return pretty_bibtex(entry) if entry.fields else entry.source
