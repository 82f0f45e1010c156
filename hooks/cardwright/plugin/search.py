"""Our pages in the search index that another plugin writes."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from mkdocs.structure.pages import Page as MkDocsPage

from cardwright.search import SearchEntry


def take_over(index: Any, found: Mapping[str, SearchEntry | None]) -> None:
    """Have the index of a search plugin take our pages as they stand in `found`; both MkDocs' and Material's."""
    add = index.add_entry_from_context
    is_html = hasattr(index, "entries")  # Material's, whose texts are HTML

    def add_entry(page: MkDocsPage) -> None:
        if page.file.src_uri not in found:
            add(page)
        elif entry := found[page.file.src_uri]:
            texts = {"title": entry.title, "text": entry.text}
            texts = {key: escape(text, quote=False) if is_html else text for key, text in texts.items()}
            (index.entries if is_html else index._entries).append({"location": page.url, **texts})

    index.add_entry_from_context = add_entry
