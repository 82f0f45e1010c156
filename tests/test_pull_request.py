"""A site that previews a pull request, whose docs are anyone's."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cardwright.pull_request import mark_preview
from scripts.html_tree import read_html
from scripts.previews.build import EXTENSIONS
from tests.sites import DOCS, ROOT, build_well, make_project

PULL = "https://github.com/owner/models/pull/12"
HOSTILE = (ROOT / "tests/data/preview-docs/hostile.md").read_text(encoding="utf-8")
TAGS = frozenset(
    "script iframe svg math form button input meta base link style object embed video template noscript".split()
)


def find_harm(html: str) -> list[str]:
    """Elements and attributes that could run, load or cover."""
    found = []
    for element in read_html(html).walk():
        found += [element.tag] if element.tag in TAGS else []
        for name, value in element.attributes.items():
            odd = name.startswith(("on", "data-")) or name in ("style", "srcset", "formaction") or "evil" in value
            script = name in ("href", "src") and re.match(r"[\s\0]*(?:java|vb)?script:|data:", value, re.IGNORECASE)
            wide = name == "class" and re.search(r"\bmd-", value)
            found += [f"{name}={value}"] if odd or script or wide else []
    return found


@pytest.fixture(scope="module", params=["material", "mkdocs"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_well(
        make_project(
            tmp_path_factory.mktemp("site"),
            docs=DOCS
            | {"hostile.md": HOSTILE, "guide/deep.md": "# Deep & low\n\n## `x < y`\n\n[Home](../index.md#home)\n"},
            theme={"name": request.param},
            extra={"cardwright": {"preview_of": PULL}},
            markdown_extensions=EXTENSIONS,
        )
    )


def content_of(html: str) -> str:
    """What stands between the theme's own markup, from the first heading to the last words of the page."""
    return html[html.index("<h1") : html.index("A note that stays")]


def test_nothing_in_docs_can_run_load_or_cover(site: Path) -> None:
    html = (site / "hostile/index.html").read_text()
    assert find_harm(content_of(html)) == []
    clean = (site / "guide/deep/index.html").read_text()
    for tag in ("script", "iframe", "form", "base", "object", "meta", "svg"):
        assert len(re.findall(f"<{tag}\\b", html)) == len(re.findall(f"<{tag}\\b", clean)), tag
    assert html.count('id="__config"') == clean.count('id="__config"')
    assert "root:" not in html


def test_names_of_pages_are_names(site: Path) -> None:
    title = re.findall("<title>(.*?)</title>", (site / "hostile/index.html").read_text(), re.DOTALL)
    assert len(title) == 1 and not re.search("[<>]", title[0]) and "script" in title[0]
    clean, full = (read_html((site / name).read_text()) for name in ("guide/deep/index.html", "index.html"))
    assert [len(clean.find(tag)) for tag in ("script", "img")] == [len(full.find(tag)) for tag in ("script", "img")]


def test_words_of_docs_stay(site: Path) -> None:
    html = (site / "hostile/index.html").read_text()
    for words in (
        "Words that stay",
        "A note that stays",
        "cell",
        "kept",
        'class="admonition note"',
        'class="highlight"',
    ):
        assert words in html
    deep = (site / "guide/deep/index.html").read_text()
    assert '<a href="../../#home"' in deep and "Deep &amp; low" in deep


def test_every_page_says_what_it_is(site: Path) -> None:
    pages = {path.relative_to(site).as_posix(): path.read_text() for path in site.rglob("index.html")}
    for name, html in pages.items():
        if name != "netron/index.html":
            up = "../" * (name.count("/") + 2)
            assert html.count('<meta name="robots" content="noindex, nofollow">') == 1, name
            assert f'preview of <a href="{PULL}" rel="noopener noreferrer">pull request 12</a>' in html, name
            assert f'not <a href="{up}">the published site</a>' in html, name


def test_site_without_the_option_is_as_ever(tmp_path: Path) -> None:
    site = build_well(make_project(tmp_path, docs=DOCS | {"page.md": "# Mine\n\n<form>ours</form>\n"}))
    html = (site / "page/index.html").read_text()
    assert "<form>ours</form>" in html and "cw-preview" not in html and "noindex" not in html


def test_page_without_a_body_is_marked_too() -> None:
    assert mark_preview("<p>x", PULL, "").startswith('<p class="cw-preview"')


def test_search_holds_nothing_that_runs(site: Path) -> None:
    """Material's has HTML in it, which its script puts into a page; MkDocs' has text, which is escaped there."""
    index = json.loads((site / "search/search_index.json").read_text())
    if "material" in (site / "index.html").read_text():
        assert not [doc for doc in index["docs"] if find_harm(doc["text"]) or find_harm(doc["title"])]
    assert any("Words that stay" in doc["text"] for doc in index["docs"])
