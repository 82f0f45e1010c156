"""From cards that were read to pages that are written, and what of the last build still stands.

What a page is made from is all named here: `_is_same` compares it with what the page of the last build was made from.
Only `mkdocs serve` builds twice in one process; for `mkdocs build` there is no last build.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page as MkDocsPage

from cardwright.addresses import find_slug
from cardwright.brief import Kept
from cardwright.entry import Entry
from cardwright.history import History
from cardwright.making import Setting, SiteFile
from cardwright.pages import Heading, Page
from cardwright.plugin.cards import (
    CardFile,
    Events,
    Outcome,
    Theme,
    Work,
    make_known_file,
    make_page,
    render_page,
    restore,
)
from cardwright.plugin.reading import Read
from cardwright.plugin.shell import Shells
from cardwright.problem import Problem
from cardwright.search import SearchEntry, find_share, make_search_entry
from cardwright.site import PREVIEWS_DIR, Plan, make_exports, make_plan, make_views
from cardwright.stamps import stamp_tree
from cardwright.workers import run

PAGES_AT_ONCE = 1000

log = logging.getLogger("mkdocs.plugins.cardwright")


@dataclass(frozen=True, slots=True)
class Cards:
    """All cards, and what is made from all of them together."""

    read: Read
    setting: Setting
    history: History
    plan: Plan
    exports: tuple[SiteFile, ...]
    views: tuple[Page, ...]

    @property
    def shown(self) -> dict[str, Page]:
        """Pages that may stand in the nav, by `src_uri`: MkDocs makes them."""
        return {f"{page.uri}.md": page for page in self.views if not page.below}

    @property
    def titles(self) -> dict[str, str]:
        """What our pages that may stand in the nav are called, by `src_uri`."""
        models = self.setting.addresses.models_uri
        names = {f"{models}/{entry.slug}.md": entry.name for entry in self.plan.entries}
        return {**names, **{uri: page.title for uri, page in self.shown.items()}}

    @property
    def below(self) -> tuple[Page, ...]:
        """Pages about several cards that stand below one of those."""
        return tuple(page for page in self.views if page.below)

    @property
    def uris(self) -> tuple[str, ...]:
        """Addresses of the pages that are made here: those below, then the cards'."""
        models = self.setting.addresses.models_uri
        return (*(page.uri for page in self.below), *(f"{models}/{entry.slug}" for entry in self.plan.entries))


@dataclass(frozen=True, slots=True)
class Written:
    """A page of the last build: what it was made from, and what came of it."""

    made: Page | Kept
    entry: Entry | None
    outcome: Outcome

    @property
    def uris(self) -> tuple[str, ...]:
        """Its files, from the root of the site."""
        return tuple(output.uri for output in self.outcome.outputs)


@dataclass(frozen=True, slots=True)
class Last:
    """The last build."""

    cards: Cards
    shell: str
    """What the theme made of a page that is always the same."""
    written: Mapping[str, Written]
    """By `src_uri`."""
    store: Path | None = None
    """Where its files are, as long as they are not in the site."""
    is_new: bool = True
    """Whether anything is another than in the build before."""


def spoil(last: Last | None) -> Last | None:
    """The last build when another began: until that has ended, nobody knows which of its pages still stand."""
    return replace(last, shell="") if last else None


@dataclass(frozen=True, slots=True)
class Build:
    """A build under way: what is to be made, where it goes, and what stands already."""

    cards: Cards
    files: tuple[CardFile, ...]
    """One for each of `Cards.uris`."""
    last: Last | None


def make_cards(read: Read, setting: Setting, history: History, last: Cards | None) -> Cards:
    """What is made from all cards together; that of `last` when all it needs is as it was. May raise `ViewerError`."""
    if last and (replace(last.setting, known={}, has_feed=False), last.history) == (setting, history):
        pairs = zip(read.kept, last.read.kept, strict=False)
        alike = len(read.kept) == len(last.read.kept) and all(a is b or a.brief == b.brief for a, b in pairs)
        if alike and read.problems == last.read.problems:
            return replace(last, read=read)
    briefs = tuple(kept.brief for kept in read.kept)
    addresses = setting.addresses
    plan = make_plan(briefs, read.problems, setting.shown_as, addresses, history)
    plan = _take_over(plan, read, last) if last else plan
    exports = make_exports(plan, addresses, has_viewer_files=True)
    has_feed = f"{addresses.models_uri}/feed.xml" in {file.uri for file in exports}
    setting = replace(setting, known=plan.known, has_feed=has_feed)
    return Cards(read, setting, history, plan, exports, make_views(plan.entries, setting))


def _take_over(plan: Plan, read: Read, last: Cards) -> Plan:
    """The plan with the cards of the last one, where they are the same: what was made of them is known by them."""
    before = {id(kept): entry for kept, entry in zip(last.read.kept, last.plan.entries, strict=True)}
    pairs = ((before.get(id(kept)), entry) for kept, entry in zip(read.kept, plan.entries, strict=True))
    return replace(plan, entries=tuple(old if old and _is_alike(old, new) else new for old, new in pairs))


def _is_alike(one: Entry, other: Entry) -> bool:
    """Whether two of what was read at one time are the same beside the other cards, too."""
    return _BESIDE(one) == _BESIDE(other)


_BESIDE = attrgetter("related", "results", "change", "problems")


def make_pages(
    build: Build,
    own: Mapping[str, File],
    shown: dict[str, Page],
    theme: Theme,
    events: Events,
    site_dir: Path,
    root: Path,
) -> Last:
    """Make and write the pages that MkDocs does not make, but those that stand; remove what the last build had beside.

    Raises `ConfigurationError` when a file of docs_dir is in the way.
    """
    cards, files, last = build.cards, build.files, build.last
    below, share = cards.below, _find_share(cards)
    is_plain = events is not theme.config.plugins
    work = Work(
        below=below,
        kept=cards.read.kept,
        plan=cards.plan,
        setting=cards.setting,
        files=files,
        own=own,
        shown=shown,
        share=share,
        facts=cards.read.reading.cache,
        previews=root / PREVIEWS_DIR,
        site_dir=site_dir,
        shells=Shells() if is_plain else None,
    )
    shell = _render_probe(cards, shown, theme, events) if is_plain else ""
    stands = last if last and is_plain and _is_same_site(last, cards, shell, share) else None
    known = stands.written if stands else {}
    todo = [number for number in range(len(files)) if not _is_same(known.get(files[number].src_uri), work, number)]
    if stands and stands.store:
        place = stands.store
        left = (number for number in range(len(files)) if number not in set(todo))
        todo = sorted((*todo, *(n for n in left if not restore(known[files[n].src_uri].outcome, place, site_dir))))
    theme.env.auto_reload = False  # a template that changes while they are made would be in some of them
    log.debug("pages of cards: %d made, %d taken over", len(todo), len(files) - len(todo))

    def make(at: int) -> Outcome:
        return make_page(work, theme, events, todo[at])

    outcomes = run(make, len(todo), "Making pages", may_fork=is_plain, at_once=PAGES_AT_ONCE)
    made = dict(zip((files[number].src_uri for number in todo), outcomes, strict=True))
    for outcome in made.values():
        if outcome.clash:
            raise ConfigurationError(outcome.clash)
    written: dict[str, Written] = {}
    for number, file in enumerate(files):
        at = number - len(below)
        source, entry = (below[number], None) if at < 0 else (work.kept[at], work.plan.entries[at])
        outcome = made[file.src_uri] if file.src_uri in made else known[file.src_uri].outcome
        written[file.src_uri] = Written(source, entry, outcome)
    if last and not last.store:
        _remove(last, written, site_dir)
    is_new = bool(todo) or not stands or cards.plan is not stands.cards.plan or len(written) != len(known)
    return Last(cards, shell, written, is_new=is_new)


def _is_same_site(last: Last, cards: Cards, shell: str, share: int) -> bool:
    """Whether what all pages have in common is as it was."""
    then, now = (_bare(each.setting) for each in (last.cards, cards))
    return then == now and last.shell == shell and _find_share(last.cards) == share


def _bare(setting: Setting) -> Setting:
    """What a page knows of the site; where its links lead is compared page by page."""
    return replace(setting, known={}, addresses=replace(setting.addresses, docs=(), taken=frozenset()))


def _is_same(written: Written | None, work: Work, number: int) -> bool:
    """Whether the page would become what it is."""
    if written is None:
        return False
    at = number - len(work.below)
    if at < 0:
        return written.made == work.below[number]
    then, now = written.entry, work.plan.entries[at]
    return (
        written.made is work.kept[at]
        and then is not None
        and (then is now or _is_alike(then, now))
        and all(find_slug(work.plan.known, path) == slug for path, slug in written.outcome.links)
    )


def _remove(last: Last, written: Mapping[str, Written], site_dir: Path) -> None:
    """Remove what the last build wrote and this one did not."""
    stays = {uri for each in written.values() for uri in each.uris}
    for uri in (uri for each in last.written.values() for uri in each.uris if uri not in stays):
        remove(site_dir, uri)


def remove(site_dir: Path, uri: str) -> None:
    """Remove a file of the site, and the folders that it leaves empty."""
    path = site_dir / uri
    path.unlink(missing_ok=True)
    for folder in path.parents:
        if folder == site_dir or any(folder.iterdir()):
            break
        folder.rmdir()


def _find_share(cards: Cards) -> int:
    return find_share(sum(page.is_searched for page in cards.views) + len(cards.read.kept))


def _render_probe(cards: Cards, shown: dict[str, Page], theme: Theme, events: Events) -> str:
    """A page as the theme shows it. When it comes out as in the last build, all others do."""
    config: MkDocsConfig = theme.config
    uri = f"{cards.setting.addresses.models_uri}/-"
    heading = Heading("part", "Part", 2)
    html = '<h1 id="top">Probe</h1><h2 id="part">Part</h2>'
    page = Page(uri, "Probe", "A probe", html, (heading,), below=f"{cards.setting.addresses.models_uri}/index")  # type: ignore[arg-type]
    file = make_known_file(f"{uri}.md", f"{uri}/index.html", config)
    probe = MkDocsPage(None, file, config)
    above = theme.files.get_file_from_path(f"{page.below}.md")
    probe.parent = above.page.parent if above and above.page else None
    shown[file.src_uri] = page
    overrides = stamp_tree(Path(config.theme.custom_dir)) if config.theme.custom_dir else {}
    beside = (config.repo_url, config.edit_uri, config.edit_uri_template, sorted(overrides.items()))
    try:
        return f"{beside} {render_page(probe, theme, events)}"
    finally:
        del shown[file.src_uri]


def find_entries(last: Last, files: Files) -> list[tuple[str, SearchEntry]]:
    """What the search knows of our pages: address from the root, and entry."""
    share = _find_share(last.cards)
    shown = ((files.src_uris[uri].url, make_search_entry(page, share)) for uri, page in last.cards.shown.items())
    made = (each.outcome.found for each in last.written.values())
    return [*((url, entry) for url, entry in shown if entry), *(found for found in made if found)]


def list_problems(last: Last) -> Iterator[Problem]:
    """Problems that only the making of pages showed."""
    return (problem for each in last.written.values() for problem in each.outcome.problems)
