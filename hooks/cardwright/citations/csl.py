"""A publication as CSL-JSON, which Zotero, pandoc and citeproc read.

Format: https://github.com/citation-style-language/schema, csl-data.json.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from .kinds import find_kind
from .names import Name
from .work import Work


def to_csl(works: Iterable[Work]) -> str:
    """A list of items, as JSON text with one item a line; `id` is given to all, and to each another."""
    lines: list[str] = []
    used: set[str] = set()
    for number, work in enumerate(works, 1):
        name = work.key if work.key and work.key not in used else f"{work.key or 'publication'}-{number}"
        used.add(name)
        lines.append(json.dumps({"id": name}, ensure_ascii=False)[:-1] + _write_parts(work))
    return "[" + ",\n".join(lines) + "]\n"


@lru_cache(maxsize=2048)  # many cards of a site cite the same
def _write_parts(work: Work) -> str:
    """An item without the beginning, its id."""
    return ", " + json.dumps(make_csl(work), ensure_ascii=False)[1:]


def make_csl(work: Work) -> dict[str, Any]:
    """The values of an item, without those that are empty."""
    kind = find_kind(work.kind)
    authors = [_make_name(name) for name in work.authors]
    is_preprint = bool(work.arxiv and not (work.container or work.doi))
    item = {
        "type": "article" if is_preprint and work.kind == "misc" else kind.csl,
        "title": work.title,
        "author": [*authors, {"literal": "others"}] if work.has_others else authors,
        "editor": [_make_name(name) for name in work.editors],
        "container-title": work.container,
        "collection-title": work.series if work.series != work.container else "",
        "issued": _make_date(work),
        "volume": work.volume,
        "issue" if work.journal else "number": work.number or (f"arXiv:{work.arxiv}" if is_preprint else ""),
        "page": "-".join(work.pages),
        "edition": work.edition,
        "chapter-number": work.chapter,
        "genre": work.genre or kind.genre,
        "publisher": work.publisher or work.institution,
        "publisher-place": work.address,
        "version": work.version,
        "DOI": work.doi,
        "URL": work.url,
        "ISBN": work.isbn,
        "ISSN": work.issn,
        "language": work.language,
        "keyword": ", ".join(work.keywords),
        "note": work.note,
        "abstract": work.abstract,
    }
    return {name: value for name, value in item.items() if value}


def _make_name(name: Name) -> dict[str, str]:
    """An organisation, and a name in one word, is literal."""
    if not name.first and not name.von:
        return {"literal": name.last}
    parts = {"family": name.last, "given": name.first, "non-dropping-particle": name.von, "suffix": name.suffix}
    return {part: value for part, value in parts.items() if value}


def _make_date(work: Work) -> dict[str, Any]:
    if work.date:
        return {"date-parts": [list(work.date)]}
    return {"literal": work.year} if work.year else {}
