"""A site that previews a pull request: it says so, asks search engines to stay away, and its docs are made safe.

Cards are made safe in any case. The docs of a site are its owner's, and may hold any HTML; those of a pull request are
anyone's, and its preview stands on the same host as the published site.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from typing import Any

import nh3

from cardwright.head import put_into_head
from cardwright.pages import escape_for_theme
from cardwright.render import render

ROBOTS = '<meta name="robots" content="noindex, nofollow">'

_BODY = re.compile(r"<body\b[^>]*>")
_TAGS = frozenset(
    "a abbr b blockquote br caption code dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img"
    " ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul"
    " var wbr".split()
)
_ATTRIBUTES = {
    "*": {"id", "class", "title", "lang", "dir"},
    "a": {"href", "name"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_ID = re.compile(r"[a-z0-9][\w-]*|__codelineno-[\d-]+|__span-[\d-]+|fn(?:ref)?\d*:[\w-]+", re.IGNORECASE)
"""Of headings, lines of code, footnotes. The theme's own begin with `__`, and its script takes the first it finds."""
_CLASS = re.compile(
    r"admonition(?:-title)?|note|abstract|info|tip|success|question|warning|failure|danger|bug|example|quote"
    r"|headerlink|footnote(?:-ref|-backref)?|highlight(?:table)?|code|filename|linenos?|linenodiv|task-list(?:-item)?"
    r"|language-[\w+#-]+|err|hll|[a-z]{1,2}\d?"
)
"""What Markdown extensions write; those of the theme could lay a page's text over all of it."""


def clean_page(html: str, page: Any) -> str:
    """The HTML of a page of the docs without anything that could run, load or cover.

    `page` is MkDocs', and cleaned too: themes write its metadata, title and table of contents as they are.
    """
    page.meta.clear()
    page.title = page.meta["title"] = _clean_name(str(page.title))
    _clean_contents(page.toc)
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_filter_attribute,
        link_rel="noopener noreferrer",
        url_schemes={"http", "https", "mailto"},
    )


def mark_preview(html: str, pull_url: str, url: str) -> str:
    """A finished page with the banner, and out of search engines. `url` is the page's own, from the preview's root."""
    up = "../" * url.count("/")
    number = pull_url.rstrip("/").rpartition("/")[2]
    banner = render("preview.html", number=number, pull_url=pull_url, site=f"{up}../../")
    html = put_into_head(html, ROBOTS)
    body = _BODY.search(html)
    return f"{html[: body.end()]}{banner}{html[body.end() :]}" if body else f"{banner}{html}"


def _clean_contents(links: Iterable[Any]) -> None:
    for link in links:
        link.title = _clean_name(link.title)
        link.id = link.id if _ID.fullmatch(link.id) else ""
        _clean_contents(link.children)


def _clean_name(name: str) -> str:
    """A name that is a name however often a theme unescapes it: Material does once, in the title of the window."""
    return escape_for_theme(unescape(name).translate({ord("<"): "\u2039", ord(">"): "\u203a"}))


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    if name in ("id", "name"):
        return value if _ID.fullmatch(value) else None
    if name == "class":
        return " ".join(word for word in value.split() if _CLASS.fullmatch(word)) or None
    if name == "src":  # an image of another host would tell it who reads
        return None if re.match(r"\s*(?:[a-z][a-z0-9+.-]*:|//|[/\\]\s*[/\\])", value, re.IGNORECASE) else value
    return value
