"""A card's text as GitHub's own parser reads it, and its values as PyYAML and json do: nothing of Cardwright's.

What comes out is what Cardwright's pages are held against.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator

import cmarkgfm
import yaml
from cmarkgfm.cmark import Options
from selectolax.lexbor import LexborHTMLParser

from scripts.html_tree import Element, read_html

NOTHING = ("", "~", "null", "Null", "NULL")
"""What a plain YAML scalar says nothing with."""

_EXTENSIONS = ["table", "strikethrough", "autolink", "tagfilter", "tasklist"]
_OPTIONS = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES | Options.CMARK_OPT_SOURCEPOS


def render_reference(markdown: str) -> Element:
    """The text as a browser shows what GitHub's parser makes of it, before anything is taken out as unsafe."""
    made = cmarkgfm.markdown_to_html_with_extensions(markdown, options=_OPTIONS, extensions=_EXTENSIONS)
    body = LexborHTMLParser(f"<!DOCTYPE html><body>{made}").body
    tree = read_html(body.html or "" if body else "")
    for quote in tree.find("blockquote"):
        _mark_alert(quote)
    return tree


_ALERT = re.compile(r"\[!(note|tip|important|warning|caution)\][ \t]*(?:\n|\Z)", re.IGNORECASE)


def _mark_alert(quote: Element) -> None:
    """`[!NOTE]` on the first line of a quote is the title of an alert: GitHub makes it so after parsing."""
    first = next((part for part in quote.parts if isinstance(part, Element)), None)
    if first and first.tag == "p" and first.parts and isinstance(first.parts[0], str):
        match = _ALERT.match(first.parts[0])
        if match:
            first.parts[0] = first.parts[0][match.end() :]
            quote.parts.insert(0, Element("p", {}, [match.group(1).capitalize()]))


def render_plain(text: str) -> str:
    """The text of one value that is inline Markdown."""
    line = f"x {' '.join(text.split())}"
    made = cmarkgfm.markdown_to_html_with_extensions(line, options=_OPTIONS, extensions=_EXTENSIONS)
    named = re.sub(r'<img [^>]*?alt="([^"]*)"[^>]*>', r"\1", made)
    return html.unescape(re.sub(r"<[^>]*>", "", named)).strip().removeprefix("x")


_BLOCK = re.compile(r"^\s*---[\r\n]+((?:[\S\s]*?[\r\n]+)??)---(?:\r\n|\n|$)")
"""Front matter as huggingface_hub finds it, and an empty one."""


def split_card(text: str) -> tuple[str | None, str]:
    """Front matter, or None without any, and body."""
    text = text.removeprefix("\ufeff")
    match = _BLOCK.match(text)
    return (match.group(1), text[match.end() :]) if match else (None, text)


def yaml_values(text: str) -> list[str] | None:
    """Every scalar value of a YAML text as written, those of repeated keys too; None when it is no YAML."""
    try:
        return list(_node_values(yaml.compose(text, Loader=yaml.BaseLoader)))
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def _node_values(node: yaml.Node | None) -> Iterator[str]:
    if isinstance(node, yaml.ScalarNode):
        if node.style or node.value not in NOTHING:
            yield node.value
    elif isinstance(node, yaml.SequenceNode):
        for inner in node.value:
            yield from _node_values(inner)
    elif isinstance(node, yaml.MappingNode):
        for _, inner in node.value:
            yield from _node_values(inner)


def json_values(text: str) -> list[str] | None:
    """Every scalar value of a JSON text as written; None when it is no JSON."""
    try:
        return list(_leaves(json.loads(text, parse_float=str, parse_int=str, object_pairs_hook=_pairs)))
    except (ValueError, RecursionError):
        return None


def _pairs(pairs: list[tuple[str, object]]) -> list[object]:
    return [value for _, value in pairs]


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, str):
        yield value
