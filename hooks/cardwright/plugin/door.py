"""The events of MkDocs, in the order in which it has them."""

from __future__ import annotations

import gc
import logging
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import TableOfContents
from mkdocs.utils.templates import TemplateContext

from cardwright import material, offline
from cardwright.addresses import ASSETS_URI, Addresses
from cardwright.benchmarks import Vocabulary, built_in, read_vocabulary
from cardwright.csp import Wall
from cardwright.fragments import SCRIPTS, STYLES, fill_page, list_assets
from cardwright.head import put_into_head
from cardwright.history import read_history
from cardwright.making import Setting
from cardwright.options import Options, OptionsError, read_options
from cardwright.pages import Page, PageStyle, escape_for_theme
from cardwright.plugin.building import Build, Last, find_entries, list_problems, make_cards, make_pages, spoil
from cardwright.plugin.cards import NO_DATE, Theme, find_events, make_card_file, make_known_file
from cardwright.plugin.files import (
    add_file,
    list_docs,
    list_mentions,
    log_problems,
    make_file,
    make_toc,
    name_in_sitemap,
    name_pages,
)
from cardwright.plugin.lasting import load_last, save_last
from cardwright.plugin.publishing import Staged, discard, explain, publish, stage
from cardwright.plugin.reading import Reading, close_inspector, read_all
from cardwright.plugin.search import add_entries, find_searches
from cardwright.plugin.serving import Served, finish, make_builder, open_side, watch_closely
from cardwright.plugin.settings import find_permalink, find_root, find_site_url, raise_wall
from cardwright.problem import Problem, sort_problems
from cardwright.pull_request import clean_page, mark_preview
from cardwright.site import CACHE_DIR
from cardwright.structure import ViewerError, has_viewer
from cardwright.workers import uncollected

log = logging.getLogger("mkdocs.plugins.cardwright")

_ID = re.compile(r'\bid="([^"]+)"')


class Door:
    """The events of one site. Holds what one build made, until the next."""

    def __init__(self, kind: Literal["hook", "plugin"]) -> None:
        self.kind = kind
        self.given: dict[str, Any] | None = None
        """The plugin's options; the hook reads `extra.cardwright`."""
        self.options = Options()
        self.cards_dir = Path()
        self.is_material = self.is_offline = self.is_live = False
        self.wall = Wall()
        self.command = "build"
        """Whose last build is taken over."""
        self.is_staged = True
        """Whether builds replace the site at their end; not under `mkdocs serve`, which has a folder of its own."""
        self.staged: Staged | None = None
        self.is_served = False
        """Whether the site is served while it is built again and again."""
        self.side = ""
        """The folder that MkDocs fills then."""
        self.pages: dict[str, Page] = {}
        """What this build made for MkDocs to put into the theme, by `src_uri`."""
        self.own: dict[str, File] = {}
        """Files of docs_dir, by source and by address."""
        self.nav: Navigation | None = None
        self.theme: Theme | None = None
        self.site_dir = Path()
        self.build: Build | None = None
        self.last: Last | None = None
        self.served: Served | None = None
        self.mentions: tuple[str, ...] = ()
        """Files of cards that other pages may link to."""

    def on_startup(self, command: str, dirty: bool) -> None:
        """Know what MkDocs is about to do. A dirty build mends the site that is there, so it happens in its place."""
        self.is_live = command == "serve"
        self.is_staged, self.is_served = not self.is_live and not dirty, self.is_live and not dirty
        self.command = "serve" if self.is_served else "build"

    @event_priority(100)
    def _on_config_first(self, config: MkDocsConfig) -> MkDocsConfig:
        """Before any other plugin looks where the site is going to be."""
        gc.unfreeze()  # what the last build made may go now
        if self.is_staged:
            self.staged = stage(config)
        self.site_dir = Path(config.site_dir)
        if self.is_served:
            config.site_dir = self.side = open_side(config.site_dir)
        return config

    def _on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read the options, watch the cards, add our style and script. Raises `ConfigurationError` in one line."""
        if self.kind == "hook" and "cardwright" in config.plugins:
            raise ConfigurationError("Cardwright stands in both `hooks` and `plugins` of mkdocs.yml: keep one of them.")
        try:
            self.options = read_options(config.extra.get("cardwright") if self.kind == "hook" else self.given)
        except OptionsError as error:
            raise ConfigurationError(str(error)) from None
        self.cards_dir = find_root(config) / self.options.cards_dir
        for watched in (find_root(config) / path for path in (*self.options.watched, self.options.cards_dir)):
            if watched.exists() and str(watched) not in config.watch:
                config.watch.append(str(watched))
        self.is_material = config.theme.name == "material"
        more_styles, more_scripts = (material.STYLES, material.SCRIPTS) if self.is_material else ((), ())
        config.extra_css += [f"{ASSETS_URI}/{name}" for name in (*STYLES, *more_styles)]
        config.extra_javascript += [f"{ASSETS_URI}/{name}" for name in (*SCRIPTS, *more_scripts)]
        self.is_offline = offline.set_up(config.plugins, config.extra)
        return config

    on_config = CombinedEvent(_on_config_first, _on_config)

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Read the cards, make what is made from all of them, and tell MkDocs where their pages are going to be."""
        self.own = {uri: file for file in files if not file.generated_by for uri in (file.src_uri, file.dest_uri)}
        root = find_root(config)
        addresses = self._find_addresses(files, config, frozenset(self.own))
        vocabulary, wrong = self._read_metrics(root)
        facts = self.options.facts and root / self.options.facts
        reading = Reading(
            self.cards_dir, self.options.cards_dir.rstrip("/"), root / CACHE_DIR, vocabulary, facts, addresses.viewer
        )
        style = PageStyle(find_permalink(config), tuple(self.options.image_hosts))
        setting = Setting(self.cards_dir, reading.shown_as, addresses, style, is_offline=self.is_offline)
        with uncollected():
            last, self.last = self.last or load_last(root, self.command), spoil(self.last)
            read = read_all(reading, last.cards.read if last else None)
            try:
                cards = make_cards(read, setting, read_history(self.cards_dir), last.cards if last else None)
            except ViewerError as error:
                raise ConfigurationError(f"{error.message} {error.hint}") from None
        log_problems((*wrong, *cards.plan.problems))
        self.pages = cards.shown
        for uri in self.pages:
            add_file(files, self.own, File.generated(config, uri, content=""))
        ours = tuple(make_card_file(uri, config) for uri in cards.uris)
        for card_file in ours:
            add_file(files, self.own, card_file)
        for made in (*cards.exports, *offline.make_twins(cards.exports, setting), *list_assets()):
            add_file(files, self.own, make_file(made, config))
        slugs = {entry.slug for entry in cards.plan.entries}
        self.mentions = tuple(dict.fromkeys(list_mentions(files, addresses.models_uri, slugs)))
        for uri in self.mentions:
            files.append(make_known_file(uri, uri, config))
        self.build = Build(cards, ours, last)
        return files

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
        """Name our pages, and let nothing that has no date of a change have that of the build."""
        assert self.build
        self.nav = nav
        shown = [file.page for file in files.documentation_pages() if file.page]
        for page in shown:
            page.update_date = NO_DATE
            if page.file.src_uri in self.pages:
                page.edit_url = None
        name_pages((*shown, *nav.pages), self.build.cards.titles, nav)
        return nav

    def on_env(self, env: Environment, config: MkDocsConfig, files: Files) -> Environment:
        """Make the pages that MkDocs does not make, and have the search know ours by what was found in the cards."""
        assert self.build and self.nav
        self.wall = raise_wall(self.options, config, env, is_served=self.is_live)
        self.theme = Theme(env, self.nav, files, config, files.documentation_pages())
        self.last = self.make_pages(self.build)
        for uri in self.mentions:
            if not (self.site_dir / uri).exists():
                log.warning("A page links to %s, which no card has", uri)
        for plugin in find_searches(config):
            add_entries(plugin, find_entries(self.last, files), {*self.pages, *self.last.written})
        return env

    def make_pages(self, build: Build) -> Last:
        """Make the pages of a build that MkDocs does not make."""
        assert self.theme
        config = self.theme.config
        events = find_events(config, self)
        try:
            with uncollected():
                made = make_pages(build, self.own, self.pages, self.theme, events, self.site_dir, find_root(config))
        finally:
            close_inspector()
        log_problems(sort_problems(list_problems(made)))
        return made

    def on_template_context(
        self, context: TemplateContext, template_name: str, config: MkDocsConfig
    ) -> TemplateContext:
        """Have our pages stand in the sitemap, which MkDocs makes of those that it makes."""
        if template_name == "sitemap.xml" and self.build:
            cards = self.build.cards
            models = cards.setting.addresses.models_uri
            changes = {f"{models}/{entry.slug}.md": entry.change for entry in cards.plan.entries}
            ours = (name_in_sitemap(file, changes.get(file.src_uri), config) for file in self.build.files)
            context["pages"] = [*context["pages"], *ours]  # type: ignore[list-item]
        return context

    def on_page_markdown(self, markdown: str, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """Give our pages their metadata, escaped: themes write it as it is."""
        made = self.pages.get(page.file.src_uri)
        if made:
            page.meta["title"] = escape_for_theme(made.title)
            if made.description:
                page.meta["description"] = escape_for_theme(made.description)
            if not made.entry:
                page.meta["hide"] = ["navigation", "toc"]  # a table of everything wants the width
        return markdown

    def on_page_content(self, html: str, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """Give our pages their content and table of contents; card text never meets Python-Markdown."""
        made = self.pages.get(page.file.src_uri)
        if not made:
            return clean_page(html, page) if self.options.preview_of else html
        first = _ID.search(made.html)
        page.toc = TableOfContents(make_toc(made.title, first[1] if first else "", made.headings))
        if not made.below:  # links of MkDocs' own pages to an anchor are held against it
            page.present_anchor_ids = set(_ID.findall(made.html))
        return fill_page(made, page.edit_url or "")

    @event_priority(-100)  # what other plugins write into a page is of the page
    def on_post_page(self, output: str, page: MkDocsPage, config: MkDocsConfig) -> str:
        """Mend what the theme wrote, and add what belongs into the head of our pages."""
        made = self.pages.get(page.file.src_uri)
        output = self.wall.protect(output, of_cards=made is not None)
        output = put_into_head(output, made.head) if made else output
        output = mark_preview(output, self.options.preview_of, page.url) if self.options.preview_of else output
        return material.mend_page(output) if self.is_material else output

    def on_post_template(self, output: str, template_name: str, config: MkDocsConfig) -> str:
        """Leave out of the sitemap what is no date of a change, and wall pages such as 404.html."""
        output = self.wall.protect(output, of_cards=False) if template_name.endswith(".html") else output
        return output.replace(f"<lastmod>{NO_DATE}</lastmod>", "") if template_name == "sitemap.xml" else output

    @event_priority(-200)  # Material's plugin `offline` writes at -100
    def on_post_build(self, config: MkDocsConfig) -> None:
        """Put the site in its place; all other plugins have written what they write."""
        is_first = self.served is None
        if self.staged and publish(self.staged, config):
            self.staged = None
        if self.is_served:
            finish(self, config)
        if self.last and is_first and not self.staged:
            save_last(self.last, Path(config.site_dir), find_root(config), self.command)
        if not self.is_served:
            self.last = None  # there is no next build

    def on_serve(self, server: LiveReloadServer, config: MkDocsConfig, builder: Callable[[], None]) -> LiveReloadServer:
        """Have saved cards be seen at once."""
        if self.is_served:
            watch_closely(server, config, self)
            server.builder = make_builder(self, builder)
        return server

    @event_priority(-100)
    def on_build_error(self, error: Exception) -> None:
        """Leave the site that was there as it is. Raises `Abort` in one line for what the disk refused."""
        staged, self.staged = self.staged, None
        if self.side:
            shutil.rmtree(self.side, ignore_errors=True)
        if staged:
            discard(staged)
            if isinstance(error, OSError):
                raise Abort(explain(error, staged)) from None

    def _read_metrics(self, root: Path) -> tuple[Vocabulary, tuple[Problem, ...]]:
        path = self.options.metrics
        return read_vocabulary(root / path, path) if path else (built_in(), ())

    def _find_addresses(self, files: Files, config: MkDocsConfig, taken: frozenset[str]) -> Addresses:
        return Addresses(
            self.options.models_uri,
            config.use_directory_urls,
            viewer=has_viewer() and not self.is_offline,
            site_url=find_site_url(config),
            site_name=config.site_name,
            site_description=config.site_description or "",
            docs=list_docs(files),
            taken=taken,
        )
