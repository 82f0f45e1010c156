"""Publications, contacts, contributors and licences: the rows that the card's own text does not show already."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cardwright.card import Card, Contributor
from cardwright.entry import Entry, LicenseFile, PublicationEntry
from cardwright.licenses import find_license
from cardwright.sections.metadata import humanise


def list_support(entry: Entry) -> tuple[tuple[str, Any, str], ...]:
    """Label, value and address (or an empty text) of each contact."""
    rows = []
    for key, value in entry.card.support.items():
        if value and not entry.is_in_text(("support", key)):
            rows.append((humanise(key), value, _address(value)))
    return tuple(rows)


def _address(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"https?://\S+", value):
        return value
    if isinstance(value, str) and re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", value):
        return f"mailto:{value}"
    return ""


def list_publications(entry: Entry) -> tuple[PublicationEntry, ...]:
    """The publications whose BibTeX is not in the card's text."""
    return tuple(publication for publication in entry.publications if not publication.is_in_text)


def list_contributors(entry: Entry) -> tuple[Contributor, ...]:
    """The people the card names in its fields."""
    people = enumerate(entry.card.contributors)
    return tuple(c for i, c in people if c != Contributor() and not entry.is_in_text(("contributors", i)))


@dataclass(frozen=True, slots=True)
class LicenseView:
    """The whole section."""

    stated: tuple[tuple[str, str], ...]
    """Each licence as the card states it, and where its text is (or an empty text)."""
    files: tuple[LicenseFile, ...]


def describe_licenses(entry: Entry) -> LicenseView | None:
    """Each licence that the card states and its text does not, and the licence files beside it; None for neither."""
    stated = () if entry.is_in_text(("license",)) else tuple(_stated_licenses(entry.card))
    return LicenseView(stated, entry.license_files) if stated or entry.license_files else None


def _stated_licenses(card: Card) -> Iterator[tuple[str, str]]:
    named = [name for name in card.license if name.lower() != "other" or not card.license_name]
    link = card.license_link if card.license_link and card.license_link.startswith(("http://", "https://")) else ""
    for name in (*named, *([card.license_name] if card.license_name else [])):
        known = find_license(name)
        yield name, link or (known.url if known else "")
