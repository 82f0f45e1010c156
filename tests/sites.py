"""Projects made up for the tests that build whole sites, and what the sites hold."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, unquote, urldefrag

from onnx import parser

ROOT = Path(__file__).parent.parent
HOOK = ROOT / "hooks/model_cards.py"
MODEL = parser.parse_model(
    '<ir_version: 8, opset_import: ["": 13]> g (float[1, 4] x) => (float[1, 4] y) { y = Relu(x) }'
).SerializeToString()

FIRST = """\
---
model_name: First net
summary: Sorts letters.
files: [{path: model.onnx, opset: 13}]
---
See [the other](../second/README.md#two-words), [its folder](../second), ![a plot](plots/loss.png), [notes](notes.md).

## More about it
[Here](#more-about-it) it goes on, with [a page](page.html).
"""
SECOND = """\
# Second net

It has one heading.

## Two words
[Back](../first/README.md)
"""
CARDS: dict[str, str | bytes] = {
    "first/README.md": FIRST,
    "first/model.onnx": MODEL,
    "first/plots/loss.png": b"\x89PNG not really",
    "first/notes.md": "# Notes\n",
    "first/page.html": "<script>alert(1)</script>",
    "first/unlinked.txt": "stays at home",
    "second/README.md": SECOND,
}
DOCS: dict[str, str | bytes] = {"index.md": "# Home\n\n[First](models/first.md), [all](models/index.md)\n"}


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def make_project(
    folder: Path, cards: dict[str, str | bytes] = CARDS, docs: dict[str, str | bytes] = DOCS, **settings: object
) -> Path:
    """A site's folder with `cards/` in it; the hook stands elsewhere."""
    write(folder / "cards", cards)
    write(folder / "docs", docs)
    config = {"site_name": "Site", "hooks": [str(HOOK)], "theme": {"name": "material", "font": False}, **settings}
    (folder / "mkdocs.yml").write_text(json.dumps(config))  # JSON is YAML
    return folder


def build(project: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", *options]
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    env = plain | {"NO_MKDOCS_2_WARNING": "1"} | environment
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=60, check=False)


def build_well(project: Path, *options: str, **environment: str) -> Path:
    done = build(project, "--strict", *options, **environment)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return project / "site"


def said(done: subprocess.CompletedProcess[str]) -> list[str]:
    return (done.stdout + done.stderr).strip().splitlines()


class Links(HTMLParser):
    """The ids and addresses of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids, self.urls = {""}, set[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            if name in ("href", "src") and value and not re.match(r"[a-z]+:|/", value):
                self.urls.add(value)


def dead_links(site: Path) -> Iterator[str]:
    """Relative addresses, with their fragments, that lead nowhere; of the viewer's, also what it is to open."""
    for page in site.rglob("*.html"):
        for url in Links(page.read_text()).urls:
            address, fragment = urldefrag(url)
            path, _, query = address.partition("?")
            target = page.parent / unquote(path) if path else page
            target = target / "index.html" if target.is_dir() else target
            opened = [target.parent / unquote(name) for name in parse_qs(query).get("url", [])]
            missing = not all(file.is_file() for file in (target, *opened))
            if missing or (fragment and fragment not in Links(target.read_text()).ids):
                yield f"{page.relative_to(site)}: {url}"


def files_of(site: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(site.rglob("*")) if path.is_file())
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in paths}


def name_on(page: Path) -> str:
    """The first-level heading of a page, as HTML without its permanent link."""
    return re.sub(r"<a class=\"headerlink.*?</a>", "", re.findall(r"<h1[^>]*>(.*?)</h1>", page.read_text())[0])
