"""Contacts, contributors and licences: the rows that the card's own text does not show already."""

from __future__ import annotations

import re
from typing import Any

from cardwright.card import Contributor
from cardwright.entry import Entry
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


def list_contributors(entry: Entry) -> tuple[Contributor, ...]:
    """The people the card names in its fields."""
    people = enumerate(entry.card.contributors)
    return tuple(c for i, c in people if c != Contributor() and not entry.is_in_text(("contributors", i)))


def list_licenses(entry: Entry) -> tuple[tuple[str, str], ...]:
    """Each licence as stated, and where its text is (or an empty text)."""
    if entry.is_in_text(("license",)):
        return ()
    card = entry.card
    named = [name for name in card.license if name.lower() != "other" or not card.license_name]
    licenses = [*named, *([card.license_name] if card.license_name else [])]
    link = card.license_link if card.license_link and card.license_link.startswith(("http://", "https://")) else ""
    return tuple((name, link or _spdx_address(name)) for name in licenses)


def _spdx_address(name: str) -> str:
    """The SPDX page of a licence that SPDX knows by this identifier."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        canonical = canonicalize_license_expression(name)
    except InvalidLicenseExpression:
        return ""
    single = re.fullmatch(r"[A-Za-z0-9.+-]+", canonical) and not canonical.startswith("LicenseRef")
    return f"https://spdx.org/licenses/{canonical}.html" if single else ""
