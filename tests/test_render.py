"""`cardwright render`: the pages that MkDocs gets, as files that other generators read, whole or not at all."""

import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from cardwright.cli import main
from tests.pip_tools import run_python
from tests.sites import CARDS, MODEL, ROOT, build_well, dead_links, files_of, make_project, write

TEMPLATES = "---\nmodel_name: '{{ site.title }} {% x %}'\n---\n`{{< y >}}` {{ z }} {% raw %} {# c #} {{{ }}}\n"
MORE: dict[str, str | bytes] = {
    **CARDS,
    "templates/README.md": TEMPLATES,
    "größe/README.md": "---\nlicense: mit\naliases: [old-size]\n---\n# Größe\n",
}
GUIDE = (ROOT / "docs/guide/other-generators.md").read_text()
SETTINGS: dict[str, Any] = {"site_url": "https://example.org/zoo/", "site_description": "All nets", "plugins": []}


def shown(title: str) -> str:
    """The file that the guide shows under this title."""
    found = re.search(rf'^```\w+ title="{re.escape(title)}"\n(.*?)^```$', GUIDE, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def render(project: Path, *arguments: str) -> Result:
    config = [] if "--config" in arguments else ["--config", str(project / "mkdocs.yml")]
    return CliRunner().invoke(main, ["render", *arguments, *config])


def render_well(project: Path, out: Path, *arguments: str) -> Path:
    done = render(project, str(out), *arguments)
    assert done.exit_code == 0, done.output
    return out


def read_pages(out: Path) -> dict[str, dict[str, str]]:
    found = (json.loads(path.read_text()) for path in sorted((out / "content").rglob("*.json")))
    return {page["url"]: page for page in found}


@pytest.mark.parametrize(("directory_urls", "permalink"), [(True, "§"), (False, True)])
def test_pages_are_those_of_mkdocs(tmp_path: Path, directory_urls: bool, permalink: object) -> None:
    extensions = ["tables", {"toc": {"permalink": permalink}}]
    settings = {**SETTINGS, "use_directory_urls": directory_urls, "markdown_extensions": extensions}
    project = make_project(tmp_path / "project", MORE, **settings)
    site, out = build_well(project), render_well(project, tmp_path / "out", "--form", "json")
    pages = read_pages(out)
    assert {"/models/first", "/models/größe", "/models", "/compare"} <= {
        re.sub(r"/index\.html$|\.html$|/$", "", url) for url in pages
    }
    for url, page in pages.items():
        built = (site / url.strip("/") / "index.html" if directory_urls else site / url.strip("/")).read_text()
        assert page["html"] in built
        head = page["head"].partition("defer></script>\n")[2].strip()
        assert head in built
        if "description" in page:
            assert f'<meta name="description" content="{html.escape(page["description"])}"' in built
    theirs = files_of(site)
    docs = ("llms.txt", "sitemap.xml")  # these name pages of the docs
    ours = {name: content for name, content in files_of(out / "static").items() if name not in docs}
    assert len(ours) > 40 and "models/first/preview.png" in ours
    assert ours == {name: theirs.get(name) for name in ours}


def test_front_matter(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", MORE, **SETTINGS)
    plain = read_pages(render_well(project, tmp_path / "json", "--form", "json"))
    out = render_well(project, tmp_path / "out")
    for path in (out / "content").rglob("*.html"):
        _, front, body = re.split("^---\n", path.read_text(), maxsplit=2, flags=re.MULTILINE)
        known = yaml.safe_load(front)
        page = plain.pop(known["url"])
        assert not re.search(r"\{[{%#]", body)
        assert body.replace("&#123;", "{") == page["html"] + "\n"
        assert known == {key: value for key, value in page.items() if key not in ("html", "headings")}
    assert not plain


def test_whole_pages(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", MORE)
    out = render_well(project, tmp_path / "out", "--form", "page")
    assert not list(dead_links(out))
    for url, known in read_pages(render_well(project, tmp_path / "json", "--form", "json")).items():
        page = (out / url.strip("/") / "index.html").read_text()
        assert known["html"] in page and known["head"] in page
    page = (out / "models/templates/index.html").read_text()
    assert "<title>{{ site.title }} {% x %} – Site</title>" in page
    assert "Two words" in (out / "models/second/index.html").read_text()


@pytest.mark.parametrize(
    "config",
    [
        "site_name: Nets\nextra: {cardwright: {cards_dir: ../cards}}\nplugins: [search]\nhooks: [x.py]\n",
        "site_name: Nets\nplugins:\n  - search\n  - cardwright: {cards_dir: ../cards}\n",
        "site_name: Nets\nplugins: {cardwright: {cards_dir: ../cards}}\n",
        "site_name: !ENV [NOT_SET, NETS, x]\nextra: {cardwright: {cards_dir: !ENV CARDS}, y: !!python/name:os.sep }\n",
        "INHERIT: base.yml\nextra: {cardwright: {cards_dir: ../cards}}\n",
    ],
)
def test_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: str) -> None:
    monkeypatch.setenv("NETS", "Nets")
    monkeypatch.setenv("CARDS", "../cards")
    write(tmp_path / "cards", CARDS)
    base = "site_name: Nets\nextra: {cardwright: {cards_dir: nowhere}}\nmarkdown_extensions: [toc: {permalink: true}]\n"
    write(tmp_path / "web", {"mkdocs.yml": config, "base.yml": base})
    out = render_well(tmp_path / "web", tmp_path / "out", "--form", "page", "--strict")
    page = (out / "models/first/index.html").read_text()
    assert "<title>First net – Nets</title>" in page
    assert ('class="headerlink"' in page) == ("INHERIT" in config)


@pytest.mark.parametrize(
    ("config", "part"),
    [
        ("extra: {cardwright: {card_dir: x}}", "card_dir: unknown option (did you mean cards_dir?)"),
        ("- a list", "is no mapping of settings"),
        ("a: [", "is not YAML"),
        ("site_name: [x]", "site_name: write one text"),
        ("INHERIT: mkdocs.yml", "INHERIT leads from file to file without an end"),
        ("INHERIT: none.yml", "none.yml cannot be read"),
    ],
)
def test_wrong_settings_are_one_line(tmp_path: Path, config: str, part: str) -> None:
    write(tmp_path, {"mkdocs.yml": config})
    done = render(tmp_path, str(tmp_path / "out"))
    assert (done.exit_code, done.output.count("\n")) == (1, 1) and part in done.output
    assert not (tmp_path / "out").exists()


def test_strict(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", {"a/README.md": "---\nversion: [1, 2]\n---\n# A\n"})
    done = render(project, str(tmp_path / "out"), "--strict")
    assert done.exit_code == 1 and "cards/a/README.md:2:10: version" in done.output
    assert not (tmp_path / "out").exists()
    assert render(project, str(tmp_path / "out")).exit_code == 0


def test_a_folder_of_ones_own_is_replaced_and_no_other(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    out = render_well(project, tmp_path / "out")
    first = files_of(out)
    shutil.rmtree(project / "cards/second")
    assert "content/models/second.html" not in files_of(render_well(project, out))
    write(project / "cards", CARDS)
    (tmp_path / "empty").mkdir()
    assert files_of(render_well(project, tmp_path / "empty")) == files_of(render_well(project, out)) == first
    done = render(project, str(project / "cards/out"))
    assert done.exit_code == 1 and "where its pages would be read as cards" in done.output
    for taken in (write(tmp_path / "mine", {"thesis.txt": "x"}), write(tmp_path, {"file": "x"}) / "file"):
        done = render(project, str(taken))
        assert done.exit_code == 1 and "stays as it is" in done.output
    assert files_of(tmp_path / "mine") == {"thesis.txt": b"x"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "file", "mine", "out", "project"]


def test_a_failure_leaves_the_old_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project(tmp_path / "project")
    out = render_well(project, tmp_path / "out")
    before = files_of(out)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cardwright.writing.shutil.copyfile", fail)
    done = render(project, str(out))
    assert (done.exit_code, done.output) == (1, f"Error: {out} cannot be written: No space left on device.\n")
    assert files_of(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "project"]


def test_it_needs_no_mkdocs(tmp_path: Path) -> None:
    write(tmp_path, {"cards/a/README.md": "# A\n", "cards/a/model.onnx": MODEL})
    code = (
        "import sys; sys.modules['mkdocs'] = None\nfrom cardwright.cli import main\nmain(['render', 'out', '--strict'])"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT / "hooks")}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "5 pages written to out\n"), done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cards", "out"]


def test_hugo(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", MORE)
    pages = read_pages(render_well(project, tmp_path / "json", "--form", "json"))
    web = write(tmp_path / "web", {name: shown(name) for name in ("hugo.yaml", "layouts/baseof.html")})
    write(web, {f"layouts/{name}.html": '{{ define "main" }}{{ .Content }}{{ end }}' for name in ("home", "all")})
    render_well(project, web / "themes/cardwright")
    done = run_python("generators", "-m", "hugo", "--destination", "public", folder=web)
    assert done.returncode == 0, done.stdout + done.stderr
    for url, page in pages.items():
        built = (web / "public" / url.strip("/") / "index.html").read_text()
        assert page["html"] in built.replace("&#123;", "{") and page["head"].strip() in built
    assert not [link for link in dead_links(web / "public") if not link.startswith("index.html")]


def test_sphinx(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", MORE)
    web = write(tmp_path / "web", {"conf.py": shown("conf.py"), "index.rst": "Home\n====\n"})
    pages = read_pages(render_well(project, web / "cardwright", "--form", "json"))
    done = run_python("generators", "-m", "sphinx", "-qW", ".", "public", folder=web)
    assert done.returncode == 0, done.stdout + done.stderr
    for url, page in pages.items():
        built = (web / "public" / url.strip("/") / "index.html").read_text()
        assert page["html"] in built and page["head"].strip() in built
    assert not list(dead_links(web / "public"))
