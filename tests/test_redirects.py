"""Addresses that cards had before lead to them, and take no other page's place."""

from pathlib import Path

import pytest

from tests.sites import build, dead_links, make_project, said

URL = "https://example.org/zoo/"
CARDS: dict[str, str | bytes] = {"net/README.md": "---\naliases: [was-net, war_böse]\n---\n# <Net> & more\n"}
HOME: dict[str, str | bytes] = {"index.md": "# Home\n"}


@pytest.mark.parametrize("directory_urls", [True, False])
def test_old_addresses(tmp_path: Path, directory_urls: bool) -> None:
    project = make_project(tmp_path, CARDS, HOME, site_url=URL, use_directory_urls=directory_urls)
    assert build(project).returncode == 0
    for alias in ("was-net", "war_böse"):
        page = project / "site/models" / (f"{alias}/index.html" if directory_urls else f"{alias}.html")
        html, target = page.read_text(), "../net/" if directory_urls else "net.html"
        assert f'content="0; url={target}"' in html and f'<a href="{target}">' in html and "<script" not in html
        assert f'rel="canonical" href="{URL}models/net{"/" if directory_urls else ".html"}"' in html
    assert not list(dead_links(project / "site"))


def test_old_addresses_that_are_taken(tmp_path: Path) -> None:
    card = "---\naliases:\n  - %s\n---\n# Net\n"
    names = {"a": "B", "b": "shared", "c": "shared", "d": "index", "e": "../up", "f": "guide", "g": "g", "h": "a/b"}
    cards: dict[str, str | bytes] = {f"{slug}/README.md": card % name for slug, name in names.items()}
    docs: dict[str, str | bytes] = {"index.md": "# Home\n", "models/guide.md": "# Guide\n"}
    project = make_project(tmp_path, cards, docs)
    done = build(project)
    assert [line.removeprefix("ERROR   -  ").partition(" (")[0] for line in said(done)] == [
        "cards/a/README.md:3:5: aliases[0]: `B` is the name of b/README.md",
        "cards/c/README.md:3:5: aliases[0]: `shared` is the name of b/README.md",
        "cards/d/README.md:3:5: aliases[0]: `index` is the name of a page of the site",
        "cards/e/README.md:3:3: aliases: `../up` was never a name in addresses",
        "cards/f/README.md:3:5: aliases[0]: `guide` is the name of a page of the site",
        "cards/h/README.md:3:3: aliases: `a/b` was never a name in addresses",
    ]
    assert "../b/" in (project / "site/models/shared/index.html").read_text()
    assert ">Guide" in (project / "site/models/guide/index.html").read_text()
    assert "../up" in (project / "site/models/e/index.html").read_text(), "the value is on its page"
