"""The comparison: two to four cards side by side, which its script reads from their `card.json`."""

from __future__ import annotations

import json

from cardwright.addresses import ASSETS_URI, Addresses
from cardwright.entry import Entry
from cardwright.facts import FACTS
from cardwright.pages import Page, PageStyle
from cardwright.render import render
from cardwright.sections.metadata import FIELDS
from cardwright.sections.structure import ORDER

URI = "compare"


def make_comparison(entries: tuple[Entry, ...], addresses: Addresses, style: PageStyle) -> tuple[Page, ...]:
    """The page `/compare/`."""

    def link(target: str) -> str:
        return addresses.link(URI, target)

    labels = {fact.key: fact.label for fact in FACTS}
    settings = {
        "index": link(f"{addresses.models_uri}/index.json"),
        "folder": link(f"{addresses.models_uri}/SLUG/"),
        "page": link(addresses.page("SLUG")),
        "metadata": [*FIELDS],
        "facts": [(key, labels[key]) for key in ORDER],
    }
    html = render(
        "compare.html",
        settings=json.dumps(settings),
        catalogue=link(addresses.view(f"{addresses.models_uri}/index")),
        script=link(f"{ASSETS_URI}/compare.js"),
    )
    return (Page(URI, "Compare models", "Two to four models of this site side by side.", html),)
