"""Benchmark results: values as published, their numbers, units and directions."""

from cardwright.benchmarks.quantity import Quantity, parse_quantity, split_values
from cardwright.benchmarks.results import BenchmarkTable, Result, collect_results, lay_out, pick_headline

__all__ = [
    "BenchmarkTable",
    "Quantity",
    "Result",
    "collect_results",
    "lay_out",
    "parse_quantity",
    "pick_headline",
    "split_values",
]
