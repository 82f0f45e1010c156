"""Our pages in the theme, page by page, without MkDocs' own loop.

MkDocs keeps every page and file of a site in memory, renders each with Python-Markdown and gives it to the search to be
parsed again. Ten thousand cards need none of that: their pages are HTML already. So MkDocs knows their addresses, for
links and the nav, and each is made, put into the theme and written here; see docs/dev/decisions.md.
"""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from jinja2 import Environment
from mkdocs.commands.build import get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage

from cardwright.brief import Kept, open_whole
from cardwright.exchange import link_file
from cardwright.making import Made, Setting, SiteFile, make_card
from cardwright.offline import make_twins
from cardwright.pages import Page, escape_for_theme
from cardwright.plugin.reading import find_inspector
from cardwright.plugin.settings import find_edit_url
from cardwright.plugin.shell import Shells
from cardwright.previews import keep_previews
from cardwright.problem import Problem
from cardwright.search import SearchEntry, make_search_entry
from cardwright.site import Plan

PAGE_EVENTS = ("pre_page", "page_read_source", "page_markdown", "page_content", "page_context", "post_page")
SEARCHES = ("mkdocs.contrib.search", "material.plugins.search.plugin")
"""Plugins that look at each page, and are given what they look for."""

NO_DATE = "1970-01-01"
"""The last change of pages that have none: MkDocs needs a date for each, and the day of the build is none."""


class CardFile(File):
    """A file of ours that MkDocs knows by its place, and neither makes nor copies."""

    def is_documentation_page(self) -> bool:
        """Not one that MkDocs makes."""
        return False

    def copy_file(self, dirty: bool = False) -> None:
        """Nothing: `make_page` does it."""


class Events(Protocol):
    """The events of a page: those of all plugins, or ours alone."""

    def on_page_markdown(self, markdown: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """The page is about to be rendered."""

    def on_page_content(self, html: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """It was."""

    def on_post_page(self, output: str, *, page: MkDocsPage, config: MkDocsConfig) -> str:
        """It stands in the theme."""


@dataclass(frozen=True, slots=True)
class Theme:
    """What every page is put into."""

    env: Environment
    nav: Navigation
    files: Files
    config: MkDocsConfig
    documents: Sequence[File]
    """MkDocs' own pages."""


@dataclass(frozen=True, slots=True)
class Work:
    """The pages to be made: those below other views, then the cards'."""

    below: tuple[Page, ...]
    kept: tuple[Kept, ...]
    plan: Plan
    setting: Setting
    files: tuple[CardFile, ...]
    """One for each page."""
    own: Mapping[str, File]
    """The files of docs_dir, by source and by address."""
    shown: dict[str, Page]
    """Where the events look for what is being made, by `src_uri`."""
    share: int
    """Bytes of a page's entry in the search."""
    facts: Path
    """What was counted in model files before."""
    previews: Path
    """Pictures that were drawn before."""
    site_dir: Path
    shells: Shells | None
    """The theme's page, where no other plugin wants to see each."""


@dataclass(frozen=True, slots=True)
class Output:
    """A file that was written."""

    uri: str
    """From the root of the site."""
    sha256: str = ""
    copied_from: Path | None = None
    """The file that it is a copy of; then nobody asked for its SHA-256."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is left of a page when it was written."""

    problems: tuple[Problem, ...] = ()
    """That only its making showed."""
    found: tuple[str, SearchEntry] | None = None
    """Its address from the root, and what the search knows of it."""
    links: tuple[tuple[str, str], ...] = ()
    """Where its text looks for other cards; see `Page.links`."""
    outputs: tuple[Output, ...] = ()
    """What was written."""
    clash: str = ""
    """A file of docs_dir that stands where a file of the card has to."""


def find_events(config: MkDocsConfig, ours: Events) -> Events:
    """Ours, where no other plugin or hook wants to see our pages; else those of all."""
    owners = (getattr(each, "__self__", None) for name in PAGE_EVENTS for each in config.plugins.events[name])
    others = [owner for owner in owners if owner is not ours and type(owner).__module__ not in SEARCHES]
    return config.plugins if others else ours


def make_card_file(uri: str, config: MkDocsConfig) -> CardFile:
    """The file of the page `uri`."""
    is_folder = config.use_directory_urls and posixpath.basename(uri) != "index"
    dest_uri = f"{uri}/index.html" if is_folder else f"{uri}.html"
    return make_known_file(f"{uri}.md", dest_uri, config)


def make_known_file(src_uri: str, dest_uri: str, config: MkDocsConfig) -> CardFile:
    """A file that MkDocs only knows."""
    file = CardFile(src_uri, None, config.site_dir, config.use_directory_urls, dest_uri=dest_uri)
    file.inclusion = InclusionLevel.NOT_IN_NAV
    file.generated_by = "cardwright"
    return file


def make_page(work: Work, theme: Theme, events: Events, number: int) -> Outcome:
    """Make the page `number`, and write it with the files below it."""
    file, made = work.files[number], _make(work, number)
    clash = next((other for one in made.files if (other := work.own.get(one.uri))), None)
    if clash:
        return Outcome(clash=f"{clash.src_uri} has the address that Cardwright needs for {made.page.uri}: rename it.")
    entry = made.page.entry
    is_in_nav = file.page is not None
    page = file.page or MkDocsPage(None, file, theme.config)
    above = theme.files.get_file_from_path(f"{made.page.below}.md")
    page.parent = page.parent or (above.page.parent if above and above.page else None)
    if not is_in_nav:  # else it has its title already, on the pages of all
        page.title = escape_for_theme(made.page.title)
    page.edit_url = find_edit_url(entry, theme.config) if entry else None
    page.update_date = entry.change.day if entry and entry.change else NO_DATE
    work.shown[file.src_uri] = made.page
    output = render_page(page, theme, events, work.shells if entry and not is_in_nav else None)
    del work.shown[file.src_uri]
    written = (SiteFile(file.dest_uri, output), *made.files, *make_twins(made.files, work.setting))
    outputs = tuple(write_file(one, work.site_dir) for one in written)
    found = make_search_entry(made.page, work.share)
    known = work.plan.entries[number - len(work.below)].problems if entry else ()
    problems = tuple(problem for problem in entry.problems if problem not in known) if entry else ()
    return Outcome(problems, (file.url, found) if found else None, made.page.links, outputs)


def _make(work: Work, number: int) -> Made:
    at = number - len(work.below)
    if at < 0:
        return Made(work.below[number], ())
    entry = open_whole(work.kept[at], work.plan.entries[at])
    return make_card(entry, work.setting, find_inspector(work.facts).lean_model, keep_previews(work.previews))


def render_page(page: MkDocsPage, theme: Theme, events: Events, shells: Shells | None = None) -> str:
    """The page in its theme, as MkDocs' `build` does it for one of its own. `shells` are for pages of cards alone."""
    config, files = theme.config, theme.files
    plugins: Any = config.plugins
    others = events is plugins
    if others:
        page = plugins.on_pre_page(page, config=config, files=files)
    page.markdown = events.on_page_markdown("", page=page, config=config, files=files)
    page.content = events.on_page_content("", page=page, config=config, files=files)
    page.active = True
    context = get_context(theme.nav, theme.documents, config, page)
    template = theme.env.get_template(str(page.meta.get("template", "main.html")))
    if others:
        context = plugins.on_page_context(context, page=page, config=config, nav=theme.nav)
    output = shells.render(template, context) if shells else template.render(context)
    output = events.on_post_page(output, page=page, config=config)
    page.active = False
    page.content = page.markdown = None  # nobody asks again, and there are thousands
    return output


def write_file(file: SiteFile, site_dir: Path) -> Output:
    """Write a file of the site to its place."""
    path = site_dir / file.uri
    if file.copied_from:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.copied_from, path)
        return Output(file.uri, copied_from=file.copied_from)
    content = file.content or ""
    data = content if isinstance(content, bytes) else content.encode("utf-8", errors="xmlcharrefreplace")
    try:
        path.write_bytes(data)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return Output(file.uri, sha256(data).hexdigest())


def restore(outcome: Outcome, store: Path, site_dir: Path) -> bool:
    """Put a page's files into the site again; False when one of them is not what it was."""
    for output in outcome.outputs:
        path = site_dir / output.uri
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if output.copied_from:
                shutil.copyfile(output.copied_from, path)
                continue
            content = (store / output.uri).read_bytes()
            if sha256(content).hexdigest() != output.sha256:
                return False
            link_file(store / output.uri, path)
        except OSError:
            return False
    return True
