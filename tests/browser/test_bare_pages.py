"""`cardwright render --form page`: pages that work by themselves, with no theme and no generator around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, expect

from cardwright.cli import main
from tests.browser.test_browser import Serve
from tests.conftest import Seen
from tests.sites import ROOT

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, serve_folder: Serve) -> Iterator[str]:
    out = tmp_path_factory.mktemp("bare") / "out"
    done = CliRunner().invoke(main, ["render", str(out), "--form", "page", "--config", str(ROOT / "mkdocs.yml")])
    assert done.exit_code == 0, done.output
    with serve_folder(out) as url:
        yield url


def test_find_a_model_and_open_it(site: str, page: Page, seen: Seen) -> None:
    page.goto(f"{site}models/")
    page.get_by_label("Find models").fill("mobile")
    expect(page.get_by_role("status")).to_have_text("1 of 4 models")
    page.get_by_role("link", name="MobileNetV2").first.click()
    expect(page).to_have_title(re.compile("MobileNetV2"))
    expect(page.get_by_role("button", name=re.compile("Copy")).first).to_be_visible()
    page.get_by_role("navigation").get_by_role("link", name="Benchmarks").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Benchmarks"))
    assert (seen.hosts, seen.errors) == ({"127.0.0.1"}, [])


def test_on_a_phone_nothing_is_beside_the_screen(site: str, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    for name in ("models/", "models/resnet50-v2/", "benchmarks/", "compare/?m=resnet50", "references/"):
        page.goto(f"{site}{name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
