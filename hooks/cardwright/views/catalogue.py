"""The catalogue: all cards, a row each, a hundred rows a page. Its script finds, filters and sorts in `index.json`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from cardwright.addresses import ASSETS_URI, Addresses
from cardwright.entry import Entry
from cardwright.memo import Again
from cardwright.pages import Page, PageStyle, find_headings
from cardwright.render import render
from cardwright.rows import LARGEST, SIZE_CLASSES, Row, make_rows

ROWS_A_PAGE = 100
"""A page stays below 100 kB; without JavaScript, its links lead through all of them."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table."""

    name: str
    """What the script and the address call it."""
    label: str
    has: Callable[[Row], object]
    """Whether a row has something there; a column that is empty in all rows is left out."""
    number: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("task", "Task", lambda row: row.task),
    Column("dataset", "Dataset", lambda row: row.datasets),
    Column("result", "Result", lambda row: row.headline),
    Column("parameters", "Parameters", lambda row: row.facts, number=True),
    Column("macs", "MACs", lambda row: row.facts and row.facts.macs, number=True),
    Column("size", "File size", lambda row: row.facts, number=True),
    Column("license", "Licence", lambda row: row.license),
)

FACETS: tuple[tuple[str, str, Callable[[Row], object]], ...] = (
    ("task", "Task", lambda row: row.task),
    ("datasets", "Dataset", lambda row: row.datasets),
    ("license", "Licence", lambda row: row.license),
    ("file_formats", "Format", lambda row: row.file_formats),
    ("library", "Library", lambda row: row.library),
    ("precision", "Precision", lambda row: row.precision),
    ("size_class", "Size", lambda row: row.size_class),
    ("checked", "Checked", lambda row: row.checked != "unchecked"),
)
"""Key of index.json, label, and whether a row has something there; a facet without values is left out."""


def make_catalogue(entries: tuple[Entry, ...], addresses: Addresses, style: PageStyle) -> tuple[Page, ...]:
    """The pages `/models/`, `/models/pages/2/` and so on."""
    rows = make_rows(entries)
    columns = tuple(column for column in COLUMNS if any(map(column.has, rows)))
    facets = tuple((key, label) for key, label, has in FACETS if any(map(has, rows)))
    chunks = [rows[start : start + ROWS_A_PAGE] for start in range(0, len(rows), ROWS_A_PAGE)] or [()]
    uris = [_uri(addresses, number) for number in range(1, len(chunks) + 1)]
    return tuple(
        _PAGE(number, uris, chunk, len(rows), columns, facets, addresses) for number, chunk in enumerate(chunks, 1)
    )


def _uri(addresses: Addresses, number: int) -> str:
    return f"{addresses.models_uri}/{'index' if number == 1 else f'pages/{number}'}"


def _make_page(
    number: int,
    uris: list[str],
    rows: tuple[Row, ...],
    total: int,
    columns: tuple[Column, ...],
    facets: tuple[tuple[str, str], ...],
    addresses: Addresses,
) -> Page:
    uri = uris[number - 1]

    def link(target: str) -> str:
        return addresses.link(uri, target)

    # What the script needs to write rows and addresses as this page does.
    settings = {
        "index": link(f"{addresses.models_uri}/index.json"),
        "page": link(addresses.page("SLUG")),
        "compare": link(addresses.view("compare")),
        "columns": [column.name for column in columns],
        "sizes": [*(label for _, label in SIZE_CLASSES), LARGEST],
    }
    html = render(
        "catalogue.html",
        rows=[(row, link(addresses.page(row.entry.slug))) for row in rows],
        total=total,
        columns=columns,
        facets=facets,
        number=number,
        pages=[link(addresses.view(other)) for other in uris],
        settings=json.dumps(settings),
        script=link(f"{ASSETS_URI}/catalogue.js"),
        json_address=settings["index"],
    )
    title = "Models" if number == 1 else f"Models, page {number}"
    description = f"All {total} models of this site."
    below = uris[0] if number > 1 else ""
    return Page(uri, title, description, html, tuple(find_headings(html)), is_searched=not below, below=below)


_PAGE = Again(_make_page, key=lambda number, *_: number)
