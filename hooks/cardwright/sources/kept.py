"""What a converted card carries along: the card's own fields, where the other format has no place or another form.

They stand below one key of ours, with a checksum of the values that they stand for. So a converted card is read as
the card that it came from, until someone edits it: then what was edited counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from cardwright.jsonmarks import read_json
from cardwright.jsontext import write_json
from cardwright.nodes import List, Map, Node, Text, make_map, to_plain
from cardwright.problem import Problem

KEY = "cardwright"
MAX_DEPTH = 16
"""Deeper values are kept as JSON in a text: what is read may be 32 deep, and here it would stand deeper than before."""
HOLDER = "modelhub"
"""The one object of a modelhub config in which the schema allows keys of others."""


def note_rest(fields: Map, read: Map) -> Map | None:
    """What `read`, the fields that a reader finds in a converted card, lacks of `fields` or has beyond them."""
    kept = [(key, node) for key, node in fields.items if not _agrees(read, key.text, node)]
    beyond = [key.text for key, _ in read.items if key.text not in fields]
    if not kept and not beyond:
        return None
    checksum = _checksum(read, (*(key.text for key, _ in kept), *beyond))
    without = List(tuple(Text(name) for name in beyond)) if beyond else None
    mine: Node = Map(tuple(kept))
    if _depth(mine) > MAX_DEPTH:
        mine = Text(write_json(mine))
    return make_map([("checksum", Text(checksum)), ("fields", mine if kept else None), ("without", without)])


def restore_fields(fields: Map) -> tuple[Map, tuple[Problem, ...]]:
    """The fields of the card that was converted; those as they stand, and a problem, when they were edited since."""
    note, bare = _take_note(fields)
    checksum = note.get("checksum") if note else None
    if note is None or not isinstance(checksum, Text):
        return fields, ()
    kept, without = note.get("fields"), note.get("without")
    if isinstance(kept, Text):
        kept = read_json(kept.text)[0]
    mine = {key.text: (key, node) for key, node in kept.items} if isinstance(kept, Map) else {}
    gone = {text.text for text in without.items if isinstance(text, Text)} if isinstance(without, List) else set()
    if all(_agrees(bare, name, node) for name, (_, node) in mine.items()) and not any(name in bare for name in gone):
        return bare, ()  # what the note kept was read from a file beside the card
    if checksum.text != _checksum(bare, (*mine, *gone)):
        message = "what it stands for was edited since the card was converted"
        return fields, (Problem("", note.mark, KEY, message, "remove it", "warning"),)
    stand = [mine.pop(key.text, (key, node)) for key, node in bare.items if key.text not in gone]
    return Map((*stand, *mine.values()), fields.mark), ()


def _take_note(fields: Map) -> tuple[Map | None, Map]:
    """The note, and the fields without it."""
    holder = fields.get(HOLDER)
    if isinstance(holder, Map) and isinstance(note := holder.get(KEY), Map):
        own = Map(tuple(pair for pair in holder.items if pair[0].text != KEY), holder.mark)
        kept = [(key, own if node is holder else node) for key, node in fields.items if own.items or node is not holder]
        return note, Map(tuple(kept), fields.mark)
    found = fields.get(KEY)
    bare = Map(tuple(pair for pair in fields.items if pair[0].text != KEY), fields.mark)
    return (found, bare) if isinstance(found, Map) else (None, fields)


def _depth(node: Node) -> int:
    inner = (
        [value for _, value in node.items] if isinstance(node, Map) else node.items if isinstance(node, List) else ()
    )
    return 1 + max(map(_depth, inner), default=0)


def _agrees(read: Map, name: str, node: Node) -> bool:
    other = read.get(name)
    return other is not None and to_plain(other) == to_plain(node)


def _checksum(fields: Map, names: Iterable[str]) -> str:
    """Of the values of the fields called `names`, however they are written."""
    values = {name: to_plain(node) if (node := fields.get(name)) is not None else "" for name in names}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
