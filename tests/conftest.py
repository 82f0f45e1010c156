"""A real browser for the tests that need one, and a server for the site it looks at."""

import gzip
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser() -> str | None:
    """The machine's Chromium or Chrome; None where only Playwright's own may be."""
    return next(filter(None, map(shutil.which, BROWSER_NAMES)), None)


@dataclass
class Seen:
    """What a page did while a test drove it. Tests assert on it; nothing here does."""

    hosts: set[str] = field(default_factory=set)
    """Host names of all requests, without port; those that failed too."""
    errors: list[str] = field(default_factory=list)
    """Error messages of the console, and exceptions no script caught."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium or Chrome, else Playwright's own."""
    found = find_browser()
    with ExitStack() as stack:
        try:
            chromium = stack.enter_context(sync_playwright()).chromium
            browser = chromium.launch(executable_path=found, args=BROWSER_FLAGS, headless=True)
        except Exception as error:  # Playwright's driver, where it cannot start, raises just that
            reason = f"no browser: {found or 'none of ' + ', '.join(BROWSER_NAMES) + ' on PATH'}: {error}"
            if os.environ.get("CI") == "true":
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason.splitlines()[0])
        yield browser
        browser.close()


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def page(browser: Browser, seen: Seen) -> Iterator[Page]:
    """A page in a fresh profile; `seen` records its requests and errors."""
    with browser.new_context() as context:
        context.on("request", lambda request: _add_host(seen, request.url))
        context.on("console", lambda said: _add_error(seen, said))
        context.on("weberror", lambda caught: seen.errors.append(str(caught.error)))
        yield context.new_page()


@pytest.fixture(scope="session")
def serve_folder() -> Callable[[Path], AbstractContextManager[str]]:
    """`with serve_folder(site_path) as url:` serves a built site at `url`, which ends in a slash."""
    return serve


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves as hosts of static sites do: texts compressed, everything kept for ten minutes."""

    def send_head(self) -> BytesIO | BinaryIO | None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() and self.path.split("?")[0].endswith("/") else path
        if path.suffix not in (".html", ".css", ".js", ".json", ".svg", ".xml") or not path.is_file():
            return super().send_head()
        data = gzip.compress(path.read_bytes(), 6, mtime=0)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        return BytesIO(data)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def _add_error(seen: Seen, said: ConsoleMessage) -> None:
    if said.type == "error":
        seen.errors.append(f"{said.text} {said.location.get('url', '')}".strip())


def _add_host(seen: Seen, url: str) -> None:
    if host := urlsplit(url).hostname:  # data: and blob: have none
        seen.hosts.add(host)
