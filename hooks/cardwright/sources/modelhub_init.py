"""modelhub.ai's `init/init.json`: where the files of a model are fetched from, and in which image it runs.

Format: the init schema of modelhub.ai, `docker_id` and `external_contrib_files` of `src_url` and `dest_file_path`.
"""

from __future__ import annotations

from dataclasses import replace

from cardwright.jsonmarks import read_json
from cardwright.nodes import List, Map, Node, Text, make_map
from cardwright.problem import START
from cardwright.sources.raw import RawCard, SourceText

PLACE = "init/init.json"


def add_init(raw: RawCard, source: SourceText) -> RawCard:
    """The card with the files that `init.json` names, where it names none itself, and all else of it as it stands."""
    init, _ = read_json(source.beside.get(PLACE, "").removeprefix("\ufeff"))
    if init is None:
        return raw
    listed = init.get("external_contrib_files")
    files = [file for item in listed.items if (file := _read_file(item))] if isinstance(listed, List) else []
    pairs: list[tuple[str, Node | None]] = [("files", List(tuple(files)) if files else None)]
    # A list with something else in it stays on the page whole.
    whole = isinstance(listed, List) and len(files) == len(listed.items) and "files" not in raw.fields
    pairs += [(k.text, _unplaced(node)) for k, node in init.items if not (whole and k.text == "external_contrib_files")]
    more = [(Text(key), node) for key, node in pairs if node is not None and key not in raw.fields]
    return replace(raw, fields=Map((*raw.fields.items, *more), raw.fields.mark))


def _read_file(item: Node) -> Map | None:
    """One file: its address, and where it lies in the repository once it was fetched."""
    url, place = (item.get("src_url"), item.get("dest_file_path")) if isinstance(item, Map) else (None, None)
    if not isinstance(url, Text) or not isinstance(place, Text):
        return None
    path = place.text.lstrip("/")
    return make_map([("name", Text(path.rpartition("/")[2])), ("path", Text(path)), ("url", Text(url.text))])


def _unplaced(node: Node) -> Node:
    """The node without its places, which are those of another file."""
    match node:
        case List(items):
            return List(tuple(map(_unplaced, items)))
        case Map(items):
            return Map(tuple((Text(key.text), _unplaced(value)) for key, value in items))
    return replace(node, mark=START)
