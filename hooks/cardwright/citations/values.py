"""Read the value of a BibTeX field: `{text}`, `"text"`, `2016`, `jan`, and these joined with `#`.

Format: Oren Patashnik, "BibTeXing" (1988), btxdoc.pdf, and "Designing BibTeX Styles", btxhak.pdf.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MONTHS = {
    "jan": "January",
    "feb": "February",
    "mar": "March",
    "apr": "April",
    "may": "May",
    "jun": "June",
    "jul": "July",
    "aug": "August",
    "sep": "September",
    "oct": "October",
    "nov": "November",
    "dec": "December",
}

# A chain of `@string{b = a # a}` doubles with every line; this bounds all expansions of one text together.
MAX_EXPANSION_CHARS = 256 * 1024

_WORD = re.compile(r'[^\s{}"#,=]+')
_NEXT_FIELD = re.compile(r"\s*+([A-Za-z][\w:.+/-]*+)\s*+=\s*+")
_IN_BRACES = re.compile(r"[{}]")
_IN_QUOTES = re.compile(r'[{}]|(?<!\\)"')


@dataclass(frozen=True)
class Piece:
    """One operand of `#`."""

    text: str
    is_name: bool
    """True for a bare word, which names an `@string`; False for literal text."""


@dataclass(frozen=True)
class Value:
    """A field as written and in pieces."""

    name: str
    written: str
    pieces: tuple[Piece, ...]
    lacks_comma: bool = False
    """True if the comma before this field is missing."""
    lacks_braces: bool = False
    """True if the value is text without braces or quotes, or has text after them."""


@dataclass
class Macros:
    """The `@string` definitions seen so far, and how much text they may still produce."""

    texts: dict[str, str] = field(default_factory=lambda: dict(MONTHS))
    chars_left: int = MAX_EXPANSION_CHARS

    def expand(self, value: Value) -> tuple[str, list[str]]:
        """The text of `value`, and the undefined names in it; without room left, a name stays a name."""
        parts: list[str] = []
        bad: dict[str, None] = {}
        for piece in value.pieces:
            text = self.texts.get(piece.text.lower()) if piece.is_name else piece.text
            if text is None:
                bad[piece.text] = None
            elif piece.is_name:
                self.chars_left -= len(text)
                text = text if self.chars_left >= 0 else None
            parts.append(piece.text if text is None else text)
        return "".join(parts), list(bad)


def read_values(name: str, raw: str) -> Iterator[Value]:
    """Read the field `name = raw`; yields more than one when commas between fields are missing."""
    position, lacks_comma = 0, False
    while True:
        start = position
        pieces, position = _read_pieces(raw, start)
        following = _NEXT_FIELD.match(raw, position)
        lacks_braces = position < len(raw) and not following
        if lacks_braces:  # neither `#` nor a next field follows: lose nothing
            pieces, position = [Piece(raw[start:].strip(), False)], len(raw)
        yield Value(name, raw[start:position].strip(), tuple(pieces), lacks_comma, lacks_braces)
        if not following:
            return
        name, position, lacks_comma = following[1], following.end(), True


def _read_pieces(raw: str, position: int) -> tuple[list[Piece], int]:
    pieces: list[Piece] = []
    while True:
        position = _skip_space(raw, position)
        if position == len(raw):
            return pieces, position
        if raw[position] in '{"':
            end = _find_close(raw, position)
            pieces.append(Piece(raw[position + 1 : end], False))
            position = end + 1
        elif word := _WORD.match(raw, position):
            pieces.append(Piece(word[0], not word[0].isdigit()))
            position = word.end()
        position = _skip_space(raw, position)
        if raw[position : position + 1] != "#":
            return pieces, min(position, len(raw))
        position += 1


def _skip_space(raw: str, position: int) -> int:
    while position < len(raw) and raw[position].isspace():
        position += 1
    return position


def _find_close(raw: str, position: int) -> int:
    """Index of the brace or quote that closes the one at `position`; the end of `raw` if there is none."""
    pattern = _IN_BRACES if raw[position] == "{" else _IN_QUOTES
    depth = 0
    for mark in pattern.finditer(raw, position + 1):
        if mark[0] == "{":
            depth += 1
        elif depth == 0:
            return mark.start()
        elif mark[0] == "}":
            depth -= 1
    return len(raw)
