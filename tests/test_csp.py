"""What a page's policy allows, from its HTML."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, Environment

from cardwright.csp import MARK, Wall, find_script_sources, find_source, hash_source
from tests.sites import build_well, files_of, make_project

CASES = json.loads((Path(__file__).parent / "data/csp/pages.json").read_text(encoding="utf-8"))


def policy_of(html: str) -> dict[str, list[str]]:
    found = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', html)
    assert len(found) == 1, html
    rows = (row.split() for row in unescape(found[0]).split("; "))
    return {name: sources for name, *sources in rows}


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def make_page(template: str, values: dict[str, str], wall: Wall, of_cards: bool) -> str:
    env = Environment(loader=DictLoader({"main.html": template}))  # as MkDocs': nothing is escaped
    wall.mark(env)
    return wall.protect(env.get_template("main.html").render(values), of_cards)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_only_what_the_template_says_is_allowed(case: dict[str, Any]) -> None:
    html = make_page(case["template"], {"x": case.get("x", "")}, Wall(), of_cards=True)
    policy = policy_of(html)
    allowed = [unescape(text) for text in case.get("allowed", [])]
    hashes = {source for sources in policy.values() for source in sources if source.startswith("'sha256")}
    assert hashes == {digest(text) for text in allowed}
    for directive, sources in case.get("sources", {}).items():
        assert policy[directive] == sources
    without = re.sub(r'\n<meta http-equiv="Content-Security-Policy" content="[^"]*">', "", html)
    assert without == Environment().from_string(case["template"]).render(x=case.get("x", ""))


def test_docs_are_trusted_unless_strict() -> None:
    page = "<head></head><body>{{ x }}</body>"
    own = {
        "x": '<script>own()</script><iframe src="https://films.example/a/b"></iframe>'
        '<img src="//pictures.example/i.png">'
    }
    policy = policy_of(make_page(page, own, Wall(), of_cards=False))
    assert digest("own()") in policy["script-src"]
    assert policy["frame-src"] == ["https://films.example/a/"]
    assert "pictures.example/" in policy["img-src"]
    for of_cards, trusts in ((True, True), (False, False)):
        strict = policy_of(make_page(page, own, Wall(trusts_docs=trusts), of_cards))
        assert (strict["script-src"], strict["frame-src"], strict["img-src"]) == (
            ["'self'"], ["'none'"], ["'self'", "data:"],
        )  # fmt: skip


@pytest.mark.parametrize(
    ("html", "sources"),
    [
        ("<p>", []),
        ('<a data-cw-src="https://a.example/x.png">', ["https:"]),
        ('<a data-cw-src="http://a.example/x.png">', ["http:", "https:"]),
        ('<a data-cw-src="//a.example/x.png">', ["http:", "https:"]),
        ("<code>data-cw-src=&quot;https:</code>", []),
    ],
)
def test_images_of_any_host_only_where_a_click_may_load_one(html: str, sources: list[str]) -> None:
    policy = policy_of(make_page("<head></head>{{ x }}", {"x": html}, Wall(), of_cards=True))
    assert policy["img-src"] == ["'self'", "data:", *sources]


def test_served_pages_let_the_reload_script_run() -> None:
    html = make_page("<head><script>a()</script></head>", {}, Wall(is_served=True), of_cards=True)
    assert policy_of(html)["script-src"] == ["'self'", "'unsafe-inline'"]


def test_what_a_site_allows_besides() -> None:
    wall = Wall(
        sources=(("connect-src", "https://a.example"), ("style-src-elem", "'unsafe-inline'")), image_hosts=("*.b",)
    )
    policy = policy_of(make_page("<head><style>a{}</style></head>", {}, wall, of_cards=True))
    assert policy["connect-src"] == ["'self'", "https://a.example"]
    assert policy["img-src"] == ["'self'", "data:", "*.b"]
    assert policy["style-src-elem"] == ["'self'", "'unsafe-inline'"]  # a hash would make browsers forget the second


@pytest.mark.parametrize("page", ["", "no head", "<html><body><script>a()</script></body></html>", "<header></header>"])
def test_what_has_no_head_stays_as_it_is(page: str) -> None:
    assert make_page(page, {}, Wall(), of_cards=False) == page
    assert make_page(page, {}, Wall(is_raised=False), of_cards=False) == page


def test_the_policy_stands_before_all_that_it_rules() -> None:
    html = make_page('<HEAD lang=x>\n <meta charset="utf-8">\n<script>a()</script></HEAD>', {}, Wall(), of_cards=True)
    assert re.match(r'<HEAD lang=x>\n <meta charset="utf-8">\n<meta http-equiv="Content-Sec[^>]*>\n<script>', html)


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://a.example/lib/x.js?v=1#y", "https://a.example/lib/"),
        ("//a.example/x.js", "a.example/"),
        ("https://a.example", "https://a.example/"),
        ("http://a.example:8080/x/", "http://a.example:8080/x/"),
        ("own.js", ""),
        ("/own.js", ""),
        ("data:text/javascript,x", ""),
        ("https://a.example/x; script-src */y.js", ""),
    ],
)
def test_a_file_of_another_host_allows_its_folder(url: str, source: str) -> None:
    assert find_source(url) == source


def test_scripts_of_other_hosts_in_the_configuration() -> None:
    found = find_script_sources(["https://a.example/l/x.js", "own.js", "https://a.example/l/y.js"])
    assert found == (("script-src", "https://a.example/l/"), ("font-src", "https://a.example/l/"))


def test_a_hash_is_that_of_the_lines_as_browsers_read_them() -> None:
    assert hash_source("a\r\nb\rc") == digest("a\nb\nc")


def test_the_same_site_has_the_same_bytes(tmp_path: Path) -> None:
    """The mark is new in each process, and in no page."""
    sites = []
    for name in ("a", "b"):
        site = build_well(make_project(tmp_path / name, {"wren.md": "# Wren\n"}))
        sites.append({uri: data for uri, data in files_of(site).items() if uri.endswith(".html")})
        assert not [uri for uri, data in sites[-1].items() if re.search(rb"data-cw-[0-9a-f]{24}", data)]
        assert not [uri for uri, data in sites[-1].items() if b'"Content-Security-Policy"' not in data]
    assert sites[0] == sites[1]
    other = subprocess.run(
        [sys.executable, "-c", "from cardwright.csp import MARK; print(MARK)"],
        env={"PYTHONPATH": str(Path(__file__).parent.parent / "hooks")}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert other.stdout.strip() not in ("", MARK)


def test_a_preview_trusts_no_docs(tmp_path: Path) -> None:
    docs: dict[str, str | bytes] = {"index.md": "# Home\n\n<script>own()</script>\n"}
    for preview_of in ("", "https://forge.example/pull/1"):
        extra = {"cardwright": {"preview_of": preview_of}}
        site = build_well(make_project(tmp_path / f"of{len(preview_of)}", {"wren.md": "# Wren\n"}, docs, extra=extra))
        policy = policy_of((site / "index.html").read_text())
        assert (digest("own()") in policy["script-src"]) == (not preview_of)
