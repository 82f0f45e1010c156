"""A card in the words of schema.org, for search engines: JSON-LD in the head of its page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from cardwright.addresses import Addresses
from cardwright.card import Contributor
from cardwright.entry import Entry, FileEntry, PublicationEntry
from cardwright.licenses import find_license
from cardwright.previews import PREVIEW_NAME
from cardwright.rows import find_format
from cardwright.sections.metadata import show_task

MODEL_TYPE = "https://w3id.org/fair4ml#MLModel"
"""schema.org has no type for models; this one, of the Research Data Alliance, is a kind of its CreativeWork."""

MAX_ITEMS = 50
"""Of one property: a page stays small."""


def write_json_ld(entry: Entry, addresses: Addresses) -> str:
    """The text of the script element; nothing in it can end that element."""
    text = json.dumps(describe_model(entry, addresses), ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def describe_model(entry: Entry, addresses: Addresses) -> dict[str, Any]:
    """The card as a CreativeWork; what is empty is left out. Addresses of the site only where it knows its own."""
    card, is_placed = entry.card, bool(addresses.site_url)
    page = addresses.absolute(addresses.page(entry.slug)) if is_placed else ""
    people = [_person(person) for person in card.contributors if person.name]
    makers: list[dict[str, Any]] = [{"@type": "Organization", "name": name} for name in card.developers]
    found = {
        "@context": "https://schema.org",
        "@type": "CreativeWork",
        "additionalType": MODEL_TYPE,
        "@id": page,
        "url": page,
        "name": entry.name,
        "description": entry.summary,
        "identifier": card.id,
        "version": card.version,
        "genre": show_task(card.pipeline_tag or ""),
        "keywords": list(card.tags),
        "inLanguage": list(card.language),
        "license": [_license(name, card.license_link or "") for name in _license_names(entry)],
        "author": makers or people,
        "contributor": people if makers else [],
        "citation": [_article(publication) for publication in entry.publications],
        "isBasedOn": list(_base_models(entry, addresses)),
        "encoding": [_media(file, entry, addresses) for file in entry.files],
        "dateModified": entry.change.time if entry.change else "",
        "image": addresses.absolute(addresses.card_file(entry, PREVIEW_NAME)) if is_placed else "",
        "isPartOf": {"@type": "WebSite", "name": addresses.site_name, "url": addresses.site_url} if is_placed else "",
    }
    return {key: _shorten(value) for key, value in found.items() if value}


def _shorten(value: Any) -> Any:
    """One item stands alone; of many, the first."""
    if not isinstance(value, list):
        return value
    return value[0] if len(value) == 1 else value[:MAX_ITEMS]


def _filled(**values: Any) -> dict[str, Any]:
    return {key.replace("type_", "@type"): value for key, value in values.items() if value}


def _license_names(entry: Entry) -> list[str]:
    card = entry.card
    stated = [name for name in card.license if name.lower() != "other" or not card.license_name]
    return [*stated, *([card.license_name] if card.license_name else [])] or ([entry.license] if entry.license else [])


def _license(name: str, link: str) -> str | dict[str, Any]:
    """The address of a licence, or its name where it has none."""
    known = find_license(name)
    url = link if link.startswith(("http://", "https://")) else known.url if known else ""
    return url or {"@type": "CreativeWork", "name": name}


def _person(person: Contributor) -> dict[str, Any]:
    return _filled(
        type_="Person",
        name=person.name,
        url=person.url,
        affiliation={"@type": "Organization", "name": person.org} if person.org else None,
        sameAs=f"https://orcid.org/{person.orcid}" if person.orcid else None,
    )


def _article(publication: PublicationEntry) -> dict[str, Any]:
    reference = publication.reference
    return _filled(
        type_="ScholarlyArticle",
        name=reference.title,
        creditText=reference.authors,
        datePublished=reference.year if reference.year.isdecimal() else "",
        url=reference.url,
    )


def _base_models(entry: Entry, addresses: Addresses) -> Iterator[dict[str, Any]]:
    """The models that this one was made from: cards of the site by their address, others by name."""
    cards = [card for related in entry.related if related.label == "Made from" for card in related.cards]
    for card in cards:
        url = addresses.absolute(addresses.page(card.slug)) if addresses.site_url else ""
        yield _filled(type_="CreativeWork", name=card.name, url=url)
    known = {name.casefold() for card in cards for name in (card.name, card.slug)}
    for name in entry.card.base_model:
        if not {name.casefold(), name.casefold().rpartition("/")[2]} & known:
            yield {"@type": "CreativeWork", "name": name}


def _media(file: FileEntry, entry: Entry, addresses: Addresses) -> dict[str, Any]:
    here = addresses.absolute(f"{addresses.models_uri}/{quote(entry.slug)}/{quote(file.path)}")
    if not addresses.site_url:
        here = addresses.file_from_page(entry.slug, file.path)
    return _filled(
        type_="MediaObject",
        name=file.name,
        contentUrl=here if file.path else file.address if file.address.startswith(("http://", "https://")) else "",
        contentSize=f"{file.facts.size_bytes} bytes" if file.facts else file.stated.size,
        sha256=file.sha256,
        encodingFormat=find_format(file),
    )
