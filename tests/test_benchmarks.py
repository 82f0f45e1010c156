"""Metric values: `data/benchmarks/quantities.txt` has one a line, `splits.txt` cells, `metrics.txt` names.

`datasets.txt` has columns that name a dataset, `evaluated.txt` sentences that do.

A benchmark table is a card `data/benchmarks/tables/<case>.md` with the table as text in `<case>.txt`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardwright.benchmarks import (
    BenchmarkTable,
    Result,
    collect_results,
    lay_out,
    parse_quantity,
    pick_headline,
    split_values,
)
from cardwright.benchmarks.datasets import find_evaluated, split_dataset
from cardwright.benchmarks.metrics import find_metric
from cardwright.card import Card
from cardwright.sources.huggingface import split_front_matter
from cardwright.validate import validate_card
from cardwright.yamlmarks import read_yaml

DATA = Path(__file__).parent / "data" / "benchmarks"
TABLES = sorted(path.stem for path in (DATA / "tables").glob("*.md"))
NOTHING = "-"


def read_rows(name: str) -> list[list[str]]:
    """The lines of a data file, their fields between tabs; a line that begins with # is a comment."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("# ")]


def test_there_are_cases() -> None:
    assert len(read_rows("quantities.txt")) >= 60
    assert len(read_rows("splits.txt")) >= 15
    assert len(read_rows("metrics.txt")) >= 30
    assert len(TABLES) >= 12


# Values --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "number", "unit", "spread"), read_rows("quantities.txt"))
def test_quantity(text: str, number: str, unit: str, spread: str) -> None:
    quantity = parse_quantity(text)
    assert quantity.text == text
    assert quantity.number == (None if number == NOTHING else float(number))
    assert quantity.unit == ("" if unit == NOTHING else unit)
    assert quantity.spread == (None if spread == NOTHING else float(spread))


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e200, max_value=1e200))
def test_any_number_is_read(number: float) -> None:
    assert parse_quantity(repr(number)).number == number


@given(st.integers(-(10**12), 10**12))
def test_any_grouped_number_is_read(number: int) -> None:
    assert parse_quantity(f"{number:,}").number == number
    assert parse_quantity(f"{number:,} ms").unit == "ms"


PIECES = st.sampled_from([*"0123456789.,+-−eE%±<>~≤= \n:;", "+/-", "NA", "ms", "top-1", " of ", "nan", "inf", "1e999"])
TEXTS = st.text() | st.lists(PIECES, max_size=20).map("".join)


@given(TEXTS)
@settings(max_examples=500, deadline=None)
def test_any_text_is_a_quantity(text: str) -> None:
    quantity = parse_quantity(text)
    assert quantity.text == text
    if quantity.number is not None:
        assert abs(quantity.number) < float("inf")
        assert any(character.isdigit() for character in text)


@given(TEXTS, TEXTS)
@settings(max_examples=500, deadline=None)
def test_any_cell_is_split_without_loss(cell: str, header: str) -> None:
    values = split_values(cell, header)
    assert values
    # Names may bring more digits, of the header.
    shown = iter("".join(name + value for name, value in values))
    assert all(digit in shown for digit in cell if digit.isdigit())


def test_long_texts_are_read_fast() -> None:
    for piece in (
        "1",
        "1,111",
        "mAP 1 ",
        "1 (a) ",
        "1 / ",
        "1&",
        "a|",
        "a:",
        "1;",
        "-",
        ".",
        "a 1, ",
        " ",
        "=",
        "1e",
        "of ",
    ):
        parse_quantity(piece * 50_000)
        split_values(piece * 50_000, "x")


@pytest.mark.parametrize("row", read_rows("splits.txt"), ids=lambda row: row[0])
def test_split_values(row: list[str]) -> None:
    cell, header, *expected = row
    values = split_values(cell.replace("\\n", "\n"), header)
    assert [f"{name} = {value}" for name, value in values] == expected


# Metrics -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "known_as", "better"), read_rows("metrics.txt"))
def test_metric(name: str, known_as: str, better: str) -> None:
    metric = find_metric(name)
    assert (metric.name if metric else NOTHING) == known_as
    assert (metric.better if metric else NOTHING) == better


def test_no_spelling_stands_for_two_metrics() -> None:
    text = resources.files("cardwright.benchmarks").joinpath("metrics.toml").read_text(encoding="utf-8")
    for row in tomllib.loads(text)["metric"]:
        for spelling in (row["name"], *row["spellings"]):
            metric = find_metric(spelling)
            assert metric is not None and metric.name == row["name"], spelling


# Datasets ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("column", "metric", "dataset"), read_rows("datasets.txt"))
def test_column_with_a_dataset(column: str, metric: str, dataset: str) -> None:
    assert [part or NOTHING for part in split_dataset(column)] == [metric, dataset]


@pytest.mark.parametrize("row", read_rows("evaluated.txt"), ids=lambda row: row[0][:40])
def test_sentence_with_a_dataset(row: list[str]) -> None:
    sentence, *expected = row
    assert list(find_evaluated(sentence) or (NOTHING,)) == expected


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_any_text_may_name_a_dataset(text: str) -> None:
    _, dataset = split_dataset(text)
    assert dataset in text
    assert all(name in " ".join(text.split()) for name in find_evaluated(text))


def test_datasets_are_found_fast() -> None:
    for piece in ("COCO ", "on the ", "on X ", "on A A A A ", "2017 ", "test-", "val_", "COCO(2017", "v1.1", "A of "):
        find_evaluated(piece * 20_000)
        split_dataset(piece * 20_000)


# Tables --------------------------------------------------------------------------------------------------------------


def read_card(case: str) -> tuple[Card, str]:
    front, first_line, _, _ = split_front_matter((DATA / "tables" / f"{case}.md").read_text(encoding="utf-8"))
    fields, _ = read_yaml(front, first_line)
    assert fields is not None
    card = validate_card(fields)[0]
    return card, card.model_name or ""


def show_result(result: Result) -> str:
    number = NOTHING if result.value.number is None else f"{result.value.number:g}"
    return f"{result.value.text} [{number}{f' {result.unit}' if result.unit else ''}]"


def show_head(result: Result) -> str:
    return f"{result.metric}{f' ({result.unit})' if result.unit else ''}{f' {result.better}' if result.better else ''}"


def show_table(table: BenchmarkTable) -> Iterator[str]:
    """A line for what all share, one for the columns, one for each row."""
    if table.common or table.common_url:
        yield "all: " + "; ".join([*(f"{key} {value}" for key, value in table.common), table.common_url])
    lead = [name for name in ("model", "task", "dataset") if getattr(table, f"has_{name}")]
    if table.columns:
        yield " | ".join([*lead, *map(show_head, table.columns)])
        for first, cells in table.rows:
            values = [show_result(cell) if cell else "" for cell in cells]
            yield " | ".join([*(getattr(first, name) for name in lead), *values])
        return
    yield " | ".join([*lead, "metric", "value", *(["details"] if table.has_details else [])])
    for result in table.results:
        details = ["; ".join([*(f"{k} {v}" for k, v in result.details), result.details_url])]
        row = [*(getattr(result, name) for name in lead), show_head(result), show_result(result)]
        yield " | ".join([*row, *(details if table.has_details else [])])


def show_case(case: str) -> str:
    card, name = read_card(case)
    results = collect_results(card)
    headline = pick_headline(results)
    lines = [*show_table(lay_out(results, name)), f"headline: {show_head(headline) if headline else NOTHING}"]
    return "\n".join(line.rstrip() for line in lines) + "\n"


@pytest.mark.parametrize("case", TABLES)
def test_table(case: str) -> None:
    assert show_case(case) == (DATA / "tables" / f"{case}.txt").read_text(encoding="utf-8")


def identify(result: Result) -> str:
    return f"{result.path} {result.metric} {result.value.text}"


@pytest.mark.parametrize("case", TABLES)
def test_table_holds_every_result_once(case: str) -> None:
    card, name = read_card(case)
    results = collect_results(card)
    table = lay_out(results, name)
    shown = [cell for _, cells in table.rows for cell in cells if cell] if table.columns else list(table.results)
    assert sorted(map(identify, shown)) == sorted(map(identify, results))


METRICS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["accuracy", "f1", "top-1"]),
        "name": st.sampled_from(["Accuracy", "F1", "Top-1 (%)"]),
        "value": st.sampled_from(["1", "0.5%", "NA", None, ["1", "2"], {"a": "1", "b": {"c": "2"}}]),
        "config": st.sampled_from(["x", "y"]),
    },
)
RESULTS = st.fixed_dictionaries(
    {"metrics": st.lists(METRICS, max_size=4)},
    optional={"dataset": st.sampled_from(["d", {"name": "e", "split": "test"}]), "task": st.just("t")},
)


@given(st.lists(st.fixed_dictionaries({"name": st.sampled_from("ab"), "results": st.lists(RESULTS)}), max_size=3))
@settings(max_examples=200, deadline=None)
def test_any_results_are_laid_out_without_loss(index: list[object]) -> None:
    results = collect_results(Card.model_validate({"model-index": index}))
    table = lay_out(results, "a")
    shown = [cell for _, cells in table.rows for cell in cells if cell] if table.columns else list(table.results)
    assert len(shown) == len(results)
    assert all(len(cells) == len(table.columns) for _, cells in table.rows)


def test_spaces_by_the_hundred_are_one() -> None:
    assert parse_quantity(" " * 190 + "0.93").number == 0.93
    assert parse_quantity("24.7" + "\r\n" * 90 + "%").unit == "%"
    assert parse_quantity("\r\n" * 90 + "a = ~ 0.93").number is None
