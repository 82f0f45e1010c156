"""Whatever a card's text holds, its HTML has nothing but what the policy below allows, and is made in bounded time.

A case is a file `data/gfm/hostile/<case>.md`, or pieces to repeat in `data/gfm/_repeated.json`.
"""

from __future__ import annotations

import html as html_entities
import json
import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardwright.gfm import Links, read_body, render_inline, render_part
from cardwright.gfm.outline import MAX_BODY_BYTES

DATA = Path(__file__).parent / "data" / "gfm"
HOSTILE = sorted(path.stem for path in (DATA / "hostile").glob("*.md"))
HARMLESS = sorted(path.stem for path in DATA.glob("*.md"))
REPEATED = json.loads((DATA / "_repeated.json").read_text(encoding="utf-8"))
MAX_SECONDS = 5.0

FILES = {"notes.md": "../notes/", "image.png": "image.png", "x": "x"}
LINKS = Links(resolve=FILES.get)

TEXT_TAGS = (
    "a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption"
    " figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small span strike strong sub"
    " summary sup table tbody td tfoot th thead tr tt u ul var wbr"
)
TAGS = frozenset(TEXT_TAGS.split())
"""Every element that may come of card text: no script, style, form, frame, drawing or metadata, no <h1>."""

ATTRIBUTES = frozenset(
    "align alt aria-label class colspan data-cw-height data-cw-src data-cw-width dir height href id lang loading name"
    " open rel reversed role rowspan scope src"
    " start tabindex title type value width".split()
)
CLASSES = re.compile(
    r"cw-(scroll|table|task|image|media|missing|left|right|center)|highlight|admonition(-title)?|note|tip|info|warning"
    r"|danger|markdown-alert(-[a-z]+)?|footnote-(ref|backref)|footnotes|language-[^\s<>\"'&`]{1,100}|[a-z]{1,2}\d?|l-[A-Za-z-]+|err"
)
VOID = frozenset("br col hr img wbr".split())


class Inspector(HTMLParser):
    """Collects everything that the policy does not allow."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if tag not in TAGS:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES or not is_allowed(name, value or ""):
                self.found.append(f"<{tag} {name}={value!r}>")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.found.append(f"</{tag}>")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"<?{data}>")


def is_allowed(name: str, value: str) -> bool:
    # A browser drops tabs and line ends within an address, and what controls stand before it.
    address = re.sub(r"[\t\r\n]", "", value).lstrip("".join(map(chr, range(33)))).lower()
    match name:
        case "href":
            scheme = re.match(r"[a-z][a-z0-9+.-]*:", address)
            return not scheme or scheme.group() in ("http:", "https:", "mailto:", "ftp:", "tel:")
        case "data-cw-src":
            return bool(re.match(r"(https?:)?//[a-z0-9.-]+(:\d+)?([/?#]|$)", address)) and address == value.lower()
        case "src":
            return not re.match(r"[a-z][a-z0-9+.-]*:|[/\\]{2}", address)
        case "id" | "name":
            return value.startswith("card-")
        case "class":
            return all(CLASSES.fullmatch(word) for word in value.split())
    return True


def find_harm(html: str) -> list[str]:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.found + [f"<{tag}> stays open" for tag in inspector.open]


def read_case(case: str) -> str:
    return (DATA / "hostile" / f"{case}.md").read_bytes().decode("utf-8", "replace")


def render_fast(text: str) -> tuple[str, str]:
    start = time.process_time()
    html, inline = str(render_part(read_body(text).html, LINKS)), str(render_inline(text, LINKS))
    assert time.process_time() - start < MAX_SECONDS
    return html, inline


def check_harmless(text: str) -> str:
    html, inline = render_fast(text)
    assert find_harm(html) == []
    assert find_harm(inline) == []
    return html


def test_there_are_cases() -> None:
    assert len(HOSTILE) >= 25
    assert len(REPEATED) >= 50


@pytest.mark.parametrize(
    "html",
    [
        *("<script>1</script>", "<p onclick='x'></p>", "<p style='x'></p>", '<p id="search"></p>', "<h1>x</h1>"),
        *('<a href="java&#9;script:1">x</a>', '<a href=" JAVASCRIPT:1">x</a>', '<a href="data:text/html,x">x</a>'),
        *('<img src="https://x.example/">', '<img src="//x.example/">', '<p class="md-header"></p>', "<input>"),
        *("<p>", "</p>", "<b></p>", "<!-- x -->", "<!doctype html>", "<?x>"),
    ],
)
def test_harm_is_seen(html: str) -> None:
    assert find_harm(html)


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_text_is_harmless(case: str) -> None:
    check_harmless(read_case(case))


@pytest.mark.parametrize("case", HOSTILE)
def test_each_paragraph_of_hostile_text_is_harmless_anywhere(case: str) -> None:
    for piece in read_case(case).split("\n\n"):
        for text in (piece, f"- a\n\n  > {piece}\n", f"| a |\n|---|\n| {piece} |\n", f"# {piece}\n", f"<b>{piece}"):
            check_harmless(text)


@pytest.mark.parametrize("case", HARMLESS)
def test_harmless_text_is_harmless(case: str) -> None:
    check_harmless((DATA / f"{case}.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", sorted(REPEATED))
def test_repeated_text_is_harmless_and_fast(case: str) -> None:
    html, inline = render_fast("".join(piece * times for piece, times in REPEATED[case]))
    assert len(html) + len(inline) < 12_000_000
    check_harmless("".join(piece * (times // 20 + 1) for piece, times in REPEATED[case]))


def test_text_that_is_too_large_stands_as_it_is() -> None:
    text = "# Title\n\n<script>alert(1)</script>\n" + "word " * 60_000
    body = read_body(text)
    assert len(text) > MAX_BODY_BYTES and body.blocks == () and len(body.findings) == 1
    html = check_harmless(text)
    assert html_entities.unescape(re.sub(r"</?pre>", "", html)) == text


def test_text_that_is_too_deep_stands_as_it_is() -> None:
    text = "<div>" * 300 + "deep"
    assert len(read_body(text).findings) == 1
    assert html_entities.unescape(check_harmless(text)) == f"<pre>{text}</pre>"


def test_text_of_the_largest_size_is_rendered() -> None:
    text = "- *word* `code` [link](notes.md)\n" * (MAX_BODY_BYTES // 33 - 1)
    body = read_body(text)
    assert not body.findings and len(body.blocks) == 1
    assert check_harmless(text).count("<li>") == text.count("\n")


PIECES = st.sampled_from(
    [
        *("# ", "- ", "1. ", "> ", "    ", "```\n", "~~~py\n", "|a|b|\n|-|-|\n", "|x|y|\n", "---\n", "[^1]", "[^1]: "),
        *("**", "_", "`", "[", "]", "(", ")", "![", "](", "<", ">", "&lt;", "&#x3c;", "&colon;", '"', "'", "\\", "=\n"),
        *(
            "<script>",
            "</script>",
            "<img src=x ",
            "onerror=alert(1)",
            "<a href=",
            "javascript:alert(1)",
            "data:text/html,",
        ),
        *("<div>", "</div>", "<details>", "<summary>", "<table><tr><td>", "</td>", "<!--", "-->", "<svg>", "<style>"),
        *(
            "<input type=checkbox ",
            "<h1 ",
            "title='",
            "id=x ",
            "class=cw-x ",
            "<pre><code>",
            "</code></pre>",
            "<b",
            "<p ",
        ),
        *(
            "java\tscript:",
            "JaVaScRiPt:",
            "https://x.example/",
            "//x.example",
            "\n",
            "\n\n",
            " ",
            "\0",
            "\r",
            "é",
            "word",
        ),
        *("> [!NOTE]\n", "align=center>", "- [x] ", "</h1>", "</table>", "<pre>", "</a>", "[x](notes.md)", 'x="'),
    ]
)
TEXTS = st.text() | st.lists(PIECES, max_size=30).map("".join)


@given(TEXTS)
@settings(max_examples=500, deadline=None)
def test_any_text_is_harmless(text: str) -> None:
    check_harmless(text)


def parts(text: str) -> Iterator[str]:
    body = read_body(text)
    for block in body.blocks:
        yield body.html[: block.start]
        yield body.html[block.start :]


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_any_part_is_harmless(text: str) -> None:
    for html in parts(text):
        assert find_harm(str(render_part(html, LINKS, top_level=3, deepest_before=2))) == []
