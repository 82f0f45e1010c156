"""From fields as written to a card: every problem with its place, and no value lost."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from pydantic import BaseModel, ValidationError

from cardwright.card import Card, Part
from cardwright.nodes import List, Map, Node, Path, Text, find_mark, show_path, to_plain
from cardwright.problem import MAX_PROBLEMS, Problem, Severity, did_you_mean

MAX_ROUNDS = 8
MAX_UNKNOWN = 2000
"""Keys that are compared with known ones; beyond it a program wrote them."""


def validate_card(fields: Map, foreign_keys: bool = False) -> tuple[Card, dict[str, Any], tuple[Problem, ...]]:
    """The card that `fields` describes, the values that do not fit (by field), and what is wrong.

    With `foreign_keys`, keys that are no fields belong to another format, and nothing is said of them.
    A value that does not fit is taken out and given back in the second result, so that its page can still show it.
    """
    data = to_plain(fields)
    misfits: dict[str, Any] = {}
    problems: list[Problem] = []
    for _ in range(MAX_ROUNDS):
        try:
            card = Card.model_validate(data)
            break
        except ValidationError as error:
            found = [(_data_path(data, each["loc"]), each) for each in error.errors(include_url=False)]
            problems += [_problem(fields, path, each) for path, each in found]
            data = _without(data, dict.fromkeys(path for path, _ in found), misfits)
    else:
        card = Card()
        misfits |= data
    if not foreign_keys:
        problems += islice(_near_misses(fields, card), MAX_PROBLEMS + 1)
    return card, misfits, tuple(problems)


def _data_path(data: Any, location: tuple[int | str, ...]) -> Path:
    """pydantic's location without what it adds: the index of a mapping that we took for a list of one, missing keys."""
    path: list[int | str] = []
    for step in location:
        if isinstance(data, dict) and step == 0:
            continue
        if not _has(data, step):
            break
        data = data[step]
        path.append(step)
    return tuple(path)


def _has(data: Any, step: int | str) -> bool:
    if isinstance(data, dict):
        return step in data
    return isinstance(data, list) and isinstance(step, int) and step < len(data)


def _without(data: dict[str, Any], paths: Iterable[Path], misfits: dict[str, Any]) -> dict[str, Any]:
    """`data` without the values at `paths`, which go to `misfits`."""
    data = copy.deepcopy(data)
    for path in sorted(paths, key=len, reverse=True):
        holder: Any = data
        for step in path[:-1]:
            holder = holder[step] if _has(holder, step) else None
        if not path or not _has(holder, path[-1]):
            continue
        misfits[show_path(path)] = holder[path[-1]]
        if isinstance(holder, list):
            # An empty item keeps its place, so that the places of those after it stay right.
            holder[path[-1]] = {}  # type: ignore[index]
        else:
            del holder[path[-1]]
    return data


def _problem(fields: Map, path: Path, error: Any) -> Problem:
    context = error.get("ctx", {})
    message, hint = context.get("message"), context.get("hint", "")
    if message is None:
        kind = "list" if error["type"] == "model_type" and isinstance(error["input"], list) else error["type"]
        message, hint = _PLAIN_WORDS.get(kind, (error["msg"], ""))
    severity: Severity = "warning" if path and path[0] in Card.HUGGING_FACE else "error"
    mark = find_mark(fields, path)
    return Problem(mark.path, mark, show_path(path), message, hint, severity)


_PLAIN_WORDS = {
    "list": ("a list stands here, a mapping is expected", "write `key: value` lines below the key"),
    "model_type": ("one value stands here, a mapping is expected", "write `key: value` lines below the key"),
    "dict_type": ("a mapping is expected here", "write `key: value` lines below the key"),
    "tuple_type": ("a list is expected here", "write `- key: value` lines below the key"),
    "string_type": ("text is expected here", "write one value"),
}


def _near_misses(fields: Map, card: Card) -> Iterator[Problem]:
    for path, key, known in islice(_unknown_keys(card, ()), MAX_UNKNOWN):
        name = did_you_mean(key, known)
        if name and name != key:
            place = (*path, key)
            mark = next((k.mark for k in _keys_at(fields, path) if k.text == key), find_mark(fields, place))
            hint = f"did you mean `{name}`?"
            yield Problem(mark.path, mark, show_path(place), "not a field of a card", hint, "warning")


def _keys_at(fields: Map, path: Path) -> list[Text]:
    node: Node | None = fields
    for step in path:
        if isinstance(node, List) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            node = node.get(str(step)) if isinstance(node, Map) else None
    return [key for key, _ in node.items] if isinstance(node, Map) else []


def _unknown_keys(part: Part, path: Path) -> Iterator[tuple[Path, str, list[str]]]:
    known = [field.alias or name for name, field in type(part).model_fields.items()]
    for key in part.model_extra or {}:
        yield path, key, [name for name in known if name not in part.model_fields_set or name == key]
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        step = field.alias or name
        if isinstance(value, BaseModel) and isinstance(value, Part):
            yield from _unknown_keys(value, (*path, step))
        elif isinstance(value, tuple) and value and isinstance(value[0], Part):
            for index, item in enumerate(value):
                yield from _unknown_keys(item, (*path, step, index))
