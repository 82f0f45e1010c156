"""Whole sites, built as their owners build them: options, both doors, addresses, files, strictness."""

import json
import logging
import mimetypes
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build as build_in_process
from mkdocs.config import load_config

from cardwright.benchmarks import Vocabulary
from cardwright.entry import Entry
from cardwright.load import Inspect, load_entry
from cardwright.published import published_name
from cardwright.sources import CardSource
from tests.sites import (
    CARDS,
    DOCS,
    MODEL,
    ROOT,
    build,
    build_well,
    dead_links,
    files_of,
    make_project,
    name_on,
    said,
    write,
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_well(make_project(tmp_path_factory.mktemp("site")))


def test_hook_elsewhere_and_cards_outside(tmp_path: Path) -> None:
    cards = write(tmp_path / "cards of ours", CARDS)
    extra = {"cardwright": {"cards_dir": "../../cards of ours", "models_uri": "zoo/nets"}}
    project = make_project(tmp_path / "web/site", {}, {"index.md": "[First](zoo/nets/first.md)"}, extra=extra)
    made = build_well(project)
    assert name_on(made / "zoo/nets/first/index.html") == "First net"
    assert [row["url"] for row in json.loads((made / "zoo/nets/index.json").read_text())] == [
        "zoo/nets/first/",
        "zoo/nets/second/",
    ]
    assert not list(dead_links(made))
    assert {path.name for path in cards.rglob("*")} == {name for card in CARDS for name in Path(card).parts}


@pytest.mark.parametrize("theme", ["material", "mkdocs", "readthedocs"])
@pytest.mark.parametrize("directory_urls", [True, False])
def test_every_theme_and_kind_of_address(tmp_path: Path, theme: str, directory_urls: bool) -> None:
    made = build_well(make_project(tmp_path, theme={"name": theme}, use_directory_urls=directory_urls))
    page = made / ("models/first/index.html" if directory_urls else "models/first.html")
    html = page.read_text()
    assert "Sorts letters." in html and 'id="card-more-about-it"' in html
    assert '<meta name="description" content="Sorts letters."' in html or theme != "material"
    assert json.loads((made / "models/index.json").read_text())[0]["url"] in ("models/first/", "models/first.html")
    own = {path.name for path in (ROOT / "hooks/cardwright/assets").iterdir()}
    assert own == {path.name for path in (made / "assets/cardwright").iterdir()}
    assert not list(dead_links(made))


def test_both_doors_are_refused(tmp_path: Path) -> None:
    project = make_project(tmp_path / "site", plugins=["search", "cardwright"])
    entry_points = "[mkdocs.plugins]\ncardwright = cardwright.plugin:CardwrightPlugin\n"
    metadata = {"METADATA": "Metadata-Version: 2.1\nName: cardwright\nVersion: 0\n", "entry_points.txt": entry_points}
    write(tmp_path / "installed/cardwright-0.dist-info", {**metadata})
    done = build(project, PYTHONPATH=os.pathsep.join([str(tmp_path / "installed"), str(ROOT / "hooks")]))
    assert done.returncode != 0
    assert len(said(done)) == 1 and "keep one of them" in said(done)[0]


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"card_dir": "x"}, "card_dir: unknown option (did you mean cards_dir?)"),
        ({"colour": "x"}, "colour: unknown option (known: cards_dir"),
        ({"models_uri": "../up"}, "models_uri: use a path of letters"),
        ({"cards_dir": 3}, "cards_dir: input should be a valid string"),
        (["cards"], "a mapping of options is expected"),
    ],
)
def test_wrong_option_is_one_line(tmp_path: Path, options: object, part: str) -> None:
    done = build(make_project(tmp_path, extra={"cardwright": options}))
    assert done.returncode != 0
    assert len(said(done)) == 1 and part in said(done)[0]


def test_missing_cards_dir(tmp_path: Path) -> None:
    project = make_project(tmp_path, extra={"cardwright": {"cards_dir": "nowhere"}}, docs={"index.md": "# Home"})
    line = "ERROR   -  nowhere:1:1: cards_dir: there is no such folder (make it, or set cards_dir)"
    done = build(project)
    assert (done.returncode, said(done)) == (0, [line])
    assert (project / "site/models/index.html").is_file()
    done = build(project, "--strict")
    assert (done.returncode, done.stderr.splitlines()) == (1, [line])


@pytest.mark.parametrize(
    "taken",
    ["models/index.md", "benchmarks/index.md", "models/first.md", "models/second/index.md", "models/index.json"],
)
def test_address_taken_by_a_page_of_the_docs(tmp_path: Path, taken: str) -> None:
    done = build(make_project(tmp_path, docs={**DOCS, taken: "{}"}))
    assert done.returncode != 0
    assert len(said(done)) == 1 and f"{taken} has the address that Cardwright needs" in said(done)[0]


BROKEN = "---\nmodel_name: Broken net\nversion: [1, 2]\nfiles:\n  - {path: ../secret}\n---\nStill **text**.\n"


def test_broken_card(tmp_path: Path) -> None:
    project = make_project(tmp_path, {**CARDS, "broken/README.md": BROKEN, "torn/README.md": "---\na: [\n---\nTorn.\n"})
    strict, lax = build(project, "--strict"), build(project)
    lines = [line.removeprefix("ERROR   -  ") for line in said(lax)]
    assert (strict.returncode, lax.returncode) == (1, 0)
    assert strict.stderr == lax.stderr and len(lines) == 3
    assert strict.stdout.split("\n") == ["", "Aborted with 3 errors in strict mode!", ""]
    assert lines[0].startswith("cards/broken/README.md:3:10: version: a list stands here")
    assert lines[1].startswith("cards/broken/README.md:5:12: files[0].path: `../secret` leaves the card's folder")
    assert re.match(r"cards/torn/README\.md:\d+:\d+: not valid YAML", lines[2])
    page = (project / "site/models/broken/index.html").read_text()
    assert name_on(project / "site/models/broken/index.html") == "Broken net"
    assert "<code>cards/broken/README.md:3:10</code>" in page and "leaves the card" in page
    assert "Still <strong>text</strong>." in page
    assert "Torn." in (project / "site/models/torn/index.html").read_text()
    whole = (project / "site/models/first/index.html").read_text()
    assert "More about it" in whole and "cw-problems" not in whole
    problems = {row["slug"]: row["problems"] for row in json.loads((project / "site/models/index.json").read_text())}
    assert problems == {"broken": 2, "first": 0, "second": 0, "torn": 1}


def test_wheel_makes_the_same_pages(tmp_path: Path, site: Path) -> None:
    source, installed = tmp_path / "source", tmp_path / "installed"
    shutil.copytree(ROOT / "hooks", source / "hooks", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"):
        shutil.copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "dist")]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=60)
    with zipfile.ZipFile(next((tmp_path / "dist").glob("cardwright-*.whl"))) as wheel:
        held = set(wheel.namelist())
        wheel.extractall(installed)
    package = ROOT / "hooks/cardwright"
    sources = {path.relative_to(ROOT / "hooks").as_posix() for path in package.rglob("*") if path.is_file()}
    assert {name for name in sources if "__pycache__" not in name} == {n for n in held if n.startswith("cardwright/")}
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in held)

    plugins = ["search", {"cardwright": {"cards_dir": "cards"}}]
    made = build_well(make_project(tmp_path / "web", hooks=[], plugins=plugins), PYTHONPATH=str(installed))
    assert files_of(made) == files_of(site)
    odd = make_project(tmp_path / "odd", hooks=[], plugins=[{"cardwright": {"dir": 1}}])
    done = build(odd, PYTHONPATH=str(installed))
    assert done.returncode != 0
    assert len(said(done)) == 1 and "cardwright: dir: unknown option" in said(done)[0]


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"edit_uri": "edit/main/docs/"}, "edit/main/cards/a%20b/README.md"),
        ({"edit_uri": "blob/x/site/docs"}, "blob/x/site/cards/a%20b/README.md"),
        ({"edit_uri_template": "edit/docs/{path}"}, "edit/cards/a b/README.md"),
        ({"edit_uri_template": "edit?f={path_noext!q}"}, "edit?f=..%2Fcards%2Fa%20b%2FREADME"),
        ({}, None),
    ],
)
def test_edit_link(tmp_path: Path, settings: dict[str, Any], path: str | None) -> None:
    repository = "https://git.example.org/me/nets"
    settings = {"repo_url": repository, **settings}
    project = make_project(tmp_path / "site", {"a b/README.md": "# Net\n"}, {"index.md": "# Home"}, **settings)
    html = (build_well(project) / "models/a-b/index.html").read_text()
    assert re.findall(r'href="([^"]*)" rel="edit', html) == ([f"{repository}/{path}"] if path else [])
    assert ("Edit this card" in html) == bool(path)


def test_no_edit_link_for_cards_outside(tmp_path: Path) -> None:
    write(tmp_path / "cards", CARDS)
    extra = {"cardwright": {"cards_dir": "../cards"}}
    repository = "https://git.example.org/me/nets"
    project = make_project(tmp_path / "site", {}, extra=extra, repo_url=repository, edit_uri="edit/main/docs/")
    html = (build_well(project) / "models/first/index.html").read_text()
    assert "Edit this card" not in html and "edit/main" not in html


def test_files_beside_a_card(site: Path) -> None:
    folder = site / "models/first"
    published = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    texts = {"README.md.txt", "notes.md.txt", "page.html.txt", "card.json", "facts.json"}
    assert published == {
        "index.html",
        "card.json",
        "card.md",
        "badge.svg",
        "facts.json",
        "model.onnx",
        "structure.onnx",
        "plots/loss.png",
        *texts,
    }
    assert (folder / "model.onnx").read_bytes() == MODEL
    html = (folder / "index.html").read_text()
    assert 'href="../second/#card-two-words"' in html and '<a href="../second/"' in html
    assert 'src="plots/loss.png"' in html and 'href="page.html.txt"' in html
    assert not list(dead_links(site))


def test_what_a_browser_would_run_is_published_as_text() -> None:
    both = mimetypes.MimeTypes(filenames=()).types_map
    live = {
        name for table in both for name, kind in table.items() if "xml" in kind or kind.endswith(("html", "rfc822"))
    }
    live -= {".svg", ".eml", ".nws"}  # pictures are pictures; mail is only ever downloaded
    assert {".html", ".xml", ".mht", ".rdf"} < live
    assert not {
        name for name in live | {".xhtml", ".shtml", ".XSD"} if published_name(Path(), f"it{name}") != f"it{name}.txt"
    }


SECRET = "to be seen by nobody"
LEAKS = """\
---
files: [{path: up.onnx}, {path: pipe.onnx}, {path: ../../secret.txt}, {path: %s/secret.txt}, {path: linked/secret.txt}]
license: [../../secret.txt, link.txt]
structure: [{url: ../../secret.txt}, {url: link.txt}]
---
[a](../../secret.txt) [b](%s/secret.txt) [c](file://%s/secret.txt) [d](link.txt) [e](linked/secret.txt) [f](pipe)
[g](..%%2f..%%2fsecret.txt) [h](..\\..\\secret.txt) [i](x/../../../secret.txt) [j](../neighbour/own.txt) [k](%%00)
[l](.) ![m](../../secret.txt) ![n](link.txt) [o](%s) [p](//secret.txt)
<img src="../../secret.txt"> [q](mine.txt) [r](%%)
"""


def test_nothing_outside_the_folder_is_published(tmp_path: Path) -> None:
    write(tmp_path, {"secret.txt": SECRET})
    card = LEAKS % (tmp_path, tmp_path, tmp_path, "a" * 5000)
    own = {"leaky/README.md": card, "leaky/mine.txt": "mine", "neighbour/own.txt": SECRET, "neighbour/README.md": "# N"}
    project = make_project(tmp_path / "site", {**own}, {"index.md": "# Home"})
    folder = project / "cards/leaky"
    for name in ("link.txt", "up.onnx", "cite.bib", "link.md"):
        (folder / name).symlink_to(tmp_path / "secret.txt")
    (folder / "linked").symlink_to(tmp_path)
    (project / "cards/linked").symlink_to(tmp_path)
    (project / "cards/alone.md").symlink_to(tmp_path / "secret.txt")
    (project / "cards/piped").mkdir()
    for name in ("pipe", "pipe.onnx", "pipe.bib", "../pipe.md", "../piped/README.md", "../piped/config.json"):
        os.mkfifo(folder / name)
    done = build(project)
    assert done.returncode == 0 and "Traceback" not in done.stderr
    made = project / "site"
    made_of_it = {path.name for path in (made / "models/leaky").iterdir()}
    assert made_of_it == {"index.html", "README.md.txt", "card.json", "card.md", "badge.svg", "mine.txt"}
    assert not [name for name, content in files_of(made).items() if SECRET.encode() in content]
    assert not [url for url in dead_links(made) if "leaky" in url]


def test_fault_of_ours_costs_one_card_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> str:
        raise RuntimeError("<b>out of\nluck</b>")

    def load(root: Path, shown_as: str, source: CardSource, inspect: Inspect, known: Vocabulary | None) -> Entry:
        return load_entry(root, fail() if source.slug == "third" else shown_as, source, inspect, known)

    monkeypatch.setattr("cardwright.sections.structure.format_fact", fail)  # only `first` has a file
    monkeypatch.setattr("cardwright.site.load_entry", load)
    config = load_config(str(make_project(tmp_path, {**CARDS, "third.md": "# Third net\n"}) / "mkdocs.yml"))
    caplog.set_level(logging.DEBUG, "mkdocs.plugins.cardwright")
    build_in_process(config)
    message = "Cardwright failed on this card: RuntimeError: <b>out of luck</b> (this is a fault of Cardwright"
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 2
    for path, line in zip(("third.md", "first/README.md"), errors, strict=True):
        assert line.startswith(f"cards/{path}:1:1: {message}")
        html = (tmp_path / "site/models" / path[:5] / "index.html").read_text()
        assert "RuntimeError: &lt;b&gt;out of" in html and "report it" in html
    assert name_on(tmp_path / "site/models/first/index.html") == "First net"
    assert "It has one heading." in (tmp_path / "site/models/second/index.html").read_text()
    rows = {row["slug"]: row["problems"] for row in json.loads((tmp_path / "site/models/index.json").read_text())}
    assert rows == {"first": 0, "second": 0, "third": 1}
    assert len([record for record in caplog.records if record.levelno == logging.DEBUG and record.exc_info]) == 2
