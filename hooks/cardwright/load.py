"""From a card's files to an `Entry`: read, validate, inspect, cite. One function a step, in this order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from cardwright.benchmarks import collect_results
from cardwright.card import Card, ModelFile, Publication
from cardwright.citations import (
    Bibliography,
    format_reference,
    parse_bibtex,
    pretty_bibtex,
    publication_to_reference,
)
from cardwright.citations import Entry as BibEntry
from cardwright.claims import find_claims
from cardwright.entry import Entry, FileEntry, PublicationEntry
from cardwright.facts import Facts, FactsError
from cardwright.nodes import find_mark
from cardwright.problem import Mark, Problem, sort_problems
from cardwright.prose import arrange
from cardwright.sources import CardSource, RawCard, read_source
from cardwright.sources.find import is_inside, read_text
from cardwright.sources.raw import find_summary, find_title
from cardwright.validate import validate_card

Inspect = Callable[[Path], Facts]
MAX_BESIDE = 200
MAX_BIB_BYTES = 256_000
MAX_SUMMARY_CHARACTERS = 300


def load_entry(root: Path, shown_as: str, source: CardSource, inspect: Inspect) -> Entry:
    """Everything about one card below `root`, which messages call `shown_as`. Never raises for what files hold."""
    text, read_problems = read_text(root, source)
    raw = read_source(text)
    card, misfits, card_problems = validate_card(raw.fields)
    name = _find_name(source, raw, card)
    files, file_problems = _load_files(source, raw, card, inspect)
    publications, bib_problems = _load_publications(root, source, raw, card)
    body_path = raw.body_path or text.path
    findings = [
        Problem(body_path, Mark(raw.body_line), "", finding, severity="warning") for finding in raw.body.findings
    ]
    problems = (*read_problems, *raw.problems, *card_problems, *file_problems, *bib_problems, *findings)
    return Entry(
        source,
        text.path,
        raw,
        card,
        misfits,
        name,
        _find_summary(name, raw, card),
        results=collect_results(card),
        files=files,
        publications=publications,
        prose=arrange(raw),
        problems=sort_problems(problem.at(f"{shown_as}/{problem.path or text.path}") for problem in problems),
    )


def _find_name(source: CardSource, raw: RawCard, card: Card) -> str:
    extra = card.model_extra or {}
    title = find_title(raw.body)
    indexed = card.model_index[0].name if card.model_index else None
    named = (card.model_name, extra.get("title"), extra.get("name"), title.text if title else None, indexed)
    name = next((name for name in named if isinstance(name, str) and name.strip()), source.slug)
    return " ".join(name.split())[:200]


def _find_summary(name: str, raw: RawCard, card: Card) -> str:
    said = card.summary or (card.model_extra or {}).get("description")
    if isinstance(said, str) and said.strip():
        return " ".join(said.split())
    first = [block for block in raw.body.blocks if block.tag == "p" and not block.nested][:8]
    found = find_summary(name, first)
    return found[0] if found and len(found[0]) <= MAX_SUMMARY_CHARACTERS else ""


# Files ---------------------------------------------------------------------------------------------------------------


def _load_files(
    source: CardSource, raw: RawCard, card: Card, inspect: Inspect
) -> tuple[tuple[FileEntry, ...], list[Problem]]:
    """The files the card names, then the .onnx files beside it that it does not."""
    problems: list[Problem] = []
    entries: list[FileEntry] = []
    for index, stated in enumerate(card.files):
        if stated == ModelFile():
            continue
        entry, problem = _load_stated(source, card, raw, stated, inspect)
        entries.append(entry)
        if problem:
            mark = find_mark(raw.fields, ("files", index, "path"))
            problems.append(replace(problem, mark=mark, field=f"files[{index}].path"))
    named = {entry.path for entry in entries}
    for path in _onnx_beside(source):
        if path not in named:
            facts, error = _inspect(source.folder / path, inspect)
            claims = find_claims(card, ModelFile(), raw.body.markdown) if not entries else {}
            entries.append(FileEntry(ModelFile(), path, path, path, facts, error, claims))
            if error:
                problems.append(_unreadable(path, error))
    return tuple(entries), problems


def _load_stated(
    source: CardSource, card: Card, raw: RawCard, stated: ModelFile, inspect: Inspect
) -> tuple[FileEntry, Problem | None]:
    path = (stated.path or "").removeprefix("./")
    name = stated.name or path.rsplit("/", 1)[-1] or stated.url or "file"
    claims = find_claims(card, stated, raw.body.markdown)
    if not path:
        return FileEntry(stated, name, "", stated.url or "", claims=claims), None
    if not is_inside(source.folder / path, source.folder):
        problem = Problem(
            "",
            Mark(),
            "",
            f"`{path}` is not in the card's folder",
            "add the file, or give its url",
            "warning",
        )
        return FileEntry(stated, name, "", stated.url or "", claims=claims), problem
    if not path.lower().endswith(".onnx"):
        return FileEntry(stated, name, path, path, claims=claims), None
    facts, error = _inspect(source.folder / path, inspect)
    return FileEntry(stated, name, path, path, facts, error, claims), _unreadable(path, error) if error else None


def _inspect(path: Path, inspect: Inspect) -> tuple[Facts | None, FactsError | None]:
    try:
        return inspect(path), None
    except FactsError as error:
        return None, error


def _unreadable(path: str, error: FactsError) -> Problem:
    return Problem("", Mark(), "files", f"`{path}`: {error.message}", error.hint, "error")


def _onnx_beside(source: CardSource) -> list[str]:
    """Paths of the .onnx files that belong to the card, relative to its folder."""
    if not source.owns_folder:
        own = source.path.with_suffix(".onnx")
        return [own.name] if is_inside(own, source.folder) else []
    return [path.relative_to(source.folder).as_posix() for path in list_beside(source, ".onnx")]


def list_beside(source: CardSource, suffix: str) -> list[Path]:
    """Regular files with this suffix in the card's folder and its subfolders that are no card's own."""
    if not source.owns_folder:
        own = source.path.with_suffix(suffix)
        return [own] if is_inside(own, source.folder) else []
    found = (path for path in _walk(source.folder, 0) if path.suffix.lower() == suffix)
    return sorted(path for path in found if is_inside(path, source.folder))[:MAX_BESIDE]


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    try:
        children = sorted(folder.iterdir())
    except OSError:
        return
    for child in children:
        if child.name.startswith((".", "_")) or (child.is_symlink() and child.is_dir()):
            continue
        if child.is_dir():
            # A folder with a card of its own keeps its files.
            if depth < 3 and not any((child / name).exists() for name in ("README.md", "config.json")):
                yield from _walk(child, depth + 1)
        else:
            yield child


# Publications --------------------------------------------------------------------------------------------------------


def _load_publications(
    root: Path, source: CardSource, raw: RawCard, card: Card
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
    for path in list_beside(source, ".bib"):
        with path.open("rb") as file:
            text = file.read(MAX_BIB_BYTES + 1).decode("utf-8", "replace")
        bibliography = parse_bibtex(text)
        relative = path.relative_to(root).as_posix()
        problems += [
            Problem(relative, Mark(f.line), "bibtex", f.message, f.hint, "warning") for f in bibliography.findings
        ]
        entries += [_from_bibtex(entry) for entry in bibliography.entries if entry.key not in keys]
        keys |= {entry.key for entry in bibliography.entries}
    return tuple(entries), problems


def _stated_publications(stated: Publication, bibliography: Bibliography) -> list[PublicationEntry]:
    """One entry; when its BibTeX holds several, each of them, the stated fields with the first."""
    details = (
        *(("authors", author) for author in stated.authors),
        *((name, value) for name, value in (("source", stated.source), ("year", stated.year)) if value),
        *((stated.model_extra or {}).items()),
    )
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
