"""YAML to nodes with line and column, safe on hostile input.

PyYAML's event stream is used directly: its constructors change values (`no` becomes False), a 1 kB bomb of aliases
hangs them, and composing recurses in C. See docs/dev/decisions.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from cardwright.nodes import List, Map, Node, Text, make_unique, walk_texts
from cardwright.problem import Mark, Problem, Severity

MAX_DEPTH = 32
MAX_BYTES = 1_000_000
MAX_FOLLOWED = 10_000
"""Values that aliases may stand for in all; a value of much text counts as several."""
_VALUE_CHARACTERS = 100

_Loader = getattr(yaml, "CLoader", yaml.Loader)
MAX_SLOW_CHARACTERS = 20_000
"""Text up to which PyYAML's slow parser is asked too, the one that Hugging Face's library uses: it takes a bit more."""

_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in "str int float bool null seq map binary timestamp set omap pairs".split()
)
"""YAML's own; they change nothing here, where values stay as written."""
_NEXT_LINES = {0x85: 0x10FFFE, 0x2028: 0x10FFFF, 0x2029: 0xFFFFE}
"""What ends a line in YAML 1.1, which the parsers read, and not in 1.2 or an editor: it stands for itself here."""
_PUT_BACK = {0: 0xFFFD} | {own: character for character, own in _NEXT_LINES.items()}


def read_yaml(text: str, first_line: int = 1) -> tuple[Map | None, tuple[Problem, ...]]:
    """The mapping that `text` holds, and what is wrong with it.

    `first_line` is the line of the file on which `text` begins, so that marks are places in the file.
    The result is None when the text is not a YAML mapping; the problems then say why. Never raises.
    """
    node, problems = read_node(text, Mark(first_line))
    if isinstance(node, Text) and not node.text:
        return Map(mark=Mark(first_line)), problems
    if node is not None and not isinstance(node, Map):
        return None, (*problems, _problem(node.mark, "not a mapping", "write `key: value` lines"))
    return node, problems


def read_node(text: str, start: Mark) -> tuple[Node | None, tuple[Problem, ...]]:
    """Whatever `text` holds, which begins at `start` of its file; None when it is no YAML. Never raises."""
    if len(text) > MAX_BYTES:
        return None, (_problem(start, f"more than {MAX_BYTES:,} bytes of YAML", "move text to the body"),)
    failed: tuple[Problem, ...] = ()
    text = text.translate(_NEXT_LINES)
    for loader in (_Loader, yaml.Loader)[: 2 if len(text) <= MAX_SLOW_CHARACTERS else 1]:
        problems: list[Problem] = []
        try:
            return _Builder(yaml.parse(text, Loader=loader), start, problems).build(), tuple(problems)
        except _TooMuchError as error:
            return None, (*problems, error.problem)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            failed = failed or (*problems, _syntax_problem(error, text, start))
    return None, failed


class _TooMuchError(Exception):
    def __init__(self, mark: Mark, message: str, hint: str) -> None:
        self.problem = _problem(mark, message, hint)


class _Builder:
    """Builds nodes from an event stream."""

    def __init__(self, events: Iterator[yaml.Event], start: Mark, problems: list[Problem]) -> None:
        self.events = events
        self.start = start
        self.problems = problems
        self.anchors: dict[str, Node | None] = {}
        """What each anchor names; None while that is being read."""
        self.followed = 0
        """Characters that aliases stood for."""

    def build(self) -> Node:
        documents: list[Node] = []
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if documents:
                    self.say(event, "a second YAML document", "keep one document")
                self.anchors = {}
                documents.append(self.node(next(self.events), 0))
        first, *more = documents or [Text("", self.start, quoted=False)]
        return _join_documents(first, more)

    def node(self, event: yaml.Event, depth: int) -> Node:
        mark = self.mark(event)
        if depth > MAX_DEPTH:
            raise _TooMuchError(mark, f"nested more than {MAX_DEPTH} levels deep", "flatten it")
        if isinstance(event, yaml.AliasEvent):
            return self.follow(event, depth)
        assert isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent, yaml.ScalarEvent))
        if event.tag and event.tag != "!" and event.tag not in _TAGS:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.say(event, f"the tag {tag} is ignored", "remove it")
        if event.anchor:
            self.anchors[event.anchor] = None
        node: Node
        if isinstance(event, yaml.SequenceStartEvent):
            node = self.sequence(mark, depth)
        elif isinstance(event, yaml.MappingStartEvent):
            node = self.mapping(mark, depth)
        else:
            node = Text(_whole(event.value), mark, quoted=bool(event.style))
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def follow(self, event: yaml.AliasEvent, depth: int) -> Node:
        """What an alias stands for, with the place where that is written."""
        name, mark = event.anchor or "", self.mark(event)
        node = self.anchors.get(name)
        if node is None and name in self.anchors:
            said = f"the alias *{name} stands for what it is in"
            if all(problem.message != said for problem in self.problems):
                self.say(event, said, "write the value out", severity="warning")
        elif node is None:
            self.say(event, f"no anchor has the name of the alias *{name}", "put the value in quotes")
        if node is None:
            return Text(f"*{name}", mark)
        height, characters = _measure(node)
        self.followed += characters
        if self.followed > MAX_FOLLOWED * _VALUE_CHARACTERS:
            raise _TooMuchError(mark, f"aliases stand for more than {MAX_FOLLOWED:,} values", "write the values out")
        if depth + height > MAX_DEPTH:
            raise _TooMuchError(mark, f"nested more than {MAX_DEPTH} levels deep", "flatten it")
        return node

    def sequence(self, mark: Mark, depth: int) -> List:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return List(tuple(items), mark)

    def mapping(self, mark: Mark, depth: int) -> Map:
        items: list[tuple[Text, Node]] = []
        merged: dict[str, tuple[Text, Node]] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key_node = self.node(event, depth + 1)
            key = key_node if isinstance(key_node, Text) else Text(_join_texts(key_node), key_node.mark)
            if key is not key_node:
                self.say(event, "a list or mapping as a key", "use a word as the key")
            value = self.node(next(self.events), depth + 1)
            if key == Text("<<", key.mark, quoted=False) and (maps := _maps_of(value)):
                merged |= {name.text: (name, inner) for map_ in reversed(maps) for name, inner in map_.items}
            else:
                items.append((key, value))
        unique, repeated = make_unique(items)
        for key in repeated:
            said = f"the key `{key.text}` stands here twice"
            self.problems.append(_problem(key.mark, said, "keep one of them", key.text, "warning"))
        if merged:
            unique = tuple((merged | {key.text: (key, value) for key, value in unique}).values())
        return Map(unique, mark)

    def mark(self, event: yaml.Event) -> Mark:
        place = event.start_mark
        return _mark(place, self.start) if place else self.start

    def say(self, event: yaml.Event, message: str, hint: str, severity: Severity = "error") -> None:
        self.problems.append(_problem(self.mark(event), message, hint, severity=severity))


def _mark(place: Any, start: Mark) -> Mark:
    return Mark(place.line + start.line, place.column + 1, start.path)


def _maps_of(value: Node) -> tuple[Map, ...]:
    """The mappings that stand behind a merge key `<<`; empty when it is none."""
    given = value.items if isinstance(value, List) else (value,)
    maps = tuple(each for each in given if isinstance(each, Map))
    return maps if len(maps) == len(given) else ()


def _measure(node: Node) -> tuple[int, int]:
    """How deep a node is, and how many characters it counts for."""
    match node:
        case Text(text):
            return 0, _VALUE_CHARACTERS + len(text)
        case List(items):
            inner: Iterable[Node] = items
        case Map(pairs):
            inner = [each for pair in pairs for each in pair]
    sizes = [_measure(each) for each in inner]
    return 1 + max((height for height, _ in sizes), default=0), _VALUE_CHARACTERS + sum(size for _, size in sizes)


def _join_documents(first: Node, more: list[Node]) -> Node:
    """The first document with all of those that should not be there in it."""
    for number, other in enumerate(more, 2):
        if isinstance(first, Map):
            pairs = other.items if isinstance(other, Map) else ((Text(f"document {number}", other.mark), other),)
            # The first document is the card's.
            first = Map(make_unique([*pairs, *first.items])[0], first.mark)
        elif isinstance(first, List):
            first = List((*first.items, *(other.items if isinstance(other, List) else (other,))), first.mark)
        elif not first.text:
            first = other
    return first


def _whole(value: str) -> str:
    """Text as a page can hold it: without NUL, and with a character in two escapes, as JSON has it, as one."""
    value = value.translate(_PUT_BACK)
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if not value.isascii() else value


def _join_texts(node: Node) -> str:
    """A list or mapping that stands as a key, as one text."""
    keys = node.items if isinstance(node, Map) else ()
    texts = [text for key, value in keys for text in (key, *walk_texts(value))] or walk_texts(node)
    return ", ".join(text.text for text in texts if text.text) or "?"


def _problem(mark: Mark, message: str, hint: str, field: str = "", severity: Severity = "error") -> Problem:
    return Problem(mark.path, mark, field, message, hint, severity)


_PLAIN_WORDS: tuple[tuple[str, str, str], ...] = (
    ("unexpected end of stream while scanning a quoted", "a quote opens here and never closes", "add the second quote"),
    ("unknown escape character", "an unknown escape after a backslash", "double the backslash, or use single quotes"),
    ("mapping values are not allowed", "a `: ` where none can be", "put the value in quotes"),
    ("any token tab", "a tab stands here", "indent with spaces"),
    ("cannot start any token", "no value can begin with this character", "put the value in quotes"),
    ("could not find expected ':'", "a key without `:`", "write `key: value`"),
    ("expected ',' or ']'", "the list in [ ] is not closed or lacks a comma", "close it, or write `- item` lines"),
    (
        "expected ',' or '}'",
        "the mapping in { } is not closed or lacks a comma",
        "close it, or write `key: value` lines",
    ),
    (
        "node content while parsing a flow",
        "a bracket is not closed, or an item is missing",
        "close it, or add the item",
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
    ("Unicode character escape", "an escape that is no character", "write the character itself"),
    ("incompatible YAML document", "a version of YAML that is not known", "remove the line"),
    ("<document start>", "the fields end above this line", "remove a line `...`, and lines that begin with `%`"),
    ("tag handle", "`!` begins a tag", "put the value in quotes"),
    ("scanning a block scalar", "something stands behind `|` or `>`", "put the text on the lines below"),
)
"""What the parser says, and what it means to someone who writes cards."""


def _syntax_problem(error: Exception, text: str, start: Mark) -> Problem:
    said = f"{getattr(error, 'problem', None) or getattr(error, 'reason', None) or 'it cannot be read'}"
    said += f" {getattr(error, 'context', None) or ''}".rstrip()
    marks = [mark for name in ("problem_mark", "context_mark") if (mark := getattr(error, name, None))]
    # What never closes is to be mended where it opens.
    opened = "end of stream" in said or "while parsing a flow" in said
    mark = marks[-1 if opened else 0] if marks else None
    place = _mark(mark, start) if mark else start
    if isinstance(error, yaml.reader.ReaderError) and (bad := yaml.reader.Reader.NON_PRINTABLE.search(text)):
        before = text[: bad.start()]
        place = Mark(before.count("\n") + start.line, len(before) - before.rfind("\n"), start.path)
    lines = re.split("\r\n?|\n", text)[place.line - start.line :]
    said += " tab" * (lines[:1] != [] and lines[0][place.column - 1 : place.column] == "\t")
    default = (said, "quote text that holds `: `, `#`, quotes or brackets")
    message, hint = next(((plain, cure) for words, plain, cure in _PLAIN_WORDS if words in said), default)
    return _problem(place, f"not valid YAML: {message}", hint)
