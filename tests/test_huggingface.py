"""What Hugging Face's library takes is taken here with warnings at most, and no value of it is lost.

The library finds front matter by FRONT and reads it by `yaml.safe_load`; `accepted.json` and `refused.json` hold cards
with what it makes of them, the second also the line and the beginning of the problem that is said here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cardwright.nodes import to_plain
from cardwright.sources import SourceText, read_source
from cardwright.validate import validate_card
from tests.pages import FOLDERS, build, page_of

DATA = Path(__file__).parent / "data/huggingface"
ACCEPTED: dict[str, str] = json.loads((DATA / "accepted.json").read_text())
REFUSED: dict[str, tuple[str, int, str]] = json.loads((DATA / "refused.json").read_text())
FRONT = re.compile(r"^\s*---(?:\r\n|\r|\n)([\S\s]*?)(?:\r\n|\r|\n)---[ \t]*(?:\r\n|\n|$)")


def accepts(card: str) -> bool:
    """Whether the library loads the card."""
    found = FRONT.match(card.removeprefix("\ufeff"))
    try:
        return not found or isinstance(yaml.safe_load(found.group(1)), dict | None)
    except Exception:
        return False


def values(node: yaml.Node | None, above: tuple[yaml.Node, ...] = ()) -> Iterator[str]:
    """Every text below a node of YAML, which may hold itself."""
    if isinstance(node, yaml.ScalarNode) and node.value not in ("", "~", "null"):
        yield node.value
    elif isinstance(node, yaml.CollectionNode) and node not in above:
        for each in node.value:
            for inner in each if isinstance(each, tuple) else (each,):
                yield from values(inner, (*above, node))


def check_accepted(card: str) -> None:
    raw = read_source(SourceText("wren/README.md", card))
    _, _, problems = validate_card(raw.fields)
    assert not [problem for problem in (*raw.problems, *problems) if problem.severity == "error"]
    found = FRONT.match(card.removeprefix("\ufeff"))
    there = {*texts(to_plain(raw.fields)), "<<"}
    for value in values(yaml.compose(found.group(1), yaml.SafeLoader) if found else None):
        assert value in there or value in raw.body.markdown


def texts(value: Any) -> Iterator[str]:
    """Every key and value of a tree."""
    for each in [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(each)
    if isinstance(value, str):
        yield value


@pytest.mark.parametrize("case", ACCEPTED)
def test_accepted(case: str) -> None:
    assert accepts(ACCEPTED[case])
    check_accepted(ACCEPTED[case])


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    card, line, message = REFUSED[case]
    assert not accepts(card)
    raw = read_source(SourceText("wren/README.md", card))
    problem = raw.problems[0]
    assert (problem.severity, problem.mark.line, problem.message[: len(message)]) == ("error", line, message)
    assert raw.fields.items or raw.unreadable.strip()


def test_every_evaluation_is_on_the_page() -> None:
    folder = FOLDERS["sources"] / "huggingface-evaluations/.eval_results"
    entry, page = page_of("sources", "huggingface-evaluations")
    addresses = [value for element in page.walk() for name, value in element.attributes.items() if name == "href"]
    shown = " ".join([page.text, *addresses])
    files = [path for path in folder.iterdir() if path.suffix in (".yaml", ".yml") and path.stem != "broken"]
    read = [value for path in files for value in texts(yaml.load(path.read_text(), yaml.BaseLoader))]
    keys = {"dataset", "value", "source", "url", "name", "id", "task_id"}
    assert len(files) == 3 and [value for value in read if value not in keys and value not in shown] == []
    assert "- dataset: [" in shown and "not read" not in shown
    assert [row.dataset for row in entry.results].count("nest/exam") == 2
    page_html = str(build(FOLDERS["sources"])["huggingface-evaluations"][1].html)
    assert page_html.count('<details class="cw-token">') == 1


KEYS = st.sampled_from(
    "license language tags model-index datasets metrics widget inference thumbnail base_model pipeline_tag licence x 1"
    " no 2020-01-01 << 'q_k' a_b model_index co2_eq_emissions &k *a null ?".split()
)
VALUES = st.sampled_from(
    [
        *("", "no", "~", "1.10", "2023-01-01", "[a, b]", "{a: b}", "[{x: y}]", '"q\\n"', "'it''s'", "&a [1, 2]", "*a"),
        *("|\n  one\n  two", ">-\n  one\n\n  two", "\n- x\n- [y, {z: 1}]", "!!str 1", "!!set {a, b}", "! z", "a # b"),
        *("{<<: *a, b: 2}", "&a {b: 1}", "9.9 +/- 9.9", "{{ x }}", "%", "@x", "a: b", '"', "\ta\t", "[", "one\n  two"),
    ]
)
PIECES = st.sampled_from(
    [*"\n\n  :-[]{}\"'#|>&*!%@?,\t", "\r", "---\n", "...\n", "\ufeff", "\0", "\x85", "\u2028", "é"]
)
OPENINGS = st.sampled_from(["---\n", "---\n", "\n---\n", "\ufeff---\n", "--- \n", "<!-- c -->\n---\n", ""])
ENDINGS = st.sampled_from(["---\n", "---\n", "---", "--- \n\ntext\n", "...\n", "--- x\n---\n", ""])


@given(
    OPENINGS, st.lists(st.tuples(KEYS, VALUES), max_size=5), ENDINGS, st.sampled_from(["\n", "\r\n", "\r"]), st.data()
)
@settings(max_examples=1500, deadline=None)
def test_anything_accepted_gives_no_error(
    opening: str, pairs: list[tuple[str, str]], ending: str, newline: str, data: st.DataObject
) -> None:
    card = opening + "".join(f"{key}: {value}\n" for key, value in pairs) + ending
    if data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(card)))
        card = card[:place] + data.draw(PIECES) + card[place + data.draw(st.integers(0, 1)) :]
    card = card.replace("\n", newline)
    if accepts(card):
        check_accepted(card)
