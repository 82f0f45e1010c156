"""From a model of a model-index, and the collection that it belongs to, to the fields of a card.

Keys of the format have no case. A key that is no field of a card stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from cardwright.nodes import List, Map, Node, Text, make_map, to_plain

Pairs = list[tuple[str, Node | None]]


def get(fields: Map, name: str) -> Node | None:
    """The value of the key `name`, which is given in lower case."""
    return next((value for key, value in fields.items if key.text.lower() == name), None)


def name_of(fields: Map) -> str:
    """What the file calls a model or collection; empty when it has no name."""
    name = get(fields, "name")
    return name.text.strip() if isinstance(name, Text) else ""


def maps(node: Node | None) -> tuple[tuple[Map, ...], Node | None]:
    """The mappings of a list of them, or one alone; and what else stands there, such as the name of another file."""
    if isinstance(node, Map):
        return (node,), None
    if not isinstance(node, List):
        return (), node
    maps = tuple(item for item in node.items if isinstance(item, Map))
    others = tuple(item for item in node.items if not isinstance(item, Map))
    return maps, List(others, node.mark) if others else None


def model_fields(model: Map, collections: Iterable[Map], rest: Iterable[tuple[Text, Node]]) -> Map:
    """The fields of a model's card; `rest` is what the file holds besides its models."""
    collection = _find_collection(model, collections)
    pairs: list[tuple[Text, Node]] = []
    for key, value in model.items:
        read = READ_KEY.get(key.text.lower())
        pairs += [(key, value)] if read is None else _keyed(key, read(key, value, model))
    if collection:
        pairs.append(_collection(collection))
        if get(model, "paper") is None and (paper := get(collection, "paper")) is not None:
            pairs += _keyed(Text("Paper", paper.mark), _read_paper(Text("Paper", paper.mark), paper, collection))
    return Map(_first_of_each([*pairs, *rest]), model.mark)


def collection_fields(collections: tuple[Map, ...], rest: Iterable[tuple[Text, Node]]) -> Map:
    """The fields of a file without models: its first collection, and all else as it stands."""
    pairs: list[tuple[Text, Node]] = []
    for collection in collections[:1]:
        name = get(collection, "name")
        pairs += [(Text("model_name", name.mark), name)] if isinstance(name, Text) else []
        pairs.append(_collection(collection))
    others = collections[1:]
    pairs += [(Text("Collections", others[0].mark), List(others, others[0].mark))] if others else []
    return Map(_first_of_each([*pairs, *rest]))


def _find_collection(model: Map, collections: Iterable[Map]) -> Map | None:
    """The collection that the model names, as the file describes it; else nothing but the name."""
    named = get(model, "in collection")
    if not isinstance(named, Text) or not named.text.strip():
        return None
    described = (each for each in collections if name_of(each) == named.text.strip())
    return next(described, Map(((Text("Name", named.mark), named),), named.mark))


def _collection(collection: Map) -> tuple[Text, Node]:
    pairs = ((Text("name", k.mark) if k.text.lower() == "name" else k, v) for k, v in collection.items)
    return Text("collection", collection.mark), Map(tuple(pairs), collection.mark)


def _first_of_each(pairs: list[tuple[Text, Node]]) -> tuple[tuple[Text, Node], ...]:
    """The pairs, those of a name that stands there before left out only when they say the same."""
    kept: dict[str, tuple[Text, Node]] = {}
    for key, value in pairs:
        name = key.text
        while name in kept and kept[name][1] != value:
            name = f"{name} (of the file)"
        kept.setdefault(name, (Text(name, key.mark), value))
    return tuple(kept.values())


def _keyed(key: Text, pairs: Pairs) -> list[tuple[Text, Node]]:
    return [(Text(name, key.mark), node) for name, node in pairs if node is not None]


def _read_name(_key: Text, value: Node, _model: Map) -> Pairs:
    return [("model_name", value)]


def _read_in_collection(key: Text, value: Node, _model: Map) -> Pairs:
    return [] if isinstance(value, Text) else [(key.text, value)]


def _read_metadata(key: Text, value: Node, _model: Map) -> Pairs:
    """Training data are the card's datasets; every other key is a row of its table."""
    if not isinstance(value, Map):
        return [(key.text, value)]
    rows: list[Node] = []
    pairs: Pairs = []
    for name, node in value.items:
        if name.text.lower() == "training data" and _is_words(node):
            pairs.append(("datasets", node))
        elif to_plain(node) not in (None, ""):
            rows.append(Map(((name, node),), name.mark))
        if name.text.lower() in ("tasks", "task") and (task := _only_word(node)):
            pairs.append(("pipeline_tag", task))
    return [*pairs, ("general", List(tuple(rows), value.mark) if rows else None)]


def _read_results(key: Text, value: Node, model: Map) -> Pairs:
    results, others = maps(value)
    if others is not None and to_plain(others) not in (None, ""):
        return [(key.text, value)]
    name = get(model, "name")
    listed = List(tuple(_read_result(result) for result in results), value.mark)
    entry = make_map([("name", name), ("results", listed)], value.mark)
    return [("model-index", List((entry,), value.mark) if results else None)]


def _read_result(result: Map) -> Map:
    pairs: list[tuple[Text, Node]] = []
    for key, value in result.items:
        name = key.text.lower()
        reader = READ_RESULT.get(name)
        read = reader(value) if reader else None
        pairs.append((key, value) if read is None else (Text(name, key.mark), read))
    return Map(tuple(pairs), result.mark)


def _read_named(value: Node) -> Map | None:
    """A task or dataset: its name, or a mapping of more."""
    if isinstance(value, Map):
        return Map(tuple((Text(key.text.lower(), key.mark), node) for key, node in value.items), value.mark)
    word = _only_word(value)
    return make_map([("name", word)], value.mark) if word else None


def _read_metrics(value: Node) -> List | None:
    """A mapping of metric to value, which some files divide into a list of mappings."""
    found, others = maps(value)
    if others is not None:
        return None
    metrics = (make_map([("name", key), ("value", node)], key.mark) for each in found for key, node in each.items)
    return List(tuple(metrics), value.mark)


READ_RESULT: Mapping[str, Callable[[Node], Node | None]] = {
    "task": _read_named,
    "dataset": _read_named,
    "metrics": _read_metrics,
}
"""Keys of a result; None for a value that is none of theirs."""


def _read_weights(key: Text, value: Node, _model: Map) -> Pairs:
    items = value.items if isinstance(value, List) else (value,)
    if not items or not all(isinstance(item, Text) and item.text.strip() for item in items):
        return [(key.text, value)]
    return [("files", List(tuple(_file(item) for item in items if isinstance(item, Text)), value.mark))]


def _file(weights: Text) -> Map:
    where = "url" if re.match(r"https?://", weights.text) else "path"
    name = weights.text.split("?")[0].rstrip("/").rpartition("/")[2] or weights.text
    return make_map([("name", Text(name, weights.mark)), (where, weights)], weights.mark)


def _read_paper(key: Text, value: Node, _model: Map) -> Pairs:
    papers = value.items if isinstance(value, List) else (value,)
    if not papers or not all(isinstance(paper, Map) or _is_address(paper) for paper in papers):
        return [(key.text, value)]
    return [("publication", List(tuple(_publication(paper) for paper in papers), value.mark))]


def _publication(paper: Node) -> Node:
    if not isinstance(paper, Map):
        return make_map([("url", paper)], paper.mark)
    # An address that is none ("N/A", a DOI) stays, under its own name.
    known = {"title": "title", **({"url": "url"} if _is_address(get(paper, "url")) else {})}
    return Map(tuple((Text(known.get(k.text.lower(), k.text), k.mark), v) for k, v in paper.items), paper.mark)


def _read_license(_key: Text, value: Node, _model: Map) -> Pairs:
    return [("license", value)]


def _read_framework(key: Text, value: Node, _model: Map) -> Pairs:
    return [("library_name" if isinstance(value, Text) else key.text, value)]


READ_KEY = {
    "name": _read_name,
    "in collection": _read_in_collection,
    "metadata": _read_metadata,
    "results": _read_results,
    "weights": _read_weights,
    "paper": _read_paper,
    "license": _read_license,
    "framework": _read_framework,
}
"""Keys of a model that are fields of a card; every other stays as it is."""


def _is_words(node: Node) -> bool:
    return isinstance(node, Text) or (isinstance(node, List) and all(isinstance(item, Text) for item in node.items))


def _only_word(node: Node) -> Text | None:
    items = node.items if isinstance(node, List) else (node,)
    return items[0] if len(items) == 1 and isinstance(items[0], Text) and items[0].text.strip() else None


def _is_address(node: Node | None) -> bool:
    return isinstance(node, Text) and bool(re.match(r"https?://[^\s/]+", node.text))
