"""A case is `data/json/<case>.json` with every value, its place and the problems in `<case>.txt`."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardwright.jsonmarks import read_json
from cardwright.nodes import List, Map, Node, Text, show_path
from cardwright.problem import Problem

DATA = Path(__file__).parent / "data" / "json"
CASES = sorted(path.stem for path in DATA.glob("*.json"))
MAX_SECONDS = 20.0  # not a benchmark: beyond it something hangs


def read_text(case: str) -> str:
    return (DATA / f"{case}.json").read_bytes().decode("utf-8")


def show_nodes(node: Node, path: tuple[str | int, ...] = ()) -> list[str]:
    """Every value as `line:column path value`: a number or word as it stands, text in quotes."""
    match node:
        case Text(text, mark, quoted):
            value = json.dumps(text, ensure_ascii=False) if quoted else text
            return [f"{mark.line}:{mark.column} {show_path(path)} {value}"]
        case List(items):
            return [line for i, item in enumerate(items) for line in show_nodes(item, (*path, i))]
        case Map(items):
            return [line for key, value in items for line in show_nodes(value, (*path, key.text))]


def show(node: Map | None, problems: tuple[Problem, ...]) -> str:
    values = ["not readable"] if node is None else show_nodes(node)
    said = [
        f"problem {p.mark.line}:{p.mark.column}: {f'{p.field}: ' if p.field else ''}{p.message} ({p.hint})"
        for p in problems
    ]
    return "\n".join([*values, *said]) + "\n"


def as_texts(value: Any) -> Any:
    """What `json.loads` read, numbers left as text, NUL and lone surrogates, which no page can hold, replaced."""
    if isinstance(value, dict):
        return {as_texts(key): as_texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_texts(inner) for inner in value]
    if isinstance(value, str):
        return re.sub("[\0\ud800-\udfff]", "\ufffd", value)
    return {True: "true", False: "false", None: "null"}[value]


def node_texts(node: Node) -> Any:
    match node:
        case Text(text):
            return text
        case List(items):
            return [node_texts(item) for item in items]
        case Map(items):
            return {key.text: node_texts(value) for key, value in items}


def check_reading(text: str) -> None:
    """Never raises; accepts no more than `json.loads`, and reads the same."""
    node, problems = read_json(text)
    assert node is not None or problems
    if node is None or problems:
        return
    assert node_texts(node) == as_texts(json.loads(text, parse_int=str, parse_float=str))


def test_there_are_cases() -> None:
    assert len(CASES) >= 15


@pytest.mark.parametrize("case", CASES)
def test_case(case: str) -> None:
    assert show(*read_json(read_text(case))) == (DATA / f"{case}.txt").read_text(encoding="utf-8")
    check_reading(read_text(case))


@pytest.mark.parametrize("case", CASES)
def test_case_with_crlf(case: str) -> None:
    text = read_text(case).replace("\r\n", "\n").replace("\n", "\r\n")
    assert show(*read_json(text)) == (DATA / f"{case}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("piece", "times"),
    [("[", 100_000), ('{"a":', 100_000), ('{"a":[', 20_000), ("\n", 3_000_000), (" ", 4_000_001), ('"', 500_000)],
)
def test_hostile_text_is_refused_fast(piece: str, times: int) -> None:
    start = time.perf_counter()
    node, problems = read_json(piece * times)
    assert time.perf_counter() - start < MAX_SECONDS
    assert (node, len(problems)) == (None, 1)


@pytest.mark.parametrize(
    "text",
    ['{"a": "' + "x" * 3_000_000 + '"}', '{"a": [' + "1," * 50_000 + "1]}", '{"a": ' + "9" * 100_000 + "}"],
    ids=["long text", "long list", "long number"],
)
def test_large_values_are_read_fast(text: str) -> None:
    start = time.perf_counter()
    node, problems = read_json(text)
    assert time.perf_counter() - start < MAX_SECONDS
    assert node is not None and not problems


def test_many_duplicates_are_read_fast() -> None:
    start = time.perf_counter()
    node, problems = read_json("{" + '"a": 1,' * 20_000 + '"b": 2}')
    assert time.perf_counter() - start < MAX_SECONDS
    assert node is not None and len(node.items) == 20_001 and len({key.text for key, _ in node.items}) == 20_001
    assert len(problems) == 19_999


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_what_only_python_calls_json_is_refused(text: str) -> None:
    node, problems = read_json(f'{{"a": {text}}}')
    assert node is None and problems


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4), st.sampled_from([None, 2]), st.booleans())
@settings(max_examples=300, deadline=None)
def test_written_by_python_reads_the_same(value: dict[str, Any], indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    node, problems = read_json(text)
    assert node is not None and not problems
    assert node_texts(node) == as_texts(json.loads(text, parse_int=str, parse_float=str))


PIECES = st.sampled_from(
    [
        *("{", "}", "[", "]", ",", ":", '"', '"a":', '"\\ud800"', '"\\u00e9"', "\\", "/", "'", "//", "/*", "#"),
        *("1", "-", "01", "1.", ".5", "1e", "1e5", "-0", "0.10", "true", "false", "null", "NaN", "nul"),
        *(" ", "\n", "\r\n", "\t", "\0", "\ufeff", "\u2028", "\xa0", "é"),
    ]
)


@given(st.text() | st.lists(PIECES, max_size=40).map("".join) | st.lists(PIECES).map(lambda p: f"{{{''.join(p)}}}"))
@settings(max_examples=500, deadline=None)
def test_any_text_is_read(text: str) -> None:
    check_reading(text)


@given(st.sampled_from(CASES), st.data())
@settings(max_examples=300, deadline=None)
def test_damaged_cases_are_read(case: str, data: st.DataObject) -> None:
    text = read_text(case)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    check_reading(text[:start] + data.draw(PIECES | st.just("")) + text[end:])
