"""A case is `data/yaml/<case>.yaml` with every value, its place and the problems in `<case>.txt`.

Large and hostile texts stand in `_hostile.json` as `[[piece, times], ...]` with the problems expected.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardwright.nodes import List, Map, Node, Text, find_mark, show_path, to_plain
from cardwright.problem import Mark, Problem
from cardwright.sources import SourceText, read_source
from cardwright.yamlmarks import read_yaml

DATA = Path(__file__).parent / "data" / "yaml"
CASES = sorted(path.stem for path in DATA.glob("*.yaml"))
HOSTILE = json.loads((DATA / "_hostile.json").read_text(encoding="utf-8"))
MAX_SECONDS = 20.0  # not a benchmark: beyond it something hangs


def read_text(case: str) -> str:
    return (DATA / f"{case}.yaml").read_bytes().decode("utf-8")


def show_nodes(node: Node, lines_before: int = 0, path: tuple[str | int, ...] = ()) -> Iterator[str]:
    """Every value as `line:column path value`: a plain scalar as it stands, a quoted one in quotes."""
    match node:
        case Text(text, mark, quoted):
            shown = json.dumps(text, ensure_ascii=False) if quoted else text
            yield f"{mark.line - lines_before}:{mark.column} {show_path(path)} {shown}".rstrip()
        case List(items):
            for index, item in enumerate(items):
                yield from show_nodes(item, lines_before, (*path, index))
        case Map(items):
            for key, value in items:
                yield from show_nodes(value, lines_before, (*path, key.text))


def show_problems(problems: tuple[Problem, ...], lines_before: int = 0) -> Iterator[str]:
    for problem in problems:
        field = f"{problem.field}: " if problem.field else ""
        place = f"{problem.mark.line - lines_before}:{problem.mark.column}"
        yield f"{place}: {field}{problem.message} ({problem.hint})"


def show(node: Map | None, problems: tuple[Problem, ...], lines_before: int = 0) -> str:
    values = ["not readable"] if node is None else list(show_nodes(node, lines_before))
    said = [f"problem {line}" for line in show_problems(problems, lines_before)]
    return "\n".join([*values, *said]) + "\n"


def test_there_are_cases() -> None:
    assert len(CASES) >= 20


@pytest.mark.parametrize("case", CASES)
def test_case(case: str) -> None:
    expected = (DATA / f"{case}.txt").read_text(encoding="utf-8")
    assert show(*read_yaml(read_text(case))) == expected


@pytest.mark.parametrize("case", CASES)
def test_marks_count_from_the_line_of_the_file(case: str) -> None:
    expected = (DATA / f"{case}.txt").read_text(encoding="utf-8")
    assert show(*read_yaml(read_text(case), 41), lines_before=40) == expected


@pytest.mark.parametrize("before", ["---\n", "\ufeff---\n", "\n\n---  \n", "\ufeff\n\n---\n"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_marks_behind_front_matter(before: str, newline: str) -> None:
    text = f"{before}a: no\nb:\n  - c: 1.10\n    d: 'x'\n---\n\n# Title\n".replace("\n", newline)
    raw = read_source(SourceText("x/README.md", text))
    lines = before.count("\n")
    assert raw.format == "huggingface"
    assert show(raw.fields, raw.problems, lines_before=lines) == '1:4 a no\n3:8 b[0].c 1.10\n4:8 b[0].d "x"\n'
    assert raw.body_line == lines + 6
    assert (raw.body.blocks[0].text, raw.body.blocks[0].first_line) == ("Title", 2)


@pytest.mark.parametrize("case", sorted(HOSTILE))
def test_hostile_text_is_refused_fast(case: str) -> None:
    expected = HOSTILE[case]
    text = "".join(piece * times for piece, times in expected["text"])
    start = time.perf_counter()
    node, problems = read_yaml(text)
    assert time.perf_counter() - start < MAX_SECONDS
    assert (node is None) == expected["refused"]
    assert list(show_problems(problems))[:3] == expected["problems"]


def test_a_million_values_are_read_in_bounded_time() -> None:
    start = time.perf_counter()
    node, problems = read_yaml("- x\n" * 200_000)
    assert (node, len(problems)) == (None, 1)
    assert time.perf_counter() - start < 15


def test_find_mark_stops_at_the_innermost_node_there_is() -> None:
    node, _ = read_yaml("a:\n  b:\n    - x\n")
    assert node is not None
    assert find_mark(node, ("a", "b", 0)) == Mark(3, 7)
    assert find_mark(node, ("a", "b", 9)) == find_mark(node, ("a", "b", "x")) == Mark(3, 5)
    assert find_mark(node, ("z",)) == Mark(1, 1)


@pytest.mark.parametrize("nothing", ["", "~", "null", "Null", "NULL"])
def test_nothing_is_none_unless_quoted(nothing: str) -> None:
    node, _ = read_yaml(f"a: {nothing}\nb: '{nothing}'\n")
    assert node is not None
    assert to_plain(node) == {"a": None, "b": nothing}


PIECES = st.sampled_from(
    [
        *("a: ", "b:", "- ", "? ", "| ", "> ", "|\n", "&a ", "*a", "<<: ", "!!int ", "!x ", "# ", "--- ", "...\n"),
        *("{", "}", "[", "]", ",", ":", '"', "'", "\\", "%", "@", "`", "~", "no", "1.10", "2020-01-01"),
        *("\n", "\r\n", "\r", "\t", "  ", "    ", "\0", "\x07", "\x85", "\u2028", "\ufeff", "é", "\U0001f600"),
    ]
)


def check_reading(text: str, first_line: int) -> None:
    node, problems = read_yaml(text, first_line)
    assert node is not None or problems
    for problem in problems:
        assert problem.message and problem.mark.line >= first_line and problem.mark.column >= 1
        assert "\n" not in str(problem)
    if node is not None:
        to_plain(node)
        list(show_nodes(node))


@given(st.text() | st.lists(PIECES, max_size=40).map("".join), st.integers(1, 99))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read(text: str, first_line: int) -> None:
    check_reading(text, first_line)


@given(st.sampled_from(CASES), st.data())
@settings(max_examples=300, deadline=None)
def test_damaged_cases_are_read(case: str, data: st.DataObject) -> None:
    text = read_text(case)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    check_reading(text[:start] + data.draw(PIECES | st.just("")) + text[end:], 2)


SCALARS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Cs", "Zl", "Zp"]), max_size=8)


@given(st.dictionaries(SCALARS, SCALARS | st.lists(SCALARS), max_size=5))
@settings(max_examples=200, deadline=None)
def test_quoted_text_comes_back_as_written(value: dict[str, object]) -> None:
    node, problems = read_yaml(json.dumps(value, indent=1, ensure_ascii=False))
    assert node is not None and not problems
    assert to_plain(node) == value
