"""Links between our pages lead where the pages are."""

from __future__ import annotations

import posixpath
from urllib.parse import urljoin

import pytest

from cardwright.addresses import Addresses

PAGES = ["index", "models/index", "models/a b", "models/ü", "compare", "benchmarks/index", "benchmarks/coco/map"]
TARGETS = ["index.html", "models/", "models/x/", "models/x/card.json", "benchmarks/coco/map.html", "references.bib"]


@pytest.mark.parametrize("directory_urls", [True, False])
@pytest.mark.parametrize("uri", PAGES)
def test_links_lead_from_any_page_to_any_address(uri: str, directory_urls: bool) -> None:
    addresses = Addresses("models", directory_urls)
    page = urljoin("https://example.org/site/", addresses.view(uri))
    for target in [*TARGETS, *map(addresses.view, PAGES)]:
        assert urljoin(page, addresses.link(uri, target)) == urljoin("https://example.org/site/", target)


def test_pages_stand_where_mkdocs_puts_them() -> None:
    assert [Addresses("models").view(uri) for uri in PAGES[:4]] == ["", "models/", "models/a%20b/", "models/%C3%BC/"]
    assert [Addresses("models", False).view(uri) for uri in PAGES[:2]] == ["index.html", "models/index.html"]
    assert all(Addresses("m").page(slug) == Addresses("m").view(f"m/{slug}") for slug in ("x", "a b"))
    assert posixpath.normpath(Addresses("m").page_from_page("x")) == "../x"
