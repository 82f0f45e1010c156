"""JSON to nodes with line and column, as strict as `json.loads`, and bounded; repeated keys are kept and said."""

from __future__ import annotations

import re
from bisect import bisect_right
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]

from cardwright.nodes import List, Map, Node, Text, make_unique
from cardwright.problem import Mark, Problem

MAX_DEPTH = 32
MAX_BYTES = 4_000_000

_SPACE = re.compile(r"[ \t\n\r]*")
_ATOM = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null")


def read_json(text: str) -> tuple[Map | None, tuple[Problem, ...]]:
    """The object that `text` holds, or None and the problem. Numbers keep their spelling. Never raises."""
    node, problems = read_json_value(text)
    if node is None or isinstance(node, Map):
        return node, problems
    return None, (Problem("", node.mark, "", "not a JSON object", "wrap it in { }"),)


def read_json_value(text: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The object, list or value that `text` holds, or None and the problem. Never raises."""
    reader = _Reader(text)
    if len(text) > MAX_BYTES:
        return None, (Problem("", Mark(), "", f"more than {MAX_BYTES:,} bytes of JSON", "split the card"),)
    try:
        node, end = reader.value(reader.skip(0), 0)
        if reader.skip(end) != len(text):
            raise JSONDecodeError("something follows the end of the object", text, reader.skip(end))
    except JSONDecodeError as error:
        message = f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:].removesuffix(' at')}"
        return None, (Problem("", reader.mark(error.pos), "", message, "mend the JSON at this place"),)
    return node, tuple(reader.problems)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def mark(self, position: int) -> Mark:
        line = bisect_right(self.starts, position)
        return Mark(line, position - self.starts[line - 1] + 1)

    def skip(self, position: int) -> int:
        match = _SPACE.match(self.text, position)
        return match.end() if match else position

    def value(self, at: int, depth: int) -> tuple[Node, int]:
        if depth > MAX_DEPTH:
            raise JSONDecodeError(f"nested more than {MAX_DEPTH} levels deep", self.text, at)
        match self.text[at : at + 1]:
            case '"':
                text, end = scanstring(self.text, at + 1, True)
                return Text(_whole(text), self.mark(at)), end
            case "{":
                return self.object(at, depth)
            case "[":
                return self.array(at, depth)
        atom = _ATOM.match(self.text, at)
        if not atom:
            raise JSONDecodeError("a value is expected here", self.text, at)
        return Text(atom.group(), self.mark(at), quoted=False), atom.end()

    def object(self, start: int, depth: int) -> tuple[Map, int]:
        items: list[tuple[Text, Node]] = []
        at = self.skip(start + 1)
        if self.text[at : at + 1] == "}":
            return Map((), self.mark(start)), at + 1
        while True:
            if self.text[at : at + 1] != '"':
                raise JSONDecodeError("a key in double quotes is expected here", self.text, at)
            name, end = scanstring(self.text, at + 1, True)
            key = Text(_whole(name), self.mark(at))
            at = self.skip(end)
            if self.text[at : at + 1] != ":":
                raise JSONDecodeError("a colon is expected here", self.text, at)
            node, at = self.value(self.skip(at + 1), depth + 1)
            items.append((key, node))
            at, done = self.separator(at, "}")
            if done:
                unique, repeated = make_unique(items)
                for key in repeated:
                    said = f"the key `{key.text}` stands here twice"
                    self.problems.append(Problem("", key.mark, key.text, said, "keep one of them", "warning"))
                return Map(unique, self.mark(start)), at

    def array(self, start: int, depth: int) -> tuple[List, int]:
        items: list[Node] = []
        at = self.skip(start + 1)
        if self.text[at : at + 1] == "]":
            return List((), self.mark(start)), at + 1
        while True:
            node, at = self.value(at, depth + 1)
            items.append(node)
            at, done = self.separator(at, "]")
            if done:
                return List(tuple(items), self.mark(start)), at

    def separator(self, at: int, closing: str) -> tuple[int, bool]:
        at = self.skip(at)
        found = self.text[at : at + 1]
        if found not in {",", closing} or not found:
            raise JSONDecodeError(f"a comma or {closing} is expected here", self.text, at)
        return (at + 1, True) if found == closing else (self.skip(at + 1), False)


def _whole(text: str) -> str:
    """Text without NUL and lone surrogates, which no page can hold."""
    return re.sub("[\0\ud800-\udfff]", "\ufffd", text)
