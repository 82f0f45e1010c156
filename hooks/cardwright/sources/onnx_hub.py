"""The manifest of the ONNX Hub, which stands above the cards of a model zoo: what it says of a card's files.

Format: `ONNX_HUB_MANIFEST.json` of the ONNX Model Zoo, as `onnx.hub` reads it: a list of models with `model_path`,
`onnx_version`, `opset_version` and `metadata` (`model_sha`, `model_bytes`, `tags`, `io_ports`, ...).
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from cardwright.jsonmarks import read_json_value
from cardwright.nodes import List, Map, Node, Text, make_map, place_in
from cardwright.problem import Problem
from cardwright.sizes import could_be_size
from cardwright.sources.raw import RawCard, SourceText

MANIFEST = "ONNX_HUB_MANIFEST.json"

Models = Mapping[str, tuple[Map, ...]]
"""The models of a manifest by the name of their file."""


def add_manifest(raw: RawCard, source: SourceText) -> RawCard:
    """The card with what the manifest says of its files, and a warning for each thing that they state otherwise."""
    place = next((name for name in source.beside if posixpath.basename(name) == MANIFEST), "")
    listed = raw.fields.get("files")
    if not place or not source.beside[place] or not isinstance(listed, List):
        return raw
    card_folder = posixpath.dirname(source.path) or "."
    path = posixpath.normpath(posixpath.join(card_folder, place))
    folder = posixpath.relpath(card_folder, posixpath.dirname(path) or ".")
    models, problems = read_manifest(source.beside[place])
    problems = tuple(problem.at(path) for problem in problems)
    files: list[Node] = []
    tags: dict[str, Text] = {}
    for index, file in enumerate(listed.items):
        model = _find_model(file, folder, models) if isinstance(file, Map) else None
        if isinstance(file, Map) and model:
            model = place_in(model, path)
            tags |= {tag.text: tag for tag in _read_tags(model)}
            stated = _read_model(model, folder)
            problems += tuple(_find_differences(index, file, stated))
            file = Map((*file.items, *(pair for pair in stated.items if pair[0].text not in file)), file.mark)
        files.append(file)
    pairs = [(key, List(tuple(files), node.mark) if key.text == "files" else node) for key, node in raw.fields.items]
    if tags and "tags" not in raw.fields:
        pairs.append((Text("tags"), List(tuple(tags.values()))))
    return replace(raw, fields=Map(tuple(pairs), raw.fields.mark), problems=(*raw.problems, *problems))


@lru_cache(maxsize=4)  # all cards of a zoo have the same manifest
def read_manifest(text: str) -> tuple[Models, tuple[Problem, ...]]:
    """The models of a manifest by file name, and what is wrong with it. Never raises."""
    node, problems = read_json_value(text.removeprefix("\ufeff"))
    if node is None:
        return {}, problems
    if not isinstance(node, List):
        return {}, (*problems, Problem("", node.mark, "", "not a list of models", "wrap it in [ ]", "warning"))
    models: defaultdict[str, list[Map]] = defaultdict(list)
    for item in node.items:
        path = item.get("model_path") if isinstance(item, Map) else None
        if isinstance(item, Map) and isinstance(path, Text) and path.text:
            models[posixpath.basename(path.text)].append(item)
        else:
            said = "a model without a path: it belongs to no card"
            problems = (*problems, Problem("", item.mark, "model_path", said, "state its file", "warning"))
    return {name: tuple(same) for name, same in models.items()}, problems


def _find_model(file: Map, folder: str, models: Models) -> Map | None:
    """The model whose path ends as that of the file does, in the one way that fits best; None when several do."""
    stated = file.get("path") or file.get("url")
    if not isinstance(stated, Text):
        return None
    steps = [step for step in posixpath.join(folder, stated.text).split("?")[0].split("/") if step != "."]
    fits = [(_count_common(steps, model), model) for model in models.get(steps[-1], ())]
    best = max((count for count, _ in fits), default=0)
    fitting = [model for count, model in fits if count == best]
    # A name that says nothing, such as model.onnx, needs its folder to say which.
    return fitting[0] if len(fitting) == 1 and (best > 1 or not _tells_nothing(steps[-1])) else None


_COMMON_WORDS = frozenset(
    "model network net weights export encoder decoder quantized quantised int fp qdq opt onnx v".split()
)


def _tells_nothing(name: str) -> bool:
    """Whether a file is called as any model may be: `model.onnx`, `model_fp16.onnx`, `encoder-2.onnx`."""
    words = re.findall(r"[^\W\d_]+", posixpath.splitext(name)[0].casefold())
    return all(word in _COMMON_WORDS for word in words)


def _count_common(steps: list[str], model: Map) -> int:
    """How many steps two paths share, counted from the file's name."""
    path = model.get("model_path")
    other = path.text.split("/") if isinstance(path, Text) else []
    pairs = zip(reversed(steps), reversed(other), strict=False)
    return next((n for n, (one, two) in enumerate(pairs) if one != two), min(len(steps), len(other)))


def _read_model(model: Map, folder: str) -> Map:
    """The model by the names of a card's file."""
    metadata = model.get("metadata")
    about = metadata if isinstance(metadata, Map) else Map()
    ports = about.get("io_ports")
    data = about.get("model_with_data_path")
    size = about.get("model_bytes")
    return make_map(
        [
            ("size", replace(size, text=f"{size.text} bytes") if isinstance(size, Text) else None),
            ("onnx_version", model.get("onnx_version")),
            ("opset", model.get("opset_version")),
            ("sha256", about.get("model_sha")),
            ("sample_data", _read_data_path(data, folder) if isinstance(data, Text) else None),
            ("io", _read_ports(ports) if isinstance(ports, Map) else None),
        ]
    )


def _read_data_path(data: Text, folder: str) -> Text | None:
    """Where the archive with test data lies, from the card's folder, when it is inside of that."""
    path = posixpath.relpath(data.text, folder)
    return None if path.startswith("..") else replace(data, text=path)


def _read_ports(ports: Map) -> Map:
    """Inputs and outputs by the names of a card: an input's `type` is its `dtype`."""
    inputs = ports.get("inputs")
    items = inputs.items if isinstance(inputs, List) else ()
    renamed = [
        Map(tuple((replace(k, text="dtype") if k.text == "type" else k, v) for k, v in item.items), item.mark)
        for item in items
        if isinstance(item, Map)
    ]
    return make_map([("inputs", List(tuple(renamed)) if renamed else None), ("outputs", ports.get("outputs"))])


def _read_tags(model: Map) -> Iterator[Text]:
    metadata = model.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, Map) else None
    return (tag for tag in tags.items if isinstance(tag, Text)) if isinstance(tags, List) else iter(())


AGREES: Mapping[str, Callable[[str, str], bool]] = {
    "size": lambda readme, hub: could_be_size(readme, _numbers(hub)) is not False,
    "onnx_version": lambda readme, hub: _release(readme) == _release(hub),
    "opset": lambda readme, hub: not _numbers(readme) or _numbers(readme)[0] in _numbers(hub),
    "sha256": lambda readme, hub: readme.casefold() == hub.casefold(),
}
"""What README and manifest both state of a file, and whether they mean the same."""


def _find_differences(index: int, file: Map, stated: Map) -> Iterable[Problem]:
    for key, agrees in AGREES.items():
        readme, hub = file.get(key), stated.get(key)
        if isinstance(readme, Text) and isinstance(hub, Text) and not agrees(readme.text, hub.text):
            message = f"the README says {readme.text}, ONNX_HUB_MANIFEST.json says {hub.text} (line {hub.mark.line})"
            yield Problem("", readme.mark, f"files[{index}].{key}", message, "make them agree", "warning")


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d{1,18}", text)]


def _release(version: str) -> list[int]:
    """`1.5` and `1.5.0` are one release."""
    return [*_numbers(version), 0, 0][:3]
