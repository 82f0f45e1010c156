"""Finding, filtering, sorting and comparing models in a browser, with the keyboard alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_browser import Serve, Served, make_site
from tests.conftest import Seen
from tests.npm_tools import run_axe
from tests.sites import ROOT

pytestmark = pytest.mark.browser

MANY = 130


def make_card(number: int) -> str:
    metric = {"type": "accuracy", "value": str(number / 1000)}
    fields = {
        "model_name": f"Wren {number}" if number else "Zürich & <b>bold</b>",
        "pipeline_tag": "image-classification" if number % 2 else "translation",
        "license": ["mit", "apache-2.0", "other"][number % 3],
        "datasets": [f"data-{number % 7}"],
        "model-index": [{"results": [{"dataset": {"name": "birds"}, "metrics": [metric]}]}],
    }
    return f"---\n{json.dumps(fields)}\n---\nText.\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, serve_folder: Serve) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("catalogue")
    shutil.copytree(ROOT / "cards", folder / "cards")
    cards: dict[str, str | bytes] = {f"wren-{number:03}/README.md": make_card(number) for number in range(MANY)}
    built = make_site(folder, cards)
    with serve_folder(built) as url:
        yield Served(built, url)


def names(page: Page) -> list[str]:
    return page.locator(".cw-models tbody th a").all_inner_texts()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_words_find_models_as_they_are_typed(site: Served, page: Page, seen: Seen) -> None:
    page.goto(f"{site.url}models/")
    page.get_by_label("Find models").focus()
    page.keyboard.type("zurich bold")
    expect(page.get_by_role("status")).to_have_text(f"1 of {MANY + 4} models")
    assert names(page) == ["Zürich & <b>bold</b>"]
    assert page.url.endswith("?find=zurich+bold")
    page.keyboard.type(" nothing like it")
    expect(page.get_by_role("status")).to_contain_text("0 of")
    assert (seen.hosts, seen.errors) == ({"127.0.0.1"}, [])


def test_filters_and_order_by_keyboard_are_in_the_address(site: Served, page: Page) -> None:
    page.goto(f"{site.url}models/")
    page.locator("summary", has_text="Task").focus()
    press(page, "Enter")
    page.get_by_role("checkbox", name="translation").focus()
    press(page, "Space", "Escape")
    expect(page.get_by_role("status")).to_have_text(f"65 of {MANY + 4} models")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.get_by_role("button", name="Result").focus()
    press(page, "Enter")
    expect(page.get_by_role("columnheader", name="Result")).to_have_attribute("aria-sort", "ascending")
    assert names(page)[:3] == ["Wren 128", "Wren 126", "Wren 124"]
    assert page.url.split("?")[1] == "task=translation&sort=result"
    shared = page.url
    page.goto("about:blank")
    page.goto(shared)
    expect(page.get_by_role("status")).to_have_text(f"65 of {MANY + 4} models")
    assert names(page)[:2] == ["Wren 128", "Wren 126"]
    page.get_by_role("button", name="Remove the filter Task: translation").press("Enter")
    expect(page.get_by_role("status")).to_have_text(f"{MANY + 4} of {MANY + 4} models")


def test_numbers_sort_with_the_missing_last(site: Served, page: Page) -> None:
    page.goto(f"{site.url}models/?sort=-parameters")
    expect(page.get_by_role("columnheader", name="Parameters")).to_have_attribute("aria-sort", "descending")
    assert names(page)[:4] == ["ResNet50", "ResNet-50", "ResNet50-v2", "MobileNetV2"]
    page.get_by_role("button", name="Parameters").press("Enter")
    expect(page.get_by_role("columnheader", name="Parameters")).to_have_attribute("aria-sort", "ascending")
    assert names(page)[0] == "MobileNetV2"


def test_rows_of_the_script_are_those_of_the_page(site: Served, page: Page) -> None:
    rows = "all => all.map(row => row.innerText)"
    page.goto(f"{site.url}models/")
    built = page.locator(".cw-models tbody tr").evaluate_all(rows)
    page.goto(f"{site.url}models/?sort=title")
    expect(page.get_by_role("status")).to_contain_text("models")
    assert page.locator(".cw-models tbody tr").evaluate_all(rows) == built


def test_more_rows_follow(site: Served, page: Page) -> None:
    page.goto(f"{site.url}models/?find=wren")
    expect(page.get_by_role("status")).to_contain_text(f"{MANY} of")
    assert len(names(page)) == 100
    page.get_by_role("button", name="Show 30 more").press("Enter")
    expect(page.locator(".cw-models tbody tr")).to_have_count(MANY)
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 101


def test_four_models_are_compared_by_keyboard(site: Served, page: Page, seen: Seen) -> None:
    page.goto(f"{site.url}models/?find=resnet")
    expect(page.get_by_role("status")).to_contain_text("3 of")
    for name in ("ResNet50", "ResNet-50", "ResNet50-v2"):
        page.get_by_role("checkbox", name=f"Compare {name}", exact=True).press("Space")
    page.get_by_role("link", name="Compare 3 models").press("Enter")
    expect(page.get_by_role("status")).to_have_text("3 models side by side.")
    page.get_by_label("Add a model").focus()
    page.keyboard.type("mobilenetv2")
    press(page, "Enter")
    expect(page.get_by_role("status")).to_have_text("4 models side by side.")
    table = page.get_by_role("table")
    assert table.locator("thead a").all_inner_texts()[3] == "MobileNetV2"
    assert table.get_by_role("row", name="Parameters").locator("td").all_inner_texts() == [
        "25,557,032", "25,557,032", "25,549,486", "3,504,872",
    ]  # fmt: skip
    page.get_by_label("Only what differs").press("Space")
    expect(table.get_by_role("row", name="Attention layers")).to_have_count(0)
    expect(page.get_by_label("Add a model")).to_be_hidden()
    page.get_by_role("button", name="Remove ResNet50", exact=True).press("Enter")
    expect(page.get_by_role("status")).to_have_text("3 models side by side.")
    assert (seen.hosts, seen.errors) == ({"127.0.0.1"}, [])


def test_the_best_result_is_marked(site: Served, page: Page) -> None:
    page.goto(f"{site.url}compare/?m=wren-010&m=wren-098&m=wren-050")
    row = page.get_by_role("row", name="Accuracy on birds")
    expect(row.locator("td").nth(1)).to_have_text("0.098 best")
    assert row.get_by_text("best", exact=True).count() == 1


def test_what_is_not_there_is_said(site: Served, page: Page) -> None:
    page.goto(f"{site.url}compare/?m=wren-010&m=%3Cimg%20src%3Dx%3E")
    expect(page.get_by_role("status")).to_have_text("Choose another model to compare. Not found: <img src=x>.")


def test_without_javascript_all_models_are_there(site: Served, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site.url}models/")
        found = names(page)
        assert not page.locator("#cw-tools").is_visible()
        page.get_by_role("link", name="Next").click()
        found += names(page)
        assert len(found) == len(set(found)) == MANY + 4
        page.get_by_role("link", name="Wren 99").click()
        assert page.locator("h1").inner_text().startswith("Wren 99")
        page.goto(f"{site.url}compare/")
        assert page.get_by_text("Side by side needs JavaScript").is_visible()


@pytest.mark.parametrize("path", ["models/?find=wren&sort=result", "compare/?m=resnet50&m=mobilenetv2&m=wren-001"])
def test_no_sideways_scroll_on_a_phone(site: Served, page: Page, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(site.url + path)
    expect(page.get_by_role("status")).to_contain_text("models")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_pages_stay_small(site: Served) -> None:
    sizes = {path: (Path(site.folder) / path / "index.html").stat().st_size for path in ("models", "models/pages/2")}
    assert not {path: size for path, size in sizes.items() if size > 100_000}


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_among_numbers_of_pages(tmp_path: Path, serve_folder: Serve, page: Page, width: int) -> None:
    built = make_site(tmp_path, {f"wren-{number:03}/README.md": make_card(number) for number in range(2 * MANY)})
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    with serve_folder(built) as url:
        page.goto(f"{url}models/")
        assert page.locator(".cw-pages > *").all_inner_texts() == ["1", "2", "3", "Next"]
        assert run_axe(page) == []
