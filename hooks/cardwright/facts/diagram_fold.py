"""Repetitions in a row of numbers: what stands several times one after the other, long gains first."""

from __future__ import annotations

import heapq
from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

MAX_PERIOD = 512
MAX_NESTING = 2


@dataclass(frozen=True, slots=True)
class Repeat:
    """`count` times the items `body`, which begin at `first` and take `period` places each time."""

    first: int
    period: int
    count: int
    body: tuple[Item, ...]


Item = int | Repeat
"""A place in the row, or a repetition."""


def fold(row: Sequence[int], starts: Sequence[bool], first: int = 0, nesting: int = 0) -> list[Item]:
    """The row as places and repetitions; a repetition begins, if it can, where `starts` is true.

    For each period one comparison of the row with itself, in numpy; then the repetitions that leave least to show.
    """
    items: list[Item] = []
    place = 0
    for begin, end, period in _choose(row, starts):
        items += range(first + place, first + begin)
        part = slice(begin, begin + period)
        inner = range(first + begin, first + begin + period)
        body = fold(row[part], starts[part], first + begin, nesting + 1) if nesting + 1 < MAX_NESTING else inner
        items.append(Repeat(first + begin, period, (end - begin) // period, tuple(body)))
        place = end
    return [*items, *range(first + place, first + len(row))]


def _choose(row: Sequence[int], starts: Sequence[bool]) -> list[tuple[int, int, int]]:
    """Stretches of whole periods by begin, end and period, in order and apart from each other."""
    found = _find_stretches(row)
    inner = _find_inner_periods(found, len(row))
    waiting = [(_cost(end - begin, period), period, begin, end) for begin, end, period in found]
    heapq.heapify(waiting)
    chosen: list[tuple[int, int, int]] = []
    while waiting:
        _, period, begin, end = heapq.heappop(waiting)
        at = bisect_right(chosen, (begin, len(row) + 1, 0))
        left = max(begin, chosen[at - 1][1]) if at else begin
        right = min(end, chosen[at][0]) if at < len(chosen) else end
        pieces = [(left, right)] if right == end else [(left, right), (chosen[at][1], end)]
        if pieces != [(begin, end)]:  # chosen ones are in the way; what is left of it waits again
            for left, right in pieces:
                if right - left >= 2 * period:
                    heapq.heappush(waiting, (_cost(right - left, period), period, left, right))
        elif (stretch := _find_phase(begin, end, period, starts, inner)) is not None:
            insort(chosen, stretch)
    return chosen


def _find_phase(
    begin: int, end: int, period: int, starts: Sequence[bool], inner: np.ndarray[Any, np.dtype[np.int64]]
) -> tuple[int, int, int] | None:
    """Where to begin: not so that a longer row of something shorter is cut; where `starts` is true, if that can be."""
    count = (end - begin) // period
    for times in (count, count - 1):  # one less, if there is no good beginning otherwise
        found = None
        for phase in range(begin, min(end - times * period, begin + period - 1) + 1) if times > 1 else ():
            bounds = slice(phase + period, phase + times * period, period)
            if (starts[phase] or found is None) and (inner[bounds] >= period).all():
                found = (phase, phase + times * period, period)
                if starts[phase]:
                    break
        if found:
            return found
    return None


def _find_inner_periods(stretches: Sequence[tuple[int, int, int]], length: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """By place: the period of what stands three times or more and goes on across this place."""
    periods = np.full(length + 1, length + 1, np.int64)
    for begin, end, period in reversed(stretches):  # so that shorter periods are written last
        if end - begin >= 3 * period:
            periods[begin + period : end - period + 1] = period
    return periods


def _cost(length: int, period: int) -> int:
    """Less is better: how many places there are less to show, as a negative number."""
    return -(length // period - 1) * period


def _find_stretches(row: Sequence[int]) -> list[tuple[int, int, int]]:
    """All stretches of at least two periods, by begin, end and period, shorter periods first."""
    values = np.asarray(row, np.int64)
    stretches = []
    for period in range(1, min(MAX_PERIOD, len(row) // 2) + 1):
        same = np.concatenate(([False], values[:-period] == values[period:], [False]))
        edges = np.flatnonzero(same[1:] != same[:-1])
        begins, ends = edges[::2], edges[1::2] + period
        long = ends - begins >= 2 * period
        stretches += [(int(b), int(e), period) for b, e in zip(begins[long], ends[long], strict=True)]
    return stretches
