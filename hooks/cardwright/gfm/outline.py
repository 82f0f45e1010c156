"""Parse Markdown once, and know where its blocks stand: in the source (lines) and in the HTML (offsets).

comrak does the parsing and marks every element with its place in the source. Its safe output, in which raw HTML is
left out, gives the structure exactly; the full output is what a page is cut from.
"""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import comrak

from cardwright.problem import Mark

MAX_BODY_BYTES = 256_000
MAX_DEPTH = 100
"""Nesting of elements beyond which the text is shown as it is: sanitising is quadratic in depth."""
MAX_COSTLY = 4_000
"""Headings, comments, footnotes and quotes beyond which the text is shown as it is."""
ID_PREFIX = "card-"
"""Ids from card text carry it, so that they never meet the theme's."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: its Markdown, its plain text, its place in the body."""

    markdown: str
    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Table:
    """A pipe table; every row has as many cells as the header."""

    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level block of the text."""

    tag: str
    """`h1` to `h6`, `p`, `table`, `ul`, `pre`, ..."""
    text: str
    """Its plain text."""
    first_line: int
    last_line: int
    start: int
    """Offset of its first character in `Body.html`."""
    table: Table | None
    nested: bool
    """True inside an open raw HTML element, such as `<details>`: no place to cut."""

    @property
    def level(self) -> int:
        """1 to 6 for a heading, else 0."""
        return int(self.tag[1]) if self.tag[0] == "h" and self.tag[1:].isdigit() else 0


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the text that its author should know."""

    line: int
    """Of the text."""
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Body:
    """A card's text: its Markdown, the unsafe HTML of all of it, and its blocks in order."""

    markdown: str
    html: str
    blocks: tuple[Block, ...]
    findings: tuple[Finding, ...] = ()


@lru_cache(maxsize=4)  # a format looks into a text before it reads it
def read_body(markdown: str) -> Body:
    """Parse a card's text. Never raises; text that is too large or too deep is kept as it stands, with a finding."""
    markdown = markdown.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    if len(markdown.encode()) > MAX_BODY_BYTES:
        return _as_it_stands(markdown, f"more than {MAX_BODY_BYTES:,} bytes of text: shown as it stands", "shorten it")
    if _count_costly(markdown) > MAX_COSTLY:
        message = f"more than {MAX_COSTLY:,} headings, comments or notes: shown as it stands"
        return _as_it_stands(markdown, message, "shorten the text")
    safe, full = _to_html(markdown, unsafe=False), _to_html(markdown, unsafe=True)
    if _depth(full) > MAX_DEPTH:
        message = f"elements nested more than {MAX_DEPTH} deep: shown as it stands"
        return _as_it_stands(markdown, message, "close what is open, and flatten it")
    return Body(markdown, full, _find_blocks(markdown, safe, full), tuple(_find_open_comment(markdown, full)))


def _as_it_stands(markdown: str, message: str, hint: str) -> Body:
    return Body(markdown, f"<pre>{html_entities.escape(markdown)}</pre>", (), (Finding(1, message, hint),))


_COMMENT = re.compile(r"<!--(?:-?>|.*?(?:--!?>|(?P<open>\Z)))|<[!?].*?(?:>|(?P<other>\Z))", re.DOTALL)
"""A comment as browsers read it; `<!` and `<?` before anything else begin one too, which ends at the next `>`."""


def _find_open_comment(markdown: str, html: str) -> Iterator[Finding]:
    """The comment that hides the rest of the text, as on GitHub, because nothing closes it."""
    last = next((match for match in _COMMENT.finditer(html) if match.lastgroup), None)
    if last:
        opening = html[last.start() :].split("\n", 1)[0]
        line = markdown.count("\n", 0, max(markdown.rfind(opening), 0)) + 1
        message = f"`{opening[:20]}` begins a comment that never ends: the text after it is not shown"
        yield Finding(line, message, f"add {'-->' if last.lastgroup == 'open' else '>'} where it ends")


def _make_extensions() -> comrak.ExtensionOptions:
    extensions = comrak.ExtensionOptions()
    for name in ("autolink", "footnotes", "strikethrough", "table", "tasklist"):
        setattr(extensions, name, True)
    extensions.header_id_prefix = ID_PREFIX
    return extensions


_EXTENSIONS, _PARSING = _make_extensions(), comrak.ParseOptions()
_FILTERED = re.compile(
    r"<(?=/?(?:title|textarea|style|xmp|iframe|noembed|noframes|script|plaintext)[\s/>])", re.IGNORECASE
)
"""The tags that GFM takes for text; comrak's own filter of them is quadratic in the number of tags."""


def _count_costly(markdown: str) -> int:
    """How many constructs there are for which the parser's time or its output is quadratic in their number."""
    lines = filter(None, markdown.split("\n"))
    headings = sum(line.lstrip(_MARKERS)[:1] == "#" or not line.strip(" \t>=-") for line in lines)
    return headings + sum(map(markdown.count, ("<!", "<?", "[^"))) + 100 * markdown.count(">" * 100)


_MARKERS = " \t>*+-.)0123456789"
"""What may stand before a heading: the marks of lists and quotes."""


def _to_html(markdown: str, *, unsafe: bool) -> str:
    options = comrak.RenderOptions()
    options.sourcepos = True
    options.github_pre_lang = False
    options.unsafe_ = unsafe
    html = comrak.render_markdown(markdown, _EXTENSIONS, _PARSING, options)
    return _FILTERED.sub("&lt;", html) if unsafe else html


_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_POSITION = re.compile(r'data-sourcepos="((\d+):(\d+)-(\d+):(\d+))"')
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_HOLDERS = frozenset(
    "address article aside blockquote center dd details dialog div dl dt fieldset figure footer form header li main nav"
    " ol pre section summary table ul".split()
)
_CLOSED_BY_NEXT = frozenset(("li", "dd"))
"""Holders that the next of their kind closes."""
_UNLIKE_TEXT = re.compile(r"<[^>]*>")


def _depth(html: str) -> int:
    """The deepest nesting that a parser could see in `html`, counted per element name and summed."""
    depth: dict[str, int] = {}
    total = deepest = 0
    for closing, name, attributes in _TAG.findall(html):
        tag = name.lower()
        if tag in _VOID or attributes.endswith("/"):
            continue
        if not closing:
            depth[tag] = depth.get(tag, 0) + 1
            total += 1
            deepest = max(deepest, total)
        elif depth.get(tag, 0):
            depth[tag] -= 1
            total -= 1
    return deepest


def _find_blocks(markdown: str, safe: str, full: str) -> tuple[Block, ...]:
    offsets, nested = _full_places(full)
    lines = markdown.split("\n")
    blocks: list[Block] = []
    depth = 0
    opening: re.Match[str] | None = None
    for match in _TAG.finditer(safe):
        closing, tag = match.group(1, 2)
        if tag in _VOID:
            if depth == 0 and tag == "hr":
                _add_block(blocks, match, match.end(), safe, lines, offsets, nested)
            continue
        if closing:
            depth -= 1
            if depth == 0 and opening:
                _add_block(blocks, opening, match.end(), safe, lines, offsets, nested)
            continue
        if depth == 0:
            opening = match
        depth += 1
    return tuple(blocks)


def _full_places(full: str) -> tuple[dict[tuple[str, str], int], dict[int, bool]]:
    """Of the full HTML: the offset of each positioned element, and whether raw HTML is open around it."""
    offsets: dict[tuple[str, str], int] = {}
    nested: dict[int, bool] = {}
    opened: list[str] = []
    for match in _TAG.finditer(full):
        closing, name, attributes = match.groups()
        tag = name.lower()
        if not closing and (position := _POSITION.search(attributes)):
            offsets.setdefault((tag, position.group(1)), match.start())
            nested[match.start()] = bool(opened)
        if tag not in _HOLDERS:
            continue
        if not closing:
            if opened and opened[-1] == tag and tag in _CLOSED_BY_NEXT:
                opened.pop()
            opened.append(tag)
        elif tag in opened:  # and with it what was left open inside
            while opened.pop() != tag:
                pass
    return offsets, nested


def _add_block(
    blocks: list[Block],
    opening: re.Match[str],
    end: int,
    safe: str,
    lines: list[str],
    offsets: dict[tuple[str, str], int],
    nested: dict[int, bool],
) -> None:
    position = _POSITION.search(opening.group(3))
    tag = opening.group(2)
    start = offsets.get((tag, position.group(1))) if position else None
    if not position or start is None:
        return
    source = safe[opening.start() : end]
    table = _read_table(source, lines) if tag == "table" else None
    first, last = int(position.group(2)), int(position.group(4))
    blocks.append(Block(tag, _plain_text(source), first, last, start, table, nested[start]))


def _plain_text(html: str) -> str:
    return html_entities.unescape(_UNLIKE_TEXT.sub("", html)).strip()


_ROW = re.compile(r'<tr data-sourcepos="(\d+):(\d+)-[^>]*>(.*?)</tr>', re.DOTALL)
_CELL = re.compile(r'<t[hd] data-sourcepos="(\d+):(\d+)-\d+:(\d+)"[^>]*>(.*?)</t[hd]>', re.DOTALL)


def _read_table(html: str, lines: list[str]) -> Table:
    rows = [_read_row(row, lines) for row in _ROW.finditer(html)]
    return Table(rows[0], tuple(rows[1:]))


def _read_row(row: re.Match[str], lines: list[str]) -> tuple[Cell, ...]:
    line = lines[int(row.group(1)) - 1]
    # comrak counts bytes, and as if every row were indented like the header.
    shift = len(line) - len(line.lstrip(" \t")) + 1 - int(row.group(2))
    places = _byte_places(line)
    return tuple(_read_cell(match, line, places, shift) for match in _CELL.finditer(row.group(3)))


def _byte_places(line: str) -> Sequence[int]:
    """Which character of the line each of its bytes belongs to, and its end."""
    if line.isascii():
        return range(len(line) + 1)
    return [*(index for index, character in enumerate(line) for _ in character.encode()), len(line)]


def _read_cell(match: re.Match[str], line: str, places: Sequence[int], shift: int) -> Cell:
    byte_span = (int(match.group(2)) - 1 + shift, int(match.group(3)) + shift)
    first, end = (places[min(max(byte, 0), len(places) - 1)] for byte in byte_span)
    text = _plain_text(match.group(4))
    written = line[first:end] if text or "<img" in match.group(4) else ""
    indent = len(written) - len(written.lstrip())
    markdown = re.sub(r"(?<!\\)\|$", "", written.strip()).rstrip().replace(r"\|", "|")
    return Cell(markdown, text, Mark(int(match.group(1)), first + 1 + indent))
