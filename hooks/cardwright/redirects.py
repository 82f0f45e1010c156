"""Addresses that a card had before: each becomes a page that leads to the card, for old links and bookmarks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from cardwright.addresses import Addresses
from cardwright.entry import Entry
from cardwright.problem import Problem
from cardwright.render import render
from cardwright.sources.find import RESERVED_SLUGS


def find_redirects(
    entries: tuple[Entry, ...], addresses: Addresses | None = None
) -> tuple[dict[str, Entry], Mapping[str, tuple[Problem, ...]]]:
    """Card by its old names, and by slug the problems with names that another page has.

    With `addresses`, pages of the site's own count too. Letters in other case are one name: some servers do so.
    """
    cards = {entry.slug.casefold(): entry for entry in entries}
    redirects: dict[str, Entry] = {}
    first: dict[str, Entry] = {}
    problems: defaultdict[str, list[Problem]] = defaultdict(list)
    for entry in entries:
        for index, alias in enumerate(entry.card.aliases):
            name = alias.casefold()
            card, other = cards.get(name), first.setdefault(name, entry)
            if card is entry or (other is entry and alias in redirects):
                continue
            taken = (addresses is not None and _place(alias, addresses) in addresses.taken) or name in RESERVED_SLUGS
            if card or taken or other is not entry:
                whose = f"of {(card or other).path}" if card or not taken else "of a page of the site"
                mark = entry.mark(("aliases", index))
                message = f"`{alias}` is the name {whose}"
                hint = "remove it here, or rename the other"
                problems[entry.slug].append(Problem(mark.path or entry.path, mark, f"aliases[{index}]", message, hint))
            else:
                redirects[alias] = entry
    return redirects, {slug: tuple(some) for slug, some in problems.items()}


def make_redirect(alias: str, entry: Entry, addresses: Addresses) -> tuple[str, str]:
    """Where the page of an old name stands, and its HTML."""
    page = addresses.page_from_page(entry.slug)
    canonical = addresses.absolute(addresses.page(entry.slug)) if addresses.site_url else page
    return _place(alias, addresses), render("redirect.html", name=entry.name, page=page, canonical=canonical)


def _place(alias: str, addresses: Addresses) -> str:
    return f"{addresses.models_uri}/{alias}{'/index.html' if addresses.directory_urls else '.html'}"
