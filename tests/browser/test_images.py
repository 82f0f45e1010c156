"""Images of other hosts: nobody is asked before a click, and the keyboard and readers of screens know what happens."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.conftest import Seen
from tests.sites import build_well, make_project

pytestmark = pytest.mark.browser

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
CARD = """\
# Wren

[![build](https://badges.example/build.svg)](https://wren.example/ci)[![tests](https://badges.example/tests.svg)![more](https://badges.example/more.svg)](https://wren.example/tests)

![a plot](https://figures.example/plot.png)
<img src="https://figures.example/wide.png" alt="wide" width="120" height="40">

![gone](https://gone.example/x.png) ![own](own.gif) ![free](https://free.example/x.png)
"""


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, serve_folder: Callable[[Path], AbstractContextManager[str]]
) -> Iterator[str]:
    project = make_project(
        tmp_path_factory.mktemp("images"),
        {"wren/README.md": CARD, "wren/own.gif": PIXEL},
        {"index.md": "# Home\n"},
        extra={"cardwright": {"image_hosts": ["free.example"]}},
    )
    with serve_folder(build_well(project)) as url:
        yield f"{url}models/wren/"


def answer(page: Page) -> list[str]:
    """Let other hosts answer; what they are asked for."""
    asked: list[str] = []

    def fulfil(route: Route) -> None:
        asked.append(route.request.url)
        assert "referer" not in route.request.headers
        if "gone" in route.request.url:
            route.abort()
        else:
            route.fulfill(body=PIXEL, content_type="image/gif")

    page.route(re.compile("^https:"), fulfil)
    return asked


def test_no_host_is_asked_before_a_click_and_one_after(site: str, page: Page, seen: Seen) -> None:
    asked = answer(page)
    page.goto(site)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("img", name="own")).to_have_js_property("complete", True)
    assert asked == ["https://free.example/x.png"]
    page.get_by_role("button", name="Load image: a plot").click()
    expect(page.get_by_role("img", name="a plot")).to_be_visible()
    assert asked[1:] == ["https://figures.example/plot.png"]
    expect(page.get_by_role("status")).to_have_text("Image loaded: a plot")
    expect(page.get_by_role("img", name="a plot")).to_be_focused()
    assert seen.errors == []


def test_the_keyboard_loads_an_image_in_its_size(site: str, page: Page) -> None:
    asked = answer(page)
    page.goto(site)
    button = page.get_by_role("button", name="Load image: wide")
    for _ in range(80):
        page.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    image = page.get_by_role("img", name="wide")
    expect(image).to_be_focused()
    assert image.bounding_box() and (image.get_attribute("width"), image.get_attribute("height")) == ("120", "40")
    assert asked[1:] == ["https://figures.example/wide.png"]


def test_a_badge_stays_in_its_link_and_its_button_outside(site: str, page: Page) -> None:
    asked = answer(page)
    page.goto(site)
    assert page.locator("a button, button a").count() == 0
    page.get_by_role("button", name="Load image: tests, more").press(" ")
    link = page.locator("a[href='https://wren.example/tests']")
    expect(link.locator("img")).to_have_count(2)
    expect(link).to_be_focused()
    assert sorted(asked[1:]) == ["https://badges.example/more.svg", "https://badges.example/tests.svg"]
    expect(page.get_by_role("button", name="Load image: build")).to_have_count(1)


def test_an_image_that_is_gone_is_a_link_again(site: str, page: Page) -> None:
    answer(page)
    page.goto(site)
    page.get_by_role("button", name="Load image: gone").click()
    expect(page.get_by_role("status")).to_have_text("Image could not be loaded: gone")
    link = page.locator("a.cw-failed")
    expect(link).to_be_focused()
    assert link.get_attribute("href") == "https://gone.example/x.png"


def test_without_javascript_there_are_links(site: str, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        asked = answer(page)
        page.goto(site)
        page.wait_for_load_state("networkidle")
        assert set(asked) <= {"https://free.example/x.png"}
        assert page.locator(".cw-card button:visible").count() == 0
        assert page.get_by_role("link", name="a plot").get_attribute("href") == "https://figures.example/plot.png"
        assert page.get_by_role("link", name="build").get_attribute("href") == "https://wren.example/ci"


def test_neighbours_do_not_touch(site: str, page: Page) -> None:
    answer(page)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(site)
        boxes = page.locator(".cw-card :is(.cw-image, .cw-load)").evaluate_all(
            "all => all.map((one) => { const {left, right, top, bottom} = one.getBoundingClientRect();"
            " return [left, right, top, bottom]; })"
        )
        assert len(boxes) == 8 and page.evaluate("document.documentElement.scrollWidth") <= width, json.dumps(boxes)
        for index, (left, _, top, _) in enumerate(boxes[1:]):
            _, right, above, bottom = boxes[index]
            assert top >= bottom or top != above or left - right >= 3
