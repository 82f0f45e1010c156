"""The catalogue: all cards, one row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cardwright.addresses import Addresses
from cardwright.benchmarks import Result, pick_headline
from cardwright.entry import Entry
from cardwright.pages import Page, PageStyle, find_headings
from cardwright.render import render


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """What the catalogue says of a card."""

    entry: Entry
    address: str
    task: str
    datasets: tuple[str, ...]
    headline: Result | None
    license: str


COLUMNS: tuple[tuple[str, Callable[[CatalogueRow], object]], ...] = (
    ("task", lambda row: row.task),
    ("dataset", lambda row: row.datasets),
    ("result", lambda row: row.headline),
    ("facts", lambda row: row.entry.facts),
    ("license", lambda row: row.license),
)
"""Columns, and whether a row has something there; one that is empty in all rows is left out."""


def make_catalogue(entries: tuple[Entry, ...], addresses: Addresses, style: PageStyle) -> tuple[Page, ...]:
    """The page `/models/`."""
    rows = tuple(
        make_row(entry, addresses.page_from_catalogue(entry.slug))
        for entry in sorted(entries, key=lambda entry: (entry.name.casefold(), entry.slug))
    )
    html = render("catalogue.html", rows=rows, columns={name for name, has in COLUMNS if any(map(has, rows))})
    description = f"All {len(rows)} models of this site."
    return (Page(f"{addresses.models_uri}/index", "Models", description, html, tuple(find_headings(html))),)


def make_row(entry: Entry, address: str) -> CatalogueRow:
    """The row of a card, at its address."""
    datasets = dict.fromkeys([result.dataset for result in entry.results if result.dataset] or entry.card.datasets)
    task = entry.card.pipeline_tag or next((result.task for result in entry.results if result.task), "")
    license_name = entry.card.license_name or ", ".join(entry.card.license)
    return CatalogueRow(entry, address, task, tuple(datasets), pick_headline(entry.results), license_name)
