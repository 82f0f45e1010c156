"""`models/index.json`: the catalogue for programs, a list with one object a card."""

from __future__ import annotations

import json
from typing import Any

from cardwright.addresses import Addresses
from cardwright.benchmarks import Result
from cardwright.entry import Entry
from cardwright.memo import Each
from cardwright.rows import Row, make_row, make_rows


def make_index(entries: tuple[Entry, ...], addresses: Addresses) -> str:
    """The text of the file: UTF-8 JSON, one line a card, in the order of the catalogue."""
    return "[\n" + ",\n".join(_LINES(make_rows(entries), addresses)) + "\n]\n"


def _make_line(row: Row, addresses: Addresses) -> str:
    return json.dumps(_describe(row, addresses), ensure_ascii=False)


_LINES = Each(_make_line)


def describe(entry: Entry, addresses: Addresses) -> dict[str, Any]:
    """A card in a few words, as plain JSON values; keys as documented in docs/reference/exports.md."""
    return _describe(make_row(entry), addresses)


def _describe(row: Row, addresses: Addresses) -> dict[str, Any]:
    entry, facts = row.entry, row.facts
    return {
        "slug": entry.slug,
        "url": addresses.page(entry.slug),
        "source": entry.path,
        "format": entry.raw.format,
        "title": entry.name,
        "summary": entry.summary,
        "task": row.task,
        "datasets": list(row.datasets),
        "license": row.license,
        "library": row.library,
        "tags": list(entry.card.tags),
        "file_formats": list(row.file_formats),
        "precision": row.precision,
        "headline": describe_result(row.headline) if row.headline else None,
        "parameters": facts.parameters if facts else None,
        "depth": facts.depth if facts else None,
        "macs": facts.macs if facts else None,
        "size_bytes": facts.size_bytes if facts else None,
        "size_class": row.size_class,
        "checked": row.checked,
        "problems": len(entry.problems),
    }


def describe_result(result: Result) -> dict[str, Any]:
    """A result as plain JSON values."""
    return {
        "metric": result.metric,
        "value": result.value.text,
        "number": result.value.number,
        "unit": result.unit,
        "better": result.better,
        "dataset": result.dataset,
        "file": result.file,
    }
