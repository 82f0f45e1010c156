"""Hugging Face's evaluation results beside a card, `.eval_results/*.yaml`: one entry for each value.

Format: https://huggingface.co/docs/hub/eval-results
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from cardwright.nodes import List, Map, Node, Text
from cardwright.problem import Mark, Problem
from cardwright.sources.raw import RawCard, SourceText
from cardwright.yamlmarks import read_node

FOLDER = ".eval_results"
PATTERNS = (f"{FOLDER}/*.yaml", f"{FOLDER}/*.yml")


def add_eval_results(raw: RawCard, source: SourceText) -> RawCard:
    """The card with the results of those files as one more entry of its `model-index`, and what is wrong with them."""
    results: list[Node] = []
    for name, text in source.beside.items():
        if name.startswith(f"{FOLDER}/"):
            start = Mark(path=posixpath.join(posixpath.dirname(source.path), name))
            node, problems = read_node(text.removeprefix("\ufeff"), start)
            entries = _entries(node)
            unreadable = raw.unreadable if entries or not text.strip() else f"{raw.unreadable}{text}"
            problems = (*problems, *(said for entry in entries for said in _find_problems(entry)))
            raw = replace(raw, problems=(*raw.problems, *problems), unreadable=unreadable)
            results += map(_make_result, entries)
    return replace(raw, fields=_with_results(raw.fields, List(tuple(results)))) if results else raw


def _entries(node: Node | None) -> tuple[Node, ...]:
    """The entries of a file, where one may stand alone."""
    given = node.items if isinstance(node, List) else (node,)
    return tuple(entry for entry in given if isinstance(entry, List | Map) or (entry and entry.text))


def _find_problems(entry: Node) -> Iterator[Problem]:
    hint = "write `dataset: {id: ...}` and `value: ...`"
    if not isinstance(entry, Map):
        yield Problem(entry.mark.path, entry.mark, "", "not an evaluation result", hint, "warning")
        return
    dataset = entry.get("dataset")
    for name, there in (("dataset.id", isinstance(dataset, Map) and "id" in dataset), ("value", "value" in entry)):
        if not there:
            message = f"the evaluation result lacks `{name}`"
            yield Problem(entry.mark.path, entry.mark, "", message, hint, "warning")


def _make_result(entry: Node) -> Node:
    """An entry in the form of `model-index`: what has no place there keeps its own key."""
    if not isinstance(entry, Map):
        return Map(((Text("value", entry.mark), entry),), entry.mark)
    dataset = entry.get("dataset")
    pairs = dataset.items if isinstance(dataset, Map) else ()
    task = [(Text("name", key.mark), value) for key, value in pairs if key.text == "task_id"]
    data = [(_renamed(key, {"id": "type"}), value) for key, value in pairs if key.text != "task_id"]
    metric = [(key, value) for key, value in entry.items if key.text in ("value", "verifyToken")]
    taken = {key.text for key, _ in metric} | ({"dataset"} if isinstance(dataset, Map) else set())
    made: list[tuple[str, Node]] = [
        ("task", Map(tuple(task), entry.mark)),
        ("dataset", Map(tuple(data), dataset.mark if dataset else entry.mark)),
        ("metrics", List((Map(((Text("name"), Text("value")), *metric), entry.mark),), entry.mark)),
    ]
    rest = [(key, value) for key, value in entry.items if key.text not in taken]
    kept = [(Text(key), node) for key, node in made if all(key != name.text for name, _ in rest)]
    return Map((*kept, *rest), entry.mark)


def _renamed(key: Text, names: dict[str, str]) -> Text:
    return replace(key, text=names.get(key.text, key.text))


def _with_results(fields: Map, results: List) -> Map:
    """The fields with one more entry in `model-index`, of the name that its only entry has."""
    index = fields.get("model-index")
    entries = _index_entries(index)
    if entries is None:
        return Map((*fields.items, (Text("eval_results"), results)), fields.mark)
    name = entries[0].get("name") if len(entries) == 1 and isinstance(entries[0], Map) else None
    named = ((Text("name"), name),) if name else ()
    entry = Map((*named, (Text("results"), results)), results.items[0].mark)
    others = tuple((key, value) for key, value in fields.items if key.text != "model-index")
    return Map((*others, (Text("model-index"), List((*entries, entry), fields.mark))), fields.mark)


def _index_entries(index: Node | None) -> tuple[Node, ...] | None:
    """The entries of a `model-index`, in any of the forms that cards have; None for what is none."""
    match index:
        case None:
            return ()
        case List(items):
            return items
        case Map(items) if "name" in index or "results" in index:
            return (index,)
        case Map(items) if all(isinstance(value, List) for _, value in items):
            return tuple(Map(((Text("name"), key), (Text("results"), value)), key.mark) for key, value in items)
        case Text(text, _, quoted) if not quoted and text in ("", "~", "null"):
            return ()
    return None
