"""The events of MkDocs, in the order in which it has them."""

from __future__ import annotations

import logging
import os
import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urljoin

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, TableOfContents

from cardwright import material
from cardwright.addresses import ASSETS_URI, Addresses
from cardwright.benchmarks import Vocabulary, built_in, read_vocabulary
from cardwright.facts import Inspector
from cardwright.head import put_into_head
from cardwright.history import read_history
from cardwright.options import Options, OptionsError, read_options
from cardwright.pages import Heading, Page, PageStyle, escape_for_theme
from cardwright.plugin.files import add_file, list_assets, list_docs, make_file
from cardwright.plugin.publishing import Staged, discard, explain, publish, stage
from cardwright.plugin.search import take_over
from cardwright.previews import keep_previews
from cardwright.problem import Problem
from cardwright.render import render
from cardwright.search import make_search_entries
from cardwright.site import CACHE_DIR, PREVIEWS_DIR, build_site
from cardwright.structure import ViewerError, has_viewer

log = logging.getLogger("mkdocs.plugins.cardwright")

STYLES = ("cardwright.css",)
SCRIPTS = ("cardwright.js",)
"""What every page loads; a page that needs another script names it itself."""
_ID = re.compile(r'\bid="([^"]+)"')
EDIT_PLACE = "<!-- cardwright:edit -->"
NO_DATE = "1970-01-01"
"""The last change of pages that have none: MkDocs needs a date for each, and the day of the build is none."""


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
        """What this build made, by `src_uri`."""

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
        """Build the cards and add what they make to the site."""
        vocabulary, wrong = self._read_metrics(config)
        own = {uri: file for file in files if not file.generated_by for uri in (file.src_uri, file.dest_uri)}
        try:
            with Inspector(find_root(config) / CACHE_DIR) as inspector:
                site = build_site(
                    self.cards_dir,
                    self.options.cards_dir.rstrip("/"),
                    Addresses(
                        self.options.models_uri,
                        config.use_directory_urls,
                        viewer=has_viewer(),
                        site_url=_site_url(config),
                        site_name=config.site_name,
                        site_description=config.site_description or "",
                        docs=list_docs(files),
                        taken=frozenset(own),
                    ),
                    PageStyle(_permalink(config), tuple(self.options.image_hosts)),
                    inspector.inspect,
                    inspector.lean_model,
                    vocabulary,
                    read_history(self.cards_dir),
                    keep_previews(find_root(config) / PREVIEWS_DIR),
                )
        except ViewerError as error:
            raise ConfigurationError(f"{error.message} {error.hint}") from None
        _log_problems((*wrong, *site.problems))
        self.pages = {f"{page.uri}.md": page for page in site.pages}
        for uri, page in self.pages.items():
            inclusion = InclusionLevel.NOT_IN_NAV if page.below else InclusionLevel.UNDEFINED
            add_file(files, own, File.generated(config, uri, content="", inclusion=inclusion))
        for file in (*site.files, *list_assets()):
            add_file(files, own, make_file(file, config))
        return files

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
        """Name our pages, put each where the page above it stands, and let them be edited where their source is."""
        for each in (file.page for file in files.documentation_pages() if file.page):
            made = self.pages.get(each.file.src_uri)
            each.update_date = made.entry.change.day if made and made.entry and made.entry.change else NO_DATE
        for uri, page in self.pages.items():
            file = files.get_file_from_path(uri)
            if file is None or file.page is None:
                continue
            if page.below:
                above = files.get_file_from_path(f"{page.below}.md")
                file.page.parent = above.page.parent if above and above.page else None
            if page.entry:
                file.page.edit_url = self._edit_url(page, config)
                file.page.title = escape_for_theme(page.title)
            else:
                file.page.edit_url = None
                if not _is_named(nav, file.page):
                    file.page.title = escape_for_theme(page.title)
        return nav

    def on_env(self, env: Environment, config: MkDocsConfig, files: Files) -> Environment:
        """Put our pages into the search by what was found in the cards; nobody needs to parse their HTML."""
        entries = make_search_entries(self.pages.values())
        found = {uri: entries.get(page.uri) for uri, page in self.pages.items()}
        for plugin in config.plugins.values():
            if hasattr(index := getattr(plugin, "search_index", None), "add_entry_from_context"):
                take_over(index, found)
        return env

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
        page.toc = TableOfContents(_nest(made.title, _ID.findall(made.html)[0], made.headings))
        page.present_anchor_ids = set(_ID.findall(made.html))
        edit = render("edit.html", url=page.edit_url) if page.edit_url else ""
        return str(made.html).replace(EDIT_PLACE, str(edit))

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

    def _read_metrics(self, config: MkDocsConfig) -> tuple[Vocabulary, tuple[Problem, ...]]:
        path = self.options.metrics
        return read_vocabulary(find_root(config) / path, path) if path else (built_in(), ())

    def _edit_url(self, page: Page, config: MkDocsConfig) -> str | None:
        """Where the card can be edited, as MkDocs finds it for its own pages; None outside the repository."""
        assert page.entry
        root = os.path.realpath(find_root(config))
        source = os.path.realpath(page.entry.source.path)
        if os.path.relpath(source, root).startswith("..") or not (config.edit_uri or config.edit_uri_template):
            return None
        path = Path(os.path.relpath(source, config.docs_dir)).as_posix()
        if config.edit_uri_template:  # has a way of its own to quote: {path!q}
            edit = config.edit_uri_template.format(path=path, path_noext=posixpath.splitext(path)[0])
        else:
            edit = f"{config.edit_uri}{quote(path)}"
        base = config.repo_url or ""
        return urljoin(f"{base.rstrip('/')}/" if base else "", edit)


def find_root(config: MkDocsConfig) -> Path:
    """The folder of mkdocs.yml; MkDocs may give its path as a relative one."""
    return Path(config.config_file_path or ".").resolve().parent


def _site_url(config: MkDocsConfig) -> str:
    return f"{config.site_url.rstrip('/')}/" if config.site_url else ""


def _log_problems(problems: Iterable[Problem]) -> None:
    levels = {"error": logging.ERROR, "warning": logging.WARNING}
    for problem in problems:
        log.log(levels[problem.severity], "%s", problem)


def _permalink(config: MkDocsConfig) -> str:
    """What `toc: permalink` sets, as Python-Markdown writes it."""
    value = config.mdx_configs.get("toc", {}).get("permalink", False)
    if isinstance(value, str):
        return (
            escape_for_theme(value) if value.lower() not in ("true", "false") else "&para;" * (value.lower() == "true")
        )
    return "&para;" if value else ""


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
