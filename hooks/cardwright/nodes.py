"""A card's fields as they stand in its file: text with a place, nothing interpreted.

`no`, `1.10` and `75.80` stay what their author wrote; a number, where one is needed, is derived later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cardwright.problem import START, Mark


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar."""

    text: str
    mark: Mark = START
    quoted: bool = True
    """False for a plain YAML scalar; only there do an empty value, `~` and `null` mean "nothing"."""


@dataclass(frozen=True, slots=True)
class List:
    """A sequence of nodes."""

    items: tuple[Node, ...]
    mark: Mark = START


@dataclass(frozen=True, slots=True)
class Map:
    """A mapping with its keys in the order of the file."""

    items: tuple[tuple[Text, Node], ...] = field(default=())
    mark: Mark = START

    def get(self, key: str) -> Node | None:
        """The value of `key`, or None."""
        return next((value for name, value in self.items if name.text == key), None)

    def __contains__(self, key: object) -> bool:
        return any(name.text == key for name, _ in self.items)


Node = Text | List | Map
Path = tuple[str | int, ...]


def make_map(pairs: Iterable[tuple[str, Node | None]], mark: Mark = START) -> Map:
    """A mapping of the pairs that have a value."""
    return Map(tuple((Text(key, node.mark), node) for key, node in pairs if node is not None), mark)


def to_plain(node: Node) -> Any:
    """The node as str, list, dict and None. Of a repeated key, which no reader makes, the first value stands."""
    match node:
        case Text(text, _, quoted):
            return None if not quoted and text in _NOTHING else text
        case List(items):
            return [to_plain(item) for item in items]
        case Map(items):
            plain: dict[str, Any] = {}
            for key, value in items:
                plain.setdefault(key.text, to_plain(value))
            return plain


def find_mark(node: Node, path: Sequence[str | int]) -> Mark:
    """The place of the value at `path`, or of the innermost node on the way that exists."""
    for step in path:
        inner: Node | None = None
        if isinstance(node, Map):
            inner = node.get(str(step))
        elif isinstance(node, List) and isinstance(step, int) and step < len(node.items):
            inner = node.items[step]
        if inner is None:
            break
        node = inner
    return node.mark


def walk_texts(node: Node) -> Iterator[Text]:
    """Every scalar value below `node`, in the order of the file."""
    match node:
        case Text():
            yield node
        case List(items):
            for item in items:
                yield from walk_texts(item)
        case Map(items):
            for _, value in items:
                yield from walk_texts(value)


def place_in(node: Map, path: str) -> Map:
    """The mapping of another file, which its places and those of all in it name from now on."""
    pairs = ((replace(key, mark=replace(key.mark, path=path)), _placed(value, path)) for key, value in node.items)
    return Map(tuple(pairs), replace(node.mark, path=path))


def _placed(node: Node, path: str) -> Node:
    if isinstance(node, Map):
        return place_in(node, path)
    mark = replace(node.mark, path=path)
    if isinstance(node, List):
        return List(tuple(_placed(item, path) for item in node.items), mark)
    return replace(node, mark=mark)


def show_path(path: Sequence[str | int]) -> str:
    """`("files", 0, "sha256")` as its author would write it: `files[0].sha256`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def make_unique(items: Sequence[tuple[Text, Node]]) -> tuple[tuple[tuple[Text, Node], ...], tuple[Text, ...]]:
    """Pairs of a mapping without repeated keys, and the keys that are repeats.

    The last value keeps the key, as in PyYAML and Python's JSON; earlier ones get a name, to be shown and not lost.
    """
    last = {key.text: index for index, (key, _) in enumerate(items)}
    if len(last) == len(items):
        return tuple(items), ()
    counts = dict.fromkeys(last, 1)
    pairs: list[tuple[Text, Node]] = []
    repeated: list[Text] = []
    seen: set[str] = set()
    for index, (key, value) in enumerate(items):
        if key.text in seen:
            repeated.append(key)
        seen.add(key.text)
        pairs.append((key if last[key.text] == index else Text(_unused_key(key.text, counts), key.mark), value))
    return tuple(pairs), tuple(repeated)


def _unused_key(key: str, counts: dict[str, int]) -> str:
    while True:
        counts[key] += 1
        if (name := f"{key} ({counts[key]})") not in counts:
            return name


_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
