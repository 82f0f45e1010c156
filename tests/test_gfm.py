"""A case is `data/gfm/<case>.md` with its HTML in `<case>.html`.

Tables stand in `data/gfm/tables/<case>.md`, with every cell as `line:column markdown | text` in `<case>.txt`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardwright.gfm import Links, read_body, render_inline, render_part

DATA = Path(__file__).parent / "data" / "gfm"
CASES = sorted(path.stem for path in DATA.glob("*.md"))
TABLES = sorted(path.stem for path in (DATA / "tables").glob("*.md"))

FILES = {"notes.md": "../notes/", "image.png": "image.png", "sub/a b.png": "sub/a%20b.png", "model.onnx": "model.onnx"}
LINKS = Links(resolve=lambda url: FILES.get(url.replace("%20", " ").removeprefix("./")))


def read_text(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def render(markdown: str, **options: int) -> str:
    return str(render_part(read_body(markdown).html, LINKS, **options))


def test_there_are_cases() -> None:
    assert len(CASES) >= 25
    assert len(TABLES) >= 12


@pytest.mark.parametrize("case", CASES)
def test_case(case: str) -> None:
    assert render(read_text(DATA / f"{case}.md")) == read_text(DATA / f"{case}.html")


@pytest.mark.parametrize("case", CASES)
def test_line_ends_change_nothing(case: str) -> None:
    text = read_text(DATA / f"{case}.md")
    assert render(text.replace("\n", "\r\n")) == render(text.replace("\n", "\r")) == render(text)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("*a* `b` [c](notes.md)", '<em>a</em> <code>b</code> <a href="../notes/" rel="noopener noreferrer">c</a>'),
        ("# no heading", "# no heading"),
        ("- no list", "- no list"),
        ("1. no list", "1. no list"),
        ("> no quote", "&gt; no quote"),
        ("    no code", "no code"),
        ("| no | table |\n|---|---|", "| no | table | |---|---|"),
        ("two\n\nlines", "two lines"),
        ("```", "```"),
        ("---", "---"),
        ("[x]: notes.md", "[x]: notes.md"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("<b>bold</b> <script>x</script>", "<b>bold</b> &lt;script&gt;x&lt;/script&gt;"),
        ("", ""),
    ],
)
def test_inline_markdown_makes_no_blocks(markdown: str, expected: str) -> None:
    assert str(render_inline(markdown, LINKS)) == expected


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://pics.example/a.png", True),
        ("http://PICS.example:8080/a.png", True),
        ("//pics.example/a.png", True),
        ("https://cdn.deep.wide.example/a.png", True),
        ("https://wide.example/a.png", False),
        ("https://notwide.example/a.png", False),
        ("https://pics.example.evil.example/a.png", False),
        ("https://evil.example/pics.example/a.png", False),
        ("https://pics.example@evil.example/a.png", False),
        ("https://evil.example\\@pics.example/a.png", False),
        ("https://[pics.example/a.png", False),
        ("ftp://pics.example/a.png", False),
    ],
)
def test_images_of_allowed_hosts_only_are_fetched(url: str, allowed: bool) -> None:
    links = Links(LINKS.resolve, image_hosts=("pics.example", "*.wide.example"))
    shown = str(render_inline(f'<img src="{url}" alt="x" width="9">', links))
    assert ("<img" in shown) == allowed
    if allowed:
        assert shown == (f'<img src="{url}" alt="x" width="9" loading="lazy" referrerpolicy="no-referrer">')


# Headings ------------------------------------------------------------------------------------------------------------


def heading_levels(html: str) -> list[int]:
    return [int(level) for level in re.findall(r"<h([1-6])", html)]


@pytest.mark.parametrize(
    ("levels", "top", "before", "expected"),
    [
        ([1, 2, 3], 2, 1, [2, 3, 4]),
        ([3, 4, 3], 2, 1, [2, 3, 2]),
        ([1, 4, 2], 2, 1, [2, 3, 3]),
        ([2, 6, 6], 2, 1, [2, 3, 4]),
        ([6], 3, 2, [3]),
        ([4, 2], 3, 2, [3, 3]),
        ([1, 2, 3, 4, 5, 6], 3, 2, [3, 4, 5, 6, 6, 6]),
        ([1], 1, 1, [2]),
    ],
)
def test_headings_follow_without_a_gap(levels: list[int], top: int, before: int, expected: list[int]) -> None:
    text = "\n\n".join(f"{'#' * level} h" for level in levels)
    assert heading_levels(render(text, top_level=top, deepest_before=before)) == expected


@given(st.lists(st.integers(1, 6), min_size=1, max_size=12), st.integers(2, 4))
@settings(deadline=None)
def test_no_heading_skips_a_level(levels: list[int], top: int) -> None:
    text = "\n\n".join(f"{'#' * level} h" for level in levels)
    last = top - 1
    for level in heading_levels(render(text, top_level=top, deepest_before=top - 1)):
        assert 2 <= level <= last + 1
        last = level


def test_headings_have_permanent_links() -> None:
    html = str(render_part(read_body("# A & B\n\n## A & B\n").html, Links(LINKS.resolve, "&para;")))
    link = '<a class="headerlink" href="#card-{0}" title="Permanent link">&para;</a>'
    assert html == (
        f'<h2 id="card-a--b">A &amp; B{link.format("a--b")}</h2>\n'
        f'<h3 id="card-a--b-1">A &amp; B{link.format("a--b-1")}</h3>\n'
    )


# The outline ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", TABLES)
def test_table_cells(case: str) -> None:
    assert show_tables(read_text(DATA / "tables" / f"{case}.md")) == read_text(DATA / "tables" / f"{case}.txt")


def show_tables(text: str) -> str:
    lines = []
    for block in read_body(text).blocks:
        if block.table:
            lines.append(f"table {block.first_line}-{block.last_line}")
            for row in (block.table.header, *block.table.rows):
                assert len(row) == len(block.table.header)
                lines += [f"{cell.mark.line}:{cell.mark.column} {cell.markdown} | {cell.text}" for cell in row]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("case", CASES)
def test_blocks_stand_where_they_say(case: str) -> None:
    body = read_body(read_text(DATA / f"{case}.md"))
    lines = body.markdown.split("\n")
    for block in body.blocks:
        assert body.html.startswith(f"<{block.tag}", block.start)
        assert 1 <= block.first_line <= block.last_line <= len(lines)
        if block.level and not block.nested:
            words = re.findall(r"\w+", block.text)
            written = " ".join(lines[block.first_line - 1 : block.last_line])
            assert all(word in written for word in words)
    starts = [block.start for block in body.blocks if block.tag != "section"]
    assert starts == sorted(starts)
