"""`models/<slug>/card.md`: one card as a single Markdown text, for language models and scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from cardwright.addresses import Addresses
from cardwright.benchmarks import Result
from cardwright.benchmarks.names import flatten
from cardwright.claims import CheckedClaim
from cardwright.entry import Entry, FileEntry
from cardwright.facts import FACTS
from cardwright.sections.metadata import list_metadata, show_task
from cardwright.sections.structure import ORDER, format_fact
from cardwright.sections.usage import describe_usage

_HOW = {fact.key: (fact.label, fact.how) for fact in FACTS}


def make_card_md(entry: Entry, addresses: Addresses) -> str:
    """The text of the file: GitHub's Markdown; what is counted comes first, the card's own text last, as written."""
    parts = (
        f"# {_line(entry.name)}",
        f"> {_line(entry.summary)}" if entry.summary else "",
        f"Page: {addresses.absolute(addresses.page(entry.slug))}",
        _part("Metadata", _metadata(entry)),
        *(_part(f"Counted from {_code(file.place)}", _facts(file)) for file in entry.files if file.facts),
        _part("Results", _results(entry.results)),
        _part("Contradictions", map(_contradiction, _contradicted(entry))),
        _part("Files", (f"- {_line(file.name)}: {_file(file)}" for file in entry.files)),
        _part("How to run", _usage(entry)),
        _part("Publications", _publications(entry)),
        _part("Text of the card", [entry.raw.body.markdown.strip()]),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _part(heading: str, lines: Iterable[str]) -> str:
    text = "\n".join(lines)
    return f"## {heading}\n\n{text}" if text else ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _code(text: str) -> str:
    """Text between as many backticks as it needs."""
    marks = "`" * (max(map(len, re.findall(r"`+", text)), default=0) + 1)
    return f"{marks} {text} {marks}" if len(marks) > 1 else f"`{text}`"


def _metadata(entry: Entry) -> Iterator[str]:
    for group in list_metadata(entry):
        for row in group.rows:
            value = show_task(row.value) if row.field == "pipeline_tag" else flatten(row.value)
            yield f"- {_line(row.key or row.label)}: {_line(value)}"


def _facts(file: FileEntry) -> Iterator[str]:
    assert file.facts
    for key in ORDER:
        if value := format_fact(key, file.facts):
            label, how = _HOW[key]
            yield f"- {label}: {_line(value)} ({how.rstrip('.')})"


def _results(results: tuple[Result, ...]) -> Iterator[str]:
    columns: tuple[tuple[str, Any], ...] = (
        ("Model", lambda r: r.model),
        ("Task", lambda r: r.task),
        ("Dataset", lambda r: r.dataset),
        ("Metric", lambda r: r.metric),
        ("Value", lambda r: r.value.text),
        ("Unit", lambda r: r.unit),
        ("Better", lambda r: r.better or ""),
        ("File", lambda r: r.file),
        ("Details", lambda r: flatten(dict(r.details))),
    )
    kept = [(label, value) for label, value in columns if any(value(result) for result in results)]
    if kept:
        yield _row(label for label, _ in kept)
        yield _row("---" for _ in kept)
        yield from (_row(value(result) for _, value in kept) for result in results)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(_line(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def _contradicted(entry: Entry) -> Iterator[tuple[FileEntry, CheckedClaim]]:
    for file in entry.files:
        yield from ((file, claim) for claim in file.claims if claim.verdict == "contradicted")


def _contradiction(found: tuple[FileEntry, CheckedClaim]) -> str:
    file, checked = found
    said = f"- {checked.claim.name}: the card says {_line(checked.statement.text)}, {_code(file.place)} holds "
    why = f" (accepted: {_line(checked.accepted)})" if checked.accepted else ""
    return f"{said}{_line(checked.outcome.measured)}{why}"


def _file(file: FileEntry) -> str:
    sha256 = f", SHA-256 {file.facts.sha256}" if file.facts and file.facts.sha256 else ""
    held = f", {file.facts.size_bytes:,} bytes{sha256}" if file.facts else ""
    error = f", not read: {_line(file.error.message)}" if file.error else ""
    return f"{_line(file.address) or 'not here'}{held}{error}"


def _usage(entry: Entry) -> Iterator[str]:
    usage = describe_usage(entry)
    if usage and usage.snippet:
        yield from ("```python", usage.snippet.rstrip(), "```")
    if usage and usage.api.docs:
        yield f"\nDocumentation of its API: {usage.api.docs}"


def _publications(entry: Entry) -> Iterator[str]:
    for publication in entry.publications:
        yield f"- {_line(publication.reference.text)}"
    sources = [text for each in entry.publications if not each.is_in_text and (text := each.bibtex_source.strip())]
    if sources:
        yield from ("\n```bibtex", *dict.fromkeys(sources), "```")
