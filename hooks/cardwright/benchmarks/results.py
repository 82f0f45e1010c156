"""A card's benchmark results as flat rows, and the table that shows them best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cardwright.benchmarks.comparison import Comparison, compare
from cardwright.benchmarks.metrics import built_in
from cardwright.benchmarks.names import Direction, Vocabulary, flatten
from cardwright.benchmarks.quantity import Quantity, parse_quantity
from cardwright.card import Card, EvalResult, Metric, ModelFile
from cardwright.nodes import Path

MAX_METRIC_COLUMNS = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """The place of a result on a leaderboard."""

    uri: str
    """The leaderboard's page."""
    anchor: str
    """The table of that page."""
    rank: int
    """From 1; equal results share one."""
    of: int
    """How many results are ranked there."""


@dataclass(frozen=True, slots=True)
class Result:
    """One value of one metric."""

    path: Path
    """Where the value stands in the card's fields."""
    model: str
    """The variant or file it belongs to; empty when the card has one."""
    task: str
    dataset: str
    dataset_url: str
    metric: str
    """The metric as the card names it."""
    value: Quantity
    unit: str
    better: Direction | None
    """None when the metric is not in the table of metrics."""
    details: tuple[tuple[str, str], ...] = ()
    """Whatever else the card states of this value: split, configuration, revision, source, ..."""
    details_url: str = ""
    file: str = ""
    """The name of the file that was measured, where the card says which."""
    comparison: Comparison | None = None
    """With what it can be compared; None for one without a dataset."""
    standing: Standing | None = None
    """Its place among the results of all cards; found when all are read."""


@dataclass(frozen=True, slots=True)
class BenchmarkTable:
    """Results laid out: one column a metric when that leaves few holes, else one row a value."""

    results: tuple[Result, ...]
    columns: tuple[Result, ...] = ()
    """One result for each metric column, naming it; empty for one row a value."""
    rows: tuple[tuple[Result, tuple[Result | None, ...]], ...] = ()
    has_model: bool = False
    has_task: bool = False
    has_dataset: bool = False
    has_details: bool = False
    common: tuple[tuple[str, str], ...] = ()
    """Details that all results share, said once."""
    common_url: str = ""


def collect_results(card: Card, vocabulary: Vocabulary | None = None) -> tuple[Result, ...]:
    """Every metric value that the card states, of `model-index` and of its files, by the names of `vocabulary`."""
    vocabulary = vocabulary or built_in()
    return (*_index_results(card, vocabulary), *_file_results(card, vocabulary))


def _index_results(card: Card, vocabulary: Vocabulary) -> Iterator[Result]:
    for i, entry in enumerate(card.model_index):
        for j, result in enumerate(entry.results):
            for k, metric in enumerate(result.metrics):
                path = ("model-index", i, "results", j, "metrics", k)
                yield from _make_results(card, path, metric, entry.name or "", result, vocabulary)


def _file_results(card: Card, vocabulary: Vocabulary) -> Iterator[Result]:
    named = [file.name for file in card.files]
    for i, file in enumerate(card.files):
        for k, metric in enumerate(file.metrics):
            evaluated = EvalResult.model_validate({"dataset": {"name": metric.dataset}})
            model = _file_label(file, named.count(file.name) > 1) if len(card.files) > 1 else ""
            for result in _make_results(card, ("files", i, "metrics", k), metric, model, evaluated, vocabulary):
                yield replace(result, file=_file_name(file))


def _file_label(file: ModelFile, ambiguous: bool) -> str:
    return (_file_name(file) if ambiguous else "") or file.name or _file_name(file)


def _file_name(file: ModelFile) -> str:
    return (file.path or file.url or "").rstrip("/").rsplit("/", 1)[-1]


def _make_results(
    card: Card, path: Path, metric: Metric, model: str, result: EvalResult, vocabulary: Vocabulary
) -> Iterator[Result]:
    data = result.dataset
    name = metric.name or metric.type or ""
    dataset = data.name or data.type or ""
    url = next((link for key, link in card.dataset_links.items() if key in (data.name, data.type) and link), "")
    details = tuple(_details(metric, result))
    common = (model, result.task.name or result.task.type or "", dataset, url)
    # A metric without a value is shown too: that it was meant is all that is known.
    for part, value in list(_values(metric.value)) or ([("", "")] if name else []):
        quantity = parse_quantity(value)
        label = f"{name} {part}".strip()
        kind = vocabulary.name_metric(label)[0] or vocabulary.name_metric(metric.type or "")[0]
        unit = quantity.unit or ("%" if "%" in name else "")
        comparison = compare(label, metric, result, quantity, card.pipeline_tag or "", vocabulary)
        better = kind.better if kind else None
        yield Result(
            path, *common, label, quantity, unit, better, details, result.source.url or "", comparison=comparison
        )


def _values(value: object) -> Iterator[tuple[str, str]]:
    """The values of one `value`, which real cards also write as a list or a mapping."""
    if isinstance(value, dict):
        for key, inner in value.items():
            for part, text in _values(inner):
                yield f"{key} {part}".strip(), text
    elif isinstance(value, list):
        yield "", ", ".join(text for item in value for _, text in _values(item))
    elif value is not None:
        yield "", str(value)


def _details(metric: Metric, result: EvalResult) -> Iterator[tuple[str, str]]:
    data = result.dataset
    named: list[tuple[str, object]] = [
        ("task", result.task.type if result.task.name else None),
        ("dataset", data.type if data.name else None),
        ("config", data.config),
        ("split", data.split),
        ("revision", data.revision),
        ("args", data.args),
        ("metric", metric.type if metric.name and metric.type != metric.name else None),
        ("metric config", metric.config),
        ("metric args", metric.args),
        ("source", result.source.name or result.source.url),
    ]
    for part in (metric, data, result.task, result.source, result):
        named += (part.model_extra or {}).items()
    for key, value in named:
        if value not in (None, "", [], {}):
            yield key, flatten(value)


def lay_out(results: tuple[Result, ...], name: str) -> BenchmarkTable:
    """The table for these results of the card called `name`."""
    models = {result.model for result in results}
    common = tuple(pair for pair in results[0].details if all(pair in r.details for r in results)) if results else ()
    urls = {result.details_url for result in results}
    results = tuple(_without(result, common, len(urls) == 1) for result in results)
    if len(models) == 1:
        # One model needs no column; its name is said when it is another than the card's.
        said = [("model", model)] if (model := models.pop()) not in ("", name) else []
        said += [("file", file) for file in dict.fromkeys(r.file for r in results) if file not in ("", model)]
        common = (*said, *common)
        results = tuple(replace(result, model="", file="") for result in results)
    columns: dict[tuple[str, str], Result] = {}
    rows: dict[tuple[object, ...], list[Result]] = {}
    for result in results:
        columns.setdefault((result.metric, result.unit), result)
        rows.setdefault((result.model, result.task, result.dataset, result.details), []).append(result)
    keys = [{(r.metric, r.unit) for r in row} for row in rows.values()]
    filled = sum(len(key) for key in keys)
    wide = (
        len(columns) <= MAX_METRIC_COLUMNS
        and filled == len(results)
        and filled > 0.7 * len(columns) * len(rows)
        and not any(r.details or r.details_url for r in results)
    )
    return BenchmarkTable(
        results,
        tuple(columns.values()) if wide else (),
        tuple((row[0], _spread(row, tuple(columns))) for row in rows.values()) if wide else (),
        has_model=any(r.model for r in results),
        has_task=any(r.task for r in results),
        has_dataset=any(r.dataset for r in results),
        has_details=any(r.details or r.details_url for r in results),
        common=common,
        common_url=urls.pop() if len(urls) == 1 else "",
    )


def _without(result: Result, common: tuple[tuple[str, str], ...], one_url: bool) -> Result:
    details = tuple(pair for pair in result.details if pair not in common)
    return replace(result, details=details, details_url="" if one_url else result.details_url)


def _spread(row: list[Result], columns: tuple[tuple[str, str], ...]) -> tuple[Result | None, ...]:
    return tuple(next((r for r in row if (r.metric, r.unit) == column), None) for column in columns)


def pick_headline(results: tuple[Result, ...]) -> Result | None:
    """The result a catalogue shows: the first with a number and a known direction, else the first with a number."""
    known = [r for r in results if r.value.number is not None]
    return next((r for r in known if r.better), known[0] if known else None)
