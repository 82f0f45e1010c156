"""What the site's search knows of cards."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from cardwright.addresses import Addresses
from cardwright.facts import inspect
from cardwright.pages import Page, PageStyle
from cardwright.search import MAX_BYTES, SearchEntry, find_share, make_search_entry
from cardwright.site import build_site
from tests.sites import build_well, make_project, write

CARD = """\
---
model_name: Wren & <b>
summary: Sorts "birds" by their songs.
tags: [birds, Vögel]
license: mit
model-index: [{results: [{dataset: {name: Meadow}, metrics: [{type: accuracy, value: 0.9}]}]}]
---
Text that is not searched.

## What it cannot do
"""


def entries_of(site: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((site / "search/search_index.json").read_text(encoding="utf-8"))["docs"]
    return found


def make_entries(pages: Sequence[Page]) -> dict[str, SearchEntry]:
    share = find_share(len(pages))
    return {page.uri: entry for page in pages if (entry := make_search_entry(page, share))}


@pytest.mark.parametrize(("theme", "name"), [("material", "Wren &amp; &lt;b&gt;"), ("mkdocs", "Wren & <b>")])
def test_a_card_is_one_entry(tmp_path: Path, theme: str, name: str) -> None:
    docs: dict[str, str | bytes] = {"index.md": "# Home\n\nOrdinary words.\n"}
    project = make_project(tmp_path, {"wren/README.md": CARD}, docs, theme={"name": theme})
    found = entries_of(build_well(project))
    (entry,) = (each for each in found if each["location"].startswith("models/wren"))
    assert (entry["location"], entry["title"]) == ("models/wren/", name)
    for word in ('"birds" by their songs', "Vögel", "mit", "accuracy", "Meadow", "What it cannot do"):
        assert word in entry["text"]
    assert "not searched" not in entry["text"]
    assert "Ordinary words" in str([each for each in found if each["location"] == ""])


def test_a_hundred_cards_have_room_and_thousands_share_it(tmp_path: Path) -> None:
    write(tmp_path, {f"c{n}.md": CARD.replace("birds,", "birds" + str(n) + "," + "ü" * 300 + ",") for n in range(3)})
    (page, *others) = (p for p in build_site(tmp_path, "c", Addresses("m"), PageStyle(), inspect).pages if p.entry)
    pages = [page, *others]
    assert all("What it cannot do" in entry.text for entry in make_entries(pages).values())

    many = [replace(page, uri=f"models/{n:05}") for n in range(10_000)]
    entries = make_entries(many)
    docs = [{"location": f"{uri}/", "title": entry.title, "text": entry.text} for uri, entry in entries.items()]
    assert len(json.dumps(docs)) < MAX_BYTES * 1.1
    assert all(entry.text.startswith('Sorts "birds" by their songs') for entry in entries.values())


def test_only_the_first_page_of_the_catalogue_is_found(tmp_path: Path) -> None:
    write(tmp_path, {f"c{n}.md": f"# C{n}\n" for n in range(101)})
    site = build_site(tmp_path, "cards", Addresses("models"), PageStyle(), inspect)
    found = make_entries(site.pages)
    assert "models/index" in found and "models/pages/2" in {page.uri for page in site.pages} - found.keys()


def test_search_shows_no_html_of_a_card(tmp_path: Path) -> None:
    bad = "<img src=x onerror=alert(1)>"
    card = f"---\nmodel_name: '{bad}'\nsummary: '{bad}'\n---\n## Part {bad}\n{bad}\n\n`{bad}`\n"
    made = build_well(make_project(tmp_path, {"bad/README.md": card}, {"index.md": "# Home"}))
    rows = entries_of(made)
    assert len([row for row in rows if row["location"].startswith("models/bad/")]) == 1
    assert "<img" not in json.dumps(rows) and bad in unescape(json.dumps(rows))
