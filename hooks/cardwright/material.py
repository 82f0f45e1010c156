"""Material for MkDocs, as readers need it: no request to another host, and nothing that axe-core finds wrong.

Its templates stay as they are; what they write is mended in the finished page, and its style by ours.
"""

from __future__ import annotations

STYLES = ("material.css",)
SCRIPTS = ("material.js",)
"""Assets for every page of a site with this theme."""

FIXES: tuple[tuple[str, str], ...] = (
    # With it, Material's script asks GitHub or GitLab for stars and forks.
    (' class="md-source" data-md-component="source"', ' class="md-source"'),
    ('data-md-component="search" role="dialog"', 'data-md-component="search" role="dialog" aria-label="Search"'),
)
"""What stands in a page, and what takes its place."""


def mend_page(html: str) -> str:
    """A page as Material's templates write it, mended."""
    for before, after in FIXES:
        html = html.replace(before, after)
    return html
