"""Fields written as YAML: the text of a few, and that any text comes back through our reader and through PyYAML."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from cardwright.nodes import Text, to_plain
from cardwright.sources import SourceText, read_source
from cardwright.yamlmarks import read_yaml
from cardwright.yamltext import Value, write_card, write_yaml

CASES = json.loads((Path(__file__).parent / "data/yaml/_written.json").read_text(encoding="utf-8"))

# What a YAML file cannot hold (controls, surrogates) is no text of a card; our reader replaces or refuses it.
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn"), include_characters="\n\t")) | st.sampled_from(
    [
        *"no yes on ~ null 1.10 0x1f 0o17 1e5 .5 1_000 12:30 2024-01-01 = << a:b a: #x x#y -x".split(),
        "---\n...",
        "\u2028",
    ]
)
TREES = st.dictionaries(
    TEXTS, st.recursive(TEXTS, lambda tree: st.lists(tree, max_size=3) | st.dictionaries(TEXTS, tree, max_size=3))
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case["fields"])[:40])
def test_text_written(case) -> None:
    assert write_yaml(case["fields"]).splitlines() == case["yaml"]


@given(TREES)
@example({"\u2028": "\u2028", "b": "x\x85y\n", "c": "\ufeff\u2029"})
@example({"a": "x\n\n", "b": "x\n  y\n", "c": " x\ny", "d": "x \ny", "e": "\n"})
def test_texts_come_back(fields) -> None:
    text = write_yaml(fields)
    node, problems = read_yaml(text)
    assert (yaml.safe_load(text) or {}, problems) == (fields, ())
    assert node is not None and to_plain(node) == fields


@given(TEXTS, TREES)
def test_front_matter_ends_where_it_should(body, fields) -> None:
    raw = read_source(SourceText("README.md", write_card({"model_name": "x", **fields}, f"{body}\n")))
    assert raw.format == "huggingface" and not raw.problems
    assert to_plain(raw.fields) == {"model_name": "x", **fields}


@pytest.mark.parametrize(
    ("text", "read"),
    [("75.80", 75.8), ("9.9 +/- 0.2", "9.9 +/- 0.2"), ("no", False), ("a: b", "a: b"), ("", None), ("- x", "- x")],
)
def test_text_that_stands_plain_stays_plain(text: str, read: object) -> None:
    written = write_yaml({"value": Text(text, quoted=False), "next": "x"})
    node, problems = read_yaml(written)
    assert (yaml.safe_load(written), problems) == ({"value": read, "next": "x"}, ())
    assert node is not None and to_plain(node) == {"value": text or None, "next": "x"}


def test_types_come_back() -> None:
    fields: dict[str, Value] = {"n": 3, "x": 0.5, "yes": True, "nothing": None, "empty": [], "none": {}}
    assert yaml.safe_load(write_yaml(fields)) == fields
    assert write_yaml({}) == ""
