"""A file of metrics, datasets and tasks: TOML in, a vocabulary and what is wrong with the file out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from cardwright.benchmarks.names import PERCENT, DatasetKind, MetricKind, Vocabulary, spell
from cardwright.problem import Mark, Problem, did_you_mean

KEYS: Mapping[str, Mapping[str, type[Any]]] = {
    "metric": {"name": str, "spellings": list, "better": str, "unit": str, "range": list, "unsure": list},
    "dataset": {"name": str, "spellings": list, "task": str, "split": str, "metrics": dict},
    "task": {"name": str, "spellings": list},
}
"""The tables of a file, and the keys of each row with their types."""

_WORDS: Mapping[type[Any], str] = {str: "text", list: "a list", dict: "a table"}


def make_vocabulary(text: str, base: Vocabulary | None = None) -> tuple[Vocabulary, tuple[Problem, ...]]:
    """The vocabulary of a file's text, with that of `base` below it. Never raises."""
    base = base or Vocabulary({}, {}, {})
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return base, (_syntax(str(error) or "nested too deep"),)
    reader = _Reader(text, base)
    reader.read(data)
    return Vocabulary(reader.metrics, reader.datasets, reader.tasks, frozenset(reader.not_datasets)), reader.problems()


def _syntax(said: str) -> Problem:
    place = re.search(r" \(at line (\d+), column (\d+)\)$", said)
    said = said[: place.start()] if place else said.removesuffix(" (at end of document)")
    mark = Mark(int(place[1]), int(place[2])) if place else Mark()
    return Problem("", mark, "", f"not valid TOML: {said[:1].lower()}{said[1:]}", "mend the TOML at this place")


class _Reader:
    """Puts rows into tables by spelling."""

    def __init__(self, text: str, base: Vocabulary) -> None:
        self.text = text
        self.metrics, self.datasets, self.tasks = dict(base.metrics), dict(base.datasets), dict(base.tasks)
        self.not_datasets = set(base.not_datasets)
        self.taken: dict[tuple[str, str], str] = {}
        self.found: list[Problem] = []

    def problems(self) -> tuple[Problem, ...]:
        return tuple(self.found)

    def read(self, data: Mapping[str, Any]) -> None:
        for key, rows in data.items():
            if key == "not_datasets":
                if isinstance(rows, list) and all(isinstance(name, str) for name in rows):
                    self.not_datasets |= {spell(name) for name in rows}
                else:
                    self.say((key, 0, ""), f"{key}: a list of names is expected", 'write `["name", "name"]`')
            elif key not in KEYS:
                meant = did_you_mean(key, KEYS)
                known = ", ".join([*KEYS, "not_datasets"])
                hint = f"did you mean {meant}?" if meant else f"known: {known}"
                self.say((key, 0, ""), f"{key}: not a table of this file", hint)
            elif not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                self.say((key, 0, ""), f"{key}: rows are expected", f"write `[[{key}]]` above each")
            else:
                for number, row in enumerate(rows):
                    self.row(key, number, row)

    def row(self, table: str, number: int, row: dict[str, Any]) -> None:
        name = row.get("name")
        if not isinstance(name, str) or not spell(name):
            self.say((table, number, ""), f"{table} number {number + 1} has no name", 'write `name = "..."`')
            return
        wrong = list(_wrong_keys(table, row))
        for message, hint in wrong:
            self.say((table, number, name), f"{table} `{name}`: {message}", hint)
        if wrong:
            return
        kinds: dict[str, Any] = {"metric": self.metrics, "dataset": self.datasets, "task": self.tasks}
        known = kinds[table]
        kind = _MAKERS[table](row, known.get(spell(name)))
        if kind is None:
            message = f"metric `{name}`: it is missing whether higher or lower is better"
            self.say((table, number, name), message, 'write `better = "higher"`')
            return
        old = known.get(spell(name))
        known |= {spelling: kind for spelling, other in known.items() if old and other is old}
        for spelling in map(spell, (name, *row.get("spellings", ()))):
            other = self.taken.setdefault((table, spelling), name)
            if other != name:
                message = f"{table} `{name}`: the spelling `{spelling}` is `{other}` already"
                self.say((table, number, name), message, "remove one")
                continue
            known[spelling] = kind
            if table == "dataset":
                self.not_datasets.discard(spelling)

    def say(self, at: tuple[str, int, str], message: str, hint: str) -> None:
        self.found.append(Problem("", self.mark(*at), "", message, hint))

    def mark(self, table: str, number: int, name: str) -> Mark:
        """The line of a table's row, by its number or its name: TOML readers give no places."""
        table = re.escape(table)
        heads = list(re.finditer(rf"^[ \t]*(?:\[\[?\s*{table}\s*\]|{table}\s*=)", self.text, re.MULTILINE))
        named = re.search(rf"\bname\s*=\s*([\"']){re.escape(name)}\1", self.text) if name else None
        at = heads[number] if number < len(heads) else named
        return Mark(self.text.count("\n", 0, at.start()) + 1 if at else 1)


def _wrong_keys(table: str, row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    known = KEYS[table]
    value: Any
    for key, value in row.items():
        if key not in known:
            meant = did_you_mean(key, known)
            yield f"{key}: no such key", f"did you mean {meant}?" if meant else f"known: {', '.join(known)}"
        elif not isinstance(value, known[key]):
            yield f"{key}: {_WORDS[known[key]]} is expected", "see the example in the reference"
        elif key == "better" and value not in ("higher", "lower"):
            yield f"better: `{value}` is neither `higher` nor `lower`", "write one of the two"
        elif key == "spellings" and not all(isinstance(item, str) and spell(item) for item in value):
            yield "spellings: a list of names is expected", 'write `["name", "name"]`'
        elif key in ("range", "unsure") and not _is_range(value):
            yield f"{key}: two numbers are expected, the smaller first", "write e.g. `[0, 100]` or `[0, inf]`"
        elif key == "metrics" and not all(isinstance(item, str) for item in value.values()):
            yield "metrics: names of metrics are expected", 'write e.g. `{Accuracy = "Top-1 accuracy"}`'


def _is_range(value: list[Any]) -> bool:
    numbers = [item for item in value if isinstance(item, (int, float)) and not isinstance(item, bool)]
    return len(value) == len(numbers) == 2 and numbers[0] < numbers[1]


def _make_metric(row: dict[str, Any], old: MetricKind | None) -> MetricKind | None:
    better = row.get("better", old.better if old else None)
    if better is None:
        return None
    unit = row.get("unit", old.unit if old else "")
    usual = old.range if old else (0.0, 100.0) if unit == PERCENT else None
    limits = (row["range"][0], row["range"][1]) if "range" in row else usual
    unsure = (row["unsure"][0], row["unsure"][1]) if "unsure" in row else old.unsure if old else None
    return MetricKind(old.name if old else row["name"], better, unit, limits, unsure)


def _make_dataset(row: dict[str, Any], old: DatasetKind | None) -> DatasetKind:
    old = old or DatasetKind(row["name"])
    metrics = {spell(name): meant for name, meant in row.get("metrics", {}).items()}
    return DatasetKind(old.name, row.get("task", old.task), row.get("split", old.split), {**old.metrics, **metrics})


def _make_task(row: dict[str, Any], old: str | None) -> str:
    return old or row["name"]


_MAKERS: Mapping[str, Any] = {"metric": _make_metric, "dataset": _make_dataset, "task": _make_task}
