"""YAML to nodes with line and column, safe on hostile input.

PyYAML's event stream is used directly: its constructors follow aliases (a 1 kB bomb hangs them) and change
values (`no` becomes False), and composing recurses in C. See docs/dev/decisions.md.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from cardwright.nodes import List, Map, Node, Text, unused_key, walk_texts
from cardwright.problem import Mark, Problem

MAX_DEPTH = 32
MAX_BYTES = 1_000_000

_Loader = getattr(yaml, "CLoader", yaml.Loader)


def read_yaml(text: str, first_line: int = 1) -> tuple[Map | None, tuple[Problem, ...]]:
    """The mapping that `text` holds, and what is wrong with it.

    `first_line` is the line of the file on which `text` begins, so that marks are places in the file.
    The result is None when the text is not a YAML mapping; the problems then say why. Never raises.
    """
    if len(text) > MAX_BYTES:
        return None, (_problem(Mark(first_line), f"more than {MAX_BYTES:,} bytes of YAML", "move text to the body"),)
    problems: list[Problem] = []
    try:
        node = _Builder(text, first_line, problems).build()
    except _TooDeep as error:
        problems.append(_problem(error.mark, f"nested more than {MAX_DEPTH} levels deep", "flatten it"))
        return None, tuple(problems)
    except (yaml.YAMLError, ValueError) as error:
        problems.append(_syntax_problem(error, text, first_line))
        return None, tuple(problems)
    if isinstance(node, Text) and not node.text:
        return Map(mark=Mark(first_line)), tuple(problems)
    if not isinstance(node, Map):
        problems.append(_problem(node.mark, "not a mapping", "write `key: value` lines"))
        return None, tuple(problems)
    return node, tuple(problems)


class _TooDeep(Exception):
    def __init__(self, mark: Mark) -> None:
        self.mark = mark


class _Builder:
    """Builds nodes from the event stream of one document."""

    def __init__(self, text: str, first_line: int, problems: list[Problem]) -> None:
        self.events: Iterator[yaml.Event] = yaml.parse(text, Loader=_Loader)
        self.line = first_line
        self.problems = problems

    def build(self) -> Node:
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                node = self.node(next(self.events), 0)
                self.rest()
                return node
        return Text("", Mark(self.line), quoted=False)

    def rest(self) -> None:
        """Read to the end, so that an error after the mapping is not lost."""
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                self.say(event, "a second YAML document", "keep one document")
                return

    def node(self, event: yaml.Event, depth: int) -> Node:
        mark = self.mark(event)
        if depth > MAX_DEPTH:
            raise _TooDeep(mark)
        if isinstance(event, yaml.AliasEvent):
            self.say(event, f"the alias *{event.anchor} is not followed", "write the value out")
            return Text(f"*{event.anchor}", mark)
        tag = getattr(event, "tag", None)
        if tag and not tag.startswith("tag:yaml.org,2002:"):
            self.say(event, f"the tag {tag} is ignored", "remove it")
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(mark, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(mark, depth)
        assert isinstance(event, yaml.ScalarEvent)
        return Text(event.value.replace("\0", "\ufffd"), mark, quoted=bool(event.style))

    def sequence(self, mark: Mark, depth: int) -> List:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return List(tuple(items), mark)

    def mapping(self, mark: Mark, depth: int) -> Map:
        items: list[tuple[Text, Node]] = []
        seen: dict[str, int] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key_node = self.node(event, depth + 1)
            key = key_node if isinstance(key_node, Text) else Text(_join_texts(key_node), key_node.mark)
            if key is not key_node:
                self.say(event, "a list or mapping as a key", "use a word as the key")
            value = self.node(next(self.events), depth + 1)
            if key.text in seen:
                self.say(event, f"the key `{key.text}` stands here twice", "keep one of them", key.text)
                key = Text(unused_key(key.text, seen), key.mark)
            seen[key.text] = 1
            items.append((key, value))
        return Map(tuple(items), mark)

    def mark(self, event: yaml.Event) -> Mark:
        place = event.start_mark
        return Mark(place.line + self.line, place.column + 1) if place else Mark(self.line)

    def say(self, event: yaml.Event, message: str, hint: str, field: str = "") -> None:
        self.problems.append(_problem(self.mark(event), message, hint, field))


def _join_texts(node: Node) -> str:
    """A list or mapping that stands as a key, as one text."""
    return ", ".join(text.text for text in walk_texts(node)) or "?"


def _problem(mark: Mark, message: str, hint: str, field: str = "") -> Problem:
    return Problem("", mark, field, message, hint)


_PLAIN_WORDS: tuple[tuple[str, str, str], ...] = (
    ("unexpected end of stream while scanning a quoted", "a quote opens here and never closes", "add the second quote"),
    ("unknown escape character", "an unknown escape after a backslash", "double the backslash, or use single quotes"),
    ("mapping values are not allowed", "a `: ` where none can be", "put the value in quotes"),
    ("cannot start any token", "no value can begin with this character", "put the value in quotes"),
    ("could not find expected ':'", "a key without `:`", "write `key: value`"),
    ("expected ',' or ']'", "the list in [ ] is not closed or lacks a comma", "close it, or write `- item` lines"),
    (
        "expected ',' or '}'",
        "the mapping in { } is not closed or lacks a comma",
        "close it, or write `key: value` lines",
    ),
    (
        "expected key while parsing",
        "the line does not go on from those above",
        "align it with them, and quote what has quotes",
    ),
    ("expected '-' indicator", "the line does not go on from the list above", "align it with the dashes"),
    ("while scanning an alias", "`*` begins an alias", "put the value in quotes"),
    ("while scanning an anchor", "`&` begins an anchor", "put the value in quotes"),
    ("control characters", "a control character stands here", "remove it"),
)
"""What the parser says, and what it means to someone who writes cards."""


def _syntax_problem(error: Exception, text: str, first_line: int) -> Problem:
    said = f"{getattr(error, 'problem', None) or getattr(error, 'reason', None) or 'it cannot be read'}"
    said += f" {getattr(error, 'context', None) or ''}".rstrip()
    marks = [mark for name in ("problem_mark", "context_mark") if (mark := getattr(error, name, None))]
    # What never closes is to be mended where it opens.
    opened = "end of stream" in said or "while parsing a flow" in said
    mark = marks[-1 if opened else 0] if marks else None
    place = Mark(mark.line + first_line, mark.column + 1) if mark else Mark(first_line)
    if isinstance(error, yaml.reader.ReaderError) and (bad := yaml.reader.Reader.NON_PRINTABLE.search(text)):
        before = text[: bad.start()]
        place = Mark(before.count("\n") + first_line, len(before) - before.rfind("\n"))
    default = (said, "quote text that holds `: `, `#`, quotes or brackets")
    message, hint = next(((plain, cure) for words, plain, cure in _PLAIN_WORDS if words in said), default)
    return _problem(place, f"not valid YAML: {message}", hint)
