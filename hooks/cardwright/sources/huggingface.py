"""Hugging Face model cards, and our own: YAML front matter between `---` lines, then Markdown.

Plain Markdown without front matter is read here too. Format: https://huggingface.co/docs/hub/model-cards
"""

from __future__ import annotations

import re
from dataclasses import replace

from cardwright.gfm import read_body
from cardwright.nodes import Map
from cardwright.problem import Mark, Problem
from cardwright.sources.raw import RawCard, Reader, SourceText
from cardwright.yamlmarks import read_yaml

_TOP = r"\A([\ufeff\s]*(?>(?:<!--.*?-->\s*)*))---[ \t]*\n"
_FRONT = tuple(re.compile(rf"{_TOP}(.*?)^{end}[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE) for end in ("---", r"\.\.\."))
"""Front matter as people write it: also below a comment, with spaces behind the dashes, ended by dots."""

_HUB_FRONT = re.compile(r"\A\ufeff?\s*---(?:\r\n|\r|\n)(?:.*?(?:\r\n|\r|\n))??---[ \t]*(?:\r\n|\n|\Z)", re.DOTALL)
"""Front matter as Hugging Face's library reads it; all else is text there, in which nothing can be wrong."""

_OPENED = re.compile(_TOP + r"[\w-]+:(?:\s|\Z)", re.DOTALL)
"""What looks like front matter to whoever reads on."""

_FIELDS = re.compile(r"""^\s*(?:[-?{\["'&!%#]|[^\s:][^\n]*?:(?:\s|\Z))|\A\s*\Z""", re.MULTILINE)
"""What text between two rules lacks: a line that can be YAML of more than one text."""


def split_front_matter(text: str) -> tuple[str, int, str, int]:
    """Front matter and the line it begins on (0 for none), body and the line it begins on; lines end in `\\n`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    match = next((match for pattern in _FRONT if (match := pattern.match(text))), None)
    if not match or not _FIELDS.search(match.group(2)):
        return "", 0, text.removeprefix("\ufeff"), 1
    first = match.group(1).count("\n") + 2
    return match.group(2).removesuffix("\n"), first, text[match.end() :], text.count("\n", 0, match.end()) + 1


def has_front_matter(source: SourceText) -> bool:
    """Whether the file begins with front matter."""
    return split_front_matter(source.text)[1] > 0


def read_front_matter(source: SourceText) -> RawCard:
    """A card with front matter."""
    front, first_line, text, body_line = split_front_matter(source.text)
    fields, problems = read_yaml(front, first_line)
    if not _HUB_FRONT.match(source.text):
        problems = tuple(replace(problem, severity="warning") for problem in problems)
    return RawCard(
        "huggingface",
        fields or Map(mark=Mark(first_line)),
        read_body(text),
        body_line,
        problems=problems,
        unreadable=front if fields is None else "",
        written=front,
    )


def read_markdown(source: SourceText) -> RawCard:
    """A card that is text alone."""
    text = split_front_matter(source.text)[2]
    body = read_body(text)
    opened = _OPENED.match(text)
    if not opened:
        return RawCard("markdown", Map(), body)
    mark = Mark(opened.group(1).count("\n") + 1)
    hint = "add a line of three dashes below it"
    problem = Problem("", mark, "", "front matter begins here and never ends", hint, "warning")
    return RawCard("markdown", Map(), body, problems=(problem,))


HUGGING_FACE = Reader("huggingface", "Hugging Face model card", has_front_matter, read_front_matter)
MARKDOWN = Reader("markdown", "Markdown", lambda source: True, read_markdown)
