"""From a card's files to an `Entry`: read, validate, inspect, cite. One function a step, in this order."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

from cardwright.benchmarks import Vocabulary, collect_results
from cardwright.card import Card
from cardwright.entry import Entry
from cardwright.gfm import read_body
from cardwright.load.beside import find_beside
from cardwright.load.evaluations import check_evaluations
from cardwright.load.files import Inspect, load_files
from cardwright.load.licenses import load_licenses
from cardwright.load.publications import find_key_clashes, load_publications
from cardwright.nodes import Map
from cardwright.problem import Mark, Problem, limit_problems, sort_problems
from cardwright.prose import arrange
from cardwright.sources import CardSource, RawCard, read_source
from cardwright.sources.find import read_text
from cardwright.sources.raw import find_summary, find_title
from cardwright.validate import validate_card

MAX_SUMMARY_CHARACTERS = 300


def load_entry(
    root: Path, shown_as: str, source: CardSource, inspect: Inspect, vocabulary: Vocabulary | None = None
) -> Entry:
    """Everything about one card below `root`, which messages call `shown_as`. Never raises for what files hold."""
    text, read_problems = read_text(root, source)
    raw = read_source(text)
    card, misfits, card_problems = validate_card(raw.fields, raw.foreign_keys)
    if raw.format != "huggingface":  # fields that are not written for us, or were found in a text
        card_problems = tuple(replace(problem, severity="warning") for problem in card_problems)
    name = _find_name(source, raw, card)
    beside = find_beside(source)
    files, file_problems = load_files(source, beside, raw, card, name, inspect)
    cited = load_publications(root, text.path, beside, raw, card)
    license_files, license_problems = load_licenses(source.folder, beside, raw, card)
    body_path = raw.body_path or text.path
    findings = [
        Problem(body_path, Mark(raw.body_line + f.line - 1), "", f.message, f.hint, "warning")
        for f in raw.body.findings
    ]
    problems = (
        *(*read_problems, *raw.problems, *card_problems, *file_problems, *cited.problems, *license_problems, *findings),
        *check_evaluations(card, raw.fields),
    )
    return Entry(
        source,
        text.path,
        raw,
        card,
        misfits,
        name,
        _find_summary(name, raw, card),
        results=collect_results(card, vocabulary),
        files=files,
        prototxts=tuple(path.relative_to(source.folder).as_posix() for path in beside.paths[".prototxt"]),
        publications=cited.publications,
        bibtex_blocks=cited.blocks,
        license_files=license_files,
        prose=arrange(raw, name),
        problems=limit_problems(
            sort_problems(as_written(p, raw).at(f"{shown_as}/{p.path or p.mark.path or text.path}") for p in problems)
        ),
    )


def make_failed_entry(root: Path, shown_as: str, source: CardSource, error: Exception) -> Entry:
    """The card on which Cardwright itself failed: nothing of it but its name and what went wrong."""
    path = source.path.relative_to(root).as_posix()
    message = f"Cardwright failed on this card: {type(error).__name__}: {error}"
    hint = "this is a fault of Cardwright, please report it"
    problem = Problem(f"{shown_as}/{path}", Mark(), "", message, hint)
    return Entry(
        source, path, RawCard("unread", Map(), read_body("")), Card(), {}, source.slug, "", problems=(problem,)
    )


def as_written(problem: Problem, raw: RawCard) -> Problem:
    """The problem by the names that the card's format has for its fields."""
    begin = next((begin for begin in raw.field_names if problem.field.startswith(begin)), "")
    return replace(problem, field=raw.field_names[begin] + problem.field.removeprefix(begin)) if begin else problem


_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
"""Controls, and what turns the direction of text: a name stands among the text of others."""


def _find_name(source: CardSource, raw: RawCard, card: Card) -> str:
    extra = card.model_extra or {}
    title = find_title(raw.body)
    indexed = card.model_index[0].name if card.model_index else None
    named = (card.model_name, extra.get("title"), extra.get("name"), title.text if title else _raw_title(raw), indexed)
    name = next((name for name in named if isinstance(name, str) and name.strip()), source.slug)
    return " ".join(_UNSEEN.sub("", name).split())[:200] or source.slug


_RAW_TITLE = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL | re.IGNORECASE)


def _raw_title(raw: RawCard) -> str | None:
    """A first heading in HTML, as centred titles are written; None when Markdown headings come before it."""
    start = next((block.start for block in raw.body.blocks if block.level), len(raw.body.html))
    match = _RAW_TITLE.search(raw.body.html[: min(start, 20_000)])
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", match.group(1))).split()) if match else None


def _find_summary(name: str, raw: RawCard, card: Card) -> str:
    said = card.summary or (card.model_extra or {}).get("description")
    if isinstance(said, str) and said.strip():
        return " ".join(said.split())
    first = [block for block in raw.body.blocks if block.tag == "p" and not block.nested][:8]
    found = find_summary(name, first)
    return found[0] if found and len(found[0]) <= MAX_SUMMARY_CHARACTERS else ""


__all__ = ["Inspect", "as_written", "find_key_clashes", "load_entry", "make_failed_entry"]
