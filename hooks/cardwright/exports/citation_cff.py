"""`models/<slug>/CITATION.cff`: how the model is cited, in the Citation File Format 1.2.0.

Format: https://github.com/citation-file-format/citation-file-format, schema guide 1.2.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from cardwright.addresses import Addresses
from cardwright.citations import list_names, read_authors, to_cff
from cardwright.entry import Entry
from cardwright.licenses import find_license

MESSAGE = "If you use this model, please cite it as below."
MESSAGE_FOR_PAPER = "If you use this model, please cite the publication below."

LATER_LICENSES = frozenset({"CDLA-Permissive-2.0"})
"""Identifiers of Hugging Face's table that SPDX got after the schema was made."""

# The schema's pattern: what does not match would make the file invalid.
_ORCID = re.compile(r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]")


def has_authors(entry: Entry) -> bool:
    """Whether the card or its publications name someone, as the format demands."""
    return bool(_list_authors(entry) or _list_references(entry))


def make_citation_cff(entry: Entry, addresses: Addresses) -> str:
    """The model as software, by those who made it, and its first publication as what to cite instead."""
    references = _list_references(entry)
    authors = _list_authors(entry) or references[0]["authors"]
    fields: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": MESSAGE_FOR_PAPER if references else MESSAGE,
        "type": "software",
        "title": entry.name,
        "authors": authors,
        "version": entry.card.version,
        **_describe_license(entry.license),
        "url": f"{addresses.site_url}{addresses.page(entry.slug)}" if addresses.site_url else "",
        "keywords": list(dict.fromkeys(tag for tag in entry.card.tags if tag.strip())),
        "abstract": entry.summary,
        "preferred-citation": references[0] if references else None,
        "references": references[1:],
    }
    return "".join(f"{line}\n" for name, value in fields.items() if value for line in _write(name, value))


# Texts that need no quotes in YAML, whoever reads it; the others are written as in JSON, whose texts are YAML.
_PLAIN = re.compile(r"(?!(?:yes|no|on|off|y|n|true|false|null)$)[A-Za-z][\w ./()-]*(?<! )", re.ASCII | re.IGNORECASE)


def _write(name: str, value: Any) -> Iterator[str]:
    """The lines of a field; PyYAML would take a millisecond for each of ten lines."""
    if isinstance(value, dict):
        yield f"{name}:"
        yield from (f"  {line}" for key, part in value.items() for line in _write(key, part))
    elif isinstance(value, list):
        yield f"{name}:"
        for item in value:
            parts = item.items() if isinstance(item, dict) else [("", item)]
            lines = [line for key, part in parts for line in _write(key, part)]
            yield from (f"  {'  ' if index else '- '}{line}" for index, line in enumerate(lines))
    else:
        text = str(value)
        is_plain = isinstance(value, int) or _PLAIN.fullmatch(text)
        yield f"{name}{': ' if name else ''}{text if is_plain else json.dumps(text, ensure_ascii=False)}"


def _list_references(entry: Entry) -> list[dict[str, Any]]:
    """Each publication once, those alone that have what the format demands."""
    found = [fields for publication in entry.publications if (fields := to_cff(publication.work))]
    return [fields for index, fields in enumerate(found) if fields not in found[:index]]


def _describe_license(text: str) -> dict[str, str]:
    """An identifier that the schema has: its list is that of 2021. Those of Hugging Face's table have a name."""
    license = find_license(text)
    if license and license.is_spdx and license.name != license.id and license.id not in LATER_LICENSES:
        return {"license": license.id}
    return {"license-url": license.url} if license else {}


def _list_authors(entry: Entry) -> list[dict[str, str]]:
    """The card's developers, else its contributors; a person with ORCID, mail and institution where they are stated."""
    if entry.card.developers:
        developers = entry.card.developers
        names, has_others = read_authors(developers if len(developers) > 1 else developers[0])
        return list_names(tuple(name for name in names if name.last), has_others)
    return list(_list_contributors(entry))


def _list_contributors(entry: Entry) -> Iterator[dict[str, str]]:
    for person in entry.card.contributors:
        for name in list_names(tuple(read_authors([person.name or person.org or ""])[0])):
            orcid = _ORCID.search(person.orcid or "")
            more = {"orcid": f"https://orcid.org/{orcid[0]}" if orcid else ""}
            if "family-names" in name:
                more["affiliation"] = person.org or ""
            yield name | {key: value for key, value in more.items() if value}
