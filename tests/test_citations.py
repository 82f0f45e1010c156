"""A case is `data/citations/<case>.bib` with what is expected of it in `<case>.json`.

A large text stands in the JSON instead, as `"text": [[piece, times], ...]`.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardwright.citations import (
    Entry,
    Finding,
    delatex,
    format_authors,
    format_reference,
    parse_bibtex,
    pretty_bibtex,
    publication_to_reference,
)
from cardwright.citations.values import MAX_EXPANSION_CHARS

DATA = Path(__file__).parent / "data" / "citations"
CASES = sorted(path.stem for path in DATA.glob("*.bib"))
LARGE_CASES = sorted(path.stem for path in DATA.glob("[!_]*.json") if path.stem not in CASES)
MAX_SECONDS = 20.0
"""Not a benchmark: beyond it something hangs, on however busy a machine."""


def read_json(name: str) -> Any:
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def read_text(case: str) -> str:
    # As bytes: reading as text would turn CRLF into LF.
    return (DATA / f"{case}.bib").read_bytes().decode("utf-8")


def show_finding(finding: Finding) -> str:
    return f"{finding.line}: {finding.message}" + (f" ({finding.hint})" if finding.hint else "")


def show_entry(entry: Entry, text: str) -> dict[str, object]:
    shown: dict[str, object] = {"kind": entry.kind, "key": entry.key, "line": entry.line}
    shown["fields"] = dict(entry.fields)
    if entry.source != text.strip():
        shown["source"] = entry.source
    return shown | {"reference": format_reference(entry).text, "pretty": pretty_bibtex(entry)}


def check_invariants(text: str) -> None:
    """What holds for any text."""
    bibliography = parse_bibtex(text)
    for entry in bibliography.entries:
        # The same text may stand elsewhere too, where it is no entry: inside a line, or inside another.
        starts = [match.start() for match in re.finditer(re.escape(entry.source), text)]
        before = [text[:start].replace("\r\n", "\n").replace("\r", "\n") for start in starts]
        assert entry.line in {lines.count("\n") + 1 for lines in before}
        assert entry.source.startswith("@")
        reference = format_reference(entry)
        assert "\n" not in reference.text
        assert not reference.url or reference.url.lower().startswith(("http://", "https://"))
        pretty_bibtex(entry)
    lines = [finding.line for finding in bibliography.findings]
    assert lines == sorted(lines)
    assert bibliography.entries or bibliography.findings


def test_there_are_cases() -> None:
    hostile = [case for case in CASES + LARGE_CASES if case.startswith("hostile_")]
    assert len(CASES) >= 25
    assert len(hostile) >= 10


@pytest.mark.parametrize("case", CASES)
def test_case(case: str) -> None:
    text = read_text(case)
    bibliography = parse_bibtex(text)
    assert {
        "entries": [show_entry(entry, text) for entry in bibliography.entries],
        "findings": [show_finding(finding) for finding in bibliography.findings],
    } == read_json(case)
    check_invariants(text)


@pytest.mark.parametrize("case", CASES)
def test_pretty_bibtex_says_the_same(case: str) -> None:
    for entry in parse_bibtex(read_text(case)).entries:
        if entry.fields:
            again = parse_bibtex(pretty_bibtex(entry)).entries[0]
            assert (again.kind, again.key, again.fields) == (entry.kind, entry.key, entry.fields)


@pytest.mark.parametrize("case", LARGE_CASES)
def test_large_case_is_fast(case: str) -> None:
    expected = read_json(case)
    text = "".join(piece * times for piece, times in expected["text"])
    start = time.perf_counter()
    bibliography = parse_bibtex(text)
    for entry in bibliography.entries:
        assert entry.source in text
        assert len(format_reference(entry).text) <= len(text) + MAX_EXPANSION_CHARS
        assert len(pretty_bibtex(entry)) <= 3 * len(text) + MAX_EXPANSION_CHARS
    assert time.perf_counter() - start < MAX_SECONDS
    assert len(bibliography.entries) == expected["entries"]
    found = [show_finding(finding) for finding in bibliography.findings]
    assert (len(found) if isinstance(expected["findings"], int) else found) == expected["findings"]


@pytest.mark.parametrize(("text", "expected"), read_json("_latex"))
def test_delatex(text: str, expected: str) -> None:
    assert delatex(text) == expected


@pytest.mark.parametrize(("authors", "expected"), read_json("_authors"))
def test_format_authors(authors: str | Sequence[str], expected: str) -> None:
    assert format_authors(authors) == expected


@pytest.mark.parametrize(("fields", "expected"), read_json("_publications"))
def test_publication_to_reference(fields: dict[str, str], expected: str) -> None:
    assert publication_to_reference(**fields).text == expected


@pytest.mark.parametrize(
    "piece", ["{", "}", "\\", "\\'", "$", " ", "a ", "~", " and ", ",", "\\url{", "-", "\u0301\u0323"]
)
def test_long_runs_are_fast_outside_entries(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    start = time.perf_counter()
    delatex(text)
    format_authors(text)
    publication_to_reference(text, source=text, url=text, doi=text, arxiv=text)
    assert time.perf_counter() - start < MAX_SECONDS


PIECES = st.sampled_from(
    [
        *(
            "@misc{",
            "@article(",
            "@string{",
            "@comment{",
            "@preamble{",
            "@",
            "key",
            "title",
            "author",
            "eprint",
        ),
        *(
            "{",
            "}",
            "(",
            ")",
            '"',
            "#",
            "=",
            ",",
            "%",
            "\\",
            "\\'",
            "\\url{",
            "$",
            "~",
            "--",
            "\0",
            "\n",
            "\r\n",
            "\r",
        ),
        *(" ", " and ", "others", "von", "jan", "19", "é", "张", "A B, C D", "doi = {10.1000/x},", "et al."),
        *("eprint = {1234.56789},", "url = {https://x.example},"),
    ]
)


@given(st.text() | st.lists(PIECES, max_size=60).map("".join))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read(text: str) -> None:
    check_invariants(text)


@given(st.sampled_from(CASES), st.data())
@settings(max_examples=300, deadline=None)
def test_damaged_cases_are_read(case: str, data: st.DataObject) -> None:
    text = read_text(case)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    check_invariants(text[:start] + data.draw(PIECES | st.just("")) + text[end:])


@given(*[st.text() | st.lists(PIECES, max_size=30).map("".join)] * 3)
@settings(max_examples=200, deadline=None)
def test_any_publication_is_read(title: str, authors: str, link: str) -> None:
    reference = publication_to_reference(title, authors, source=title, year=link, url=link, doi=link, arxiv=link)
    assert "\n" not in reference.text
    assert not reference.url or reference.url.lower().startswith(("http://", "https://"))
    delatex(title)
