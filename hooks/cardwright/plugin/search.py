"""Our pages in the search index that another plugin writes."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from html import escape
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page as MkDocsPage

from cardwright.search import SearchEntry


def find_searches(config: MkDocsConfig) -> Iterator[Any]:
    """The search plugins that are there: MkDocs' or Material's."""
    for plugin in config.plugins.values():
        if hasattr(getattr(plugin, "search_index", None), "add_entry_from_context"):
            yield plugin


def add_entries(plugin: Any, found: Iterable[tuple[str, SearchEntry]], ours: Container[str]) -> None:
    """Put our pages into the index: each its address from the root, and what is said of it. `ours` are their sources.

    The plugin would parse their HTML for it.
    """
    index = plugin.search_index
    _list(index)[:0] = list(_entries(index, found))
    add = index.add_entry_from_context

    def add_entry(page: MkDocsPage) -> None:
        if page.file.src_uri not in ours:
            add(page)

    index.add_entry_from_context = add_entry


def replace_entries(plugin: Any, before: int, found: Iterable[tuple[str, SearchEntry]], config: MkDocsConfig) -> None:
    """The same when the index is there already, with so many entries of ours; it is written again."""
    entries = _list(plugin.search_index)
    ours = list(_entries(plugin.search_index, found))
    if ours != entries[:before]:
        entries[:before] = ours
        plugin.on_post_build(config=config)


def _entries(index: Any, found: Iterable[tuple[str, SearchEntry]]) -> Iterator[dict[str, str]]:
    is_html = hasattr(index, "entries")  # Material's, whose texts are HTML
    for url, entry in found:
        texts = {"title": entry.title, "text": entry.text}
        yield {"location": url, **{key: escape(text, quote=False) if is_html else text for key, text in texts.items()}}


def _list(index: Any) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = index.entries if hasattr(index, "entries") else index._entries
    return entries
