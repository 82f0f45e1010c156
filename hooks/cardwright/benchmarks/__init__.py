"""Benchmark results: values as published, their numbers, units and directions, and with what they can be compared."""

from cardwright.benchmarks.comparison import Comparison
from cardwright.benchmarks.metrics import built_in, read_vocabulary
from cardwright.benchmarks.names import Vocabulary, spell
from cardwright.benchmarks.quantity import Quantity, parse_quantity, split_values
from cardwright.benchmarks.results import BenchmarkTable, Result, Standing, collect_results, lay_out, pick_headline

__all__ = [
    "BenchmarkTable",
    "Comparison",
    "Quantity",
    "Result",
    "Standing",
    "Vocabulary",
    "built_in",
    "collect_results",
    "lay_out",
    "parse_quantity",
    "pick_headline",
    "read_vocabulary",
    "spell",
    "split_values",
]
