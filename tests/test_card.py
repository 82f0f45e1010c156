"""A case is a card `data/cards/<case>.md` with what `cardwright check` prints about it in `<case>.problems`.

Where what is read of it matters, `<case>.json` has it as `cardwright show` prints it, without the body.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cardwright.card import Card, card_schema
from cardwright.cli import main
from cardwright.facts import Inspector
from cardwright.fields import STRUCTURE_KINDS, stays_inside
from cardwright.nodes import to_plain
from cardwright.site import read_cards
from cardwright.sources.huggingface import split_front_matter
from cardwright.validate import validate_card
from cardwright.yamlmarks import read_yaml

ROOT = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data"
CARDS = DATA / "cards"
KNOWN_FIELDS = [field.alias or name for name, field in Card.model_fields.items()]
CASES = sorted(path.stem for path in CARDS.glob("*.md"))
SHOWN = sorted(path.stem for path in CARDS.glob("*.json"))


@cache
def run(*command: str) -> tuple[int, str]:
    """Exit code and output of a `cardwright` command in the data folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(DATA)
        result = CliRunner().invoke(main, command, catch_exceptions=False)
    return result.exit_code, result.stdout


@cache
def check_lines() -> dict[str, list[str]]:
    """What `cardwright check` prints, by case."""
    lines: dict[str, list[str]] = {case: [] for case in CASES}
    for line in run("check", "cards")[1].splitlines():
        case = re.match(r"cards/(.*?)\.md:", line)
        assert case, line
        lines[case.group(1)].append(line)
    return lines


@cache
def shown_cards() -> dict[str, dict[str, Any]]:
    """What `cardwright show` prints, by case."""
    cards = json.loads(run("show", "cards", "--json")[1])
    return {Path(card["source"]).stem: {k: v for k, v in card.items() if k != "body"} for card in cards}


def read_front_matter(path: Path) -> str:
    return split_front_matter(path.read_text(encoding="utf-8"))[0]


def test_there_are_cases() -> None:
    assert len(CASES) >= 45
    assert len(SHOWN) >= 15
    assert {path.stem for path in CARDS.glob("*.problems")} == set(CASES)


@pytest.mark.parametrize("case", CASES)
def test_problems(case: str) -> None:
    expected = (CARDS / f"{case}.problems").read_text(encoding="utf-8").splitlines()
    assert check_lines()[case] == expected


@pytest.mark.parametrize("case", SHOWN)
def test_canonical_card(case: str) -> None:
    assert shown_cards()[case] == json.loads((CARDS / f"{case}.json").read_text(encoding="utf-8"))


def test_check_fails_on_errors_and_only_on_them() -> None:
    assert run("check", "cards")[0] == 1
    assert run("check", "cards/full.md")[0] == 0
    assert run("check", "cards/model_index_text.md")[0] == 0
    assert run("check", "--strict", "cards/model_index_text.md")[0] == 1


@pytest.mark.parametrize("case", CASES)
def test_line_ends_and_bom_change_nothing(case: str, tmp_path: Path) -> None:
    text = (CARDS / f"{case}.md").read_bytes()
    changed = b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n")
    shown = {}
    for name, content in (("plain", text), ("changed", changed)):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{case}.md").write_bytes(content)
        (entry,), problems = read_cards(tmp_path / name, "cards", Inspector().inspect)
        shown[name] = (entry.card, entry.misfits, entry.name, entry.summary, [str(p) for p in problems])
    assert shown["plain"] == shown["changed"]


# Nothing is lost -----------------------------------------------------------------------------------------------------


def leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from leaves(inner)
    elif value not in (None, ""):
        yield str(value)


@pytest.mark.parametrize("case", CASES)
def test_every_value_is_in_the_card_or_among_the_misfits(case: str) -> None:
    fields, _ = read_yaml(read_front_matter(CARDS / f"{case}.md"))
    if fields is None:
        return
    card, misfits, _ = validate_card(fields)
    kept = [*leaves(card.model_dump(by_alias=True)), *leaves(misfits)]
    for value in leaves(to_plain(fields)):
        assert value in kept


@pytest.mark.parametrize("field", [name for name in KNOWN_FIELDS if name not in ("model-index", "general")])
def test_a_misfit_of_one_field_costs_no_other(field: str) -> None:
    wrong = "[[x]]" if field in ("language", "license", "tags") else "{a: [[x]]}"
    fields, _ = read_yaml(f"{field}: {wrong}\nx_before: 1\nmodel-index: [{{name: kept}}]\ngeneral: [{{a: b}}]\n")
    assert fields is not None
    card, misfits, _ = validate_card(fields)
    assert card.general == ({"a": "b"},)
    assert card.model_index[0].name == "kept"
    assert (card.model_extra or {})["x_before"] == "1"
    assert "x" in [*leaves(card.model_dump(by_alias=True)), *leaves(misfits)]


TREES = st.recursive(
    st.sampled_from(["x", "~", "no", "../up", "https://wren.example/", "netscope", "{}", "[]"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(["name", "url", "kind", "path", "sha256", "results", "metrics", "value", "inputs", "zz"]),
            inner,
            max_size=3,
        ).map(lambda pairs: f"{{{', '.join(f'{key}: {value}' for key, value in pairs.items())}}}")
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*KNOWN_FIELDS, "model_index", "zz"]), TREES, max_size=4))
@settings(max_examples=400, deadline=None)
def test_any_values_are_validated_and_kept(given_fields: dict[str, str]) -> None:
    fields, _ = read_yaml("".join(f"{key}: {value}\n" for key, value in given_fields.items()))
    assert fields is not None
    card, misfits, problems = validate_card(fields)
    assert bool(misfits) <= bool(problems)
    kept = [*leaves(card.model_dump(by_alias=True)), *leaves(misfits)]
    for value in leaves(to_plain(fields)):
        assert value in kept


@given(st.lists(st.sampled_from(["..", ".", "a", "~", "/", "\\", "C:", "\0", " ", "%2e"]), max_size=8).map("".join))
@settings(max_examples=500, deadline=None)
def test_an_accepted_path_stays_below_its_folder(path: str) -> None:
    try:
        stays_inside(path)
    except Exception as error:
        assert "leaves" in str(error)
        return
    depth = 0
    for step in path.replace("\\", "/").split("/"):
        depth += {"..": -1, ".": 0, "": 0}.get(step, 1)
        assert depth >= 0
    assert "\0" not in path and not path.startswith(("/", "\\", "~")) and path[1:2] != ":"


def test_cards_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Card().version = "2"  # type: ignore[misc]


# JSON Schema ---------------------------------------------------------------------------------------------------------


def find_parts(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "", schema
    yield from schema["$defs"].items()


def test_schema_is_one_of_2020_12() -> None:
    schema = card_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["type"] == "object"
    assert list(schema["properties"]) == list(KNOWN_FIELDS)
    assert json.loads(run("schema")[1]) == schema
    references = set(re.findall(r'"\$ref": "#/\$defs/(\w+)"', json.dumps(schema)))
    assert references == set(schema["$defs"])
    assert not re.search(r'"\$ref": "(?!#/\$defs/)', json.dumps(schema))
    for name, part in find_parts(schema):
        assert part["additionalProperties"] is True, name
        assert not part.get("required"), name
        for key, value in part["properties"].items():
            assert {"type", "anyOf", "$ref"} & value.keys() or value.keys() <= {"title", "default", "description"}, key


def accepts(schema: dict[str, Any], definitions: dict[str, Any], value: Any) -> bool:
    """Whether `value` fits, for the keywords that the card's schema uses."""
    types: dict[str, Callable[[Any], bool]] = {
        "string": lambda value: isinstance(value, str),
        "number": lambda value: isinstance(value, (int, float)),
        "boolean": lambda value: isinstance(value, bool),
        "null": lambda value: value is None,
        "array": lambda value: isinstance(value, list),
        "object": lambda value: isinstance(value, dict),
    }
    if "$ref" in schema:
        return accepts(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions, value)
    if "anyOf" in schema:
        return any(accepts(each, definitions, value) for each in schema["anyOf"])
    if "enum" in schema and value not in schema["enum"]:
        return False
    wanted = schema.get("type", list(types))
    names: list[str] = [wanted] if isinstance(wanted, str) else list(wanted)
    if not any(types[name](value) for name in names):
        return False
    if isinstance(value, list) and "items" in schema:
        return all(accepts(schema["items"], definitions, item) for item in value)
    if isinstance(value, dict):
        named = schema.get("properties", {})
        other = schema.get("additionalProperties", True)
        rest = {} if other is True else other
        return all(accepts(named.get(key, rest), definitions, inner) for key, inner in value.items())
    return True


def yaml_values(text: str) -> Any:
    """Front matter as an editor's YAML sees it: numbers are numbers, dates are text."""
    node, problems = read_yaml(text)
    assert node is not None and not problems
    return _typed(to_plain(node))


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _typed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_typed(inner) for inner in value]
    if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return float(value)
    return {"true": True, "false": False}.get(value, value)


EXAMPLES = sorted(path for path in (ROOT / "cards").glob("*/README.md") if read_front_matter(path))
FITTING = ["as_written", "full", "lists_for_one", "unknown_keys", "netscope_good", "empty_front_matter"]


@pytest.mark.parametrize(
    "path", [*EXAMPLES, *(CARDS / f"{case}.md" for case in FITTING)], ids=lambda p: str(p.parts[-2:])
)
def test_schema_accepts_what_the_card_accepts(path: Path) -> None:
    schema = card_schema()
    assert accepts(schema, schema["$defs"], yaml_values(read_front_matter(path)))


@pytest.mark.parametrize(
    "text", ["model_name: [a]", "tags: {a: b}", "files: text", "support: x", "io: x", "files: [x]"]
)
def test_schema_refuses_wrong_kinds(text: str) -> None:
    schema = card_schema()
    assert not accepts(schema, schema["$defs"], yaml_values(text))


def test_structure_kinds_are_the_documented_ones() -> None:
    assert STRUCTURE_KINDS == ("netscope", "netron", "image", "url")
