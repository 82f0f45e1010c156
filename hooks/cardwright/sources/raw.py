"""What every reader makes of a file: fields as written, the text, and what was lifted out of the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cardwright.gfm import Block, Body, Cell
from cardwright.nodes import Map, Text
from cardwright.problem import Mark, Problem


@dataclass(frozen=True, slots=True)
class SourceText:
    """A card file and the text files of its format that stand beside it."""

    path: str
    """Relative to the cards folder, with forward slashes."""
    text: str
    beside: Mapping[str, str] = field(default_factory=dict)
    """Companion files by path relative to the card's folder: README.md, config.json, init/init.json."""
    part: int | None = None
    """Which of the models that the file describes, counted from 0; None for a file that is one card."""


@dataclass(frozen=True, slots=True)
class Lift:
    """Lines of the body whose content became fields, and are shown as a section of the page in their place."""

    first_line: int
    last_line: int
    role: str
    """The page section that shows it."""
    caption: str = ""
    header: tuple[str, ...] = ()
    """The cells of a lifted table's header, where its section shows them."""
    whole: bool = True
    """True when the section shows every word of it; otherwise the page keeps the original, folded, below."""


@dataclass(frozen=True, slots=True)
class RawCard:
    """A card as read, before validation. Lines in `body` and `lifts` count from the start of the body."""

    format: str
    fields: Map
    body: Body
    body_line: int = 1
    """Line of the file on which the body begins."""
    body_path: str = ""
    """The file the body stands in, when that is not the card's own."""
    lifts: tuple[Lift, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    """Heading to page section, beyond those every format has."""
    problems: tuple[Problem, ...] = ()
    derived: bool = False
    """True when the fields were found in the body; False when they have a place of their own."""
    foreign_keys: bool = False
    """True when keys that are no fields belong to another format, and are no slips of the pen."""
    written: str = ""
    """Front matter as it stands."""
    origin: Map | None = None
    """What the file says, by the keys of its own format, when the fields are another arrangement of it."""
    field_names: Mapping[str, str] = field(default_factory=dict)
    """Beginning of a field's path, and what stands for it in the file, where that has other names for its fields."""
    unreadable: str = ""
    """Front matter or JSON that could not be read, to be shown as it stands."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One card format."""

    format: str
    label: str
    recognises: Callable[[SourceText], bool]
    read: Callable[[SourceText], RawCard]


def find_title(body: Body) -> Block | None:
    """The heading that names the card: a first-level one before any other heading."""
    first = next((block for block in body.blocks if block.level), None)
    return first if first and first.level == 1 else None


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and the blocks below it, down to the next heading as high."""

    heading: Block
    blocks: tuple[Block, ...]


def split_parts(body: Body) -> tuple[Part, ...]:
    """The body's parts: below every heading, the blocks up to the next heading of its level or higher."""
    parts: list[Part] = []
    for index, block in enumerate(body.blocks):
        if block.level:
            below: list[Block] = []
            for other in body.blocks[index + 1 :]:
                if other.level and other.level <= block.level:
                    break
                below.append(other)
            parts.append(Part(block, tuple(below)))
    return tuple(parts)


def heading_key(text: str) -> str:
    """A heading reduced for look-up: lower case, words only."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def cell_text(cell: Cell, body_line: int = 1) -> Text:
    """A cell as a value: its plain text when nothing but text is in it, else its Markdown."""
    return Text(cell.markdown, Mark(cell.mark.line + body_line - 1, cell.mark.column))


LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*<?([^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)>?[^)]*\)")


def first_link(markdown: str) -> tuple[str, str] | None:
    """Text and address of the first link in inline Markdown."""
    match = LINK.search(markdown)
    return (match.group(1).strip(), match.group(2)) if match and not match.group().startswith("!") else None


def links_in(markdown: str) -> list[tuple[str, str]]:
    """Text and address of every link in inline Markdown."""
    return [(m.group(1).strip(), m.group(2)) for m in LINK.finditer(markdown) if not m.group().startswith("!")]


def source_lines(body: Body, first: int, last: int) -> str:
    """The Markdown of the lines `first` to `last`, both included."""
    return "\n".join(body.markdown.split("\n")[first - 1 : last])


def find_caption(body: Body, table: Block) -> Block | None:
    """The paragraph right above a table that is nothing but its name in bold."""
    index = body.blocks.index(table)
    above = body.blocks[index - 1] if index else None
    if above is None or above.tag != "p":
        return None
    written = source_lines(body, above.first_line, above.last_line).strip()
    return above if re.fullmatch(r"\*\*[^*]+\*\*:?", written) else None


_SENTENCE_END = re.compile(r"(?<=[.!?。])\s+(?=[A-Z\"'(])|\n\n")


def find_summary(name: str, blocks: tuple[Block, ...] | list[Block]) -> tuple[str, int] | None:
    """The sentence that says what the model is, and its line: the first that begins with its name, else the first."""
    sentences: list[tuple[str, int]] = []
    for block in blocks:
        if block.tag == "p":
            for piece in _SENTENCE_END.split(re.sub(r":\s*\n", ":\n\n", block.text)):
                sentences.append((" ".join(piece.split()), block.first_line))
    sentences = [(text, line) for text, line in sentences if len(text.split()) > 3 and not text.endswith(":")]
    named = [found for found in sentences if name and found[0].startswith(f"{name} ")]
    return next(iter(named or sentences), None)


def text_node(value: str, line: int, body_line: int) -> Text:
    """A value found in a line of the body."""
    return Text(value, Mark(line + body_line - 1, 1))
