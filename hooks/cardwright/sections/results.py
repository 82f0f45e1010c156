"""The benchmark table."""

from __future__ import annotations

from cardwright.benchmarks import BenchmarkTable, lay_out
from cardwright.entry import Entry


def lay_out_results(entry: Entry) -> BenchmarkTable | None:
    """All results of the card, laid out."""
    return lay_out(entry.results, entry.name) if entry.results else None
