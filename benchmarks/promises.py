"""What is promised of every site, tried on one of many cards: `python benchmarks/promises.py [N] [kills=5]`.

N is 10,000 if absent. The site is built twice, in other folders, time zones and with other hash seeds; rebuilt when
nothing changed; killed while it is built again; and pages of every kind are opened in a browser, in both colour schemes
and two widths, with axe-core. Needs what the tests need. Ends with 1 when a promise is broken.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "hooks")]

from tests.conftest import BROWSER_FLAGS, find_browser, serve  # noqa: E402
from tests.npm_tools import run_axe  # noqa: E402
from tests.sites import make_project  # noqa: E402

COMMAND = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
OF_A_KIND = 4
"""Pages of each kind that are opened."""

LOADS = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "embed": "src",
    "object": "data",
    "link": "href",
}
"""What a browser loads without being asked, and where from."""
NOT_LOADED = {"canonical", "alternate", "license", "next", "prev", "author", "help"}


def start(project: Path, **environment: str) -> subprocess.Popen[bytes]:
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1", **environment}
    return subprocess.Popen(COMMAND, cwd=project, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def build(project: Path, **environment: str) -> None:
    code = start(project, **environment).wait()
    assert code == 0, f"the build ended with {code}"


def digest(site: Path) -> str:
    """Of all names and all bytes."""
    whole = sha256()
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        whole.update(f"{path.relative_to(site).as_posix()}\0".encode() + sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def same_bytes(folder: Path) -> Iterator[str]:
    """One site, whoever builds it, and one again when nothing changed."""
    first, second = folder / "project", folder / "elsewhere" / "other"
    shutil.copytree(first, second)
    began = time.monotonic()
    build(first, TZ="Asia/Tokyo", PYTHONHASHSEED="1")
    print(f"  built in {time.monotonic() - began:.0f} s")
    build(second, TZ="America/Lima", PYTHONHASHSEED="2", LC_ALL="C")
    found = digest(first / "site")
    print(f"  sha256 {found} of {sum(path.is_file() for path in (first / 'site').rglob('*')):,} files")
    if digest(second / "site") != found:
        yield "two builds are not the same"
    shutil.rmtree(second.parent)
    began = time.monotonic()
    build(first)
    print(f"  again, nothing changed: {time.monotonic() - began:.0f} s")
    if digest(first / "site") != found:
        yield "a build of which nothing changed is not the same"


def kills(folder: Path, rounds: int) -> Iterator[str]:
    """Killed at any moment: the old site or the new one, and the next build is right."""
    project, dice = folder / "project", random.Random(1)
    cards = sorted((project / "cards").iterdir())
    old = half = 0
    change(dice.sample(cards, len(cards) // 20), "before")
    began = time.monotonic()
    build(project)
    seconds = time.monotonic() - began
    for round_ in range(rounds):
        before = digest(project / "site")
        change(dice.sample(cards, len(cards) // 20), str(round_))
        building = start(project)
        time.sleep(dice.uniform(0, seconds))
        building.send_signal(signal.SIGKILL)
        building.wait()
        found = digest(project / "site")
        half += bool(list(project.glob(".site*")))
        build(project)
        after = digest(project / "site")
        old += found == before
        if found not in (before, after) or list(project.glob(".site*")):
            yield f"kill {round_}: neither the old nor the new site, or something is left"
    print(f"  {old} of {rounds} kills left the old site, {half} a half one beside it")
    clean = folder / "clean"
    shutil.copytree(project, clean, ignore=shutil.ignore_patterns("site", ".*"))
    build(clean)
    if digest(clean / "site") != digest(project / "site"):
        yield "what was built after kills is not what a clean build makes"


def change(cards: list[Path], mark: str) -> None:
    for card in cards:
        with (card / "README.md").open("a") as file:
            file.write(f"\n\nRound {mark}.\n")


class Loaded(HTMLParser):
    """Addresses of other hosts from which a page loads something."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        address = given.get(LOADS.get(tag, ""), "") or ""
        if re.match(r"(https?:)?//", address) and given.get("rel") not in NOT_LOADED:
            self.found.append(address)


def no_other_hosts(folder: Path) -> Iterator[str]:
    """No page, of all of them, loads anything from elsewhere."""
    pages = sorted((folder / "project/site").rglob("*.html"))
    print(f"  {len(pages):,} pages read")
    for page in pages:
        for address in Loaded(page.read_text()).found:
            yield f"{page.relative_to(folder)} loads {address}"


def find_pages(site: Path) -> Iterator[str]:
    """Addresses of some pages of each kind."""
    dice = random.Random(3)
    uris = sorted(path.parent.relative_to(site).as_posix() + "/" for path in site.rglob("index.html"))
    kinds: dict[str, Callable[[str], bool]] = {
        "catalogue": lambda uri: uri == "models/" or uri.startswith("models/pages/"),
        "card": lambda uri: re.fullmatch(r"models/[^/]+/", uri) is not None,
        "leaderboard": lambda uri: uri.startswith("benchmarks/"),
        "references": lambda uri: uri.startswith("references/"),
    }
    for test in kinds.values():
        some = [uri for uri in uris if test(uri)]
        yield from {some[0], some[-1], *dice.sample(some, min(OF_A_KIND, len(some)))}
    cards = [uri.split("/")[1] for uri in uris if kinds["card"](uri)]
    yield "compare/?" + "&".join(f"m={name}" for name in dice.sample(cards, 4))
    yield f"models/?find={cards[-1].partition('-')[0]}&sort=-parameters"


def axe(folder: Path) -> Iterator[str]:
    """Nothing to find, and nothing asked of another host."""
    site = folder / "project/site"
    pages = list(find_pages(site))
    with serve(site) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_FLAGS, headless=True)
        for uri in pages:
            for scheme in ("light", "dark"):
                for width in (1280, 320):
                    for wrong in open_page(browser, url, uri, scheme, width):
                        yield f"{uri} {scheme} {width}: {wrong}"
        browser.close()
    print(f"  {len(pages)} pages, each four times")


def open_page(browser: Browser, url: str, uri: str, scheme: str, width: int) -> Iterator[str]:
    asked: set[str] = set()
    with browser.new_context(viewport={"width": width, "height": 900}) as context:
        context.on("request", lambda request: asked.add(request.url))
        page = context.new_page()
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        page.goto(url + uri)
        yield from map(str, run_axe(page))
        if page.evaluate("document.documentElement.scrollWidth") > width:
            yield "scrolls sideways"
    yield from (address for address in asked if not address.startswith((url, "data:", "blob:")))


def main() -> None:
    count = next((int(given) for given in sys.argv[1:] if given.isdecimal()), 10_000)
    rounds = next((int(given[6:]) for given in sys.argv[1:] if given.startswith("kills=")), 5)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make = [sys.executable, str(ROOT / "benchmarks/make_cards.py"), str(count), "made"]
        subprocess.run(make, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        theme = {"name": "material", "font": False, "palette": PALETTE}
        project = make_project(folder / "project", {}, {"index.md": "# Home\n"}, theme=theme)
        shutil.rmtree(project / "cards", ignore_errors=True)
        (folder / "made").rename(project / "cards")
        broken = 0
        for what, found in (
            ("same bytes", same_bytes(folder)),
            ("kills", kills(folder, rounds)),
            ("other hosts", no_other_hosts(folder)),
            ("axe", axe(folder)),
        ):
            wrong = list(found)
            print(f"{what}: {len(wrong)} broken" + "".join(f"\n  {line}" for line in wrong[:20]), flush=True)
            broken += len(wrong)
    sys.exit(bool(broken))


PALETTE = [
    {"media": f"(prefers-color-scheme: {scheme})", "scheme": name}
    for scheme, name in (("light", "default"), ("dark", "slate"))
]

if __name__ == "__main__":
    main()
