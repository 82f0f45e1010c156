"""`models/index.json`: the catalogue for programs, a list with one object a card."""

from __future__ import annotations

import json
from typing import Any

from cardwright.addresses import Addresses
from cardwright.benchmarks import Result
from cardwright.entry import Entry
from cardwright.views.catalogue import make_row


def make_index(entries: tuple[Entry, ...], addresses: Addresses) -> str:
    """The text of the file: UTF-8 JSON, one line a card, by slug."""
    rows = [json.dumps(_describe(entry, addresses), ensure_ascii=False) for entry in entries]
    return "[\n" + ",\n".join(rows) + "\n]\n"


def _describe(entry: Entry, addresses: Addresses) -> dict[str, Any]:
    row = make_row(entry, addresses.page(entry.slug))
    facts = entry.facts
    return {
        "slug": entry.slug,
        "url": row.address,
        "source": entry.path,
        "format": entry.raw.format,
        "title": entry.name,
        "summary": entry.summary,
        "task": row.task,
        "datasets": list(row.datasets),
        "license": row.license,
        "headline": _describe_result(row.headline) if row.headline else None,
        "parameters": facts.parameters if facts else None,
        "depth": facts.depth if facts else None,
        "problems": len(entry.problems),
    }


def _describe_result(result: Result) -> dict[str, Any]:
    return {
        "metric": result.metric,
        "value": result.value.text,
        "number": result.value.number,
        "unit": result.unit,
        "better": result.better,
        "dataset": result.dataset,
    }
