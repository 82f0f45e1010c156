"""How the catalogue of a built site behaves in Chromium: `python benchmarks/catalogue.py SITE`.

Make a site of 10,000 cards first: `python benchmarks/make_cards.py 10000 cards`, then `mkdocs build`. Prints what a
first view transfers (gzip, as hosts of static sites serve), what the data take, and how long it takes from a change to
the next frame: the median and the worst of nine.
"""

from __future__ import annotations

import statistics
import sys
import threading
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import CDPSession, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.conftest import BROWSER_FLAGS, QuietHandler, find_browser

FRAME = """async () => {
  const start = performance.now();
  %s
  await new Promise((done) => setTimeout(done));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - start;
}"""

CHANGES = {
    "type a word": """const field = document.querySelector("#cw-find");
      field.value = field.value === "wren" ? "wren s" : "wren";
      field.dispatchEvent(new Event("input"));""",
    "sort a column": """document.querySelector("th[data-sort=parameters] button").click();""",
    "open a filter": """const box = document.querySelector(".cw-facet"); box.open = !box.open;""",
    "choose a filter": """document.querySelector(".cw-facet").open = true;
      document.querySelector(".cw-options input")?.click();""",
}


def main() -> None:
    """Measure the site that the command line names."""
    if len(sys.argv) != 2 or not (site := Path(sys.argv[1])).is_dir():
        sys.exit(f"usage: python {sys.argv[0]} SITE")
    for name in ("models/index.html", "models/index.json", "search/search_index.json"):
        print(f"{(site / name).stat().st_size / 1e6:10.2f} MB  {name}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_FLAGS)
        measure(browser.new_page(), f"http://127.0.0.1:{server.server_port}/models/")


def measure(page: Page, address: str) -> None:
    """Print the bytes and the times of the catalogue at `address`."""
    transferred: list[float] = []
    session: CDPSession = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: transferred.append(event["encodedDataLength"]))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    print(f"{sum(transferred) / 1e3:10.0f} kB  first view")
    with page.expect_response("**/index.json"):
        page.locator("#cw-find").focus()
    page.wait_for_timeout(1000)
    print(f"{sum(transferred) / 1e3:10.0f} kB  with the data")
    for name, change in CHANGES.items():
        times = [page.evaluate(FRAME % change) for _ in range(9)]
        said = page.locator(".cw-count").inner_text()
        print(f"{statistics.median(times):10.0f} ms  {name} (worst {max(times):.0f} ms; {said})")


if __name__ == "__main__":
    main()
