"""Metrics of a card, before and after: which are the same one, and whether that is better."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from cardwright.benchmarks import Result, Vocabulary, spell
from cardwright.benchmarks.comparison import read_number
from cardwright.benchmarks.names import Direction
from cardwright.diff.values import Change, How
from cardwright.entry import Entry

SCALES: Mapping[str, tuple[str, float]] = {
    "%": ("", 0.01),
    "ms": ("s", 0.001),
    "µs": ("s", 1e-6),
    "us": ("s", 1e-6),
    "mm": ("m", 0.001),
    "cm": ("m", 0.01),
}
"""Units that are another one, so many times."""

MAX_PAIRS = 10_000
"""Results of one metric on one dataset that are held against each other; of more, the first with the first."""
_IDS = frozenset({"task", "dataset", "metric", "split", "config"})
"""Details that are part of what is compared, in another spelling at most."""
_SIGN = re.compile(r"\s*([<>~≈≤≥]=?)")


@dataclass(frozen=True, slots=True)
class Measure:
    """A result, as it is compared with the one of the same card at another time."""

    dataset: str
    metric: str
    model: str
    details: tuple[str, ...]
    """Task, configuration, split and settings; each is empty where the card does not say."""
    number: float | None
    unit: str
    result: Result

    @property
    def better(self) -> Direction | None:
        of = self.result.comparison
        return (of.better if of else None) or self.result.better

    def is_of(self, other: Measure) -> bool:
        """Whether both may be of one thing: all details that both say are the same."""
        return all(not one or not two or one == two for one, two in zip(self.details, other.details, strict=True))


def compare_results(old: Entry, new: Entry, vocabulary: Vocabulary) -> Iterator[Change]:
    """Metrics that came, went, or have another value; another unit, or way to write it, is none."""
    several = max(len({result.model for result in entry.results}) for entry in (old, new)) > 1
    before = [_measure(result, several, vocabulary) for result in old.results]
    after = [_measure(result, several, vocabulary) for result in new.results]
    for one, two in _pair(before, after):
        if one and two:
            yield from _compare(one, two, several)
        elif one:
            yield Change("metric", one.metric, _describe(one.result, several), "removed", one.result.value.text)
        elif two:
            yield Change("metric", two.metric, _describe(two.result, several), "added", "", two.result.value.text)


def _measure(result: Result, several: bool, vocabulary: Vocabulary) -> Measure:
    of, model = result.comparison, spell(result.model) if several else ""
    if of:
        details = tuple(spell(text) or text for text in (of.task, of.config, of.split, of.settings))
        metric = spell(of.metric) or of.metric
        return Measure(spell(of.dataset) or of.dataset, metric, model, details, of.number, of.unit, result)
    kind, _, split = vocabulary.name_metric(result.metric)
    number, _ = read_number(result.value, result.unit, kind)
    metric = spell(kind.name if kind else result.metric) or result.metric
    unit = result.unit or (kind.unit if kind else "")
    return Measure("", metric, model, (spell(result.task), "", split, ""), number, unit, result)


Pairs = list[tuple[Measure | None, Measure | None]]


def _pair(before: list[Measure], after: list[Measure]) -> Pairs:
    """Each measure with the one that it was, in the order of the card; those that came stand last."""
    groups: defaultdict[tuple[str, str, str], tuple[list[Measure], list[Measure]]] = defaultdict(lambda: ([], []))
    for index, measures in enumerate((before, after)):
        for measure in measures:
            groups[measure.dataset, measure.metric, measure.model][index].append(measure)
    pairs = [pair for group in groups.values() for pair in _pair_group(*group)]
    return sorted(pairs, key=lambda pair: pair[0] is None)


def _pair_group(before: list[Measure], after: list[Measure]) -> Pairs:
    """The same in all, else what may be of one thing and is nothing else's."""
    if len(before) * len(after) > MAX_PAIRS:
        return list(zip_longest(before, after))
    left, pairs = list(after), Pairs()
    waiting: list[Measure] = []
    for one in before:
        same = [two for two in left if one.details == two.details]
        if found := next((two for two in same if _is_equal(one, two)), same[0] if same else None):
            pairs.append((one, found))
            left.remove(found)
        else:
            waiting.append(one)
    for one in waiting:
        near = [two for two in left if one.is_of(two)]
        if len(near) == 1 and sum(near[0].is_of(other) for other in waiting) == 1:
            pairs.append((one, near[0]))
            left.remove(near[0])
        else:
            pairs.append((one, None))
    return [*pairs, *((None, two) for two in left)]


def _compare(one: Measure, two: Measure, several: bool) -> Iterator[Change]:
    before, after = one.result.value, two.result.value
    numbers = _numbers(one, two)
    if numbers and math.isclose(*numbers, rel_tol=1e-9, abs_tol=1e-12):
        same = _sign(before.text) == _sign(after.text) and _same_spread(one, two)
    else:
        same = not numbers and " ".join(before.text.split()) == " ".join(after.text.split())
    if same:
        said, says = _list_details(one, two), _list_details(two, one)
        if said or says:
            yield Change("metric", two.metric, _describe(two.result, several), "changed", said, says, "the same value")
    else:
        how, note = _judge(one, two, numbers)
        yield Change("metric", two.metric, _describe(two.result, several), how, before.text, after.text, note)


def _list_details(one: Measure, two: Measure) -> str:
    """What is said of one and not of the other beside the value; ids by which things are known are no such."""
    pairs = (pair for pair in one.result.details if pair not in two.result.details and pair[0] not in _IDS)
    return ", ".join(f"{key}: {value}" for key, value in pairs)


def _is_equal(one: Measure, two: Measure) -> bool:
    return not list(_compare(one, two, several=False))


def _judge(one: Measure, two: Measure, numbers: tuple[float, float] | None) -> tuple[How, str]:
    if not numbers or numbers[0] == numbers[1]:
        return "changed", ""
    grown = numbers[1] - numbers[0]
    note = _describe_growth(one, two, grown)
    if two.better is None or _sign(one.result.value.text) != _sign(two.result.value.text):
        return "changed", note
    return ("better" if (grown > 0) == (two.better == "higher") else "worse"), note


def _describe_growth(one: Measure, two: Measure, grown: float) -> str:
    """`-0.7`, as the values are written; with the unit where one was written as a fraction and one as percent."""
    first, second = one.result.value, two.result.value
    if one.unit != two.unit or first.number is None or second.number is None:
        return ""
    if first.unit == second.unit and (abs(first.number) <= 1) == (abs(second.number) <= 1):
        return f"{round(second.number - first.number, 10):+.6g}"
    return f"{round(grown, 10):+.6g} {two.unit}".rstrip()


def _numbers(one: Measure, two: Measure) -> tuple[float, float] | None:
    """Both numbers in one unit; None when they have none, or it is not sure that their units are the same."""
    written = (one.result.value.number, two.result.value.number)
    if written[0] is None or written[1] is None or not all(map(math.isfinite, (written[0], written[1]))):
        return None
    as_written = (written[0], written[1])
    if one.number is None or two.number is None:
        return as_written if one.number is two.number and one.unit == two.unit else None
    pair = (one.number, two.number)
    if one.unit == two.unit:
        # Of 0.9 and 1.1, one was taken as a fraction and one as percent: both may be percent.
        scaled = [number != value for number, value in zip(pair, as_written, strict=True)]
        return None if scaled[0] != scaled[1] and _ratio(as_written) < _ratio(pair) else pair
    if as_written[0] == as_written[1] and "" in (one.unit, two.unit):
        return as_written
    (unit, scale), (other_unit, other_scale) = (SCALES.get(each.unit, (each.unit, 1.0)) for each in (one, two))
    return (pair[0] * scale, pair[1] * other_scale) if unit == other_unit else None


def _ratio(numbers: tuple[float, float]) -> float:
    low, high = sorted(map(abs, numbers))
    return high / low if low else math.inf


def _same_spread(one: Measure, two: Measure) -> bool:
    """Whether what stands behind ± is the same share of the number."""
    shares = []
    for value in (one.result.value, two.result.value):
        shares.append(value.spread / value.number if value.spread is not None and value.number else value.spread or 0.0)
    return math.isclose(*shares, rel_tol=1e-6, abs_tol=1e-12)


def _sign(text: str) -> str:
    match = _SIGN.match(text)
    return match[1] if match else ""


def _describe(result: Result, several: bool) -> str:
    """`Accuracy on MNIST (test), small net`."""
    of = result.comparison
    metric, dataset = (of.metric, of.dataset) if of else (result.metric, result.dataset)
    details = [of.config, "" if of.split_assumed else of.split, of.settings] if of else []
    aside = ", ".join(text for text in details if text)
    where = f" on {dataset}" if dataset else ""
    model = f", {result.model}" if several and result.model else ""
    return f"{metric or 'Result'}{where}{f' ({aside})' if aside else ''}{model}"
