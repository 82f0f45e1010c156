"""The usage section of the AI-marketplace template: content types, request and response, out of nested lists."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping

from cardwright.nodes import List, Map, Node, Text, make_map
from cardwright.problem import Mark

_CONTENT_TYPE = re.compile(r"\b(?:application|audio|image|multipart|text|video)/[\w.+-]+\w")
_LINES: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("request", "url", re.compile(r"call address[*\s]*[:：]\s*(\S+)", re.IGNORECASE)),
    ("request", "method", re.compile(r"request method[*\s]*[:：]\s*([A-Z]+)", re.IGNORECASE)),
    ("response", "type", re.compile(r"return type[*\s]*[:：]\s*(\S.*?)\s*$", re.IGNORECASE)),
)
"""Part and field of `api`, and the line that states it."""
_PART = re.compile(r"(?:\*\*\s*|^\s*(?:[*+-]|\d+[.)])\s+)(request|response)(?:\s*\*\*|\W*$)", re.IGNORECASE)
_EXAMPLE = re.compile(r"(request|response) example", re.IGNORECASE)
_FENCE = re.compile(r"\s*(```+|~~~+)")


def read_usage(lines: list[tuple[int, str]]) -> Map | None:
    """The `api` that the section's lines (each with its number) state, or None."""
    content_types: dict[str, Text] = {}
    parts: dict[str, dict[str, Node]] = {"request": {}, "response": {}}
    named = [(number, match.group(1).lower()) for number, line in lines if (match := _PART.search(line))]
    by_number = dict(lines)
    code = set[int]()
    for number, text in _code_blocks(lines):
        code |= {number + offset for offset in range(-1, text.count("\n") + 2)}
        part = _example_part(by_number, number) or _part_at(named, number)
        parts[part].setdefault("example", Text(text, Mark(number)))
    for number, line in lines:
        if number in code:
            continue
        if "content type" in line.lower() and "|" not in line:
            for kind in _CONTENT_TYPE.finditer(line):
                content_types.setdefault(kind.group(), Text(kind.group(), Mark(number, kind.start() + 1)))
        for part, field, pattern in _LINES:
            if found := pattern.search(line):
                parts[part].setdefault(field, Text(found.group(1), Mark(number, found.start(1) + 1)))
    for number, rows in _tables([(n, line) for n, line in lines if n not in code]):
        part = _part_at(named, number)
        parts[part].setdefault("parameters" if part == "response" else "headers", rows)
    if not content_types and not any(parts.values()):
        return None
    return make_map(
        [
            ("content_types", List(tuple(content_types.values())) if content_types else None),
            *((part, make_map(list(fields.items())) if fields else None) for part, fields in parts.items()),
        ],
        Mark(lines[0][0]),
    )


def _code_blocks(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The text of each fenced block, and the number of its first line."""
    fence = ""
    start = 0
    inside: list[str] = []
    for number, line in lines:
        match = _FENCE.match(line)
        if not fence and match:
            fence, start, inside = match.group(1), number + 1, []
        elif fence and line.strip().startswith(fence):
            yield start, "\n".join(text.strip() for text in inside)
            fence = ""
        elif fence:
            inside.append(line)


def _example_part(lines: Mapping[int, str], start: int) -> str | None:
    """Which example a code block is: the label stands at most three lines above its first line."""
    above = (lines.get(number, "") for number in range(start - 1, start - 5, -1))
    return next((match.group(1).lower() for line in above if (match := _EXAMPLE.search(line))), None)


def _part_at(named: list[tuple[int, str]], number: int) -> str:
    """The part in which a line stands: the one named last above it, `request` when none is."""
    index = bisect_left(named, (number, ""))
    return named[index - 1][1] if index else "request"


def _tables(lines: list[tuple[int, str]]) -> Iterator[tuple[int, List]]:
    """Runs of pipe rows, indented as they may be: a mapping a row, by the cells of the header."""
    run: list[tuple[int, list[str]]] = []
    for number, line in [*lines, (0, "")]:
        if line.strip().startswith("|"):
            run.append((number, [cell.strip() for cell in line.strip().strip("|").split("|")]))
            continue
        if len(run) > 2 and all(re.fullmatch(r":?-+:?", cell) for cell in run[1][1]):
            rows = [
                make_map([(k, Text(v, Mark(n))) for k, v in zip(run[0][1], cells, strict=False)])
                for n, cells in run[2:]
            ]
            yield run[0][0], List(tuple(rows), Mark(run[0][0]))
        run = []
