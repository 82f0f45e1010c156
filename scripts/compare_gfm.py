"""What a card's page lacks of the card, or has more: text, tables, list items and code block by block, and values.

The card is read by other people's parsers (`gfm_reference.py`), the page is taken apart, and what our own sections
add to it is left out. Both are then lists of the same things in the same order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from urllib.parse import unquote

from cardwright.entry import Entry
from cardwright.fields import STRUCTURE_KINDS
from cardwright.nodes import walk_texts
from scripts.gfm_reference import NOTHING, json_values, render_plain, render_reference, split_card, yaml_values
from scripts.html_tree import Element, read_html, squeeze, words
from scripts.pieces import Piece, Placed, find_pieces

EMPTY_HEADING = Piece("headings", ("",))


@dataclass(frozen=True, slots=True)
class Loss:
    """What a page lacks of its card, or has beyond it."""

    slug: str
    kind: str
    """`words`, `tables`, `list items`, `code blocks`, `links`, `values`, `order` or `front matter`."""
    lost: str


@dataclass(frozen=True)
class Shown:
    """All that a page shows, ours and the card's."""

    page: Element

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The page's text, then each of its addresses and what its buttons copy."""
        named = [(name, value) for element in self.page.walk() for name, value in element.attributes.items()]
        attributes = [value for name, value in named if name in ("href", "src", "data-cw-copy")]
        return (self.page.text, *dict.fromkeys([*attributes, *map(unquote, attributes)]))

    @cached_property
    def _spaced(self) -> str:
        return "\n".join(" ".join(text.split()) for text in self.texts)

    @cached_property
    def _squeezed(self) -> str:
        return "\n".join(map(squeeze, self.texts))

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words."""
        return frozenset(words(self._spaced))

    def has(self, value: str) -> bool:
        """Whether a value stands there: by itself, or, longer or with Markdown in it, whatever its spaces."""
        form = squeeze(value)
        if len(form) > 3 and form in self._squeezed:
            return True
        plain = render_plain(value)
        if len(squeeze(plain)) > 3 and squeeze(plain) in self._squeezed:
            return True
        return any(re.search(_alone(text), self._spaced) for text in (value, plain) if text.strip())


def _alone(text: str) -> str:
    return rf"(?<!\w){re.escape(' '.join(text.split()))}(?!\w)"


def find_losses(entry: Entry, text: str, page: str) -> tuple[list[Loss], int]:
    """What the page lacks of a card whose file holds `text`, and how many pieces of it were lifted into sections."""
    tree = read_html(page)
    shown = Shown(tree)
    losses = [*_find_split(entry, text), *_find_values(entry, text, shown)]
    if entry.raw.body.findings:  # shown as it stands
        lost = [word for word in words(entry.raw.body.markdown) if word not in shown.words]
        return [*losses, *([Loss(entry.slug, "words", " ".join(lost[:8]))] if lost else [])], 0
    source = list(find_pieces(render_reference(entry.raw.body.markdown)))
    made = [placed.piece for placed in find_pieces(tree)]
    return _compare(entry, source, made, shown, losses)


def _find_split(entry: Entry, text: str) -> Iterator[Loss]:
    """Whether the body begins elsewhere than Hugging Face has it begin; text between two rules may be body too."""
    bodies = (split_card(text)[1], text.removeprefix("\ufeff"))
    known = [body.replace("\r\n", "\n").replace("\r", "\n").strip() for body in bodies]
    if entry.raw.format in ("huggingface", "markdown") and entry.raw.body.markdown.strip() not in known:
        yield Loss(entry.slug, "front matter", "ends elsewhere than for Hugging Face")


def _find_values(entry: Entry, text: str, shown: Shown) -> Iterator[Loss]:
    whole = _source_values(entry, text)
    for piece in dict.fromkeys(piece for value in whole for piece in re.split(r"\n\s*\n", value.strip())):
        if piece and piece not in STRUCTURE_KINDS and not shown.has(piece.removeprefix("./")):
            yield Loss(entry.slug, "values", f"not on the page: {piece[:120]}")


def _source_values(entry: Entry, text: str) -> list[str]:
    """Every value of the card, read by others; what cannot be read, whole."""
    if entry.raw.format == "model-index":  # a file of several cards
        return [text.text for text in walk_texts(entry.raw.fields) if text.quoted or text.text not in NOTHING]
    front = text if entry.path.endswith(".json") else split_card(text)[0]
    values = (json_values if entry.path.endswith(".json") else yaml_values)(front or "")
    return [front or ""] if values is None else values


def _compare(
    entry: Entry, source: list[Placed], made: list[Piece], shown: Shown, losses: list[Loss]
) -> tuple[list[Loss], int]:
    left = Counter(made)
    missing: list[Placed] = []
    for placed in source:
        if left[placed.piece] or placed.piece == EMPTY_HEADING:
            left[placed.piece] -= 1
        else:
            missing.append(placed)
    for placed in missing:
        piece = placed.piece
        if _is_lifted(entry, placed):
            lost = [word for word in words(" ".join(piece.content)) if word not in shown.words]
            losses += [Loss(entry.slug, "words", f"of what was lifted: {' '.join(lost[:8])}")] if lost else []
        elif piece.kind != "links" or not shown.has(unquote(piece.content[0]).removeprefix("mailto:")):
            losses.append(Loss(entry.slug, piece.kind, f"not on the page: {_show(piece)}"))
    more = [piece for piece in (+left).elements() if piece.kind != "headings"]
    losses += [Loss(entry.slug, piece.kind, f"not in the card: {_show(piece)}") for piece in more]
    if not missing and not more and (moved := _find_moved(entry, source, made)):
        losses.append(Loss(entry.slug, "order", f"elsewhere than in the card: {_show(moved)}"))
    return losses, sum(_is_lifted(entry, placed) for placed in source)


def _is_lifted(entry: Entry, placed: Placed) -> bool:
    return any(lift.first_line <= placed.line <= lift.last_line for lift in entry.raw.lifts)


def _find_moved(entry: Entry, source: list[Placed], made: list[Piece]) -> Piece | None:
    """The first piece that does not follow the piece before it; only a heading and what was lifted may move."""
    made = [piece for piece in made if piece.kind != "links"]
    source = [placed for placed in source if placed.piece.kind != "links"]
    follows = set(pairwise(made))
    for before, placed in pairwise(source):
        free = "headings" in (before.piece.kind, placed.piece.kind)
        free = free or _is_lifted(entry, before) or _is_lifted(entry, placed)
        if not free and (before.piece, placed.piece) not in follows:
            return placed.piece
    return None


def _show(piece: Piece) -> str:
    text = " | ".join(part for part in piece.content if part)
    return text if len(text) < 120 else f"{text[:117]}..."
