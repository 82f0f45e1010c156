"""What axe-core, Lighthouse and html-validate say of the pages."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.test_browser import Serve, Served, make_site
from tests.conftest import find_browser
from tests.npm_tools import run_axe, run_tool
from tests.sites import ROOT

pytestmark = pytest.mark.browser

KINDS = {
    "home": "",
    "catalogue": "models/?find=net&sort=-parameters",
    "card": "models/resnet50-v2/",
    "card with a publication": "models/resnet50-modelhub/",
    "references": "references/",
    "leaderboard": "benchmarks/imagenet-1k/top-1-accuracy/",
    "leaderboards": "benchmarks/",
    "comparison": "compare/?m=resnet50&m=mobilenetv2",
    "guide": "guide/onnx/",
    "reference": "reference/facts/",
}
"""One page of each kind."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, serve_folder: Serve) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("quality")
    shutil.copytree(ROOT / "cards", folder / "cards")
    built = make_site(folder, {})
    with serve_folder(built) as url:
        yield Served(built, url)


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(site: Served, page: Page, kind: str, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site.url + KINDS[kind])
    assert run_axe(page) == []


def test_the_search_index_waits_for_a_search(site: Served, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(site.url)))
    page.goto(f"{site.url}models/resnet50/")
    page.wait_for_load_state("networkidle")
    assert "search/search_index.json" not in asked
    page.keyboard.press("/")
    page.keyboard.type("mobilenet")
    page.locator(".md-search-result__item").first.wait_for()
    assert asked.count("search/search_index.json") == 1
    page.goto(f"{site.url}models/resnet50/?q=mobilenet")
    page.locator(".md-search-result__item").first.wait_for()


@pytest.mark.parametrize("kind", ["catalogue", "card"])
def test_lighthouse(site: Served, tmp_path: Path, kind: str) -> None:
    chromium = find_browser()
    assert chromium
    report = tmp_path / "report.json"
    run_tool(
        "lighthouse", site.url + KINDS[kind].split("?")[0], "--quiet", "--output=json", f"--output-path={report}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu", CHROME_PATH=chromium,
    )  # fmt: skip
    found = json.loads(report.read_text(encoding="utf-8"))
    scores = {name: round(each["score"] * 100) for name, each in found["categories"].items()}
    failed = [f"{name}: {each['title']}" for name, each in found["audits"].items() if each["score"] == 0]
    assert {name: scores[name] for name in ("accessibility", "best-practices", "seo")} == {
        "accessibility": 100, "best-practices": 100, "seo": 100,
    }, failed  # fmt: skip
    assert scores["performance"] >= 95, failed


OWN = re.compile(r'<h1 id="[\w-]+" class="cw-title">.*?</article>', re.DOTALL)
HEAD = '<!DOCTYPE html>\n<html lang="en">\n<head><title>x</title></head>\n<body>\n'
RULESETS = ["html-validate:standard", "html-validate:a11y"]


def test_own_markup_is_valid(site: Served, tmp_path: Path) -> None:
    found = [path for path in sorted(site.folder.rglob("*.html")) if OWN.search(path.read_text(encoding="utf-8"))]
    for number, path in enumerate(found):
        part = OWN.search(path.read_text(encoding="utf-8"))
        assert part
        (tmp_path / f"{number}.html").write_text(f"{HEAD}{part[0]}\n</body>\n</html>\n", encoding="utf-8")
    (tmp_path / ".htmlvalidate.json").write_text(json.dumps({"root": True, "extends": RULESETS}))
    done = run_tool("html-validate", "--formatter=text", str(tmp_path))
    assert len(found) > 5
    assert done.stdout.replace(str(tmp_path), "") == ""
