"""What a card's `model-index` says against the evaluation results in the files beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from cardwright.benchmarks import parse_quantity
from cardwright.card import Card, EvalResult
from cardwright.nodes import Map, find_mark
from cardwright.problem import Problem


def check_evaluations(card: Card, fields: Map) -> Iterator[Problem]:
    """Values of those files that the card states otherwise, of the same dataset and task."""
    results = [
        (result, find_mark(fields, ("model-index", i, "results", j)))
        for i, entry in enumerate(card.model_index)
        for j, result in enumerate(entry.results)
    ]
    own = [result for result, mark in results if not mark.path]
    for result, mark in results:
        # A note tells of another way to measure, so another value is meant.
        if mark.path and not (result.model_extra or {}).get("notes"):
            here = [*_numbers(result)]
            there = [number for other in own if _are_same(other, result) for number in _numbers(other)]
            if here and there and not any(_agree(here[0], number) for number in there):
                said = f"the card itself states {' or '.join(f'{number:g}' for number in there)}"
                yield Problem(mark.path, mark, "", said, "make them agree, or add `notes`", "warning")


def _are_same(own: EvalResult, other: EvalResult) -> bool:
    """Whether both were measured on one dataset, in one configuration."""
    dataset, task = other.dataset.type, (other.task.name or "default").casefold()
    config = (own.dataset.config or "default").casefold()
    return bool(dataset) and dataset in (own.dataset.type, own.dataset.name) and config == task


def _numbers(result: EvalResult) -> Iterator[float]:
    for metric in result.metrics:
        number = parse_quantity(str(metric.value)).number
        if number is not None:
            yield number


def _agree(first: float, second: float) -> bool:
    """Whether two numbers are the same, one of them perhaps in percent."""
    return any(math.isclose(first * factor, second, rel_tol=1e-6) for factor in (1, 100, 0.01))
