"""The leaderboards: one page for each metric on each dataset, and the page of them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath

from markupsafe import Markup

from cardwright.addresses import Addresses
from cardwright.benchmarks import Result
from cardwright.boards import BOARDS_URI, Board, Boards, Row, Table, find_boards, find_front
from cardwright.boards.plot import Point, draw_plot, format_number
from cardwright.entry import Entry
from cardwright.gfm import permalink_html
from cardwright.pages import Page, PageStyle, find_headings
from cardwright.render import render
from cardwright.sections.structure import format_bytes

MAX_ROWS = 75
"""Results that a page shows; each of its tables shows some of its best."""
MIN_ROWS = 5
MAX_TABLES = 8
MAX_ROWS_OF_CARD = 20
MAX_UNRANKED = 10
MAX_NAME = 70
MAX_DETAILED = 150
"""Leaderboards up to which the page of all says what is best on each."""
MAX_UNKNOWN = 20

NOTES = ("revision", "date", "verified")
"""Details of a result that do not keep it from being compared."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a model costs, counted in its file."""

    key: str
    label: str
    value: Callable[[Row], int | None]
    show: Callable[[float], str]
    plotted: bool = True


def format_count(number: float) -> str:
    """A count in three digits: `25.6 M`."""
    for size, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return (
                f"{number / size:.3g}\u00a0{prefix}" if number < size * 999.5 else f"{number / size:,.0f}\u00a0{prefix}"
            )
    return f"{number:.3g}"


def _format_size(number: float) -> str:
    return format_bytes(round(number)).replace(" ", "\u00a0").replace(".0\u00a0", "\u00a0")


MEASURES: tuple[Measure, ...] = (
    Measure("parameters", "Parameters", lambda row: row.parameters, format_count),
    Measure("macs", "MACs", lambda row: row.macs, format_count),
    Measure("size", "File size", lambda row: row.size_bytes, _format_size),
    Measure("depth", "Depth", lambda row: row.depth, lambda number: f"{number:,.0f}", plotted=False),
)
"""Columns, and the plots of those that are plotted."""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as text."""

    row: Row
    card: str
    """Address of the card's benchmarks."""
    name: str
    variant: str
    reading: str
    """The number it is compared by, where that is another than the one that is written."""
    cells: tuple[tuple[Measure, str, bool], ...]
    """Each measure with its text, and whether the row is on its front."""
    source: str
    source_url: str
    place: str
    """Where the value stands: file and line."""
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table of a page."""

    table: Table
    title: str
    rows: tuple[ShownRow, ...]
    measures: tuple[Measure, ...]
    unranked: tuple[ShownRow, ...]
    plots: tuple[tuple[Markup, str], ...]
    """Each with the names on its front."""


def make_leaderboards(entries: tuple[Entry, ...], addresses: Addresses, style: PageStyle) -> tuple[Page, ...]:
    """The page `/benchmarks/` and those of the leaderboards."""
    found = find_boards(entries)
    return (_make_index(found, addresses, style), *(_make_page(board, addresses, style) for board in found.boards))


def _make_index(found: Boards, addresses: Addresses, style: PageStyle) -> Page:
    uri = f"{BOARDS_URI}/index"
    by_task = sorted(
        found.boards, key=lambda board: (board.tables[0].of.task.casefold() or "~", board.dataset.casefold())
    )
    groups = [
        (task, [(name, list(some)) for name, some in groupby(boards, key=lambda board: board.dataset)])
        for task, boards in groupby(by_task, key=lambda board: board.tables[0].of.task)
    ]
    html = render(
        "boards.html",
        found=found,
        groups=groups,
        detailed=len(found.boards) <= MAX_DETAILED,
        unknown=found.unknown[:MAX_UNKNOWN],
        address=lambda board: addresses.link(uri, addresses.view(board.uri)),
        permalink=lambda identifier: permalink_html(identifier, style.permalink),
        clip=clip,
    )
    description = f"{len(found.boards)} leaderboards of the models of this site." if found.boards else ""
    return Page(uri, "Benchmarks", description, html, tuple(find_headings(html)))


def _make_page(board: Board, addresses: Addresses, style: PageStyle) -> Page:
    title = clip(f"{board.metric} on {board.dataset}", 2 * MAX_NAME)
    better = board.tables[0].of.better or ""
    html = render(
        "board.html",
        board=board,
        title=title,
        better=better,
        tables=list(_show_tables(board, addresses)),
        more_tables=max(len(board.tables) - MAX_TABLES, 0),
        index=addresses.link(board.uri, addresses.view(f"{BOARDS_URI}/index")),
        permalink=lambda identifier: permalink_html(identifier, style.permalink),
        format_number=format_number,
    )
    description = f"Results of {board.cards} models: {title}. {better.capitalize()} is better."
    return Page(board.uri, title, description, html, tuple(find_headings(html)), below=f"{BOARDS_URI}/index")


def _show_tables(board: Board, addresses: Addresses) -> Iterator[ShownTable]:
    left = MAX_ROWS
    for table in board.tables[:MAX_TABLES]:
        rows = tuple(_choose(table.rows, max(left, MIN_ROWS)))
        left -= len(rows)
        measures = tuple(m for m in MEASURES if any(m.value(row) for row in rows))
        fronts = {
            m.key: find_front(rows, m.value, table.of.better or "") if m.plotted else frozenset() for m in measures
        }
        shown = tuple(
            _show(row, board, addresses, tuple((m, _cell(m, row), at in fronts[m.key]) for m in measures))
            for at, row in enumerate(rows)
        )
        plots = (_plot(m, shown, table, fronts[m.key]) for m in measures if m.plotted)
        yield ShownTable(
            table,
            _describe(table),
            shown,
            measures,
            tuple(_show(row, board, addresses, ()) for row in table.unranked[:MAX_UNRANKED]),
            tuple(plot for plot in plots if plot[0]),
        )


def _choose(rows: Iterable[Row], most: int) -> Iterator[Row]:
    """The best, but no card alone fills a page."""
    seen: Counter[str] = Counter()
    for row in rows:
        seen[row.entry.slug] += 1
        if seen[row.entry.slug] <= MAX_ROWS_OF_CARD:
            yield row
            most -= 1
        if not most:
            return


def _describe(table: Table) -> str:
    """Under which conditions: `Image classification, validation split`."""
    of = table.of
    split = f"{of.split} split" if of.split else "split not stated"
    config = f"configuration {of.config}" if of.config else ""
    unit = f"in {of.unit}" if of.unit not in ("", "%") else ""
    parts = (of.task, config, split, of.settings, unit)
    return clip(", ".join(part for part in parts if part), 2 * MAX_NAME)


def _show(row: Row, board: Board, addresses: Addresses, cells: tuple[tuple[Measure, str, bool], ...]) -> ShownRow:
    result, entry = row.result, row.entry
    details = dict(result.details)
    url = result.details_url
    is_link = url.startswith(("http://", "https://"))
    mark = entry.mark((*result.path, "value"))
    return ShownRow(
        row,
        addresses.link(board.uri, addresses.page(entry.slug)) + "#benchmarks",
        clip(entry.name),
        clip(_variant(row)),
        f"{format_number(row.number)} {result.comparison.unit}".strip()
        if result.comparison and row.number is not None and row.number != result.value.number
        else "",
        cells,
        clip(details.get("source", "") or url),
        url if is_link else "",
        f"{PurePosixPath(mark.path or entry.path).name}, line {mark.line}",
        tuple(_notes(result, details)),
    )


def _notes(result: Result, details: Mapping[str, str]) -> Iterator[str]:
    if result.comparison and result.comparison.split_assumed:
        yield "split not stated"
    yield from (f"{key} {clip(details[key], 40)}" for key in NOTES if key in details)


def _variant(row: Row) -> str:
    """Which of the card's variants or files."""
    model = row.result.model
    if model and model != row.entry.name:
        return model
    return row.file.path if row.file and len(row.entry.files) > 1 else ""


def _cell(measure: Measure, row: Row) -> str:
    value = measure.value(row)
    return measure.show(value) if value else ""


def _plot(measure: Measure, shown: tuple[ShownRow, ...], table: Table, front: frozenset[int]) -> tuple[Markup, str]:
    points = [
        Point(value, each.row.number, each.name, each.row.rank, at in front)
        for at, each in enumerate(shown)
        if each.row.number is not None and (value := measure.value(each.row))
    ]
    unit = f" ({table.of.unit})" if table.of.unit else ""
    plot = draw_plot(
        points, measure.label, clip(f"{table.of.metric}{unit}", 48), measure.show, f"{table.anchor}-{measure.key}"
    )
    best = [f"{point.rank}\u00a0{point.name}" for point in sorted(points, key=lambda p: p.x) if point.front]
    more = f" and {len(best) - 8} more" if len(best) > 8 else ""
    return plot, ", ".join(best[:8]) + more


def clip(text: str, most: int = MAX_NAME) -> str:
    """Text of a card, on one line of bounded length."""
    text = " ".join(text[: 4 * most].split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
