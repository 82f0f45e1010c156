"""Fields to JSON: the inverse of `jsonmarks.py`. Numbers keep their spelling, which `json.dumps` would change."""

from __future__ import annotations

import json
import re

from cardwright.nodes import List, Map, Node, Text, to_plain

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")


def write_json(node: Node, indent: str = "") -> str:
    """The node as indented JSON, without a line break at its end."""
    deeper = f"{indent}  "
    match node:
        case List(items) if items:
            return _join("[", [write_json(item, deeper) for item in items], "]", indent)
        case Map(items) if items:
            return _join("{", [f"{_quote(key.text)}: {write_json(value, deeper)}" for key, value in items], "}", indent)
        case Text():
            return _write_text(node)
    return "[]" if isinstance(node, List) else "{}"


def _join(opening: str, lines: list[str], closing: str, indent: str) -> str:
    inner = ",\n".join(f"{indent}  {line}" for line in lines)
    return f"{opening}\n{inner}\n{indent}{closing}"


def _write_text(text: Text) -> str:
    if text.quoted:
        return _quote(text.text)
    if to_plain(text) is None:
        return "null"
    return text.text if text.text in ("true", "false") or _NUMBER.fullmatch(text.text) else _quote(text.text)


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
