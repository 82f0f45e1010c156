"""The publications of a card: those it states, those in BibTeX blocks of its text, those of its .bib files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

from cardwright.card import Card, Publication
from cardwright.citations import (
    MAX_TEXT_BYTES,
    Bibliography,
    Finding,
    fill_gaps,
    format_reference,
    is_bibtex,
    parse_bibtex,
    pretty_bibtex,
    publication_to_reference,
    read_work,
    state_work,
)
from cardwright.citations import Entry as BibEntry
from cardwright.entry import Entry, PublicationEntry
from cardwright.gfm import Body
from cardwright.load.beside import Beside
from cardwright.nodes import find_mark
from cardwright.problem import Mark, Problem
from cardwright.sources import RawCard
from cardwright.sources.files import decode_text


@dataclass(frozen=True, slots=True)
class Cited:
    """All that a card cites."""

    publications: tuple[PublicationEntry, ...]
    """Each once, by its key."""
    blocks: Mapping[str, tuple[PublicationEntry, ...]]
    """The code blocks of the text that have BibTeX, and the publications in each."""
    problems: tuple[Problem, ...]


def load_publications(root: Path, path: str, beside: Beside, raw: RawCard, card: Card) -> Cited:
    """The publications the card states, then those in its text, then those of the .bib files beside it.

    `path` is the card, relative to `root`. A publication that stands in several of these places is given once.
    """
    problems: list[Problem] = []
    found: list[PublicationEntry] = []
    for index, stated in enumerate(card.publication):
        if stated == Publication():
            continue
        bibliography = parse_bibtex(stated.bibtex) if stated.bibtex else Bibliography()
        mark = find_mark(raw.fields, ("publication", index, "bibtex"))
        problems += [
            Problem(path, mark, f"publication[{index}].bibtex", f.message, f.hint, "warning")
            for f in bibliography.findings
        ]
        found += [replace(p, path=path, line=mark.line) for p in _stated_publications(stated, bibliography)]
    blocks: dict[str, tuple[PublicationEntry, ...]] = {}
    for block in _find_blocks(raw.body):
        place = (raw.body_path or path, raw.body_line + block.line - 1)
        problems += _place_findings(*place, block.bibliography.findings)
        entries = tuple(_from_bibtex(entry, *place, is_in_text=True) for entry in block.bibliography.entries)
        found += entries
        blocks[block.text] = entries
    for bib in beside.paths[".bib"]:
        relative = bib.relative_to(root).as_posix()
        try:
            with bib.open("rb") as file:
                text, unread = decode_text(file.read(MAX_TEXT_BYTES + 1), relative)
        except OSError as error:
            problems.append(Problem(relative, Mark(), "", f"cannot be read: {error.strerror}", "check its permissions"))
            continue
        bibliography = parse_bibtex(text)
        problems += (*unread, *_place_findings(relative, 1, bibliography.findings))
        found += [_from_bibtex(entry, relative, 1) for entry in bibliography.entries]
    publications, clashes = _merge(found)
    return Cited(publications, blocks, (*problems, *clashes))


def find_key_clashes(entries: Iterable[Entry]) -> Mapping[str, tuple[Problem, ...]]:
    """By card, each key that an earlier card has for another publication."""
    first: dict[str, PublicationEntry] = {}
    clashes: defaultdict[str, list[Problem]] = defaultdict(list)
    for entry in entries:
        own = {publication.key.lower(): publication for publication in reversed(entry.publications) if publication.key}
        for key, publication in own.items():
            clashes[entry.slug] += _compare(publication, first.setdefault(key, publication))
    return {slug: tuple(problems) for slug, problems in clashes.items() if problems}


def _merge(found: Iterable[PublicationEntry]) -> tuple[tuple[PublicationEntry, ...], list[Problem]]:
    """The publications with each key once, and a problem for every key that stands for two of them."""
    first: dict[str, PublicationEntry] = {}
    publications: list[PublicationEntry] = []
    problems: list[Problem] = []
    for publication in found:
        other = first.setdefault(publication.key.lower(), publication) if publication.key else publication
        clash = list(_compare(publication, other))
        if other is publication or clash:
            publications.append(publication)
        # Within one text, the reader of BibTeX has said it already.
        problems += clash if other.path != publication.path or publication.is_in_text else ()
    return tuple(publications), problems


def _compare(publication: PublicationEntry, other: PublicationEntry) -> Iterator[Problem]:
    """A problem if the two, which have one key, are not the same publication."""
    for what in ("title", "year"):
        ours, theirs = (re.sub(r"\W+", "", getattr(p.reference, what)).casefold() for p in (publication, other))
        if ours and theirs and ours != theirs:
            key = publication.key[:60]
            message = f"the key `{key}` has another {what} at {other.path}:{other.line}"
            hint = "rename one, or make them agree"
            yield Problem(publication.path, Mark(publication.line), "bibtex", message, hint, "warning")
            return


def _place_findings(path: str, first_line: int, findings: Iterable[Finding]) -> Iterator[Problem]:
    for finding in findings:
        mark = Mark(first_line + finding.line - 1)
        yield Problem(path, mark, "bibtex", finding.message, finding.hint, "warning")


@dataclass(frozen=True, slots=True)
class _Block:
    """A code block of the card's text with BibTeX in it."""

    text: str
    line: int
    """Line of the body on which its text begins."""
    bibliography: Bibliography


_CODE = re.compile(r"<pre\b([^<>]*)><code([^<>]*)>([^<]*)</code></pre>")
_POSITION = re.compile(r'data-sourcepos="(\d+):')
_LANGUAGE = re.compile(r'class="language-(\w*)')
_FENCE = re.compile(r"[\s>*+\d.)-]*(?:```|~~~)")
_PLAIN_LANGUAGES = ("", "text", "txt", "latex", "tex", "plaintext", "cite", "citation")


def _find_blocks(body: Body) -> Iterator[_Block]:
    """The code blocks that are BibTeX, or text with BibTeX in it; what only looks a little like it is none."""
    lines = body.markdown.split("\n")
    for match in _CODE.finditer(body.html):
        if "@" not in match.group(3):
            continue
        text = unescape(match.group(3)).strip("\n")
        bibliography = parse_bibtex(text)
        rest = text
        for entry in bibliography.entries:
            rest = rest.replace(entry.source, "", 1)
        is_pure = not rest.strip()
        written = _LANGUAGE.search(match.group(2))
        language = written.group(1).lower() if written else ""
        sure = is_pure or language.startswith("bib") or language in _PLAIN_LANGUAGES
        if sure and bibliography.entries and all(map(is_bibtex, bibliography.entries)):
            position = _POSITION.search(match.group(1))
            line = int(position.group(1)) if position else 1
            line += bool(position and _FENCE.match(lines[line - 1]))
            yield _Block(text, line, bibliography)


def _stated_publications(stated: Publication, bibliography: Bibliography) -> list[PublicationEntry]:
    """One entry; when its BibTeX holds several, each of them, the stated fields with the first."""
    links = (
        ("Publication", stated.url),
        ("Google Scholar", stated.google_scholar),
        ("DOI", f"https://doi.org/{stated.doi}" if stated.doi else None),
        ("arXiv", f"https://arxiv.org/abs/{stated.arxiv}" if stated.arxiv else None),
    )
    first = bibliography.entries[0] if bibliography.entries else None
    authors = stated.authors if len(stated.authors) > 1 else ", ".join(stated.authors)
    title = stated.title or ""
    rest: dict[str, str] = {name: getattr(stated, name) or "" for name in ("source", "year", "url", "doi", "arxiv")}
    work = state_work(title, authors, abstract=stated.abstract or "", **rest)
    reference = publication_to_reference(title, authors, **rest) if title or not first else format_reference(first)
    if first and first.fields and not (stated.authors and stated.year):
        reference = format_reference(first)
    source = stated.bibtex or ""
    named = (
        ("title", stated.title),
        ("authors", ", ".join(stated.authors)),
        ("source", stated.source),
        ("year", stated.year),
    )
    said = _plain(reference.text)
    is_bare = not (reference.title or reference.authors)  # then no reference is shown
    details = (
        *((name, value) for name, value in named if value and (is_bare or _plain(value) not in said)),
        *(stated.model_extra or {}).items(),
    )
    entry = PublicationEntry(
        reference,
        tuple((label, url) for label, url in links if url),
        stated.abstract or "",
        first.source if first and len(bibliography.entries) > 1 else source,
        _pretty(first) if first else source,
        details,
        key=first.key if first else "",
        work=fill_gaps(read_work(first), work) if first and first.fields else work,
    )
    return [entry, *(_from_bibtex(other) for other in bibliography.entries[1:])]


def _plain(text: str) -> str:
    """Text for comparison: BibTeX and a card differ in case, spaces and signs, and mean the same."""
    return "".join(filter(str.isalnum, text.casefold())) or text


def _from_bibtex(entry: BibEntry, path: str = "", first_line: int = 1, is_in_text: bool = False) -> PublicationEntry:
    reference = format_reference(entry)
    return PublicationEntry(
        reference,
        (),
        entry.get("abstract"),
        entry.source,
        _pretty(entry),
        key=entry.key,
        path=path,
        line=first_line + entry.line - 1,
        is_in_text=is_in_text,
        work=read_work(entry),
    )


def _pretty(entry: BibEntry) -> str:
    return pretty_bibtex(entry) if entry.fields else entry.source
