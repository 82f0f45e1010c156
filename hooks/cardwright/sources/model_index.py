"""Papers with Code's model-index: `metafile.yml`, or the same YAML in an HTML comment of a Markdown file.

One file describes several models, and the collections that they belong to; each model is a card. Format:
https://github.com/paperswithcode/model-index, and what OpenMMLab's and timm's files hold. Keys have no case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from cardwright.gfm import Body, read_body
from cardwright.nodes import List, Map, Node, Text
from cardwright.problem import Problem
from cardwright.sources.model_index_fields import collection_fields, get, maps, model_fields, name_of
from cardwright.sources.raw import RawCard, Reader, SourceText
from cardwright.yamlmarks import read_yaml

YAML_SUFFIXES = (".yml", ".yaml")
MAX_MODELS = 1000
"""Models of one file that become cards: a line of 20 bytes should not make a page for ever."""

_COMMENT = re.compile(r"<!--(.*?)(?:-->|\Z)", re.DOTALL)
_TYPE = re.compile(r"^\s*type\s*:\s*['\"]?model-index\b", re.IGNORECASE | re.MULTILINE)
_PARTS = re.compile(r"^['\"]?(models|collections)['\"]?\s*:\s*([\[{#-]|$)", re.IGNORECASE | re.MULTILINE)
_NAME = re.compile(r"(^|[\s{,'\"-])name['\"]?\s*:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Index:
    """What one file describes."""

    models: tuple[Map, ...]
    collections: tuple[Map, ...]
    rest: tuple[tuple[Text, Node], ...]
    """All else at the top of the file."""
    kind: tuple[tuple[Text, Node], ...] = ()
    """The line that says what the file is, which the HTML comment needs."""
    problems: tuple[Problem, ...] = ()
    unreadable: str = ""
    """The YAML, when it could not be read."""


def is_model_index(source: SourceText) -> bool:
    """Whether the file is YAML with models or collections, or Markdown with such YAML in a comment."""
    if source.path.lower().endswith(YAML_SUFFIXES):
        return _describes_models(source.text)
    return _find_comment(source.text) is not None


def list_models(source: SourceText) -> tuple[str, ...]:
    """The name of each model that is a card of its own, in the order of the file; empty when none can be read."""
    return tuple(name_of(model) for model in _read_index(source.path, source.text).models)


def read_model_index(source: SourceText) -> RawCard:
    """The card of the model at `source.part`; of a file without models, what else it holds."""
    index = _read_index(source.path, source.text)
    body = _read_text(source.path, source.text)
    if source.part is None or source.part >= len(index.models):
        model, fields = None, collection_fields(index.collections, index.rest)
    else:
        model = index.models[source.part]
        fields = model_fields(model, index.collections, _unused(index))
    # A problem of the whole file is said once, with its first model.
    problems = index.problems if not source.part else ()
    return RawCard(
        "model-index",
        fields,
        body,
        problems=problems,
        foreign_keys=True,
        origin=None if index.unreadable else _part_of(index, model),
        unreadable=index.unreadable,
    )


MODEL_INDEX = Reader("model-index", "Papers with Code model-index", is_model_index, read_model_index)


@lru_cache(maxsize=8)
def _read_index(path: str, text: str) -> Index:
    """The file, read once for all of its models."""
    yaml, first_line = text.removeprefix("\ufeff"), 1
    if not path.lower().endswith(YAML_SUFFIXES):
        yaml, first_line = _find_comment(text) or ("", 1)
    fields, problems = read_yaml(yaml.replace("\r\n", "\n"), first_line)
    if fields is None:
        return Index((), (), (), (), problems, yaml)
    models, other_models = maps(get(fields, "models"))
    collections, other_collections = maps(get(fields, "collections"))
    if len(models) > MAX_MODELS:
        message = f"more than {MAX_MODELS:,} models in one file: the others have no page"
        problems = (*problems, Problem("", models[MAX_MODELS].mark, "Models", message, "divide the file"))
    named = {"models": other_models, "collections": other_collections}
    rest = tuple(
        (key, node)
        for key, value in fields.items
        if key.text.lower() != "type" and (node := named.get(key.text.lower(), value)) is not None
    )
    kind = tuple(pair for pair in fields.items if pair[0].text.lower() == "type")
    return Index(models[:MAX_MODELS], collections, rest, kind, problems)


@lru_cache(maxsize=8)
def _read_text(path: str, text: str) -> Body:
    return read_body("" if path.lower().endswith(YAML_SUFFIXES) else text.removeprefix("\ufeff"))


def _describes_models(yaml: str) -> bool:
    return bool(_PARTS.search(yaml) and _NAME.search(yaml))


def _find_comment(text: str) -> tuple[str, int] | None:
    """The YAML of the comment that is a model-index, and the line on which it begins."""
    if "model-index" not in text:
        return None
    for match in _COMMENT.finditer(text):
        if _TYPE.search(match.group(1)) and _describes_models(match.group(1)):
            return match.group(1), text.count("\n", 0, match.start(1)) + 1
    return None


def _unused(index: Index) -> Iterator[tuple[Text, Node]]:
    """What no model of the file names, so that it is not lost."""
    if unused := _unused_collections(index):
        yield Text("Collections", unused[0].mark), List(unused, unused[0].mark)
    yield from index.rest


def _unused_collections(index: Index) -> tuple[Map, ...]:
    names = {_collection_name(model) for model in index.models}
    return tuple(each for each in index.collections if name_of(each) not in names)


def _collection_name(model: Map) -> str:
    named = get(model, "in collection")
    return named.text.strip() if isinstance(named, Text) else ""


def _part_of(index: Index, model: Map | None) -> Map:
    """The file with nothing of its other models; `model` is None when there are none."""
    unused = _unused_collections(index)
    name = _collection_name(model) if model else ""
    mine = tuple(each for each in index.collections if each in unused or (name and name_of(each) == name))
    spelled = {key.text.lower(): key.text for key, _ in index.rest}
    parts = (("Collections", mine), ("Models", (model,) if model else ()))
    lists = ((Text(spelled.get(key.lower(), key)), List(items)) for key, items in parts if items)
    return Map((*index.kind, *lists, *index.rest))
