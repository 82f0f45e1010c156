"""A difference as GitHub Flavored Markdown, for the comment of a pull request.

Every word of a card stands in a code span. That is what keeps GitHub from reading it: in code nobody is mentioned, no
issue, commit or repository is linked, no emoji, formula, image or HTML is made. Escapes alone would not do, since
GitHub looks for `@name` and `#1` in what is left when the escapes are gone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from cardwright.diff.report import count, shorten, show_values, summarise
from cardwright.diff.values import CardChange, Change, Difference
from cardwright.problem import one_line

MAX_CHARACTERS = 60_000
"""GitHub takes 65,536; the rest is for those who put the text into a comment of theirs."""
MAX_ROWS = 50
"""Rows of one card: no card fills the comment alone."""
MAX_TEXT = 160
"""Characters of a name or value."""
MAX_MARKS = 3
"""Accents and the like on one letter; no language has more, and towers of them cover what is above."""

STRONG = frozenset({"worse", "contradicted", "removed"})
"""What a reviewer must not overlook."""

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Printable by the book, and not seen."""


def write_markdown(difference: Difference) -> str:
    """A table of what changed, below a line that sums it up; what does not fit is counted, whole rows at a time."""
    lines = [f"**{summarise(difference)}.**", ""]
    if not difference.cards:
        return "\n".join(lines)
    lines += ["| Card | What changed | Before | After |", "| --- | --- | --- | --- |"]
    room = MAX_CHARACTERS - sum(len(line) + 1 for line in lines) - len(_say_left_out(10**9, 10**9))
    told = 0
    for card in difference.cards:
        rows = list(_write_card(card))
        size = sum(len(row) + 1 for row in rows)
        if size > room:
            break
        lines += rows
        room -= size
        told += 1
    rest = difference.cards[told:]
    if rest:
        lines += ["", _say_left_out(len(rest), sum(len(card.changes) for card in rest))]
    return "\n".join(lines) + "\n"


def _write_card(card: CardChange) -> Iterator[str]:
    was = f" from {code(card.old_slug)} to {code(card.slug)}" if card.how == "renamed" else ""
    yield f"| {code(card.name)} | {_emphasise(card.how)}{was}, {code(card.path)} | | |"
    yield from (_write_change(change) for change in card.changes[:MAX_ROWS])
    if len(card.changes) > MAX_ROWS:
        yield f"| | and {count(len(card.changes) - MAX_ROWS, 'more change')} | | |"


def _write_change(change: Change) -> str:
    note = f" {code(change.note)}" if change.note else ""
    before, after = map(code, show_values(change))
    return f"| | {code(change.what)} {_emphasise(change.how)}{note} | {before} | {after} |"


def _emphasise(how: str) -> str:
    return f"**{how}**" if how in STRONG else how


def _say_left_out(cards: int, changes: int) -> str:
    said = f"{count(cards, 'more card')} with {count(changes, 'change')} {'is' if cards == 1 else 'are'} left out here"
    return f"{said}: `cardwright diff` prints everything."


def code(text: str) -> str:
    """Any text as code in a cell of a table: nothing in it is Markdown, and nothing of it is lost but its length.

    A `|` would end the cell, in code too, and behind a backslash parsers do not agree: it stands between two spans.
    """
    return "&#x7c;".join(_span(part) for part in _tidy(text).split("|")) if text.strip() else ""


def _span(text: str) -> str:
    if not text.strip():
        return " " * bool(text)
    runs = {len(run) for run in re.findall("`+", text)}
    fence = "`" * next(size for size in range(1, len(runs) + 2) if size not in runs)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _tidy(text: str) -> str:
    """One line of what can be seen: no controls, no change of direction, nothing invisible, no towers of accents."""
    line = one_line(_INVISIBLE.sub(lambda match: f"\\u{ord(match[0]):04x}", shorten(text, MAX_TEXT)))
    kept: list[str] = []
    marks = 0
    for character in line:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return shorten("".join(kept), MAX_TEXT)
