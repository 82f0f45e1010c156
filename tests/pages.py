"""The pages of all cards in the tests' data and in `cards/`, as trees to look into."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from cardwright.addresses import Addresses
from cardwright.entry import Entry
from cardwright.facts import inspect
from cardwright.pages import Page, PageStyle
from cardwright.site import build_site
from scripts.gfm_reference import render_reference
from scripts.html_tree import Element, read_html

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


def page_of(folder: str, slug: str) -> tuple[Entry, Element]:
    entry, page = build(FOLDERS[folder])[slug]
    return entry, read_html(page.html)


def source_html(entry: Entry) -> Element:
    """The card's Markdown as GitHub's own parser renders it, nothing else done to it."""
    return render_reference(entry.raw.body.markdown)
