"""A card as modelhub.ai's `config.json`, valid by its schema; what the schema has no place for stands in `modelhub`.

Schema: https://github.com/modelhub-ai/modelhub/blob/master/config_schema.json
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from cardwright.entry import Entry
from cardwright.jsontext import write_json
from cardwright.nodes import List, Map, Node, Text, make_map
from cardwright.sources import SourceText, read_source
from cardwright.sources.kept import HOLDER, KEY, note_rest

META = ("name", "application_area", "task", "task_extended", "data_type")
MODEL = ("description", "provenance", "architecture", "learning_type", "format")
PUBLICATION = ("title", "source", "abstract", "url", "google_scholar", "bibtex")
OUTPUT_TYPES = ("label_list", "contour", "vector", "mask_image", "heatmap", "image", "custom")
ANY_FORMAT = Text("application/octet-stream")


def to_modelhub(entry: Entry) -> str:
    """The text of the config. One that was read from such a file has all that stood there, as it stood."""
    raw = entry.raw
    bare = raw.origin if raw.format == "modelhub" and raw.origin else _make_config(entry)
    read = read_source(SourceText("config.json", write_json(bare))).fields
    rest = note_rest(raw.fields, read)
    if rest:  # a holder with nothing but the note in it is taken for none
        rest = note_rest(raw.fields, _without_empty_holder(read))
    elif HOLDER not in bare and bare is not raw.origin:  # the schema asks for it, and the card has none
        rest = note_rest(raw.fields, Map((*read.items, (Text(HOLDER), Map()))))
    return f"{write_json(_add_note(bare, rest) if rest else bare)}\n"


def _without_empty_holder(read: Map) -> Map:
    empty = isinstance(holder := read.get(HOLDER), Map) and not holder.items
    return Map(tuple(pair for pair in read.items if not (empty and pair[0].text == HOLDER)))


def _add_note(config: Map, rest: Map) -> Map:
    holder = config.get(HOLDER)
    own = holder.items if isinstance(holder, Map) else ()
    noted = Map((*((key, node) for key, node in own if key.text != KEY), (Text(KEY), rest)))
    return Map((*(pair for pair in config.items if pair[0].text != HOLDER), (Text(HOLDER), noted)))


def _make_config(entry: Entry) -> Map:
    fields = entry.raw.fields
    rows = _rows(fields)
    known = {"name": entry.name, "task": entry.card.pipeline_tag or "", "description": entry.summary}

    def pick(names: tuple[str, ...]) -> list[tuple[str, Node | None]]:
        return [(name, rows.get(name) or Text(known.get(name, ""))) for name in names]

    own = fields.get(HOLDER)
    return make_map(
        [
            ("id", Text(entry.card.id or str(uuid.uuid5(uuid.NAMESPACE_URL, entry.name)))),
            ("meta", make_map([*pick(META), ("data_source", rows.get("data_source"))])),
            ("publication", _make_publication(fields)),
            ("model", make_map([*pick(MODEL), ("io", _make_io(entry))])),
            (HOLDER, own if isinstance(own, Map) and own.items else None),
        ]
    )


def _rows(fields: Map) -> dict[str, Text]:
    """The card's own metadata rows that are texts, by key; of several the first."""
    general = fields.get("general")
    rows: dict[str, Text] = {}
    for item in general.items if isinstance(general, List) else ():
        for key, node in item.items if isinstance(item, Map) else ():
            if isinstance(node, Text):
                rows.setdefault(key.text, Text(node.text))
    return rows


def _make_publication(fields: Map) -> Map | None:
    """The first publication, when it has the title and the year that the schema asks for."""
    stated = fields.get("publication")
    first = stated.items[0] if isinstance(stated, List) and stated.items else stated
    if not isinstance(first, Map):
        return None
    year = _text(first, "year")
    if not _text(first, "title") or not re.fullmatch(r"[1-9]\d*", year):
        return None
    return make_map(
        [
            *((name, Text(_text(first, name))) for name in PUBLICATION[:2]),
            ("year", Text(year, quoted=False)),
            ("authors", Text(", ".join(_texts(first.get("authors"))))),
            ("email", Text(email) if (email := _text(first, "email")) else None),
            *((name, Text(_text(first, name))) for name in PUBLICATION[2:]),
        ]
    )


def _make_io(entry: Entry) -> Map:
    io = entry.raw.fields.get("io")
    inputs, outputs = (_maps(io.get(name)) if isinstance(io, Map) else [] for name in ("inputs", "outputs"))
    return make_map(
        [
            ("input", _make_input(inputs[0] if inputs else Map())),
            ("output", List(tuple(_make_output(output) for output in outputs or [Map()]))),
        ]
    )


def _make_input(stated: Map) -> Map:
    formats = tuple(Text(text) for text in dict.fromkeys(_texts(stated.get("format"))))
    limits = tuple(limit for item in _maps(stated.get("dim_limits")) if (limit := _make_limit(item)))
    return make_map(
        [
            ("format", List(formats or (ANY_FORMAT,))),
            ("dim_limits", List(limits or (make_map([("min", Text("1", quoted=False))]),))),
            *_description(stated),
        ]
    )


def _make_limit(stated: Map) -> Map | None:
    """The limits of one dimension; the schema asks for numbers, and for the lower one."""
    limit = {key: Text(text, quoted=False) for key in ("min", "max") if _is_number(text := _text(stated, key))}
    return make_map({"min": Text("1", quoted=False), **limit}.items())


def _make_output(stated: Map) -> Map:
    kind = next(iter(_texts(stated.get("type"))), "")
    name = Text(_text(stated, "name") or "output")
    return make_map([("name", name), ("type", Text(kind if kind in OUTPUT_TYPES else "custom")), *_description(stated)])


def _description(stated: Map) -> list[tuple[str, Node | None]]:
    text = _text(stated, "description")
    return [("description", Text(text) if text else None)]


_is_number: Callable[[str], object] = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?").fullmatch


def _text(part: Map, key: str) -> str:
    node = part.get(key)
    return node.text if isinstance(node, Text) else ""


def _texts(node: Node | None) -> list[str]:
    items = node.items if isinstance(node, List) else (node,)
    return [item.text for item in items if isinstance(item, Text) and item.text]


def _maps(node: Node | None) -> list[Map]:
    items = node.items if isinstance(node, List) else (node,)
    return [item for item in items if isinstance(item, Map)]
