"""The events of MkDocs, in the order in which it has them."""

from __future__ import annotations

import logging
import re
from functools import partial
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, TableOfContents
from mkdocs.utils.templates import TemplateContext

from cardwright import material
from cardwright.addresses import ASSETS_URI, Addresses
from cardwright.benchmarks import Vocabulary, built_in, read_vocabulary
from cardwright.fragments import SCRIPTS, STYLES, fill_page, list_assets
from cardwright.head import put_into_head
from cardwright.history import read_history
from cardwright.making import Setting
from cardwright.options import Options, OptionsError, read_options
from cardwright.pages import Heading, Page, PageStyle, escape_for_theme
from cardwright.plugin.cards import NO_DATE, Theme, Work, find_events, make_card_file, make_known_file, make_page
from cardwright.plugin.files import (
    add_file,
    list_docs,
    list_mentions,
    log_problems,
    make_file,
    name_in_sitemap,
)
from cardwright.plugin.publishing import Staged, discard, explain, publish, stage
from cardwright.plugin.reading import Reading, close_inspector, read_all
from cardwright.plugin.search import add_entries, find_indexes, leave_out
from cardwright.plugin.settings import find_permalink, find_root, find_site_url
from cardwright.problem import Problem, sort_problems
from cardwright.search import find_share, make_search_entry
from cardwright.site import CACHE_DIR, PREVIEWS_DIR, make_exports, make_plan, make_views
from cardwright.structure import ViewerError, has_viewer
from cardwright.workers import run

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
        self.is_material = False
        self.is_staged = True
        """Whether builds replace the site at their end; not under `mkdocs serve`, which has a folder of its own."""
        self.staged: Staged | None = None
        self.pages: dict[str, Page] = {}
        """What this build made for MkDocs to put into the theme, by `src_uri`."""
        self.work: Work | None = None
        self.nav: Navigation | None = None
        self.mentions: tuple[str, ...] = ()
        """Files of cards that other pages may link to."""

    def on_startup(self, command: str, dirty: bool) -> None:
        """Know what MkDocs is about to do. A dirty build mends the site that is there, so it happens in its place."""
        self.is_staged = command != "serve" and not dirty

    @event_priority(100)
    def _on_config_first(self, config: MkDocsConfig) -> MkDocsConfig:
        """Before any other plugin looks where the site is going to be."""
        if self.is_staged:
            self.staged = stage(config)
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
        for watched in (self.cards_dir, *([find_root(config) / self.options.metrics] if self.options.metrics else [])):
            if watched.exists() and str(watched) not in config.watch:
                config.watch.append(str(watched))
        self.is_material = config.theme.name == "material"
        more_styles, more_scripts = (material.STYLES, material.SCRIPTS) if self.is_material else ((), ())
        config.extra_css += [f"{ASSETS_URI}/{name}" for name in (*STYLES, *more_styles)]
        config.extra_javascript += [f"{ASSETS_URI}/{name}" for name in (*SCRIPTS, *more_scripts)]
        return config

    on_config = CombinedEvent(_on_config_first, _on_config)

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Read the cards, make what is made from all of them, and tell MkDocs where their pages are going to be."""
        own = {uri: file for file in files if not file.generated_by for uri in (file.src_uri, file.dest_uri)}
        root = find_root(config)
        addresses = self._find_addresses(files, config, frozenset(own))
        vocabulary, wrong = self._read_metrics(root)
        reading = Reading(self.cards_dir, self.options.cards_dir.rstrip("/"), root / CACHE_DIR, vocabulary)
        kept, problems = read_all(reading)
        briefs = tuple(each.brief for each in kept)
        plan = make_plan(briefs, problems, reading.shown_as, addresses, read_history(self.cards_dir))
        log_problems((*wrong, *plan.problems))
        try:
            exports = make_exports(plan, addresses, has_viewer_files=True)
        except ViewerError as error:
            raise ConfigurationError(f"{error.message} {error.hint}") from None
        style = PageStyle(find_permalink(config), tuple(self.options.image_hosts))
        has_feed = f"{addresses.models_uri}/feed.xml" in {file.uri for file in exports}
        setting = Setting(self.cards_dir, reading.shown_as, addresses, style, plan.known, has_feed)
        views = make_views(plan.entries, setting)
        self.pages = {f"{page.uri}.md": page for page in views if not page.below}
        below = tuple(page for page in views if page.below)
        uris = (*(page.uri for page in below), *(f"{addresses.models_uri}/{entry.slug}" for entry in plan.entries))
        share = find_share(sum(page.is_searched for page in views) + len(kept))
        self.work = Work(
            below=below,
            kept=kept,
            plan=plan,
            setting=setting,
            files=tuple(make_card_file(uri, config) for uri in uris),
            own=own,
            shown=self.pages,
            share=share,
            facts=reading.cache,
            previews=root / PREVIEWS_DIR,
        )
        for uri in self.pages:
            add_file(files, own, File.generated(config, uri, content=""))
        for card_file in self.work.files:
            add_file(files, own, card_file)
        for made in (*exports, *list_assets()):
            add_file(files, own, make_file(made, config))
        slugs = {entry.slug for entry in plan.entries}
        self.mentions = tuple(dict.fromkeys(list_mentions(files, addresses.models_uri, slugs)))
        for uri in self.mentions:
            files.append(make_known_file(uri, uri, config))
        return files

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
        """Name our pages, and let nothing that has no date of a change have that of the build."""
        self.nav = nav
        for page in (file.page for file in files.documentation_pages() if file.page):
            page.update_date = NO_DATE
            if made := self.pages.get(page.file.src_uri):
                page.edit_url = None
                if not _is_named(nav, page):
                    page.title = escape_for_theme(made.title)
        return nav

    def on_env(self, env: Environment, config: MkDocsConfig, files: Files) -> Environment:
        """Make the pages that MkDocs does not make, and have the search know ours by what was found in the cards."""
        assert self.work and self.nav
        shown = {uri: page for uri, page in self.pages.items() if page.is_searched}
        theme = Theme(env, self.nav, files, config, files.documentation_pages())
        events = find_events(config, self)
        make = partial(make_page, self.work, theme, events)
        outcomes = list(run(make, len(self.work.files), may_fork=events is self))
        close_inspector()
        log_problems(sort_problems(problem for outcome in outcomes for problem in outcome.problems))
        for clash in (outcome.clash for outcome in outcomes if outcome.clash):
            raise ConfigurationError(clash)
        for uri in self.mentions:
            if not (Path(config.site_dir) / uri).exists():
                log.warning("A page links to %s, which no card has", uri)
        found = [(files.src_uris[uri].url, make_search_entry(page, self.work.share)) for uri, page in shown.items()]
        found += [outcome.found for outcome in outcomes if outcome.found]
        ours = {*self.pages, *(file.src_uri for file in self.work.files)}
        for index in find_indexes(config):
            add_entries(index, ((url, entry) for url, entry in found if entry))
            leave_out(index, ours)
        return env

    def on_template_context(
        self, context: TemplateContext, template_name: str, config: MkDocsConfig
    ) -> TemplateContext:
        """Have our pages stand in the sitemap, which MkDocs makes of those that it makes."""
        if template_name == "sitemap.xml" and self.work:
            models = self.work.setting.addresses.models_uri
            changes = {f"{models}/{entry.slug}.md": entry.change for entry in self.work.plan.entries}
            ours = (name_in_sitemap(file, changes.get(file.src_uri), config) for file in self.work.files)
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
            return html
        first = _ID.search(made.html)
        page.toc = TableOfContents(_nest(made.title, first[1] if first else "", made.headings))
        if not made.below:  # links of MkDocs' own pages to an anchor are held against it
            page.present_anchor_ids = set(_ID.findall(made.html))
        return fill_page(made, page.edit_url or "")

    def on_post_page(self, output: str, page: MkDocsPage, config: MkDocsConfig) -> str:
        """Mend what the theme wrote, and add what belongs into the head of our pages."""
        made = self.pages.get(page.file.src_uri)
        output = put_into_head(output, made.head) if made else output
        return material.mend_page(output) if self.is_material else output

    def on_post_template(self, output: str, template_name: str, config: MkDocsConfig) -> str:
        """Leave out of the sitemap what is no date of a change."""
        return output.replace(f"<lastmod>{NO_DATE}</lastmod>", "") if template_name == "sitemap.xml" else output

    @event_priority(-100)
    def on_post_build(self, config: MkDocsConfig) -> None:
        """Put the site in its place; all other plugins have written what they write."""
        if self.staged and publish(self.staged, config):
            self.staged = None

    @event_priority(-100)
    def on_build_error(self, error: Exception) -> None:
        """Leave the site that was there as it is. Raises `Abort` in one line for what the disk refused."""
        staged, self.staged = self.staged, None
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
            viewer=has_viewer(),
            site_url=find_site_url(config),
            site_name=config.site_name,
            site_description=config.site_description or "",
            docs=list_docs(files),
            taken=taken,
        )


def _is_named(nav: Navigation, page: MkDocsPage) -> bool:
    """Whether mkdocs.yml itself names the page in its nav."""
    return page in nav.pages and "title" in vars(page)


def _nest(title: str, anchor: str, headings: tuple[Heading, ...]) -> list[AnchorLink]:
    """The table of contents as MkDocs has it: below the page's name the sections, below them their own."""
    top = AnchorLink(escape_for_theme(title), anchor, 1)
    for heading in headings:
        link = AnchorLink(escape_for_theme(heading.title), heading.id, heading.level)
        inside = top.children[-1] if heading.level > 2 and top.children else top
        inside.children.append(link)
    return [top]
