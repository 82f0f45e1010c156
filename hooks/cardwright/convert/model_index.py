"""Cards as a Papers with Code metafile, `Collections:` and `Models:` in YAML: a model for each card.

Format: https://github.com/paperswithcode/model-index
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cardwright.entry import Entry
from cardwright.nodes import List, Map, Node, Text, make_map, to_plain
from cardwright.sources import SourceText, read_source
from cardwright.sources.kept import KEY, note_rest
from cardwright.yamltext import write_yaml

LISTS = ("collections", "models")
"""Keys, in lower case, whose lists are those of all cards."""


def to_model_index(entries: tuple[Entry, ...]) -> str:
    """The text of the metafile; a model that was read from such a file stands there as it stood."""
    return write_yaml(_merge(_own_file(entry) for entry in entries))


def _own_file(entry: Entry) -> Map:
    """A metafile of one card."""
    raw = entry.raw
    if raw.format == "model-index" and raw.origin:
        return raw.origin
    model, collections = _make_model(entry), _make_collections(entry)
    bare = make_map([("Collections", collections), ("Models", List((model,)))])
    read = read_source(SourceText("metafile.yml", write_yaml(bare), part=0)).fields
    rest = note_rest(raw.fields, read)
    noted = Map((*model.items, (Text(KEY), rest))) if rest else model
    return make_map([("Collections", collections), ("Models", List((noted,)))])


def _merge(files: Iterable[Map]) -> Map:
    """One file of several: their models one after the other, and each collection once."""
    merged: dict[str, Node] = {}
    for file in files:
        for key, node in file.items:
            same = (name for name in merged if name.lower() == key.text.lower() in LISTS)
            name = next(same, key.text)
            before = merged.get(name, node)
            if before is node:
                merged[name] = node
            elif isinstance(before, List) and isinstance(node, List):
                merged[name] = List((*before.items, *_new_items(name, before, node)))
            elif to_plain(before) != to_plain(node):
                number = sum(other.startswith(f"{name} (") for other in merged) + 2
                merged[f"{name} ({number})"] = node
    order = sorted(merged, key=lambda name: (name.lower() != "type", name.lower() not in LISTS))
    return make_map((name, merged[name]) for name in order)


def _new_items(name: str, before: List, node: List) -> list[Node]:
    """What the list has that is not said yet; two models may be alike."""
    said = [to_plain(item) for item in before.items]
    is_models = name.lower() == "models"
    return [item for item in node.items if (is_models and isinstance(item, Map)) or to_plain(item) not in said]


def _make_collections(entry: Entry) -> List | None:
    collection = entry.raw.fields.get("collection")
    if not isinstance(collection, Map) or len(collection.items) < 2 or not entry.card.collection.name:
        return None
    return List((Map(tuple((Text("Name" if k.text == "name" else k.text), node) for k, node in collection.items)),))


def _make_model(entry: Entry) -> Map:
    fields = entry.raw.fields
    given = {key.text: node for key, node in fields.items}
    pairs = [
        ("Name", given.get("model_name") or Text(entry.name)),
        ("In Collection", Text(entry.card.collection.name) if entry.card.collection.name else None),
        ("Metadata", _make_metadata(fields)),
        ("License", given.get("license")),
        ("Framework", given.get("library_name")),
        ("Paper", _make_list(given.get("publication"), _make_paper)),
        ("Results", _make_results(fields)),
        ("Weights", _make_list(given.get("files"), _address)),
    ]
    return make_map(pairs)


def _make_metadata(fields: Map) -> Map | None:
    pairs: list[tuple[str, Node]] = [
        (key.text, node) for row in _maps(fields.get("general")) for key, node in row.items
    ]
    if (datasets := fields.get("datasets")) is not None:
        pairs.append(("Training Data", datasets))
    task = fields.get("pipeline_tag")
    if task is not None and not any(key.lower() in ("task", "tasks") for key, _ in pairs):
        pairs.append(("Tasks", task))
    return make_map(dict(reversed(pairs)).items()) if pairs else None


def _make_results(fields: Map) -> List | None:
    """The results of all variants, which the format does not tell apart."""
    results = [result for entry in _maps(fields.get("model-index")) for result in _maps(entry.get("results"))]
    found = tuple(_make_result(result) for result in results)
    return List(found) if found else None


def _make_result(result: Map) -> Map:
    metrics = {
        name.text: metric.get("value")
        for metric in _maps(result.get("metrics"))
        if isinstance(name := metric.get("name") or metric.get("type"), Text)
    }
    return make_map(
        [
            ("Task", _name(result.get("task"))),
            ("Dataset", _name(result.get("dataset"))),
            ("Metrics", make_map(metrics.items()) if metrics else None),
        ]
    )


def _name(node: Node | None) -> Node | None:
    """What a task or dataset is called."""
    return (node.get("name") or node.get("type")) if isinstance(node, Map) else node


def _make_paper(publication: Map) -> Node | None:
    found = make_map([("Title", publication.get("title")), ("URL", publication.get("url"))])
    return found if found.items else None


def _address(file: Map) -> Node | None:
    return file.get("url") or file.get("path")


def _make_list(node: Node | None, make: Callable[[Map], Node | None]) -> Node | None:
    """What `make` makes of each mapping; one alone without a list."""
    made = tuple(found for item in _maps(node) if (found := make(item)))
    return made[0] if len(made) == 1 else List(made) if made else None


def _maps(node: Node | None) -> Iterator[Map]:
    for item in node.items if isinstance(node, List) else (node,):
        if isinstance(item, Map):
            yield item
