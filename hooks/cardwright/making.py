"""What one card makes: its page and the files below it. A card on which Cardwright fails costs no other anything."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from cardwright.addresses import Addresses, own_name
from cardwright.entry import Entry
from cardwright.exports import CARD_EXPORTS
from cardwright.facts import FactsError
from cardwright.head import add_head
from cardwright.load import make_failed_entry
from cardwright.pages import Page, PageStyle, make_card_page
from cardwright.previews import PREVIEW_NAME, Draw, make_preview
from cardwright.problem import one_line, sort_problems
from cardwright.published import published_name

LeanModel = Callable[[Path, Path], bytes]
"""From a model file, and the folder it may not leave, to its copy without weights."""

log = logging.getLogger("mkdocs.plugins.cardwright")
"""MkDocs shows what is logged below its own name; `mkdocs build --verbose` shows the tracebacks of our own faults."""


@dataclass(frozen=True, slots=True)
class SiteFile:
    """A file of the site that is no page: its address from the root, and its content or where it is copied from."""

    uri: str
    content: str | bytes | None = None
    copied_from: Path | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A card's page, and the files below it."""

    page: Page
    files: tuple[SiteFile, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a site says to the making of each of its cards."""

    cards_dir: Path
    shown_as: str
    """How messages name the folder, as its user wrote it."""
    addresses: Addresses
    style: PageStyle
    known: Mapping[str, str] = field(default_factory=dict)
    """Slug by the paths under which other cards may link to a card."""
    has_feed: bool = False
    is_offline: bool = False
    """Whether the site is read without a server."""


def make_card(entry: Entry, setting: Setting, lean_model: LeanModel | None = None, draw: Draw | None = None) -> Made:
    """The page of a card, and its files.

    With `lean_model`, its models open in the viewer; with `draw`, it has a picture, if the site knows its own address.
    Raises nothing: a page that cannot be made shows why, and nothing else.
    """
    addresses = setting.addresses
    try:
        page, needed = make_card_page(entry, addresses, setting.style, setting.known)
    except Exception as error:
        log.debug("%s", entry.source.path, exc_info=True)
        failed = make_failed_entry(setting.cards_dir, setting.shown_as, entry.source, error)
        entry = replace(failed, name=entry.name, problems=sort_problems((*entry.problems, *failed.problems)))
        page, needed = make_card_page(entry, addresses, setting.style, setting.known, sections=())
    files = list(_card_files(entry, needed, addresses))
    if lean_model and addresses.viewer:
        files += _structure_files(entry, addresses, lean_model)
    if draw and addresses.site_url:
        files += _preview_files(entry, addresses, draw)
    return Made(make_head(page, addresses, setting.has_feed), tuple(files))


def make_head(page: Page, addresses: Addresses, has_feed: bool) -> Page:
    """The page with its head, or without when that cannot be made."""
    try:
        return add_head(page, addresses, has_feed)
    except Exception as error:
        log_fault(f"the head of {page.uri}", error)
        return page


def make_files(uri: str, build: Callable[..., str | bytes], *given: object) -> Iterator[SiteFile]:
    """A file for programs; one that cannot be made costs no page anything."""
    try:
        if content := build(*given):
            yield SiteFile(uri, content=content)
    except Exception as error:
        log_fault(uri, error)


def log_fault(where: str, error: Exception) -> None:
    """Say what Cardwright failed on."""
    log.error("Cardwright failed on %s: %s: %s", where, type(error).__name__, one_line(str(error)), exc_info=False)
    log.debug("%s", where, exc_info=error)


def _structure_files(entry: Entry, addresses: Addresses, lean_model: LeanModel) -> Iterator[SiteFile]:
    """What the viewer opens: the card's models without their weights."""
    for structure_name, content in copy_models(entry, lean_model):
        name = own_name(entry, structure_name)
        yield SiteFile(f"{addresses.models_uri}/{entry.slug}/{name}", content=content)


def copy_models(entry: Entry, lean_model: LeanModel) -> Iterator[tuple[str, bytes]]:
    """The card's models without their weights, each after the name it has in the site."""
    for file in entry.files:
        if file.structure_name:
            with suppress(FactsError):  # a model whose graph alone is too large: its facts stand, its copy does not
                yield file.structure_name, lean_model(entry.source.folder / file.path, entry.source.folder)


def _preview_files(entry: Entry, addresses: Addresses, draw: Draw) -> Iterator[SiteFile]:
    uri = f"{addresses.models_uri}/{entry.slug}/{own_name(entry, PREVIEW_NAME)}"
    return make_files(uri, lambda: draw(make_preview(entry, addresses.site_name)))


def _card_files(entry: Entry, needed: frozenset[str], addresses: Addresses) -> Iterator[SiteFile]:
    base = f"{addresses.models_uri}/{entry.slug}"
    facts = {file.place: file.facts.to_json() for file in entry.files if file.facts}
    if facts:
        yield SiteFile(f"{base}/{own_name(entry, 'facts.json')}", content=json.dumps(facts, ensure_ascii=False) + "\n")
    for export in CARD_EXPORTS:
        if export.is_made(entry):
            yield from make_files(f"{base}/{own_name(entry, export.name)}", export.build, entry, addresses)
    for path in sorted(needed):
        name = published_name(entry.source.folder, path)
        yield SiteFile(f"{base}/{name}", copied_from=entry.source.folder / path)
