"""Material for MkDocs, as readers need it: no request to another host, and nothing that axe-core finds wrong.

Its templates stay as they are; what they write is mended in the finished page, and its style by ours.
"""

from __future__ import annotations

import re

from cardwright.addresses import ASSETS_URI

STYLES = ("material.css",)
SCRIPTS = ("material.js",)
"""Assets for every page of a site with this theme."""

FIXES: tuple[tuple[str, str], ...] = (
    # With it, Material's script asks GitHub or GitLab for stars and forks.
    (' class="md-source" data-md-component="source"', ' class="md-source"'),
    ('data-md-component="search" role="dialog"', 'data-md-component="search" role="dialog" aria-label="Search"'),
    # A link that no policy allows; Material's script gives it an address of its own.
    ('<a href="javascript:void(0)" class="md-search__icon', '<a href="#" class="md-search__icon'),
)
"""What stands in a page, and what takes its place."""


_BUNDLE = re.compile(r'<script src="([^"]*)assets/javascripts/bundle\.')
"""Material's script, which asks for the search index; what makes it wait stands before it."""


def mend_page(html: str) -> str:
    """A page as Material's templates write it, mended."""
    for before, after in FIXES:
        html = html.replace(before, after)
    bundle = _BUNDLE.search(html, max(len(html) - 10_000, 0))
    if bundle is None:
        return html
    script = f'<script src="{bundle[1]}{ASSETS_URI}/search.js"></script>\n      '
    return html[: bundle.start()] + script + html[bundle.start() :]
