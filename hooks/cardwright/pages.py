"""A card's page: its head, its sections in order, the rest of its text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from html import escape, unescape
from urllib.parse import quote

from markupsafe import Markup

from cardwright.addresses import Addresses, CardLinks, own_name
from cardwright.entry import Entry, FileEntry, PublicationEntry
from cardwright.exports import CARD_EXPORTS
from cardwright.gfm import Links, highlight_text, permalink_html, render_heading, render_inline, render_part
from cardwright.prose import REST, Prose
from cardwright.render import render
from cardwright.rows import make_row
from cardwright.sections import SECTIONS, Section
from cardwright.sections.metadata import show_task


@dataclass(frozen=True, slots=True)
class PageStyle:
    """How the site's own pages look, so that ours look alike."""

    permalink: str = ""
    """What stands beside headings as their permanent link; empty for none."""
    image_hosts: tuple[str, ...] = ()
    """Hosts whose images are shown without a click."""


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of a page's table of contents."""

    id: str
    title: str
    """Plain text."""
    level: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the site, ready to be put into the theme."""

    uri: str
    """Address without its ending: `models/resnet50`, `models/index`."""
    title: str
    """Plain text."""
    description: str
    """Plain text."""
    html: Markup
    headings: tuple[Heading, ...] = ()
    entry: Entry | None = None
    """The card it shows; None for a page about several."""
    is_searched: bool = True
    """Whether the site's search finds it."""
    below: str = ""
    """Address of the page at whose place in the nav it stands; empty for one that may stand in the nav itself."""
    links: tuple[tuple[str, str], ...] = ()
    """Where the text looks for other cards, and the slug of what is there; an empty one for none."""
    head: Markup = Markup("")  # noqa: RUF009
    """What stands in the page's head beside what the theme writes."""


ACTIONS = (("usage", "Use"), ("files", "Download"), ("publication", "Cite"))
"""Sections that the top of the page leads to, and what a reader does there."""


def make_card_page(
    entry: Entry,
    addresses: Addresses,
    style: PageStyle,
    known: Mapping[str, str],
    sections: Iterable[Section] = SECTIONS,
) -> tuple[Page, frozenset[str]]:
    """The page of a card, and the files of its folder that the page links to."""
    uri = f"{addresses.models_uri}/{entry.slug}"
    card_links = CardLinks(entry, addresses, known)
    links = Links(
        card_links.resolve, style.permalink, style.image_hosts, partial(_show_references, entry.bibtex_blocks)
    )
    source = card_links.file(entry.source.path.relative_to(entry.source.folder).as_posix())
    made = {section.id: _make_section(section, entry, links, card_links) for section in sections}
    shown = [html for html in made.values() if html]
    html = render(
        "card.html",
        entry=entry,
        row=make_row(entry),
        actions=[(anchor, label) for anchor, label in ACTIONS if made.get(anchor)],
        page_of=addresses.page_from_page,
        summary=render_inline(entry.summary, links),
        task=show_task(entry.card.pipeline_tag or ""),
        license=render_inline(entry.license, links),
        sections=shown,
        rest=_make_rest(entry, links, bool(shown)),
        source=source,
        source_name=entry.source.path.name,
        exports=[
            (export.label, addresses.file_from_page(entry.slug, own_name(entry, export.name)))
            for export in CARD_EXPORTS
            if export.label and export.is_made(entry)
        ],
        compare=f"{addresses.link(uri, addresses.view('compare'))}?m={quote(entry.slug)}",
        catalogue=addresses.catalogue_from_page(),
    )
    page = Page(
        uri,
        entry.name,
        _plain(render_inline(entry.summary))[:300],
        html,
        tuple(find_headings(html)),
        entry,
        below=f"{addresses.models_uri}/index",
        links=tuple(card_links.asked.items()),
    )
    return page, frozenset(card_links.needed)


def _show_references(blocks: Mapping[str, tuple[PublicationEntry, ...]], text: str) -> str:
    """The references of a code block with BibTeX; nothing for any other."""
    return str(render("block_references.html", it=blocks[text])) if text in blocks else ""


def _viewer(entry: Entry, addresses: Addresses) -> Callable[[FileEntry], str]:
    """From a file to the address of the viewer with it; an empty one when the site has no viewer."""

    def address(file: FileEntry) -> str:
        return (
            addresses.viewer_from_page(entry.slug, own_name(entry, file.structure_name), file.file_name)
            if addresses.viewer and file.structure_name
            else ""
        )

    return address


def _make_section(section: Section, entry: Entry, links: Links, files: CardLinks) -> Markup | None:
    """A section: the card's own text for it, with what is computed in the place of what was lifted."""
    value = section.build(entry)
    prose = [part for part in entry.prose if part.role == section.id]
    if not value and not prose:
        return None
    heading = prose[0].heading if prose else section.title
    shown = (
        render(
            f"sections/{section.id}.html",
            it=value,
            entry=entry,
            heading=heading,
            inline=lambda text: render_inline(text, links),
            file=files.file,
            resolve=files.resolve,
            netscope=lambda path: files.addresses.netscope(entry.slug, path),
            card_page=files.addresses.page_from_page,
            board=lambda standing: files.addresses.board_from_page(entry.slug, standing.uri, standing.anchor),
            catalogue=files.addresses.catalogue_from_page,
            viewer=_viewer(entry, files.addresses),
            facts_address=lambda: files.addresses.file_from_page(entry.slug, own_name(entry, "facts.json")),
            code=lambda text, language: Markup(highlight_text(text, language)),
            permalink=lambda identifier: permalink_html(identifier, links.permalink),
        )
        if value
        else Markup("")
    )
    parts = [_make_prose(part, links) for part in prose]
    lifted_at = next((index for index, part in enumerate(prose) if part.has_lift), None)
    return render(
        "section.html",
        section=section,
        heading=parts[0].heading if parts else section.title,
        heading_id=prose[0].heading_id if prose else "",
        permalink=permalink_html(section.id, links.permalink),
        shown=shown,
        parts=parts,
        lifted_at=lifted_at,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the card's text as safe HTML."""

    heading: Markup | str
    heading_id: str
    before: Markup
    after: Markup
    lifted: tuple[Markup, ...]
    permalink: Markup


def _make_prose(part: Prose, links: Links) -> _Part:
    above = 2 if part.heading else 1
    return _Part(
        render_heading(part.heading_html, links) or part.heading,
        part.heading_id,
        render_part(part.before, links, top_level=above + 1, deepest_before=above),
        render_part(part.after, links, top_level=above + 1, deepest_before=above),
        tuple(render_part(original, links) for original in part.lifted),
        permalink_html(part.heading_id, links.permalink),
    )


def _make_rest(entry: Entry, links: Links, below_sections: bool) -> list[_Part]:
    """The text of no section. What stands before the first heading gets one, when it would hang on a section."""
    parts = [part for part in entry.prose if part.role == REST]
    if below_sections and parts and not parts[0].heading and parts[0].before.strip():
        parts[0] = replace(parts[0], heading="About this model", heading_id="about")
    return [_make_prose(part, links) for part in parts]


_HEADING = re.compile(r'<h([23])(?=[^>]*\bid="([^"]+)")[^>]*>(.*?)</h\1>', re.DOTALL)


def find_headings(html: str) -> Iterable[Heading]:
    """The second- and third-level headings of a page."""
    for level, identifier, inner in _HEADING.findall(html):
        inner = re.sub(r'<a class="headerlink".*?</a>', "", inner)
        yield Heading(unescape(identifier), _plain(inner), int(level))


def _plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def escape_for_theme(text: str) -> str:
    """Text for a template that does not escape, and that may strip tags and unescape before it writes."""
    return escape(text, quote=True)
