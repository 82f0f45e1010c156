"""The pages of all cards in the tests' data and in `cards/`, and HTML as a tree to look into."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import comrak
import pytest

from cardwright.addresses import Addresses
from cardwright.entry import Entry
from cardwright.facts import inspect
from cardwright.pages import Page, PageStyle
from cardwright.site import build_site

ROOT = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data"
FOLDERS = {name: DATA / name for name in ("cards", "sources", "model-index")} | {"examples": ROOT / "cards"}
STYLE = PageStyle(permalink="¶")


@cache
def build(folder: Path) -> dict[str, tuple[Entry, Page]]:
    site = build_site(folder, "cards", Addresses("models"), STYLE, inspect)
    return {page.entry.slug: (page.entry, page) for page in site.pages if page.entry}


PAGES = [(name, slug) for name, folder in FOLDERS.items() for slug in build(folder)]
every_page = pytest.mark.parametrize(("folder", "slug"), PAGES, ids=[f"{name}-{slug}" for name, slug in PAGES])


# Reading HTML --------------------------------------------------------------------------------------------------------

INLINE = frozenset(
    "a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup u var".split()
)
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parts: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        yield self
        for part in self.parts:
            if isinstance(part, Element):
                yield from part.walk()

    def find(self, *tags: str) -> list[Element]:
        return [element for element in self.walk() if element.tag in tags]

    @property
    def text(self) -> str:
        """All text in it, blocks apart from each other; of an image its label."""
        inner = "".join(part if isinstance(part, str) else part.text for part in self.parts)
        inline = self.tag in INLINE and self.attributes.get("class") != "cw-image"  # it stands for an image
        return inner if inline else f" {self.attributes.get('alt', '')} {inner} "


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
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if strict:
        assert (reader.wrong, [element.tag for element in reader.open]) == ([], [""])
    return reader.open[0]


def page_of(folder: str, slug: str) -> tuple[Entry, Element]:
    entry, page = build(FOLDERS[folder])[slug]
    return entry, read_html(page.html)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFC", text))


def squeeze(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())


def source_html(entry: Entry) -> Element:
    """The card's Markdown as comrak renders it with GitHub's extensions, nothing else done to it."""
    options = comrak.ExtensionOptions()
    for name in ("alerts", "autolink", "footnotes", "strikethrough", "table", "tasklist"):
        setattr(options, name, True)
    render = comrak.RenderOptions()
    render.unsafe_ = True
    return read_html(comrak.render_markdown(entry.raw.body.markdown, options, comrak.ParseOptions(), render))
