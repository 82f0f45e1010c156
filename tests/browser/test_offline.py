"""A site built with Material's plugin `offline`, opened as files: search, catalogue, comparison, and every link."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_browser import make_site
from tests.browser.test_csp import watch
from tests.conftest import Seen
from tests.sites import ROOT, Links

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a folder, 100%")
    shutil.copytree(ROOT / "cards", folder / "cards")
    cards: dict[str, str | bytes] = {
        "wren/README.md": "---\nmodel_name: Wren <b>\n---\n[data](card.json.js)\n",
        "wren/card.json": b"{}",
        "wren/card.json.js": b"document.currentScript.answer = '{}'",
        "zaunkönig +1/README.md": "---\nmodel_name: Zaunkönig\n---\n",
    }
    plugins = ["search", {"offline": {"enabled": True}}]
    return make_site(folder, cards, plugins=plugins)


def test_search_finds_a_card(site: Path, page: Page, seen: Seen) -> None:
    forbidden, _ = watch(page.context)
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("zaunkönig")
    page.locator(".md-search-result__item").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("h="))
    expect(page.locator("h1")).to_contain_text("Zaunkönig")
    assert (forbidden, seen.errors, seen.hosts) == ([], [], set())


def test_models_are_found_and_compared(site: Path, page: Page, seen: Seen) -> None:
    forbidden, _ = watch(page.context)
    page.goto((site / "models/index.html").as_uri())
    page.get_by_label("Find models").fill("wren")
    expect(page.get_by_role("status")).to_have_text("1 of 6 models")
    page.get_by_role("checkbox", name="Compare Wren <b>").press("Space")
    page.get_by_label("Find models").fill("zaun")
    page.get_by_role("checkbox", name="Compare Zaunkönig").press("Space")
    page.get_by_role("link", name="Compare 2 models").click()
    expect(page.get_by_role("status")).to_have_text("2 models side by side.")
    page.get_by_label("Add a model").fill("MobileNetV2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("3 models side by side.")
    page.get_by_role("link", name="Wren <b>").click()
    expect(page.locator("h1")).to_contain_text("Wren <b>")
    assert (forbidden, seen.hosts) == ([], set())
    # Wren has a card.json of its own, which is asked for first; a browser tells of each file that is not there.
    assert not [error for error in seen.errors if "ERR_FILE_NOT_FOUND" not in error]


def test_every_link_leads_to_a_file(site: Path) -> None:
    """Not to a folder, of which a browser shows a list, and to no viewer that cannot read files."""
    for path in site.rglob("*.html"):
        if path.name != "404.html":
            urls = [url.split("#")[0].split("?")[0] for url in Links(path.read_text()).urls]
            assert not [url for url in urls if url.endswith("/") or url in (".", "..") or "netron" in url], path
    assert "unpkg.com" not in (site / "index.html").read_text()
