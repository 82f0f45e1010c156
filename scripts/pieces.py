"""A text in HTML taken apart: headings, runs of words, tables, list items, code blocks and links, in their order.

The text of a card, as a reference renders it, and the page made of it give the same pieces when nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scripts.html_tree import BLOCK, Element

TEXT_CLASSES = frozenset(
    "cw-card cw-text cw-section cw-scroll cw-table cw-left cw-right cw-center cw-task cw-image cw-missing cw-title"
    " cw-original".split()
)
"""Our classes on elements that hold text of the card; any other class of ours marks what we add."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A thing in a text."""

    kind: str
    """`words`, `headings`, `tables`, `list items`, `code blocks` or `links`."""
    content: tuple[str, ...]
    """A table's cells, row by row, each row ended by an empty text; an item's depth, mark and text; of code its
    language and text; of anything else its text."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece and the line of the source it begins on; 0 where that is not known."""

    piece: Piece
    line: int = 0


def find_pieces(tree: Element) -> list[Placed]:
    """The pieces of a text in their order; what our own sections add to a page is left out."""
    found = _Found()
    found.take(tree)
    found.flush()
    return found.placed


@dataclass(slots=True)
class _Found:
    """What was found so far, and what is open."""

    placed: list[Placed] = field(default_factory=list)
    run: list[str] = field(default_factory=list)
    """The words of the block that is open."""
    holders: list[list[str]] = field(default_factory=list)
    """The texts of the cells and items that are open, innermost last."""
    lists: list[str] = field(default_factory=list)
    """The tags of the lists that are open."""
    line: int = 0
    language: str = ""

    def take(self, element: Element) -> None:
        for part in element.parts:
            if isinstance(part, str):
                self.run.append(part)
            elif not _is_ours(part):
                self.line = _line(part) or self.line
                _TAKERS.get(part.tag, _take_block if part.tag in BLOCK else _take_inline)(self, part)

    def flush(self, kind: str = "words") -> None:
        text = " ".join("".join(self.run).split())
        self.run.clear()
        if text and self.holders:
            self.hold(text)
        elif text:
            self.placed.append(Placed(Piece(kind, (text,)), self.line))

    def hold(self, text: str) -> None:
        for holder in self.holders[-1:]:
            holder.append(text)

    def held(self, element: Element) -> str:
        """All text in a cell or an item, without that of the items and cells in it."""
        self.flush()
        self.holders.append([])
        self.take(element)
        self.flush()
        return " ".join(self.holders.pop())


def _is_ours(element: Element) -> bool:
    classes = element.classes
    added = any(name.startswith("cw-") and name not in TEXT_CLASSES for name in classes)
    return "headerlink" in classes or (added and element.tag != "section")


def _line(element: Element) -> int:
    return int(element.attributes.get("data-sourcepos", "0").split(":")[0])


def _take_inline(found: _Found, element: Element) -> None:
    if "cw-image" in element.classes:
        _add_link(found, element.attributes.get("title", ""))
    elif element.tag == "a":
        _add_link(found, element.attributes.get("href", ""))
    found.take(element)


def _take_block(found: _Found, element: Element) -> None:
    found.flush()
    languages = [name.removeprefix("language-") for name in element.classes if name.startswith("language-")]
    found.language = languages[0] if languages else ""
    if "footnotes" in element.classes:  # they stand last, whatever comes before them
        found.placed.append(Placed(Piece("headings", ("footnotes",)), found.line))
    found.take(element)
    found.flush()
    found.language = ""


def _take_heading(found: _Found, element: Element) -> None:
    found.flush()
    found.take(element)
    empty = not "".join(found.run).strip()
    found.flush("headings")
    if empty:  # nothing to show, yet the text may be cut at it
        found.placed.append(Placed(Piece("headings", ("",)), found.line))


def _take_table(found: _Found, element: Element) -> None:
    found.flush()
    line = found.line
    holders, found.holders = found.holders, [[]]
    found.take(element)
    found.flush()
    cells = tuple(found.holders[0])
    found.holders = holders
    found.placed.append(Placed(Piece("tables", cells), line))


def _take_row(found: _Found, element: Element) -> None:
    found.flush()
    found.take(element)
    found.flush()
    found.hold("")


def _take_cell(found: _Found, element: Element) -> None:
    text = found.held(element)
    found.hold(text or "-")


def _take_list(found: _Found, element: Element) -> None:
    found.flush()
    found.lists.append(element.tag)
    number = int(element.attributes.get("start") or 1)
    for part in element.parts:
        if isinstance(part, Element) and part.tag == "li":
            _take_item(found, part, f"{number}." if element.tag == "ol" else "-")
            number += 1
        else:
            found.take(Element("", {}, [part]))
    found.lists.pop()
    found.flush()


def _take_item(found: _Found, element: Element, mark: str = "-") -> None:
    found.flush()
    found.line = line = _line(element) or found.line
    # GitHub's parser misses tasks in quotes, GitHub itself does not.
    text = re.sub(r"^\[([ xX])\] ", lambda match: "☐ " if match[1] == " " else "☑ ", found.held(element))
    found.placed.append(Placed(Piece("list items", (str(len(found.lists)), mark, text)), line))


def _take_code(found: _Found, element: Element) -> None:
    found.flush()
    inside = [name for inner in element.walk() for name in inner.classes if name.startswith("language-")]
    language = inside[0].removeprefix("language-") if inside else found.language
    if re.search(r"[<>\"'&`]", language) or len(language) > 100:  # not a name: the page does without
        language = ""
    found.placed.append(Placed(Piece("code blocks", (language, element.verbatim.removesuffix("\n"))), found.line))


def _take_image(found: _Found, element: Element) -> None:
    source = element.attributes.get("src", "")
    found.run.append(element.attributes.get("alt", "") or source.rsplit("/", 1)[-1])
    _add_link(found, source)


def _take_box(found: _Found, element: Element) -> None:
    if element.attributes.get("type") == "checkbox":
        found.run.append("☑" if "checked" in element.attributes else "☐")


def _take_option(found: _Found, element: Element) -> None:
    found.run.append(" ")
    found.take(element)


def _add_link(found: _Found, address: str) -> None:
    if re.match(r"(?:https?|ftp)://|mailto:", address, re.IGNORECASE):
        found.placed.append(Placed(Piece("links", (address,)), found.line))


_TAKERS: Mapping[str, Callable[[_Found, Element], None]] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _take_heading),
    **dict.fromkeys(("ul", "ol", "menu", "dir"), _take_list),
    **dict.fromkeys(("td", "th"), _take_cell),
    "table": _take_table,
    "tr": _take_row,
    "li": _take_item,
    "pre": _take_code,
    "img": _take_image,
    "input": _take_box,
    **dict.fromkeys(("optgroup", "option"), _take_option),
    "br": lambda found, _: found.run.append(" "),
    "wbr": lambda found, _: None,
}
