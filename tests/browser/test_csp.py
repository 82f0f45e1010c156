"""The policy of every page: all that the site does works under it, and what was put into a page does not run."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.hostile import VECTORS, make_cards
from tests.browser.test_browser import Serve, Served, make_site
from tests.browser.test_images import PIXEL
from tests.conftest import Seen
from tests.sites import ROOT, build_well, make_project

pytestmark = pytest.mark.browser

WATCH = """document.addEventListener("securitypolicyviolation", (event) => {
  reportViolation(`${location.pathname}: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
});"""
PUT_IN = """<script>pwned()</script><img src=x onerror=pwned()><a href="javascript:pwned()" id=put>x</a>
<iframe srcdoc="<script>parent.pwned()</script>"></iframe><svg onload=pwned()></svg><base href="https://evil.example/">
<script src=https://evil.example/x.js></script><object data="data:text/html,x"></object>"""
EXTRAS: dict[str, str | bytes] = {
    "index.md": '# Home\n\n| a |\n|:-:|\n| 1 |\n\n<script>document.documentElement.dataset.own = "yes"</script>\n'
    '<script src="own.js"></script>\n\n=== "One"\n\n    First.\n\n=== "Two"\n\n    Second.\n',
    "own.js": b"document.documentElement.dataset.file = 'yes'\n",
    "second.md": "# Second\n\n![far](https://figures.example/plot.png)\n",
}
CARD = "# Wren\n\n![a plot](https://figures.example/plot.png)\n\n```python\nprint(1)\n```\n"
EXTENSIONS = ["pymdownx.superfences", {"pymdownx.tabbed": {"alternate_style": True}}, "tables"]


def watch(context: BrowserContext) -> tuple[list[str], list[str]]:
    """What the policies forbid from now on, and what ran that must not."""
    forbidden: list[str] = []
    ran: list[str] = []
    context.expose_binding("reportViolation", lambda source, text: forbidden.append(text))
    context.expose_binding("pwned", lambda source, *_: ran.append(source["page"].url))
    context.add_init_script(WATCH)
    context.route(re.compile("^https:"), answer)
    return forbidden, ran


def answer(route: Route) -> None:
    kinds = {"image": (PIXEL, "image/gif"), "stylesheet": (b"", "text/css")}
    body, kind = kinds.get(route.request.resource_type, (b"window.hljs = {highlightAll() {}}", "text/javascript"))
    route.fulfill(body=body, content_type=kind)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, serve_folder: Serve) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(ROOT / "cards", folder / "cards")
    built = make_site(folder, {"wren/README.md": f"---\naliases: [robin]\n---\n{CARD}"})
    with serve_folder(built) as url:
        yield Served(built, url)


def test_every_page_has_a_policy_and_keeps_it(own: Served, page: Page, seen: Seen) -> None:
    forbidden, _ = watch(page.context)
    for path in own.folder.rglob("*.html"):
        policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', path.read_text())
        assert policy and "<script" not in path.read_text()[: policy.start()], path
        assert not re.search(r"script-src[^;]*'unsafe", policy[1]), path
        assert not re.search(r"href=\"javascript:|<[^>]* on[a-z]+=", path.read_text()), path
        if path.parent.name != "robin":
            page.goto(own.url + path.relative_to(own.folder).as_posix())
    page.goto(f"{own.url}models/robin/", wait_until="commit")
    page.wait_for_url("**/models/wren/")
    page.wait_for_load_state("networkidle")
    assert {"404.html", "netron/index.html", "models/robin/index.html"} < {
        path.relative_to(own.folder).as_posix() for path in own.folder.rglob("*.html")
    }
    assert (forbidden, seen.errors) == ([], [])


def test_all_that_a_page_does_works(own: Served, page: Page, seen: Seen) -> None:
    forbidden, _ = watch(page.context)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{own.url}models/wren/")
    page.get_by_role("button", name="Load image: a plot").click()
    expect(page.get_by_role("img", name="a plot")).to_have_js_property("naturalWidth", 1)
    page.locator(".md-code__button").first.click()
    expect(page.locator(".md-dialog")).to_contain_text("Copied")
    body = page.locator("body")
    for scheme in ("default", "slate"):
        page.locator("form[data-md-component=palette] label:visible").click()
        expect(body).to_have_attribute("data-md-color-scheme", scheme)
    page.reload()
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    page.keyboard.press("/")
    page.keyboard.type("mobilenet")
    page.locator(".md-search-result__item").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("mobilenetv2"))
    page.goto(f"{own.url}models/")
    page.get_by_label("Find models").fill("resnet")
    expect(page.get_by_role("status")).to_contain_text("3 of")
    for name in ("ResNet50", "ResNet-50"):
        page.get_by_role("checkbox", name=f"Compare {name}", exact=True).press("Space")
    page.get_by_role("link", name="Compare 2 models").click()
    expect(page.get_by_role("status")).to_have_text("2 models side by side.")
    page.goto(f"{own.url}models/resnet50-modelhub/")
    page.get_by_role("button", name="Copy BibTeX").first.click()
    page.get_by_role("button", name="Copied").wait_for()
    page.goto(f"{own.url}models/resnet50/")
    page.get_by_role("link", name=re.compile("in Netron")).click()
    expect(page.locator("#target svg g.node").nth(20)).to_be_visible(timeout=30_000)
    assert (forbidden, seen.errors) == ([], [])


@pytest.mark.parametrize("of", ["models/wren/index.html", "models/index.html"])
def test_what_is_put_into_a_page_does_not_run(own: Served, page: Page, seen: Seen, of: str) -> None:
    """As if all that cleans the text of cards had failed: in the text, in the title, in the description."""
    html = (own.folder / of).read_text()
    places = ("<h1", "</title>", "</article>", "</body>")
    assert all(place in html for place in places)
    for place in places:
        html = html.replace(place, f"{'</title>' if place == '</title>' else ''}{PUT_IN}{place}", 1)
    target = own.folder / of.replace("index.html", "put.html")
    target.write_text(html)
    forbidden, ran = watch(page.context)
    page.goto(own.url + target.relative_to(own.folder).as_posix())
    page.locator("#put").last.click(force=True)
    page.wait_for_load_state("networkidle")
    target.unlink()
    assert ran == []
    for what in (
        "script-src-elem inline",
        "script-src-attr inline",
        "script-src-elem https://evil.example",
        "base-uri",
    ):
        assert any(what in each for each in forbidden), (what, forbidden)


def test_hostile_cards_try_nothing(tmp_path: Path, serve_folder: Serve, page: Page, seen: Seen) -> None:
    """With a policy too nothing runs; and nothing even tries, or the policy would have had to forbid it."""
    forbidden, ran = watch(page.context)
    site = make_site(tmp_path, make_cards())
    with serve_folder(site) as url:
        for number in range(len(VECTORS)):
            page.goto(f"{url}models/v{number:02}/")
        for name in ("modelhub", "zoo", "marketplace", "plain", "torn", "misfit"):
            page.goto(f"{url}models/{name}/")
    assert (ran, forbidden, seen.errors, seen.hosts) == ([], [], [], {"127.0.0.1"})


# Other themes, and what a site sets ----------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs", "material"])
def test_themes_work(tmp_path: Path, serve_folder: Serve, page: Page, seen: Seen, theme: str) -> None:
    """Each as it comes, with what it loads from other hosts."""
    forbidden, _ = watch(page.context)
    settings = {"name": theme, "features": ["content.code.copy", "search.share"]}
    extras = {**EXTRAS, "index.md": "# Home\n\n<script>document.documentElement.dataset.own = 'yes'</script>\n"}
    site = build_well(make_project(tmp_path, {"wren/README.md": CARD}, extras, theme=settings))
    with serve_folder(site) as url:
        for path in ("", "second/", "models/", "models/wren/", "compare/", "404.html"):
            page.goto(url + path)
        page.goto(url)
        assert page.evaluate("document.documentElement.dataset.own") == "yes"
        if theme == "material":
            page.keyboard.press("/")
            page.keyboard.type("wren")
            page.locator(".md-search__icon[data-clipboard]").click()
            expect(page.locator(".md-dialog")).to_contain_text("Copied")
        if theme == "mkdocs":
            page.get_by_role("link", name="Search").click()
            page.locator("#mkdocs-search-query").press_sequentially("wren", delay=20)
            expect(page.locator("#mkdocs-search-results a").first).to_be_visible()
    assert (forbidden, seen.errors) == ([], [])


@pytest.mark.parametrize("csp", [True, "strict", False])
def test_scripts_of_the_docs_are_the_authors(tmp_path: Path, serve_folder: Serve, page: Page, csp: bool | str) -> None:
    forbidden, _ = watch(page.context)
    options = {"cardwright": {"csp": csp}}
    project = make_project(tmp_path, {"wren/README.md": CARD}, EXTRAS, extra=options, markdown_extensions=EXTENSIONS)
    with serve_folder(build_well(project)) as url:
        page.goto(url)
        runs = page.evaluate("document.documentElement.dataset.own") == "yes"
        assert page.evaluate("document.documentElement.dataset.file") == "yes"
        page.get_by_text("Two", exact=True).click()
        expect(page.get_by_text("Second.")).to_be_visible()
        page.goto(f"{url}second/")
        page.wait_for_load_state("networkidle")
        shown = page.locator("img[alt=far]").evaluate("one => one.naturalWidth")
    assert (runs, shown) == ((True, 1) if csp != "strict" else (False, 0))
    assert bool(forbidden) == (csp == "strict")


def test_a_site_allows_more(tmp_path: Path, serve_folder: Serve, page: Page, seen: Seen) -> None:
    forbidden, _ = watch(page.context)
    ask = "fetch('https://data.example/x').then(() => { document.documentElement.dataset.asked = 'yes' })"
    project = make_project(
        tmp_path,
        {"wren/README.md": CARD},
        {"index.md": "# Home\n", "ask.js": ask.encode()},
        extra={"cardwright": {"csp_sources": {"connect-src": ["https://data.example"]}, "image_hosts": ["*.example"]}},
        extra_javascript=["https://stats.example/lib/count.js", "ask.js"],
    )
    page.context.route(
        "https://data.example/**", lambda route: route.fulfill(headers={"access-control-allow-origin": "*"})
    )
    with serve_folder(build_well(project)) as url:
        page.goto(f"{url}models/wren/")
        page.wait_for_function("document.documentElement.dataset.asked === 'yes'")
        expect(page.get_by_role("img", name="a plot")).to_have_js_property("naturalWidth", 1)
    assert {"stats.example", "data.example", "figures.example"} < seen.hosts
    assert (forbidden, seen.errors) == ([], [])


def test_instant_navigation_keeps_the_policy(tmp_path: Path, serve_folder: Serve, page: Page, seen: Seen) -> None:
    """The policy of the first page stays while others take its place."""
    forbidden, _ = watch(page.context)
    features = ["navigation.instant", "navigation.instant.progress", "content.code.copy", "navigation.tabs"]
    project = make_project(
        tmp_path,
        {"wren/README.md": CARD, "robin/README.md": "# Robin\n\n[Wren](../wren/README.md)\n"},
        {"index.md": "# Home\n\n[All](models/index.md)\n"},
        theme={"name": "material", "font": False, "features": features},
        site_url="http://127.0.0.1/",
    )
    site = build_well(project)
    with serve_folder(site) as url:
        for path in site.rglob("*"):
            if path.suffix in (".html", ".xml"):
                path.write_text(path.read_text().replace("http://127.0.0.1/", url))
        page.goto(url)
        page.evaluate("window.stayed = true")
        page.get_by_role("link", name="All").click()
        page.locator("#cw-tools[data-started]").wait_for()
        page.get_by_label("Find models").fill("robin")
        expect(page.get_by_role("status")).to_contain_text("1 of 2")
        page.get_by_role("link", name="Robin").click()
        page.get_by_role("link", name="Wren").first.click()
        page.get_by_role("button", name="Load image: a plot").click()
        expect(page.get_by_role("img", name="a plot")).to_have_js_property("naturalWidth", 1)
        assert page.evaluate("window.stayed")
    assert (forbidden, seen.errors) == ([], [])


def test_settings_are_json(own: Served) -> None:
    """What our scripts are told stands in attributes, not in scripts."""
    for path in (own.folder / "models").rglob("*.html"):
        text = path.read_text().partition("<article")[2].partition("</article")[0]
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
