"""The whole pipeline, top to bottom: cards folder in, pages and files out. No MkDocs here."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from cardwright.addresses import Addresses, own_name
from cardwright.benchmarks import Vocabulary
from cardwright.boards import rank
from cardwright.entry import Entry
from cardwright.exports import CARD_EXPORTS, EXPORTS
from cardwright.facts import FactsError
from cardwright.head import add_head
from cardwright.history import History, add_changes
from cardwright.load import Inspect, find_key_clashes, load_entry, make_failed_entry
from cardwright.pages import Page, PageStyle, make_card_page
from cardwright.previews import PREVIEW_NAME, Draw, make_preview
from cardwright.problem import Mark, Problem, one_line, sort_problems
from cardwright.published import published_name
from cardwright.redirects import find_redirects, make_redirect
from cardwright.relations import relate
from cardwright.render import render
from cardwright.sources import CardSource, find_sources
from cardwright.structure import netron_files
from cardwright.views import VIEWS, View

LeanModel = Callable[[Path, Path], bytes]
"""From a model file, and the folder it may not leave, to its copy without weights."""

CACHE_DIR = ".cache/cardwright/facts"
"""Beside mkdocs.yml: what was counted in model files before."""

PREVIEWS_DIR = ".cache/cardwright/previews"
"""Beside it: pictures of cards."""

NO_HISTORY = History()

log = logging.getLogger("mkdocs.plugins.cardwright")
"""MkDocs shows what is logged below its own name; `mkdocs build --verbose` shows the tracebacks of our own faults."""


@dataclass(frozen=True, slots=True)
class SiteFile:
    """A file of the site that is no page: its address from the root, and its content or where it is copied from."""

    uri: str
    content: str | bytes | None = None
    copied_from: Path | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that the cards make."""

    entries: tuple[Entry, ...]
    pages: tuple[Page, ...]
    files: tuple[SiteFile, ...]
    problems: tuple[Problem, ...]


def read_cards(
    cards_dir: Path, shown_as: str, inspect: Inspect, vocabulary: Vocabulary | None = None
) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """All cards below `cards_dir`, and every problem of theirs and of how they are laid out.

    `shown_as` is how messages name the folder, as its user wrote it. `vocabulary` names metrics and datasets; without
    it, the built-in one does.
    """
    if not cards_dir.is_dir():
        hint = "make it, or set cards_dir"
        return (), (Problem(shown_as, Mark(), "cards_dir", "there is no such folder", hint),)
    sources, problems = find_sources(cards_dir)
    problems = tuple(problem.at(f"{shown_as}/{problem.path}") for problem in problems)
    loaded = tuple(_load_entry(cards_dir, shown_as, source, inspect, vocabulary) for source in sources)
    found = (find_key_clashes(loaded), find_redirects(loaded)[1])
    entries = tuple(_add_problems(shown_as, entry, *(some.get(entry.slug, ()) for some in found)) for entry in loaded)
    if not entries:
        problems = (
            *problems,
            Problem(shown_as, Mark(), "", "no card in it", "add <name>/README.md", "warning"),
        )
    return entries, sort_problems((*problems, *(p for entry in entries for p in entry.problems)))


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
    """The site of the cards below `cards_dir`. Raises nothing for what the cards hold.

    With `lean_model`, which copies a model without its weights, models open in the viewer; without, there is none.
    With `draw`, a site that knows its own address has pictures of its cards.
    Raises `ViewerError` when the installed viewer is not the one that is known.
    """
    read, problems = read_cards(cards_dir, shown_as, inspect, vocabulary)
    redirects, clashes = find_redirects(read, addresses)
    read = tuple(_add_problems(shown_as, entry, clashes.get(entry.slug, ())) for entry in add_changes(read, history))
    known = _source_slugs(read)
    made = [_make_page(cards_dir, shown_as, entry, addresses, style, known) for entry in rank(relate(read))]
    entries = tuple(entry for entry, _, _ in made)
    pages = tuple(page for _, page, _ in made)
    problems = sort_problems((*problems, *(problem for entry in entries for problem in entry.problems)))
    files = [file for entry, _, needed in made for file in _card_files(entry, needed, addresses)]
    if lean_model and addresses.viewer:
        files += [file for entry in entries for file in _structure_files(entry, addresses, lean_model)]
        if any(entry.facts for entry in entries):
            files += [SiteFile(file.uri, content=file.content) for file in netron_files()]
    if draw and addresses.site_url:
        files += [file for entry in entries for file in _preview_files(entry, addresses, draw)]
    views = tuple(page for view in VIEWS for page in _make_view(view, entries, addresses, style))
    for export in EXPORTS:
        uri = export.uri.format(models=addresses.models_uri)
        if not (export.yields and uri in addresses.taken):
            files += _make_files(uri, export.build, entries, addresses)
    files += [SiteFile(*make_redirect(alias, entry, addresses)) for alias, entry in redirects.items()]
    has_feed = any(file.uri == f"{addresses.models_uri}/feed.xml" for file in files)
    headed = tuple(_add_head(page, addresses, has_feed) for page in (*views, *pages))
    return Site(entries, headed, tuple(files), problems)


def _add_problems(shown_as: str, entry: Entry, *more: tuple[Problem, ...]) -> Entry:
    placed = [problem.at(f"{shown_as}/{problem.path}") for some in more for problem in some]
    return replace(entry, problems=sort_problems((*entry.problems, *placed))) if placed else entry


def _load_entry(
    cards_dir: Path, shown_as: str, source: CardSource, inspect: Inspect, vocabulary: Vocabulary | None
) -> Entry:
    """The card; one on which Cardwright fails costs no other card anything."""
    try:
        return load_entry(cards_dir, shown_as, source, inspect, vocabulary)
    except Exception as error:
        log.debug("%s", source.path, exc_info=True)
        return make_failed_entry(cards_dir, shown_as, source, error)


def _make_page(
    cards_dir: Path, shown_as: str, entry: Entry, addresses: Addresses, style: PageStyle, known: Mapping[str, str]
) -> tuple[Entry, Page, frozenset[str]]:
    """The card, its page and the files this needs; a page that cannot be made shows why, and nothing else."""
    try:
        return entry, *make_card_page(entry, addresses, style, known)
    except Exception as error:
        log.debug("%s", entry.source.path, exc_info=True)
        failed = make_failed_entry(cards_dir, shown_as, entry.source, error)
        failed = replace(failed, name=entry.name, problems=sort_problems((*entry.problems, *failed.problems)))
        return failed, *make_card_page(failed, addresses, style, known, sections=())


def _make_view(view: View, entries: tuple[Entry, ...], addresses: Addresses, style: PageStyle) -> tuple[Page, ...]:
    """Pages about several cards; those that cannot be made say so, and the cards keep their pages."""
    try:
        return view.build(entries, addresses, style)
    except Exception as error:
        _log_fault(f"the page {view.name}", error)
        html = render("failed.html", title=view.title, error=error)
        return (Page(view.uri.format(models=addresses.models_uri), view.title, "", html),)


def _add_head(page: Page, addresses: Addresses, has_feed: bool) -> Page:
    """The page with its head, or without when that cannot be made."""
    try:
        return add_head(page, addresses, has_feed)
    except Exception as error:
        _log_fault(f"the head of {page.uri}", error)
        return page


def _make_files(uri: str, build: Callable[..., str | bytes], *given: object) -> Iterator[SiteFile]:
    """A file for programs; one that cannot be made costs no page anything."""
    try:
        if content := build(*given):
            yield SiteFile(uri, content=content)
    except Exception as error:
        _log_fault(uri, error)


def _log_fault(where: str, error: Exception) -> None:
    log.error("Cardwright failed on %s: %s: %s", where, type(error).__name__, one_line(str(error)), exc_info=False)
    log.debug("%s", where, exc_info=error)


def _source_slugs(entries: tuple[Entry, ...]) -> dict[str, str]:
    """Slug by the paths under which other cards may link to a card; a file of several cards is its first."""
    in_order = sorted(entries, key=lambda entry: (entry.path, entry.source.part or 0))
    slugs: dict[str, str] = {}
    for paths in ((entry.path for entry in in_order), (entry.raw.body_path for entry in in_order)):
        for path, entry in zip(paths, in_order, strict=True):
            slugs.setdefault(path, entry.slug)
    return slugs


def _structure_files(entry: Entry, addresses: Addresses, lean_model: LeanModel) -> Iterator[SiteFile]:
    """What the viewer opens: the card's models without their weights."""
    for file in entry.files:
        if file.facts:
            with suppress(FactsError):  # a model whose graph alone is too large: its facts stand, its copy does not
                content = lean_model(entry.source.folder / file.path, entry.source.folder)
                name = own_name(entry, file.structure_name)
                yield SiteFile(f"{addresses.models_uri}/{entry.slug}/{name}", content=content)


def _preview_files(entry: Entry, addresses: Addresses, draw: Draw) -> Iterator[SiteFile]:
    uri = f"{addresses.models_uri}/{entry.slug}/{own_name(entry, PREVIEW_NAME)}"
    return _make_files(uri, lambda: draw(make_preview(entry, addresses.site_name)))


def _card_files(entry: Entry, needed: frozenset[str], addresses: Addresses) -> Iterator[SiteFile]:
    base = f"{addresses.models_uri}/{entry.slug}"
    facts = {file.path: file.facts.to_json() for file in entry.files if file.facts}
    if facts:
        yield SiteFile(f"{base}/{own_name(entry, 'facts.json')}", content=json.dumps(facts, ensure_ascii=False) + "\n")
    for export in CARD_EXPORTS:
        if export.is_made(entry):
            yield from _make_files(f"{base}/{own_name(entry, export.name)}", export.build, entry, addresses)
    for path in sorted(needed):
        name = published_name(entry.source.folder, path)
        yield SiteFile(f"{base}/{name}", copied_from=entry.source.folder / path)
