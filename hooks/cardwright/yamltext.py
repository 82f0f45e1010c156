"""Fields to YAML: the inverse of `yamlmarks.py`, in the order given, with quotes only where a reader needs them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import yaml

from cardwright.nodes import List, Map, Node, Text

Value = str | int | float | bool | Node | Sequence["Value"] | Mapping[str, "Value"] | None
"""What can be written; sequences as list or tuple, mappings as dict, and what was read as it was read.

A str comes back as a str from any YAML reader, so `no` and `1.10` get quotes. A `Text` that is not quoted is written as
it stands, so that `75.80` is the number that it looks like, with both its digits.
"""


def write_yaml(fields: Mapping[str, Value] | Map) -> str:
    """`fields` as a block of YAML that ends in a line break; empty for no fields.

    `read_yaml` gives back the same texts; `yaml.safe_load` too, and the same types for what is no text.
    """
    if not (fields.items if isinstance(fields, Map) else fields):
        return ""
    return yaml.dump(fields, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=float("inf"))


def write_card(fields: Mapping[str, Value] | Map, body: str) -> str:
    """A card's file: front matter, and the text below it."""
    return f"---\n{write_yaml(fields)}---\n\n{body}"


_BREAKS = re.compile("[\\x85\\u2028\\u2029\\ufeff]")
"""Line breaks of Unicode, at which some readers fold and others do not; between double quotes they are escaped."""


class _Dumper(yaml.SafeDumper):
    """PyYAML's own, with lists indented below their key, text of several lines as a block, and no aliases."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        return True

    def write_text(self, data: str) -> yaml.Node:
        block = "\n" in data and not data[0].isspace()
        style = '"' if _BREAKS.search(data) else "|" if block else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)

    def write_as_it_stands(self, data: Text) -> yaml.Node:
        """A plain scalar of whatever type it looks like; with quotes where it cannot stand plain."""
        tag = self.resolve(yaml.ScalarNode, data.text, (True, False))  # type: ignore[no-untyped-call]
        stands = not data.quoted and not _BREAKS.search(data.text)
        return self.represent_scalar(tag, data.text) if stands else self.write_text(data.text)

    def write_list(self, data: List) -> yaml.Node:
        return self.represent_list(data.items)

    def write_map(self, data: Map) -> yaml.Node:
        return self.represent_mapping("tag:yaml.org,2002:map", [(key.text, value) for key, value in data.items])


_Dumper.add_representer(List, _Dumper.write_list)
_Dumper.add_representer(Map, _Dumper.write_map)
_Dumper.add_representer(str, _Dumper.write_text)
_Dumper.add_representer(Text, _Dumper.write_as_it_stands)
_Dumper.add_multi_representer(str, _Dumper.write_text)
# Numbers of YAML 1.2, which are text to PyYAML and numbers to other readers.
_Dumper.add_implicit_resolver(
    "tag:cardwright,2024:number",
    re.compile(r"(0o[0-7]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)\Z"),
    list("-+.0123456789"),
)
