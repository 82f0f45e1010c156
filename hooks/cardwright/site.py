"""The whole pipeline, top to bottom: cards folder in, pages and files out. No MkDocs here.

    read_cards  →  make_plan  →  make_card, for each  +  make_views  +  make_exports

`build_site` does it all at once and keeps everything; a site of thousands of cards is made card by card.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cardwright.addresses import Addresses
from cardwright.benchmarks import Vocabulary
from cardwright.boards import rank
from cardwright.entry import Entry
from cardwright.exports import EXPORTS
from cardwright.history import History, add_changes
from cardwright.load import Inspect, find_key_clashes, load_entry, make_failed_entry
from cardwright.making import LeanModel, Setting, SiteFile, log_fault, make_card, make_files, make_head
from cardwright.pages import Page, PageStyle
from cardwright.previews import Draw
from cardwright.problem import Mark, Problem, sort_problems
from cardwright.redirects import find_redirects, make_redirect
from cardwright.relations import relate
from cardwright.render import render
from cardwright.sources import CardSource, find_sources
from cardwright.structure import netron_files
from cardwright.views import VIEWS, View

CACHE_DIR = ".cache/cardwright/facts"
"""Beside mkdocs.yml: what was counted in model files before."""

PREVIEWS_DIR = ".cache/cardwright/previews"
"""Beside it: pictures of cards."""

NO_HISTORY = History()

log = logging.getLogger("mkdocs.plugins.cardwright")


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that the cards make."""

    entries: tuple[Entry, ...]
    pages: tuple[Page, ...]
    files: tuple[SiteFile, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of all cards together, before a page of any is made."""

    entries: tuple[Entry, ...]
    """Each with the cards it is related to, its places on leaderboards and its last change."""
    known: Mapping[str, str]
    """Slug by the paths under which other cards may link to a card."""
    redirects: Mapping[str, Entry]
    problems: tuple[Problem, ...]


def read_cards(
    cards_dir: Path, shown_as: str, inspect: Inspect, vocabulary: Vocabulary | None = None
) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """All cards below `cards_dir`, and every problem of theirs and of how they are laid out.

    `shown_as` is how messages name the folder, as its user wrote it. `vocabulary` names metrics and datasets; without
    it, the built-in one does.
    """
    sources, problems = list_cards(cards_dir, shown_as)
    loaded = tuple(load_card(cards_dir, shown_as, source, inspect, vocabulary) for source in sources)
    return check_together(loaded, problems, shown_as)


def list_cards(cards_dir: Path, shown_as: str) -> tuple[tuple[CardSource, ...], tuple[Problem, ...]]:
    """Where the cards stand, and the problems of how they are laid out."""
    if not cards_dir.is_dir():
        hint = "make it, or set cards_dir"
        return (), (Problem(shown_as, Mark(), "cards_dir", "there is no such folder", hint),)
    sources, problems = find_sources(cards_dir)
    problems = tuple(problem.at(f"{shown_as}/{problem.path}") for problem in problems)
    if not sources:
        empty = Problem(shown_as, Mark(), "", "no card in it", "add <name>/README.md", "warning")
        problems = (*problems, empty)
    return sources, problems


def load_card(
    cards_dir: Path, shown_as: str, source: CardSource, inspect: Inspect, vocabulary: Vocabulary | None
) -> Entry:
    """The card; one on which Cardwright fails costs no other card anything."""
    try:
        return load_entry(cards_dir, shown_as, source, inspect, vocabulary)
    except Exception as error:
        log.debug("%s", source.path, exc_info=True)
        return make_failed_entry(cards_dir, shown_as, source, error)


def check_together(
    loaded: tuple[Entry, ...], problems: tuple[Problem, ...], shown_as: str
) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """The cards, each with the problems that only show beside the others; and all problems."""
    found = (find_key_clashes(loaded), find_redirects(loaded)[1])
    entries = tuple(_add_problems(shown_as, entry, *(some.get(entry.slug, ()) for some in found)) for entry in loaded)
    return entries, sort_problems((*problems, *(p for entry in entries for p in entry.problems)))


def make_plan(
    loaded: tuple[Entry, ...],
    problems: tuple[Problem, ...],
    shown_as: str,
    addresses: Addresses,
    history: History = NO_HISTORY,
) -> Plan:
    """The cards as the site has them together. `problems` are those of how they are laid out."""
    checked, problems = check_together(loaded, problems, shown_as)
    redirects, clashes = find_redirects(checked, addresses)
    read = tuple(_add_problems(shown_as, entry, clashes.get(entry.slug, ())) for entry in add_changes(checked, history))
    entries = rank(relate(read))
    more = (problem for entry in read for problem in entry.problems if entry.slug in clashes)
    return Plan(entries, _source_slugs(entries), redirects, sort_problems((*problems, *more)))


def build_site(
    cards_dir: Path,
    shown_as: str,
    addresses: Addresses,
    style: PageStyle,
    inspect: Inspect,
    lean_model: LeanModel | None = None,
    vocabulary: Vocabulary | None = None,
    history: History = NO_HISTORY,
    draw: Draw | None = None,
) -> Site:
    """The site of the cards below `cards_dir`, all of it at once. Raises nothing for what the cards hold.

    With `lean_model`, which copies a model without its weights, models open in the viewer; without, there is none.
    With `draw`, a site that knows its own address has pictures of its cards.
    Raises `ViewerError` when the installed viewer is not the one that is known.
    """
    sources, problems = list_cards(cards_dir, shown_as)
    loaded = tuple(load_card(cards_dir, shown_as, source, inspect, vocabulary) for source in sources)
    plan = make_plan(loaded, problems, shown_as, addresses, history)
    exports = make_exports(plan, addresses, has_viewer_files=lean_model is not None)
    has_feed = f"{addresses.models_uri}/feed.xml" in {file.uri for file in exports}
    setting = Setting(cards_dir, shown_as, addresses, style, plan.known, has_feed)
    made = [make_card(entry, setting, lean_model, draw) for entry in plan.entries]
    entries = tuple(one.page.entry for one in made if one.page.entry)
    views = make_views(entries, setting)
    files = (*(file for one in made for file in one.files), *exports)
    found = sort_problems((*plan.problems, *(problem for entry in entries for problem in entry.problems)))
    return Site(entries, (*views, *(one.page for one in made)), files, found)


def make_views(entries: tuple[Entry, ...], setting: Setting) -> tuple[Page, ...]:
    """The pages about several cards."""
    pages = (page for view in VIEWS for page in _make_view(view, entries, setting))
    return tuple(make_head(page, setting.addresses, setting.has_feed) for page in pages)


def make_exports(plan: Plan, addresses: Addresses, *, has_viewer_files: bool) -> tuple[SiteFile, ...]:
    """The files that are made from all cards, old addresses of cards, and the viewer. May raise `ViewerError`."""
    files: list[SiteFile] = []
    if (
        has_viewer_files
        and addresses.viewer
        and any(file.structure_name for entry in plan.entries for file in entry.files)
    ):
        files += [SiteFile(file.uri, content=file.content) for file in netron_files()]
    for export in EXPORTS:
        uri = export.uri.format(models=addresses.models_uri)
        if not (export.yields and uri in addresses.taken):
            files += make_files(uri, export.build, plan.entries, addresses)
    files += [SiteFile(*make_redirect(alias, entry, addresses)) for alias, entry in plan.redirects.items()]
    return tuple(files)


def _add_problems(shown_as: str, entry: Entry, *more: tuple[Problem, ...]) -> Entry:
    placed = [problem.at(f"{shown_as}/{problem.path}") for some in more for problem in some]
    return replace(entry, problems=sort_problems((*entry.problems, *placed))) if placed else entry


def _make_view(view: View, entries: tuple[Entry, ...], setting: Setting) -> tuple[Page, ...]:
    """Pages about several cards; those that cannot be made say so, and the cards keep their pages."""
    try:
        return view.build(entries, setting.addresses, setting.style)
    except Exception as error:
        log_fault(f"the page {view.name}", error)
        html = render("failed.html", title=view.title, error=error)
        return (Page(view.uri.format(models=setting.addresses.models_uri), view.title, "", html),)


def _source_slugs(entries: tuple[Entry, ...]) -> dict[str, str]:
    """Slug by the paths under which other cards may link to a card; a file of several cards is its first."""
    in_order = sorted(entries, key=lambda entry: (entry.path, entry.source.part or 0))
    slugs: dict[str, str] = {}
    for paths in ((entry.path for entry in in_order), (entry.raw.body_path for entry in in_order)):
        for path, entry in zip(paths, in_order, strict=True):
            slugs.setdefault(path, entry.slug)
    return slugs
