"""Safe page HTML from a part of a card's text: links and images of this site, code in colours, no request outside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from markupsafe import Markup

from cardwright.gfm.highlight import highlight_code
from cardwright.gfm.links import NO_LINKS, Links, rewrite_links
from cardwright.gfm.outline import read_body
from cardwright.gfm.safe import sanitise


def render_part(html: str, links: Links, top_level: int = 2, deepest_before: int = 1) -> Markup:
    """A part of `Body.html` as safe HTML.

    The highest heading of the part becomes `top_level`, the others follow without a gap, none above `<h2>`;
    `deepest_before` is the level of the heading that stands above the part.
    """
    clean = sanitise(html)
    for change in (
        _drop_anchors,
        partial(_shift_headings, top_level=max(top_level, 2), before=deepest_before, permalink=links.permalink),
        _mark_alerts,
        _mark_tasks,
        _align,
        partial(rewrite_links, links=links),
        partial(highlight_code, above_code=links.above_code),
        _frame_tables,
    ):
        clean = change(clean)
    return Markup(clean)


def render_heading(html: str, links: Links) -> Markup:
    """The inside of a heading, as cut from `Body.html`, as safe HTML."""
    return Markup(rewrite_links(_mark_tasks(_drop_anchors(sanitise(html))), links=links).strip())


def render_inline(markdown: str, links: Links = NO_LINKS) -> Markup:
    """One value of a card, read as inline Markdown: no blocks, whatever it begins with."""
    body = read_body(f"<wbr>{' '.join(markdown.split())}")
    clean = sanitise(body.html.replace("<wbr>", "", 1)).strip()
    if clean.startswith("<p>") and clean.endswith("</p>") and clean.count("<p") == 1:
        clean = clean[3:-4]
    return Markup(rewrite_links(_mark_tasks(_HEADING.sub("", clean)), links=links))


_ANCHOR = re.compile(r'<a href="#(?:card-[^"]*)?"[^>]*></a>')
"""comrak's own link in a heading; the site has another. An empty link of an author's leads no one anywhere."""
_HEADING = re.compile(r"<(/?)h([1-6])((?: [^>]*)?)>")
_ID = re.compile(r' id="([^"]*)"')


def _drop_anchors(html: str) -> str:
    return _ANCHOR.sub("", html)


def _shift_headings(html: str, *, top_level: int, before: int, permalink: str) -> str:
    levels = [int(level) for closing, level, _ in _HEADING.findall(html) if not closing]
    if not levels:
        return html
    shift = top_level - min(levels)
    last = before
    opened: list[tuple[int, str]] = []

    def change(match: re.Match[str]) -> str:
        nonlocal last
        closing, level, attributes = match.groups()
        if closing:
            now, link = opened.pop() if opened else (int(level), "")
            return f"{link}</h{now}>"
        last = min(int(level) + shift, last + 1, 6)
        identifier = _ID.search(attributes)
        opened.append((last, permalink_html(identifier.group(1), permalink) if identifier else ""))
        return f"<h{last}{attributes}>"

    return _HEADING.sub(change, html)


def permalink_html(identifier: str, symbol: str) -> Markup:
    """The permanent link beside a heading, as the site's own pages have it."""
    if not symbol:
        return Markup("")
    return Markup('<a class="headerlink" href="#{}" title="Permanent link">{}</a>').format(identifier, Markup(symbol))


_QUOTE = re.compile(r"(<blockquote\b[^>]*>\s*|</blockquote>)")
_ALERT = re.compile(r"<p>\[!(note|tip|important|warning|caution)\](?:<br[^>]*>)?[ \t]*(?:</p>|\n)", re.IGNORECASE)
_ADMONITIONS = {"note": "note", "tip": "tip", "important": "info", "warning": "warning", "caution": "danger"}


def _mark_alerts(html: str) -> str:
    """A quote that begins with a line `[!NOTE]` is an alert: GitHub too makes it one after parsing."""
    pieces = _QUOTE.split(html)
    opened: list[bool] = []
    for index in range(1, len(pieces), 2):
        if pieces[index].startswith("</"):
            pieces[index] = "</div>" if opened and opened.pop() else pieces[index]
            continue
        alert = _ALERT.match(pieces[index + 1])
        opened.append(alert is not None)
        if alert:
            kind = alert.group(1).lower()
            title = f'<p class="admonition-title">{kind.capitalize()}</p>\n'
            pieces[index] = f'<div class="admonition {_ADMONITIONS[kind]}">{title}'
            rest = pieces[index + 1][alert.end() :]
            pieces[index + 1] = rest.lstrip("\n") if alert.group().endswith("</p>") else f"<p>{rest}"
    return "".join(pieces)


_TASK = re.compile(r"<input\b[^>]*>")


def _mark_tasks(html: str) -> str:
    """A checkbox of a task list as a sign with a name: a form field without a label is no use to anyone."""

    def change(match: re.Match[str]) -> str:
        if "checkbox" not in match.group():
            return ""
        done = "checked" in match.group()
        sign, name = ("☑", "done") if done else ("☐", "to do")
        return f'<span class="cw-task" role="img" aria-label="{name}">{sign}</span>'

    return _TASK.sub(change, html)


_ALIGN = re.compile(r'<(\w+)([^>]*?) align="(left|right|center)"([^>]*)>')


def _align(html: str) -> str:
    def change(match: re.Match[str]) -> str:
        tag, before, side, after = match.groups()
        return f'<{tag} class="cw-{side}"{before}{after}>' if "class=" not in before + after else match.group()

    return _ALIGN.sub(change, html)


_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)


_HEAD = re.compile(r"<thead>.*?</thead>", re.DOTALL)


def _frame_tables(html: str) -> str:
    """A wide table scrolls in its own frame, which the keyboard can reach, and its head says that it heads columns."""
    with_scope = _HEAD.sub(lambda head: re.sub(r"<th(?=[ >])(?![^>]*scope=)", '<th scope="col"', head.group()), html)
    return "".join(_framed(with_scope))


def _framed(html: str) -> Iterator[str]:
    depth = 0
    for piece in re.split(r"(<table\b[^>]*>|</table>)", html):
        if piece.startswith("<table"):
            depth += 1
            yield '<div class="cw-scroll" tabindex="0" role="group" aria-label="Table">' if depth == 1 else ""
            # With a class, Material leaves the table where it is, instead of in a frame of its own.
            yield piece if "class=" in piece else f'<table class="cw-table"{piece[6:]}'
        elif piece == "</table>":
            yield piece
            yield "</div>" if depth == 1 else ""
            depth -= 1
        else:
            yield piece
