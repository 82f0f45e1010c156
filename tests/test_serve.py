"""`mkdocs serve`: what is saved is on the page a moment later, and nothing that is saved stops the server."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from onnx import parser

from tests.sites import make_project

DEADLINE_SECONDS = 20.0
CARD = "---\nmodel_name: {name}\nversion: {version}\n---\nThe text of {name}.\n"
BIBTEX = "@misc{{key, title={{{title}}}, author={{Ada Lovelace}}, year={{1843}}}}\n"


def make_model(operator: str) -> bytes:
    text = f'<ir_version: 8, opset_import: ["": 13]> g (float[1, 4] x) => (float[1, 4] y) {{ y = {operator}(x) }}'
    return bytes(parser.parse_model(text).SerializeToString())


@dataclass(frozen=True)
class Server:
    """A running `mkdocs serve`."""

    project: Path
    url: str
    log: Path

    def get(self, path: str) -> str:
        """The page's text, entities read; empty when there is none."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=DEADLINE_SECONDS) as answer:
                return unescape(answer.read().decode())
        except urllib.error.HTTPError as error:
            assert error.code == 404
            return ""
        except (urllib.error.URLError, ConnectionError):
            return ""

    def save(self, path: str, content: str | bytes) -> None:
        target = self.project / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())

    def wait_for(self, path: str, *, holds: str = "", lacks: str = "\0") -> str:
        return wait(lambda: self.get(path), lambda text: holds in text and lacks not in text, f"{holds!r} on {path}")


def wait(get: Callable[[], str], is_right: Callable[[str], bool], what: str) -> str:
    end = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < end:
        text = get()
        if text and is_right(text):
            return text
        time.sleep(0.05)
    pytest.fail(f"not after {DEADLINE_SECONDS:.0f} s: {what}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    cards: dict[str, str | bytes] = {
        "one/README.md": CARD.format(name="Net one", version=1),
        "two/README.md": CARD.format(name="Net two", version=1),
        "two/model.onnx": make_model("Relu"),
        "two/references.bib": BIBTEX.format(title="First title"),
        "three.md": CARD.format(name="Net three", version=1),
    }
    folder = tmp_path_factory.mktemp("serve")
    project = make_project(folder / "project", cards)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", address],
            cwd=project,
            env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "TMPDIR": str(folder)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    running = Server(project, f"http://{address}/", log)
    try:
        running.wait_for("models/", holds="Net three")
        yield running
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)


def assert_others_answer(server: Server, *paths: str) -> None:
    for path in ("models/", *paths):
        assert "</html>" in server.get(path), path


def test_edit_of_a_card(server: Server) -> None:
    server.save("cards/one/README.md", CARD.format(name="Net one", version="1.50") + "\nA line more.\n")
    text = server.wait_for("models/one/", holds="A line more.")
    assert "1.50" in text
    server.save("cards/three.md", CARD.format(name="Net three, renamed", version=2))
    server.wait_for("models/three/", holds="Net three, renamed")
    server.wait_for("models/", holds="Net three, renamed")


def test_the_policy_lets_pages_reload(server: Server) -> None:
    """The server puts an inline script into each page, other ones at each build: no hash can be known before."""
    for path in ("", "models/one/"):
        text = server.get(path)
        assert "livereload(" in text and "script-src 'self' 'unsafe-inline'; " in text


def test_edit_of_a_page_of_the_docs(server: Server) -> None:
    server.save("docs/index.md", "# Home\n\nWelcome back to [one](models/one.md).\n")
    assert 'href="models/one/"' in server.wait_for("", holds="Welcome back")


def test_files_beside_a_card(server: Server) -> None:
    page = "models/two/"
    assert "Relu" in server.get(page) and "First title" in server.get(page)
    server.save("cards/two/model.onnx", make_model("Sigmoid"))
    server.wait_for(page, holds="Sigmoid", lacks="Relu")
    server.save("cards/two/references.bib", BIBTEX.format(title="Second title"))
    server.wait_for(page, holds="Second title", lacks="First title")


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ("---\nmodel_name: Net one\nversion: [1, 2]\n---\nText.\n", "cards/one/README.md:3:10"),
        ("---\nmodel_name: 'Net one\nversion: 1\n---\nText.\n", "cards/one/README.md:2:13"),
        ("---\nmodel_name: Net one\nmodel_name: Net 1\n---\n", "cards/one/README.md:3:1"),
        ("\xff\xfe".encode("latin-1") + b"\0" * 100, "cards/one/README.md:1:1"),
    ],
)
def test_broken_card_is_shown_and_mended(server: Server, broken: str | bytes, problem: str) -> None:
    said_before = len(server.log.read_text())
    server.save("cards/one/README.md", broken)
    assert "cw-problems" in server.wait_for("models/one/", holds=problem)
    said = server.log.read_text()[said_before:]
    assert [line for line in said.splitlines() if line.startswith(("ERROR", "WARNING")) and problem in line]
    assert "Traceback" not in said
    assert_others_answer(server, "", "models/two/", "models/three/")
    server.save("cards/one/README.md", CARD.format(name="Net one", version=1))
    server.wait_for("models/one/", holds="The text of Net one.", lacks="cw-problems")


def test_broken_model_is_shown_and_mended(server: Server) -> None:
    server.save("cards/two/model.onnx", b"no model at all")
    text = server.wait_for("models/two/", holds="cw-problems")
    assert "cards/two/README.md:1:1" in text and "The text of Net two." in text
    assert_others_answer(server, "models/one/", "models/three/")
    server.save("cards/two/model.onnx", make_model("Tanh"))
    server.wait_for("models/two/", holds="Tanh", lacks="cw-problems")


def test_card_comes_and_goes(server: Server) -> None:
    server.save("cards/four/README.md", "# Net four\n\nBrand new.\n")
    server.wait_for("models/four/", holds="Brand new.")
    server.wait_for("models/", holds="Net four")
    shutil.rmtree(server.project / "cards/four")
    server.wait_for("models/", holds="Net one", lacks="Net four")
    assert server.get("models/four/") == ""
    slugs = [row["slug"] for row in json.loads(server.get("models/index.json"))]
    assert slugs == ["one", "three", "two"]


def test_folder_is_moved_away_and_back(server: Server) -> None:
    away = server.project / "two-is-away"
    (server.project / "cards/two").rename(away)
    server.wait_for("models/", holds="Net one", lacks="Net two")
    assert server.get("models/two/") == ""
    away.rename(server.project / "cards/two")
    server.wait_for("models/", holds="Net two")


def test_taken_address_stops_nothing(server: Server) -> None:
    """A page of the docs where a card's page stands is said in the terminal; once it is gone, all is well."""
    server.save("docs/models/one.md", "# In the way\n")
    wait(
        server.log.read_text, lambda text: "docs" in text and "has the address that Cardwright needs" in text, "a line"
    )
    (server.project / "docs/models/one.md").unlink()
    server.save("cards/one/README.md", CARD.format(name="Net one", version=1) + "\nAll is well.\n")
    server.wait_for("models/one/", holds="All is well.")
