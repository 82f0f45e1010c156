"""With what a result can be compared: the same task, data, metric and unit, and the number for that."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cardwright.benchmarks.names import (
    PERCENT,
    SPLITS,
    UNITS,
    DatasetKind,
    Direction,
    MetricKind,
    Vocabulary,
    aside_of,
    flatten,
    spell,
)
from cardwright.benchmarks.quantity import Quantity
from cardwright.card import Dataset, EvalResult, Metric

_NO_CONFIG = frozenset({"", "default", "none", "null", "na", "n a"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a result is a result of. Results are compared when all of it but `number` and `doubt` is the same."""

    task: str
    """Empty when neither card nor dataset says."""
    dataset: str
    metric: str
    better: Direction | None
    """None when the metric is not known: such results are not compared."""
    unit: str
    config: str
    split: str
    split_assumed: bool
    """Whether the card does not say it, and it is the one on which results on this dataset are published."""
    settings: str
    """Whatever else makes a difference: `num_few_shot: 5`."""
    number: float | None
    """In `unit`; None when it cannot be told, and `doubt` says why."""
    doubt: str
    known: bool
    """Whether both the dataset and the metric are known by name."""


def compare(
    label: str, metric: Metric, result: EvalResult, value: Quantity, pipeline_tag: str, vocabulary: Vocabulary
) -> Comparison | None:
    """With what the value of the metric called `label` can be compared; None for one without a dataset."""
    found = _find_dataset(result.dataset, vocabulary)
    if found is None:
        return None
    data, config, data_split, more = found
    kind, name, metric_split = _find_metric(label, metric, data, vocabulary)
    split = metric_split or result.dataset.split or data_split
    settings = [_settings(result.dataset), metric.config, metric.args]
    unit = _unit(value, label)
    number, doubt = read_number(value, unit, kind)
    return Comparison(
        _find_task(result, data, pipeline_tag, vocabulary),
        data.name,
        name,
        kind.better if kind else None,
        unit or (kind.unit if kind else ""),
        config,
        SPLITS.get(spell(split)) or split.strip() or data.split,
        not split and bool(data.split),
        ", ".join(text for text in map(flatten, settings if any(settings) else [more]) if text),
        number,
        doubt,
        known=vocabulary.datasets.get(spell(data.name)) is not None and spell(name) in vocabulary.metrics,
    )


def _settings(data: Dataset) -> object:
    """The arguments, without those that say the configuration or the split once more."""
    config = spell(data.config or "")
    if isinstance(data.args, str):
        return None if not config or spell(data.args) == config else data.args
    if isinstance(data.args, dict):
        return {
            key: value
            for key, value in data.args.items()
            if key != "split" and (not config or spell(flatten(value)) != config)
        }
    return data.args


def _find_dataset(data: Dataset, vocabulary: Vocabulary) -> tuple[DatasetKind, str, str, str] | None:
    """The dataset, configuration, split and what else its name says."""
    config = (data.config or (data.args if isinstance(data.args, str) else "")).strip()
    config = "" if spell(config) in _NO_CONFIG else config
    names = [name.strip() for name in (data.type, data.name) if name and spell(name)]
    for name in names if config else ():
        if kind := vocabulary.datasets.get(spell(f"{name} {config}")):
            return kind, "", "", ""  # a row of its own for this configuration of it: `glue`, `mrpc`
    for name in reversed(names):
        kind, split, more = vocabulary.name_dataset(name)
        if kind:
            return kind, config, split, more
    specific = [name for name in names if spell(name) not in vocabulary.not_datasets]
    return (DatasetKind(specific[0]), config, "", "") if specific else None


def _find_metric(
    label: str, metric: Metric, data: DatasetKind, vocabulary: Vocabulary
) -> tuple[MetricKind | None, str, str]:
    """What is known of the metric, its name and the split in that. One known only by its type keeps its own name."""
    kind, exact, split = vocabulary.name_metric(label)
    if kind and exact:
        closer = vocabulary.metrics.get(spell(data.metrics.get(spell(kind.name), "")), kind)
        return closer, closer.name, split
    inner = aside_of(label)
    name = label[: label.rindex(inner) - 1] if inner and (_canonical_unit(inner) or spell(inner) in SPLITS) else label
    return kind or vocabulary.name_metric(metric.type or "")[0], " ".join(name.split()), split


def _find_task(result: EvalResult, data: DatasetKind, pipeline_tag: str, vocabulary: Vocabulary) -> str:
    stated = [text for text in (result.task.name, result.task.type) if text and spell(text)]
    # `object detection (Faster R-CNN)` is object detection.
    named = (name for text in stated for name in (text, text.partition("(")[0]))
    known = [task for name in named if (task := vocabulary.tasks.get(spell(name)))]
    usual = "" if stated else data.task or vocabulary.tasks.get(spell(pipeline_tag), "")
    return known[0] if known else stated[0].strip() if stated else vocabulary.tasks.get(spell(usual), usual)


def _unit(value: Quantity, label: str) -> str:
    return _canonical_unit(value.unit) or value.unit or _canonical_unit(aside_of(label)) or PERCENT * (PERCENT in label)


def _canonical_unit(unit: str) -> str:
    return UNITS.get(unit.strip().casefold(), "")


def read_number(value: Quantity, unit: str, kind: MetricKind | None) -> tuple[float | None, str]:
    """The number in the unit of the metric, and why there is none."""
    number = value.number
    if number is None or not math.isfinite(number):
        return None, "no number"
    if kind is None:
        return number, ""
    if kind.unit == PERCENT and not unit:
        if kind.unsure and kind.unsure[0] < number <= kind.unsure[1]:
            return None, "a fraction or percent? The card does not say"
        number = round(number * 100, 10) if abs(number) <= 1 else number
    if kind.range and unit in ("", kind.unit) and not kind.range[0] <= number <= kind.range[1]:
        return None, "not a value that this metric can have"
    return number, ""
