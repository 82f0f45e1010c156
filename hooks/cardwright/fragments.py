"""A page of ours outside of any theme: its HTML, what it needs in its head, and what is known of it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from markupsafe import Markup

from cardwright.addresses import ASSETS_URI, Addresses
from cardwright.making import SiteFile
from cardwright.pages import Page
from cardwright.render import render
from cardwright.yamltext import Value

STYLES = ("cardwright.css",)
SCRIPTS = ("cardwright.js",)
"""What every page loads; a page that needs another script names it itself."""

EDIT_PLACE = "<!-- cardwright:edit -->"
"""Where a card's page has the link to edit it, when there is one."""


def list_assets() -> tuple[SiteFile, ...]:
    """All that STYLES and SCRIPTS name, and what pages name themselves."""
    folder = Path(__file__).parent / "assets"
    return tuple(SiteFile(f"{ASSETS_URI}/{path.name}", copied_from=path) for path in sorted(folder.iterdir()))


def fill_page(page: Page, edit_url: str = "") -> str:
    """The page's HTML, with a link to where its card can be edited."""
    edit = render("edit.html", url=edit_url) if edit_url else ""
    return str(page.html).replace(EDIT_PLACE, str(edit))


def render_head(page: Page, addresses: Addresses) -> Markup:
    """What the page needs in its head: style, script, other forms, previews."""
    styles = [addresses.link(page.uri, f"{ASSETS_URI}/{name}") for name in STYLES]
    scripts = [addresses.link(page.uri, f"{ASSETS_URI}/{name}") for name in SCRIPTS]
    return render("fragment_head.html", styles=styles, scripts=scripts, head=page.head)


def describe_page(page: Page, addresses: Addresses) -> dict[str, Value]:
    """What generators want to know of a page, by the names that they have for it; what is unknown is left out.

    `url` and `permalink` are one address, from the root of the site: the first for Hugo, the second for Eleventy and
    Jekyll.
    """
    address = f"/{unquote(addresses.view(page.uri))}"
    change = page.entry.change if page.entry else None
    known: dict[str, Value] = {
        "title": page.title,
        "description": page.description,
        "url": address,
        "permalink": address,
        "lastmod": change.time if change else "",
        "head": str(render_head(page, addresses)),
    }
    return {key: value for key, value in known.items() if value}
