"""Netron from a folder of the site, in a real browser: it draws each example model and asks nobody but the site."""

import datetime
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from cardwright.facts import lean_model
from cardwright.structure.netron import netron_files, netron_url
from tests.conftest import Seen

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parent.parent.parent
MODELS = {path.parent.name: path for path in sorted(ROOT.glob("cards/*/*.onnx"))}
NODES = "#target svg g.node"
ODD_SLUG = "a net+100%"


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, serve_folder: Callable[[Path], AbstractContextManager[str]]
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("viewer")
    files = {file.uri: file.content for file in netron_files()}
    files |= {f"models/{slug}/structure.onnx": lean_model(path) for slug, path in MODELS.items()}
    files[f"models/{ODD_SLUG}/structure.onnx"] = files["models/resnet50/structure.onnx"]
    for uri, content in files.items():
        (folder / uri).parent.mkdir(parents=True, exist_ok=True)
        (folder / uri).write_bytes(content)
    with serve_folder(folder) as url:
        yield url


def open_model(page: Page, site: str, slug: str) -> None:
    # Netron takes `eval` away from the page, and with it all of Playwright's that runs in the page itself.
    page.goto(site + netron_url(f"models/{slug}/structure.onnx", f"{slug}.onnx"))
    expect(page.locator(NODES).nth(20)).to_be_visible(timeout=30_000)
    expect(page.locator("body")).to_have_class(re.compile(r"\bdefault\b"))
    expect(page.locator("#message-text")).not_to_be_visible()
    expect(page.locator("#logo")).not_to_be_visible()


def assert_quiet(page: Page, seen: Seen) -> None:
    """No other host, no error, and nothing that the policy forbade, which is an error of the console."""
    page.wait_for_load_state("networkidle")
    assert (seen.hosts, seen.errors) == ({"127.0.0.1"}, [])
    assert page.context.cookies() == []


@pytest.mark.parametrize("slug", [*MODELS, ODD_SLUG])
def test_model_opens(page: Page, seen: Seen, site: str, slug: str) -> None:
    open_model(page, site, slug)
    assert page.title() == f"{slug}.onnx"
    assert page.locator(NODES).filter(has_text="Conv").count() > 20
    assert_quiet(page, seen)


@pytest.mark.parametrize("days", [365, 400])
@pytest.mark.parametrize("slug", list(MODELS))
def test_model_opens_on_any_day(page: Page, seen: Seen, site: str, slug: str, days: int) -> None:
    today = datetime.datetime.now(datetime.UTC)
    page.clock.set_system_time(today + datetime.timedelta(days=days))
    open_model(page, site, slug)
    assert_quiet(page, seen)


def test_sidebar_shows_a_node_and_closes(page: Page, seen: Seen, site: str) -> None:
    open_model(page, site, "mobilenetv2")
    page.locator(NODES).filter(has_text="Gemm").first.click(force=True)
    expect(page.locator("#sidebar-content")).to_contain_text("Gemm")
    page.locator("#sidebar-closebutton").click()
    expect(page.locator("#sidebar-content")).to_be_empty()
    page.locator("#sidebar-model-button").click()
    expect(page.locator("#sidebar-content")).to_contain_text("ONNX v")
    assert_quiet(page, seen)


def test_dark_mode(page: Page, site: str) -> None:
    page.emulate_media(color_scheme="dark")
    open_model(page, site, "mobilenetv2")
    expect(page.locator("#target")).to_have_css("background-color", "rgb(64, 64, 64)")


@pytest.mark.parametrize(
    "query", ["?url=https://example.org/model.onnx", "#https://example.org/model.onnx", "?gist=0123456789abcdef"]
)
def test_addresses_of_other_hosts_are_not_asked(page: Page, seen: Seen, site: str, query: str) -> None:
    sent: list[str] = []

    def refuse(route: Route) -> None:
        sent.append(route.request.url)
        route.abort()

    # What the policy forbids never gets here.
    page.context.route(lambda url: "127.0.0.1" not in url, refuse)
    page.goto(f"{site}netron/index.html{query}")
    expect(page.locator("#message-text")).to_be_visible(timeout=15_000)
    assert sent == []
    assert any("Content Security Policy" in error for error in seen.errors)
