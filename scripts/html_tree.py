"""HTML as a tree to look into: pages of ours, and what a Markdown parser made."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

BLOCK = frozenset(
    "address article aside blockquote body br caption center col colgroup dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr img input legend li main menu nav ol"
    " p pre search section summary table tbody td tfoot th thead tr ul".split()
)
"""Elements whose text stands apart from the text around it."""
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())


@dataclass
class Element:
    """An element; the one without a tag holds all of a text."""

    tag: str
    attributes: dict[str, str]
    parts: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """The element and all that are in it, in their order."""
        yield self
        for part in self.parts:
            if isinstance(part, Element):
                yield from part.walk()

    def find(self, *tags: str) -> list[Element]:
        """All elements of these tags, in their order."""
        return [element for element in self.walk() if element.tag in tags]

    @property
    def classes(self) -> list[str]:
        """Its classes."""
        return self.attributes.get("class", "").split()

    @property
    def verbatim(self) -> str:
        """All text in it as it stands."""
        return "".join(part if isinstance(part, str) else part.verbatim for part in self.parts)

    @property
    def text(self) -> str:
        """All text in it, blocks apart from each other; of an image its label."""
        inner = "".join(part if isinstance(part, str) else part.text for part in self.parts)
        apart = self.tag in BLOCK or self.attributes.get("class") == "cw-image"  # it stands for an image
        return f" {self.attributes.get('alt', '')} {inner} " if apart else inner


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("", {})]
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].parts.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_data(self, data: str) -> None:
        self.open[-1].parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag != self.open[-1].tag:
            self.wrong.append(f"</{tag}> closes <{self.open[-1].tag}>")
        if any(element.tag == tag for element in self.open):
            while self.open.pop().tag != tag:
                pass


def read_html(html: str, *, strict: bool = False) -> Element:
    """The tree of `html`. Raises AssertionError with `strict`, when an element is not closed where it must be."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if strict:
        assert (reader.wrong, [element.tag for element in reader.open]) == ([], [""])
    return reader.open[0]


def words(text: str) -> list[str]:
    """The words of a text, in its order."""
    return re.findall(r"\w+", unicodedata.normalize("NFC", text))


def squeeze(text: str) -> str:
    """A text without its spaces."""
    return "".join(unicodedata.normalize("NFC", text).split())
