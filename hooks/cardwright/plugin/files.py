"""Our files among those of MkDocs."""

from __future__ import annotations

import logging
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from types import SimpleNamespace
from urllib.parse import unquote, urljoin

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink

from cardwright.entry import Change
from cardwright.exports.llms import MAX_DOCS, find_doc_title
from cardwright.making import SiteFile
from cardwright.pages import Heading, escape_for_theme
from cardwright.plugin.cards import NO_DATE
from cardwright.plugin.settings import find_site_url
from cardwright.problem import Problem

log = logging.getLogger("mkdocs.plugins.cardwright")

_LINK = r"""(?:\]\(<?|\]:[ ]*<?|\b(?:href|src)=["']?)[./]*"""
"""How a link begins in Markdown or HTML; addresses that a text only names lead nowhere."""


def list_docs(files: Files) -> tuple[tuple[str, str], ...]:
    """Title and address of the pages that others made, in their order."""
    pages = [file for file in files.documentation_pages() if file.generated_by is None]
    return tuple((find_doc_title(file.content_string) or file.name, file.url) for file in pages[:MAX_DOCS])


def add_file(files: Files, own: Mapping[str, File], file: File) -> None:
    """Add our file, unless it would take the place of one in `own`, the files of docs_dir by source and address."""
    other = own.get(file.src_uri) or own.get(file.dest_uri)
    if other:
        raise ConfigurationError(
            f"{other.src_uri} has the address that Cardwright needs for {file.src_uri}: rename it."
        )
    files.append(file)


def make_file(file: SiteFile, config: MkDocsConfig) -> File:
    if file.copied_from:
        return File.generated(config, file.uri, abs_src_path=str(file.copied_from))
    made = File.generated(config, f"{file.uri}.made", content=file.content or "")
    made.dest_uri = file.uri  # under another name at first: of a name in .md MkDocs would make a page
    return made


def list_mentions(files: Files, models_uri: str, slugs: Container[str]) -> Iterator[str]:
    """Files below cards that MkDocs' own pages may link to: it has to know them, and no others of thousands."""
    find = re.compile(rf"{_LINK}{re.escape(models_uri)}/([^/\s()<>\"'#?]+)/([^\s()<>\"'#?]*[^\s()<>\"'#?/])")
    for file in files.documentation_pages():
        for slug, name in find.findall(file.content_string) if file.generated_by is None else ():
            if unquote(slug) in slugs:
                yield f"{models_uri}/{unquote(slug)}/{unquote(name)}"


def name_in_sitemap(file: File, change: Change | None, config: MkDocsConfig) -> SimpleNamespace:
    """A page as the template of the sitemap wants it, without MkDocs having one."""
    address = urljoin(find_site_url(config), file.url) if config.site_url else None
    page = SimpleNamespace(
        is_link=False, canonical_url=address, abs_url=address, update_date=change.day if change else NO_DATE
    )
    return SimpleNamespace(page=page, url=file.url, src_uri=file.src_uri)


def log_problems(problems: Iterable[Problem]) -> None:
    """Each as a line of its severity."""
    levels = {"error": logging.ERROR, "warning": logging.WARNING}
    for problem in problems:
        log.log(levels[problem.severity], "%s", problem)


def make_toc(title: str, anchor: str, headings: tuple[Heading, ...]) -> list[AnchorLink]:
    """The table of contents as MkDocs has it: below the page's name the sections, below them their own."""
    top = AnchorLink(escape_for_theme(title), anchor, 1)
    for heading in headings:
        link = AnchorLink(escape_for_theme(heading.title), heading.id, heading.level)
        inside = top.children[-1] if heading.level > 2 and top.children else top
        inside.children.append(link)
    return [top]


def name_pages(pages: Iterable[MkDocsPage], titles: Mapping[str, str], nav: Navigation) -> None:
    """Give our pages their titles, by `src_uri`, unless mkdocs.yml itself names them in its nav."""
    for page in (page for page in pages if page.file.src_uri in titles):
        if not ("title" in vars(page) and page in nav.pages):
            page.title = escape_for_theme(titles[page.file.src_uri])
