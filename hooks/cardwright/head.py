"""What our pages have in their head beside what the theme writes: other forms, previews for links, JSON-LD."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from cardwright.addresses import Addresses, own_name
from cardwright.exports import CARD_EXPORTS
from cardwright.jsonld import write_json_ld
from cardwright.pages import Page
from cardwright.previews import HEIGHT, PREVIEW_NAME, WIDTH
from cardwright.render import render


def add_head(page: Page, addresses: Addresses, has_feed: bool) -> Page:
    """The page with its head."""
    entry = page.entry
    alternates = [
        (export.media_type, addresses.file_from_page(entry.slug, own_name(entry, export.name)), export.label)
        for export in CARD_EXPORTS
        if entry and export.media_type
    ]
    if has_feed:
        feed = addresses.link(page.uri, f"{addresses.models_uri}/feed.xml")
        alternates.append(("application/atom+xml", feed, "Changes of models"))
    head = render(
        "head.html",
        page=page,
        alternates=alternates,
        site_name=addresses.site_name,
        url=addresses.absolute(addresses.view(page.uri)) if addresses.site_url else "",
        image=addresses.absolute(addresses.card_file(entry, PREVIEW_NAME)) if entry else "",
        size=(WIDTH, HEIGHT),
        json_ld=Markup(write_json_ld(entry, addresses)) if entry else "",
    )
    return replace(page, head=head)


def put_into_head(html: str, head: str) -> str:
    """A finished page of any theme, with `head` at the end of its head."""
    before, end, after = html.partition("</head>")
    return f"{before}{head}{end}{after}" if end else html
