"""Find the blocks (`@kind{...}`) of a BibTeX text, in one linear pass.

bibtexparser is handed one block at a time, and only once this scanner knows where the block ends: it drops an
entry whose last brace is missing, which is the most common damage in real cards.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

# Every repeat is possessive or bounded by the next `@` or line end, so no text makes these backtrack.
# BibTeX itself reads `%@article{...}` and `me@article {x}`; people mean a comment and an address.
_START = re.compile(r"^[ \t]*+%[^\r\n]*+|(?<![\w.])@\s*+([^\W\d][\w-]*+)\s*+([{(])", re.MULTILINE)

# Braces are counted as BibTeX counts them: a backslash does not escape them. The last two alternatives
# are the start of a next block: inside an unclosed entry it ends the entry.
_MARK = re.compile(
    r'[{})"]'
    r"|(?<![^\s}])@[ \t]*+[^\W\d][\w-]*+\s*+[{(]\s*+[^\s{}()\",=]*+\s*+[,=]"
    r"|(?<![^\s}])@[ \t]*+(?:comment|preamble)\s*+[{(]",
    re.IGNORECASE,
)
# In an entry that is never closed, a line that starts like a field starts one, whatever braces are open.
_FIELD_LINE = re.compile(r'[{}]|^[ \t]*+([A-Za-z][\w-]*+)[ \t]*+=[ \t]*+(?=[{"\w])', re.MULTILINE)
_LINE_END = re.compile(r"\r\n?|\n")
# What an entry that was closed too early leaves behind: its next field, or one more brace.
_LEFT_BEHIND = re.compile(r"\s*+(?:\}|,\s*+[A-Za-z][\w-]*+\s*+=)")


@dataclass(frozen=True)
class Block:
    """One `@kind{body}` or `@kind(body)`."""

    kind: str
    body: str
    """Text between the delimiters; the missing braces of its values are added."""
    source: str
    line: int
    depth: int
    """Deepest nesting of braces within the body."""
    missing: int
    """How many closing delimiters are missing; 0 for a sound block."""
    closed_early: bool = False
    """Whether more of it follows its last brace: a brace before is too many."""
    unclosed_before: str = ""
    """The field before which a value was left open, if that is where a brace is missing."""


def scan_blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of `text` in order; what is between them is comment, as in BibTeX."""
    line_ends = [match.end() for match in _LINE_END.finditer(text)]
    position = 0
    are_comments_closed = True
    while start := _START.search(text, position):
        if start[1] is None:  # a `%` comment line
            position = start.end()
            continue
        closer = "}" if start[2] == "{" else ")"
        body_end, end, open_braces, depth = _find_end(text, start.end(), closer)
        if start[1].lower() == "comment" and body_end == end and are_comments_closed:
            # It may hold whole entries. Looked at once to the end of the text: twice would be quadratic.
            found = _find_end(text, start.end(), closer, stops_at_block=False)
            are_comments_closed = found[0] < found[1]
            if are_comments_closed:
                body_end, end, open_braces, depth = found
        body, unclosed_before = text[start.end() : body_end], ""
        if body_end == end:
            body, unclosed_before = _close_values(body)
        yield Block(
            kind=start[1].lower(),
            body=body,
            source=text[start.start() : end],
            line=bisect_right(line_ends, start.start()) + 1,
            depth=depth,
            missing=open_braces + (body_end == end),
            closed_early=body_end < end and bool(_LEFT_BEHIND.match(text, end)),
            unclosed_before=unclosed_before,
        )
        position = end


def _close_values(body: str) -> tuple[str, str]:
    """`body` with the missing braces added, and the field before which the first one was missing."""
    parts: list[str] = []
    start = depth = 0
    unclosed_before = ""
    for mark in _FIELD_LINE.finditer(body):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}" and depth:
            depth -= 1
        elif mark[0] == "}":  # the entry's own brace, which the open value had taken
            parts.append(body[start : mark.start()])
            start = mark.end()
        elif depth:
            parts += [body[start : mark.start()].rstrip().removesuffix(","), "}" * depth, ",\n"]
            start, depth = mark.start(), 0
            unclosed_before = unclosed_before or mark[1]
    return "".join([*parts, body[start:], "}" * depth]), unclosed_before


def _find_end(text: str, position: int, closer: str, stops_at_block: bool = True) -> tuple[int, int, int, int]:
    """End of the body, end of the block (equal if never closed), braces left open, greatest depth."""
    depth = deepest = 0
    in_quotes = False  # only `(`-delimited blocks need it: a `)` may stand in a quoted value, a `}` may not
    limit = len(text)
    for mark in _MARK.finditer(text, position):
        char = mark[0]
        if char == closer and depth == 0 and not in_quotes:
            return mark.start(), mark.end(), 0, deepest
        if char == "{":
            depth += 1
            deepest = max(deepest, depth)
        elif char == "}":
            depth = max(depth - 1, 0)
        elif char == '"':
            in_quotes ^= closer == ")" and depth == 0
        elif char != ")" and stops_at_block:
            limit = mark.start()
            break
    end = position + len(text[position:limit].rstrip())
    return end, end, depth, deepest
