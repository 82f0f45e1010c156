"""Hugging Face model cards, and our own: YAML front matter between `---` lines, then Markdown.

Plain Markdown without front matter is read here too. Format: https://huggingface.co/docs/hub/model-cards
"""

from __future__ import annotations

import re

from cardwright.gfm import read_body
from cardwright.nodes import Map
from cardwright.problem import Mark, Problem
from cardwright.sources.raw import RawCard, Reader, SourceText
from cardwright.yamlmarks import read_yaml

_FRONT = re.compile(r"\A(\ufeff?\s*)---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


_OPENED = re.compile(r"\A(\ufeff?\s*)---[ \t]*\r?\n[\w-]+:(?:\s|\Z)")
"""What looks like front matter to whoever reads on."""


def split_front_matter(text: str) -> tuple[str, int, str, int]:
    """Front matter and the line it begins on (0 for none), body and the line it begins on."""
    match = _FRONT.match(text)
    if not match:
        return "", 0, text.removeprefix("\ufeff"), 1
    first = match.group(1).count("\n") + 2
    return match.group(2), first, text[match.end() :], text.count("\n", 0, match.end()) + 1


def has_front_matter(source: SourceText) -> bool:
    """Whether the file begins with front matter."""
    return bool(_FRONT.match(source.text))


def read_front_matter(source: SourceText) -> RawCard:
    """A card with front matter."""
    front, first_line, text, body_line = split_front_matter(source.text)
    fields, problems = read_yaml(front.replace("\r\n", "\n"), first_line)
    unreadable = front if fields is None else ""
    body = read_body(text)
    return RawCard(
        "huggingface",
        fields or Map(mark=Mark(first_line)),
        body,
        body_line,
        problems=problems,
        unreadable=unreadable,
    )


def read_markdown(source: SourceText) -> RawCard:
    """A card that is text alone."""
    body = read_body(source.text.removeprefix("\ufeff"))
    opened = _OPENED.match(source.text)
    if not opened:
        return RawCard("markdown", Map(), body)
    mark = Mark(opened.group(1).count("\n") + 1)
    hint = "add a line of three dashes below it"
    problem = Problem("", mark, "", "front matter begins here and never ends", hint, "warning")
    return RawCard("markdown", Map(), body, problems=(problem,))


HUGGING_FACE = Reader("huggingface", "Hugging Face model card", has_front_matter, read_front_matter)
MARKDOWN = Reader("markdown", "Markdown", lambda source: True, read_markdown)
