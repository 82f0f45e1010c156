"""Our pages in the search index that another plugin writes."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from html import escape
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page as MkDocsPage

from cardwright.search import SearchEntry


def find_indexes(config: MkDocsConfig) -> Iterator[Any]:
    """The indexes of the search plugins that are there: MkDocs' or Material's."""
    for plugin in config.plugins.values():
        if hasattr(index := getattr(plugin, "search_index", None), "add_entry_from_context"):
            yield index


def add_entries(index: Any, found: Iterable[tuple[str, SearchEntry]]) -> None:
    """Put pages into the index: each its address from the root, and what is said of it."""
    is_html = hasattr(index, "entries")  # Material's, whose texts are HTML
    for url, entry in found:
        texts = {"title": entry.title, "text": entry.text}
        texts = {key: escape(text, quote=False) if is_html else text for key, text in texts.items()}
        (index.entries if is_html else index._entries).append({"location": url, **texts})


def leave_out(index: Any, ours: Container[str]) -> None:
    """Have the index not parse the pages of these sources: they are in it already."""
    add = index.add_entry_from_context

    def add_entry(page: MkDocsPage) -> None:
        if page.file.src_uri not in ours:
            add(page)

    index.add_entry_from_context = add_entry
