"""Where things stand in the site, and how a card's relative links reach them."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from cardwright.entry import Entry
from cardwright.published import published_name
from cardwright.sources.files import is_inside
from cardwright.structure import netron_url

ASSETS_URI = "assets/cardwright"
"""Where our style and scripts stand, from the root of the site."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """How the site is called, and how it writes its addresses."""

    models_uri: str
    """Folder of the card pages, without slashes at its ends."""
    directory_urls: bool = True
    """True for `models/<slug>/`, False for `models/<slug>.html`, as MkDocs' `use_directory_urls`."""

    site_url: str = ""
    """The site's own address on the web, with a slash at its end; empty when it is not known."""
    site_name: str = ""
    site_description: str = ""
    docs: tuple[tuple[str, str], ...] = ()
    """The site's other pages: title, and address from its root."""
    taken: frozenset[str] = frozenset()
    """What the site has without us: files by their place in it."""
    viewer: bool = False
    """Whether the site has the viewer for structures."""

    def netscope(self, slug: str, path: str) -> str:
        """netscope with a prototxt of a card in it; empty when the site does not know its own address."""
        address = f"{self.site_url}{self.models_uri}/{quote(slug)}/{quote(path)}"
        return f"https://dgschwend.github.io/netscope/#/url/{address}" if self.site_url else ""

    def viewer_from_page(self, slug: str, name: str, title: str) -> str:
        """The viewer with the structure file `name` in it, from the card's page."""
        up = self.models_uri.count("/") + (2 if self.directory_urls else 1)
        return "../" * up + netron_url(f"{self.models_uri}/{slug}/{name}", title)

    def absolute(self, uri: str) -> str:
        """An address, which counts from the root of the site, on the web; as it is when the site has none there."""
        return f"{self.site_url}{uri}"

    def page(self, slug: str) -> str:
        """A card's page, from the root of the site."""
        return f"{self.models_uri}/{quote(slug)}{'/' if self.directory_urls else '.html'}"

    def view(self, uri: str) -> str:
        """A page of ours, by its `Page.uri`, from the root of the site."""
        folder, _, name = uri.rpartition("/")
        if not self.directory_urls:
            return f"{quote(uri)}.html"
        return f"{quote(uri if name != 'index' else folder)}/".removeprefix("/")

    def link(self, page_uri: str, target: str) -> str:
        """The address `target`, which counts from the root of the site, as a page of ours links to it."""
        here, there = self.view(page_uri).split("/")[:-1], target.split("/")
        shared = len(posixpath.commonprefix([here, there[:-1]]))
        return "../" * (len(here) - shared) + "/".join(there[shared:]) or "./"

    def page_from_page(self, slug: str) -> str:
        """A card's page, from another card's."""
        return f"../{quote(slug)}/" if self.directory_urls else f"{quote(slug)}.html"

    def board_from_page(self, slug: str, uri: str, anchor: str) -> str:
        """A table of a leaderboard, from a card's page."""
        return f"{self.link(f'{self.models_uri}/{slug}', self.view(uri))}#{anchor}"

    def catalogue_from_page(self) -> str:
        """The catalogue, from a card's page."""
        return "../" if self.directory_urls else "index.html"

    def file_from_page(self, slug: str, path: str) -> str:
        """A file of a card, from the card's page."""
        return quote(path) if self.directory_urls else f"{quote(slug)}/{quote(path)}"

    def card_file(self, entry: Entry, name: str) -> str:
        """A file that we make beside a card's page, from the root of the site."""
        return f"{self.models_uri}/{quote(entry.slug)}/{quote(own_name(entry, name))}"


def own_name(entry: Entry, name: str) -> str:
    """The name of a file that we make beside a card's page, when the card has a file of that name: `facts.own.json`."""
    stem, _, ending = name.rpartition(".")
    is_taken = os.path.exists(f"{entry.source.folder}/{name}")  # noqa: PTH110  (asked often)
    return f"{stem}.own.{ending}" if is_taken else name


def find_slug(pages: Mapping[str, str], path: str) -> str:
    """The slug of the card that stands at `path`, a file or a folder; empty for none."""
    return pages.get(path) or pages.get(posixpath.join(path, "README.md")) or ""


@dataclass(slots=True)
class CardLinks:
    """Resolves the links of one card, and remembers which of its files the page needs."""

    entry: Entry
    addresses: Addresses
    pages: Mapping[str, str]
    """Slug by card source, both README and folder, relative to the cards folder."""
    needed: set[str] = field(default_factory=set)
    """Files that the page links to, relative to the card's folder."""
    asked: dict[str, str] = field(default_factory=dict)
    """Paths that could be other cards, relative to the cards folder, and the slug each has; an empty one for none."""

    def resolve(self, url: str) -> str | None:
        """The address of a relative link on the card's page, or None when the site has nothing there."""
        match = re.fullmatch(r"([^?#]*)((?:\?[^#]*)?)((?:#.*)?)", url, re.DOTALL)
        if not match or not match.group(1) or url.startswith("/"):
            return None
        path = unquote(match.group(1)).replace("\\", "/")
        if "\0" in path:
            return None
        in_cards = posixpath.normpath(posixpath.join(posixpath.dirname(self.base), path))
        slug = find_slug(self.pages, in_cards)
        self.asked[in_cards] = slug
        if slug:
            fragment = f"#card-{match.group(3)[1:]}" if match.group(3) else ""
            return self.addresses.page_from_page(slug) + fragment
        return self.file(posixpath.normpath(path), match.group(3))

    def file(self, path: str, fragment: str = "") -> str | None:
        """The address of a file in the card's folder, which the site then holds; None when there is none."""
        folder, path = self.entry.source.folder, posixpath.normpath(path)  # `page.html/` is a page too
        hidden = any(step.startswith(".") for step in path.split("/"))  # MkDocs leaves it out; `..` is one of these
        if hidden or path.startswith("/") or not is_inside(folder / path, folder):
            return None
        self.needed.add(path)
        return self.addresses.file_from_page(self.entry.slug, published_name(folder, path)) + fragment

    @property
    def base(self) -> str:
        """The file in which the card's text stands, relative to the cards folder."""
        return self.entry.raw.body_path or self.entry.path
