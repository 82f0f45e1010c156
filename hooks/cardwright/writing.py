"""A site's pages and files as a folder: for other generators, or to be served as it is.

FORMS is what a page can be written as. The folder is made beside its place and then moved there, so that it is whole or
not there at all.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from markupsafe import Markup

from cardwright.addresses import Addresses
from cardwright.exchange import close, open_beside, put_in_place
from cardwright.fragments import describe_page, fill_page, list_assets, render_head
from cardwright.making import SiteFile
from cardwright.pages import Page
from cardwright.render import render
from cardwright.site import Site
from cardwright.views import VIEWS
from cardwright.yamltext import write_yaml

MARKER = ".cardwright-render"
"""A file of a folder that was made here: only such a folder is replaced."""


class WritingError(Exception):
    """A folder that cannot be written; the message is for the one who named it."""


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write pages."""

    name: str
    about: str
    place: Callable[[Page, Addresses], str]
    """Where the page's file stands in the folder."""
    write: Callable[[Page, Addresses], str]
    files: str
    """The folder of all that is no page, with a slash at its end; empty for the folder itself."""


def _write_front_matter(page: Page, addresses: Addresses) -> str:
    return f"---\n{write_yaml(describe_page(page, addresses))}---\n{_hide_templates(fill_page(page))}\n"


def _write_json(page: Page, addresses: Addresses) -> str:
    known = describe_page(page, addresses)
    headings = [asdict(heading) for heading in page.headings]
    return json.dumps(known | {"headings": headings, "html": fill_page(page)}, ensure_ascii=False, indent=1) + "\n"


def _write_page(page: Page, addresses: Addresses) -> str:
    uris = [(view.title, view.uri.format(models=addresses.models_uri)) for view in VIEWS]
    links = [(title, addresses.link(page.uri, addresses.view(uri))) for title, uri in uris]
    html, head, site_name = Markup(fill_page(page)), render_head(page, addresses), addresses.site_name
    return str(render("bare_page.html", page=page, html=html, head=head, links=links, site_name=site_name)) + "\n"


def _hide_templates(html: str) -> str:
    """HTML in which no template language finds a command: what a card says is no program of the site."""
    return re.sub(r"\{(?=[{%#])", "&#123;", html)


def _in_content(ending: str) -> Callable[[Page, Addresses], str]:
    """`content/models/resnet50.html`; `content/models/_index.html` for the first page of a folder, as Hugo has it."""
    return lambda page, _: f"content/{_FIRST.sub('/_index', page.uri)}{ending}"


def _at_address(page: Page, addresses: Addresses) -> str:
    is_file = _FIRST.search(page.uri) or not addresses.directory_urls
    return f"{page.uri}.html" if is_file else f"{page.uri}/index.html"


_FIRST = re.compile("/index$")


FORMS: tuple[Form, ...] = (
    Form("front-matter", "HTML below YAML front matter", _in_content(".html"), _write_front_matter, "static/"),
    Form("json", "JSON with the HTML in it", _in_content(".json"), _write_json, "static/"),
    Form("page", "whole pages", _at_address, _write_page, ""),
)
"""The first one is that of a call without one."""


def list_files(site: Site, addresses: Addresses, form: Form) -> Iterator[SiteFile]:
    """All files of the folder."""
    for page in site.pages:
        yield SiteFile(form.place(page, addresses), content=form.write(page, addresses))
    for file in (*site.files, *list_assets()):
        yield SiteFile(f"{form.files}{file.uri}", file.content, file.copied_from)


def write_folder(folder: Path, files: Iterable[SiteFile]) -> None:
    """Put the files into `folder`, in place of what was written there before.

    Raises `WritingError` when it cannot be written, or holds what was not made here; then it is as it was.
    """
    check_folder(folder)
    try:
        beside = open_beside(folder)
        try:
            for file in (SiteFile(MARKER, "Made by `cardwright render`, which replaces this folder.\n"), *files):
                _write_file(beside.folder / file.uri, file)
            put_in_place(beside)
        except BaseException:
            close(beside)
            raise
    except OSError as error:
        raise WritingError(f"{folder} cannot be written: {error.strerror}.") from None


def check_folder(folder: Path) -> None:
    """Raises `WritingError` for a folder that holds what was not made here."""
    with suppress(FileNotFoundError):
        try:
            foreign = not (folder / MARKER).is_file() and any(folder.iterdir())
        except NotADirectoryError:
            foreign = True
        if foreign:
            raise WritingError(f"{folder} was not made by `cardwright render`, and stays as it is: name another.")


def _write_file(path: Path, file: SiteFile) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if file.copied_from:
        shutil.copyfile(file.copied_from, path)
    else:
        content = file.content or ""
        path.write_bytes(content.encode() if isinstance(content, str) else content)
