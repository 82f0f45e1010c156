"""A card's fields with the values that Hugging Face takes: its licence identifiers, its tasks, its `model-index`.

Rules: https://github.com/huggingface/hub-docs/blob/main/modelcard.md, and what huggingface_hub asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from cardwright.benchmarks import Result
from cardwright.entry import Entry
from cardwright.licenses import find_hub_id
from cardwright.nodes import List, Map, Node, Text, make_map, to_plain
from cardwright.sources.kept import KEY
from cardwright.tasks import find_task

UNKNOWN = "unknown"
"""What stands for a dataset or task that the card does not name: huggingface_hub reads no result without."""


def to_hub(entry: Entry, fields: Map) -> Map:
    """The card's fields, in their order, with those changed that Hugging Face has rules for."""
    pairs: list[tuple[str, Node | None]] = []
    for key, node in fields.items:
        pairs += _CHANGES[key.text](node) if key.text in _CHANGES else [(key.text, node)]
    named = dict(pairs)
    if "license_name" in fields:
        named["license_name"] = fields.get("license_name")
    named["model-index"] = _model_index(entry, fields.get("model-index"))
    named[KEY] = None  # what an earlier conversion kept is a field like any other
    return make_map(named.items())


def to_id(text: str) -> str:
    """A word of small letters, digits and dashes."""
    return "-".join(re.findall(r"[^\W_]+", text.lower()))[:96].rstrip("-")


def _change_license(node: Node) -> list[tuple[str, Node | None]]:
    texts = [item for item in (node.items if isinstance(node, List) else (node,)) if isinstance(item, Text)]
    texts = [item for item in texts if to_plain(item)]
    text = ", ".join(item.text for item in texts)
    known = [name for item in texts if (name := find_hub_id(item.text))]
    if not text:
        return [("license", node)]
    if texts and len(known) == len(texts):
        names = tuple(Text(name) for name in dict.fromkeys(known))
        return [("license", names[0] if len(names) == 1 else List(names))]
    return [("license", Text("other")), ("license_name", Text(to_id(text) or UNKNOWN))]


def _change_task(node: Node) -> list[tuple[str, Node | None]]:
    """A task that Hugging Face does not have stays out of its field."""
    task = find_task(node.text) if isinstance(node, Text) else ""
    return [("pipeline_tag", Text(task))] if task else []


_CHANGES = {"license": _change_license, "pipeline_tag": _change_task}


def _model_index(entry: Entry, stated: Node | None) -> List | None:
    tag = entry.card.pipeline_tag or ""
    task = find_task(tag) or to_id(tag) or UNKNOWN
    index = [found for item in _list_entries(stated) if (found := _complete_entry(item, entry.name, task))]
    index += _index_files((result for result in entry.results if result.path[0] == "files"), entry.name, task)
    return List(tuple(index)) if index else None


def _list_entries(stated: Node | None) -> Iterator[Map]:
    """The entries of a `model-index`, which real cards also write as one entry, or as a mapping of name to results."""
    if isinstance(stated, Map) and "name" not in stated and "results" not in stated:
        stated = List(tuple(make_map([("name", key), ("results", node)]) for key, node in stated.items))
    for item in stated.items if isinstance(stated, List) else (stated,):
        if isinstance(item, Map):
            yield item


def _complete_entry(item: Map, name: str, task: str) -> Map | None:
    results = item.get("results")
    found = results.items if isinstance(results, List) else ()
    whole = tuple(_complete_result(result, task) for result in found if isinstance(result, Map))
    return _fill(item, [("name", Text(name))], [("results", List(whole))]) if whole else None


def _complete_result(result: Map, task: str) -> Map:
    metrics, source = result.get("metrics"), result.get("source")
    listed = metrics.items if isinstance(metrics, List) else (metrics,) if metrics else ()
    whole = List(tuple(_complete_metric(metric) for metric in listed if isinstance(metric, Map)))
    # huggingface_hub takes no source without an address.
    named = {"source": source} if isinstance(source, Map) and "url" in source else {}
    return make_map(
        {
            **{key.text: node for key, node in result.items if key.text != "source"},
            "task": _complete_part(result.get("task"), task),
            "dataset": _complete_part(result.get("dataset"), UNKNOWN),
            "metrics": whole,
            **named,
        }.items()
    )


def _complete_part(node: Node | None, default: str) -> Map:
    """A task or dataset with both its type and its name."""
    part = node if isinstance(node, Map) else make_map([("name", node if isinstance(node, Text) else None)])
    kind, name = (_text(part, "type"), _text(part, "name"))
    return _fill(part, [("type", Text(to_id(name) or kind or default)), ("name", Text(name or kind or default))])


def _complete_metric(metric: Map) -> Map:
    value, kind = metric.get("value"), to_id(_text(metric, "name")) or UNKNOWN
    return _fill(metric, [("type", Text(kind)), ("value", Text(""))], [("value", _as_number(value))] if value else [])


def _as_number(node: Node) -> Node:
    """The value without quotes, where it is a number to a reader of YAML."""
    is_number = isinstance(node, Text) and re.fullmatch(r"[-+]?\d+(\.\d+)?", node.text)
    return replace(node, quoted=False) if isinstance(node, Text) and is_number else node


def _fill(part: Map, defaults: list[tuple[str, Node]], changes: Iterable[tuple[str, Node]] = ()) -> Map:
    """The mapping with `defaults` where it says nothing, and with `changes` in any case."""
    said = {key.text: node for key, node in part.items if not (isinstance(node, Text) and not node.text)}
    return make_map({**dict(defaults), **said, **dict(changes)}.items())


def _text(part: Map, key: str) -> str:
    node = part.get(key)
    return node.text if isinstance(node, Text) else ""


def _index_files(results: Iterable[Result], name: str, task: str) -> Iterator[Map]:
    """What the files state of themselves, as Hugging Face has it: below the variant."""
    for model, of_model in groupby(results, key=lambda result: result.model):
        evaluations = tuple(
            make_map(
                [
                    ("task", make_map([("type", Text(task)), ("name", Text(task.replace("-", " ")))])),
                    ("dataset", _complete_part(Text(dataset) if dataset else None, UNKNOWN)),
                    ("metrics", List(tuple(_index_metric(result) for result in on_dataset))),
                ]
            )
            for dataset, on_dataset in groupby(of_model, key=lambda result: result.dataset)
        )
        yield make_map([("name", Text(model or name)), ("results", List(evaluations))])


def _index_metric(result: Result) -> Map:
    value = _as_number(Text(result.value.text))
    return make_map([("type", Text(to_id(result.metric) or UNKNOWN)), ("name", Text(result.metric)), ("value", value)])
