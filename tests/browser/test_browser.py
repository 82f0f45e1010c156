"""What a reader's browser makes of a site: nothing runs, nothing leaves, everything can be read and reached."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hostile import VECTORS, make_cards
from tests.conftest import Seen
from tests.hostile import CASES, is_small, write_case
from tests.sites import HOOK, ROOT, build, write

pytestmark = pytest.mark.browser

EXAMPLES = sorted(path.name for path in (ROOT / "cards").iterdir())
ENTRIES = {
    "one": "@misc{one, title={On \"quotes\" & <b>, 'too'}, year={2020} }",
    "lines": "@article{lines,\n  title = {Café & <script>alert(1)</script>},\n\tyear = 2021,\n}\n",
    "spaces": "  @misc{spaces,  \n  title = {Trailing},   \n}  \n\n",
    "crlf": "@misc{crlf,\r\n  title = {Two\r\nlines},\r\n}\r\n",
    "entities": '@misc{entities, title={&amp; &lt; &#10; \\"u \\textless}}',
}


@dataclass(frozen=True)
class Served:
    """A built site and where it is served."""

    folder: Path
    url: str

    @property
    def pages(self) -> list[str]:
        found = (path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.html") if path.is_file())
        return sorted(name.removesuffix("index.html").replace('"', "%22").replace("<", "%3C") for name in found)


Serve = Callable[[Path], AbstractContextManager[str]]


def make_site(folder: Path, cards: dict[str, str | bytes], **settings: object) -> Path:
    """A site that looks like the repository's own, of other cards."""
    write(folder / "cards", cards)
    config = {
        "INHERIT": str(ROOT / "mkdocs.yml"),
        "docs_dir": str(ROOT / "docs"),
        "hooks": [str(HOOK)],
        "watch": [],
    } | settings
    (folder / "mkdocs.yml").write_text(json.dumps(config))
    done = build(folder)
    assert done.returncode == 0 and "Traceback" not in done.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, serve_folder: Serve) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("hostile")
    for case in filter(is_small, CASES):
        write_case(case, folder / "cards" / re.sub(r"\W+", "-", case))
    # Without a policy: it is a second wall, and nothing may get to it.
    site = make_site(folder, make_cards(), extra={"cardwright": {"csp": False}})
    with serve_folder(site) as url:
        yield Served(site, url)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory, serve_folder: Serve) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("examples")
    shutil.copytree(ROOT / "cards", folder / "cards")
    cards: dict[str, str | bytes] = {
        f"cite-{name}/README.md": f"---\n{json.dumps({'publication': [{'bibtex': entry}]})}\n---\n# Cite {name}\n"
        for name, entry in ENTRIES.items()
    }
    cards["cite-file/README.md"] = "# Cite file\n"
    cards["cite-file/all.bib"] = "\r\n\r\n".join(ENTRIES.values()).encode()
    site = make_site(folder, cards)
    with serve_folder(site) as url:
        yield Served(site, url)


# Nothing runs, nothing leaves ----------------------------------------------------------------------------------------

LIVE = """() => {
  const own = [...document.querySelectorAll("article, .md-content, .md-search-result, .md-nav, head, .md-path")];
  const all = new Set(own.flatMap((part) => [...part.querySelectorAll("*")]));
  const bad = (at) => /^on/i.test(at.name)
    || (/href|src|action|data$|poster/i.test(at.name) && /^\\s*(javascript|vbscript|data):/i.test(at.value))
    || (at.name === "style" && /url|position/i.test(at.value));
  const names = "iframe object embed form base frame applet link[href*='evil'] meta[http-equiv=refresh]".split(" ");
  const ours = ".cw-diagram > svg, #cw-find, .cw-tools input, input.cw-choice, .cw-catalogue > script[defer]";
  const inside = (one) => one.closest(".cw-card, .cw-catalogue, .md-search-result__item");
  const live = [...all].filter((one) => [...one.attributes].some(bad) || names.some((name) => one.matches(name))
      || (inside(one) && one.matches("script, style, svg, math, template, input, video, audio, .cw-diagram svg a")
          && !one.matches(ours)))
    .filter((one) => inside(one) || !one.closest(".md-header, form[data-md-component=palette]"))
    .map((one) => one.outerHTML.slice(0, 200));
  const card = document.querySelector(".md-content .cw-card, .md-content .cw-catalogue");
  const theme = ["main", ".md-footer", ".md-header"];
  const once = [...theme, ".cw-foot"].every((name) => document.querySelectorAll(name).length === 1);
  const whole = once && card.querySelector(".cw-foot") && !card.querySelector(theme.join())
    && card.parentElement.matches(".md-content__inner");
  const moved = [...card.querySelectorAll("*")]
    .filter((one) => getComputedStyle(one).position === "fixed")
    .map((one) => one.outerHTML.slice(0, 200));
  return {live, whole, moved, title: document.title, name: document.querySelector("h1")?.innerText};
}"""
"""What must not be there, wherever card text stands; whether the page is whole; the title and name that are."""


def test_hostile_cards_run_nothing(hostile: Served, page: Page, seen: Seen) -> None:
    ran: list[str] = []
    page.context.expose_binding("pwned", lambda source, *_: ran.append(source["page"].url))
    paths = [path for path in hostile.pages if path.startswith("models/")]
    names = {f"models/v{number:02}/": plain(f"{vector} n{number:02}") for number, vector in enumerate(VECTORS)}
    for path in paths:
        page.goto(hostile.url + path)
        shown = page.evaluate(LIVE)
        assert (shown["live"], shown["moved"], shown["whole"], ran) == ([], [], True, []), path
        if path in names:
            assert plain(shown["title"]) == f"{names[path]} - Cardwright" and plain(shown["name"]) == names[path]
    assert all(
        '<meta http-equiv="Content-Security' not in (hostile.folder / path / "index.html").read_text() for path in names
    )
    assert len(set(VECTORS)) > 150 and names.keys() < {*paths}
    assert seen.hosts == {"127.0.0.1"}
    assert seen.errors == []


def plain(text: str) -> str:
    """Text as a browser shows it: controls, of direction too, are left out, white space is one space."""
    return " ".join(re.sub("[\0\x01\u202a-\u202e\ufffd¶]", "", text).split())


@pytest.mark.parametrize("query", ["pwned", "script", "onerror img", "javascript", "n03", "n17", "odd folder"])
def test_search_among_hostile_cards(hostile: Served, page: Page, seen: Seen, query: str) -> None:
    ran: list[str] = []
    page.context.expose_binding("pwned", lambda source, *_: ran.append(source["page"].url))
    page.goto(f"{hostile.url}models/")
    page.keyboard.press("/")
    page.keyboard.type(query)
    page.locator(".md-search-result__item").first.wait_for()
    for _ in range(3):
        page.locator(".md-search__scrollwrap").evaluate("one => one.scrollTo(0, one.scrollHeight)")
        page.wait_for_function("() => new Promise(done => requestAnimationFrame(() => done(true)))")
    assert page.evaluate(LIVE)["live"] == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"[?]h="))
    assert not ran and seen.errors == [] and seen.hosts == {"127.0.0.1"}


# Everything can be read and reached ----------------------------------------------------------------------------------


def test_own_pages_ask_no_other_host(examples: Served, page: Page, seen: Seen) -> None:
    for path in examples.pages:
        page.goto(examples.url + path)
    assert len(examples.pages) > len(EXAMPLES) + len(ENTRIES)
    assert seen.hosts == {"127.0.0.1"} and seen.errors == []


@pytest.mark.parametrize("name", ENTRIES)
def test_copy_button_gives_the_entry_as_written(examples: Served, page: Page, name: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{examples.url}models/cite-{name}/")
    page.get_by_role("button", name="Copy BibTeX").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == ENTRIES[name]


def test_copy_buttons_of_a_file(examples: Served, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{examples.url}models/cite-file/")
    buttons = page.get_by_role("button", name="Copy BibTeX")
    copied = []
    for button in buttons.element_handles():
        button.click()
        page.wait_for_function("one => one.textContent === 'Copied'", arg=button)
        copied.append(page.evaluate("navigator.clipboard.readText()"))
    assert copied == [entry.strip() for entry in ENTRIES.values()]


def test_without_javascript(examples: Served, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        for name in EXAMPLES:
            page.goto(f"{examples.url}models/{name}/")
            for table in page.locator(".cw-card table").all():
                if not table.evaluate("one => one.closest('details:not([open])')"):
                    assert table.is_visible()
            text = page.locator(".cw-card").inner_text()
            assert "Parameters" in text and "how it is counted" in text and "SHA-256" in text
            hidden = "all => all.filter(one => one.hidden && !one.matches('.cw-copy')).length"
            assert page.locator(".cw-card *").evaluate_all(hidden) == 0
            ours = "details, .cw-copy, .cw-copies"
            folded = f"all => all.filter(one => !one.checkVisibility() && !one.closest('{ours}')).length"
            assert page.locator(".cw-card *").evaluate_all(folded) == 0
            assert page.locator(".cw-copy").count() == page.locator(".cw-copy[hidden]").count()
        page.goto(f"{examples.url}models/")
        assert page.locator(".cw-models tbody tr").count() == len(EXAMPLES) + len(ENTRIES) + 1
        assert page.locator(".cw-models a").first.is_visible()


@pytest.mark.parametrize("path", ["", "models/", *(f"models/{name}/" for name in EXAMPLES)])
def test_no_sideways_scroll_on_a_phone(examples: Served, page: Page, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(examples.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


OUTLINED = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  return [one.dataset.seen ?? "", style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0];
}"""


@pytest.mark.parametrize("name", EXAMPLES)
def test_keyboard_reaches_frames_and_buttons(examples: Served, page: Page, name: str) -> None:
    page.goto(f"{examples.url}models/{name}/")
    number = "all => all.forEach((one, index) => { one.dataset.seen = index; })"
    places = page.locator(".cw-card .cw-scroll:visible, .cw-card .cw-copy")
    places.evaluate_all(number)
    wanted = {str(index) for index in range(places.count())}
    reached: dict[str, bool] = {}
    for _ in range(200):
        page.keyboard.press("Tab")
        which, outlined = page.evaluate(OUTLINED)
        if which:
            reached[which] = outlined
        if reached.keys() == wanted:
            break
    assert len(wanted) > 1 and reached == dict.fromkeys(wanted, True)


CONTRAST = """(selectors) => {
  const context = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const paint = (colour, alpha) => {
    context.globalAlpha = alpha; context.fillStyle = colour; context.fillRect(0, 0, 1, 1);
  };
  const light = () => {
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const measure = (one) => {
    const line = []; for (let at = one; at; at = at.parentElement) line.unshift(at);
    paint("white", 1);
    let opacity = 1;
    for (const at of line) {
      const style = getComputedStyle(at); opacity *= style.opacity; paint(style.backgroundColor, opacity);
    }
    const back = light(); paint(getComputedStyle(one).color, opacity); const front = light();
    return (Math.max(back, front) + 0.05) / (Math.min(back, front) + 0.05);
  };
  return selectors.flatMap((selector) => [...document.querySelectorAll(selector)]
    .filter((one) => one.checkVisibility() && one.textContent.trim())
    .map((one) => [selector, measure(one), one.textContent.trim().slice(0, 40)]));
}"""
TEXTS = tuple(
    ".cw-note|.cw-how|.cw-held|.cw-key|.cw-copy|.cw-better|.cw-path|.cw-flag|.cw-summary|.cw-reference|.cw-image"
    "|.cw-chips dt|.cw-chips dd|.cw-tree dt|.cw-tags li|.cw-card th|.cw-card td|.cw-card caption"
    "|.cw-card a[href]:not(.headerlink)|.cw-models small|.cw-models th|.cw-models td|.cw-foot a".split("|")
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(examples: Served, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    measured: list[tuple[str, float, str]] = []
    for path in ("models/", *(f"models/{name}/" for name in EXAMPLES)):
        page.goto(examples.url + path)
        assert page.locator("body").get_attribute("data-md-color-scheme") == {"light": "default"}.get(scheme, "slate")
        measured += page.evaluate(CONTRAST, TEXTS)
    assert {".cw-how", ".cw-chips dt", ".cw-copy", ".cw-card th", ".cw-card caption"} <= {row[0] for row in measured}
    assert not [row for row in measured if row[1] < 4.5]


@pytest.mark.parametrize("name", EXAMPLES)
def test_netron_opens_from_the_card_page(examples: Served, page: Page, seen: Seen, name: str) -> None:
    page.goto(f"{examples.url}models/{name}/")
    page.get_by_role("link", name=re.compile("in Netron")).click()
    expect(page.locator("#target svg g.node").nth(20)).to_be_visible(timeout=30_000)
    page.wait_for_load_state("networkidle")
    assert (seen.hosts, seen.errors) == ({"127.0.0.1"}, [])
