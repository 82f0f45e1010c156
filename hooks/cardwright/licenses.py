"""Licences: identifiers of SPDX and Hugging Face, what people write for them, and well-known texts of them.

What Hugging Face has is in `licenses.toml`; what SPDX has, the `packaging` library knows.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

MAX_CHARACTERS = 200
"""Longer text is no name of a licence."""


@dataclass(frozen=True, slots=True)
class License:
    """A known licence, or an expression of several."""

    id: str
    """SPDX's identifier or expression: `Apache-2.0`, `MIT OR Apache-2.0`; Hugging Face's where SPDX has none."""
    hub_id: str
    """As cards write it: Hugging Face's identifier, in lower case, where it has one."""
    name: str
    """What readers call it; the identifier where no name is known."""
    is_spdx: bool
    """Whether `id` is SPDX's; an expression has a space in it."""
    url: str
    """Where its text is; empty when that is not known, and for an expression."""


@lru_cache(maxsize=1024)
def find_license(text: str) -> License | None:
    """The licence that `text` surely means, by identifier or as people write it: `apache-2.0`, `Apache License v2`."""
    if len(text) > MAX_CHARACTERS:
        return None
    return _find_by_id(text) or next(filter(None, map(_find_by_id, _identifiers(text))), None)


def find_hub_id(text: str) -> str:
    """Hugging Face's identifier of the licence that `text` surely means; empty when it has none."""
    known = find_license(text)
    return known.hub_id if known and known.hub_id in _table() else ""


def suggest_license(text: str) -> str:
    """The identifier that `text` seems to be meant for; empty for what is one, and for what could be anything."""
    if len(text) > MAX_CHARACTERS or _find_by_id(text):
        return ""
    found = find_license(text)
    return found.hub_id if found else _find_slip(text.strip().casefold())


def identify_license_text(text: str) -> License | None:
    """The one licence of which `text` is the text, or the notice; None for several, and for what is not well known."""
    squeezed = " ".join(re.findall(r"[\w.,:+()/-]+", text[:MAX_TEXT_CHARACTERS].casefold()))
    found = {id for id, signs in _TEXTS.items() if all(re.search(sign, squeezed) for sign in signs)}
    found |= {_cc_identifier("-".join(filter(None, parts))) for parts in _CC_TITLE.findall(squeezed[:2000])}
    if found & _WHOLE and len(squeezed) > MAX_WHOLE_CHARACTERS:
        return None
    return find_license(found.pop()) if len(found) == 1 else None


MAX_TEXT_CHARACTERS = 100_000
MAX_WHOLE_CHARACTERS = 5_000
"""A text that has a short licence in it and is longer has something else in it too."""


@cache
def _table() -> dict[str, License]:
    """Hugging Face's licences by identifier."""
    return {row["id"]: _read_row(row) for row in _rows()}


@cache
def _spellings() -> dict[str, str]:
    """Identifier by what people write for it, as words."""
    return {spelling: row["id"] for row in _rows() for spelling in row.get("spellings", ())}


@cache
def _rows() -> list[dict[str, str]]:
    text = resources.files("cardwright").joinpath("licenses.toml").read_text(encoding="utf-8")
    rows: list[dict[str, str]] = tomllib.loads(text)["license"]
    return rows


def _read_row(row: dict[str, str]) -> License:
    spdx = row.get("spdx", row["id"])
    found = _find_spdx(spdx) if spdx else None
    if found is None:
        return License(row["id"], row["id"], row["name"], False, row.get("url", ""))
    return License(found.id, row["id"], row["name"], True, found.url)


def _find_by_id(text: str) -> License | None:
    """The licence of an identifier or expression, in upper or lower case."""
    name = text.strip().casefold()
    return _table().get(name) or _find_spdx(name)


def _find_spdx(text: str) -> License | None:
    try:
        id = str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return None
    is_single = bool(re.fullmatch(r"[A-Za-z0-9.+-]+", id))
    if is_single and id.startswith("LicenseRef"):
        return License(id, id, id, False, "")
    row = next((row for row in _rows() if id in (row.get("spdx"), row["id"]) or row["id"] == id.casefold()), {})
    url = f"https://spdx.org/licenses/{id.removesuffix('+')}.html" if is_single else ""
    return License(id, row.get("id", id), row.get("name", id), True, url)


_PHRASES = (
    (r"[’'\"“”,;:()\[\]_/-]+|\.(?!\d)", " "),
    (r"\blicen[sc]es?(?: agreement)?\b|\b(?:the|version|international|unported|generic|universal|deed)\b", " "),
    (r"\bv(?:er)?\.? ?(?=\d)|(?<=[a-z])v(?=\d)", " "),
    (r"\bcreative ?commons\b", "cc"),
    (r"\b(?:affero|gnu affero) (?:general public|gpl)\b", "agpl"),
    (r"\b(?:gnu )?(?:lesser|library) (?:general public|gpl)\b", "lgpl"),
    (r"\bgeneral public\b", "gpl"),
    (r"\bmozilla public\b", "mpl"),
    (r"\beclipse public\b", "epl"),
    (r"\beuropean union public\b", "eupl"),
    (r"\bacademic free\b", "afl"),
    (r"\bboost software\b", "bsl"),
    (r"\bopen software\b", "osl"),
    (r"\b(?:sil )?open font\b", "ofl"),
    (r"\bnon ?commercial\b", "nc"),
    (r"\bshare ?alike\b", "sa"),
    (r"\bno ?deriv(?:ative)?s?\b", "nd"),
    (r"\A ?attribution\b", "cc by"),
    (r"\battribution\b", "by"),
    (r"\bccby(?![a-z])", "cc by "),
    (r"\bgnu (?=a?l?gpl\b|gfdl\b)", ""),
    (r"\b(a?l?gpl)\b ?\1\b", r"\1"),
)
"""What is written out, and left out, on the way from what people write to an identifier; in this order."""


def _identifiers(text: str) -> Iterator[str]:
    """Identifiers that `text` may be another spelling of, likelier ones first."""
    # In brackets people repeat the name, or say where the text is.
    words = re.sub(r"\(([^()]*)\)", lambda m: "" if m[1][:4] == "http" or find_license(m[1]) else m[0], text).casefold()
    for pattern, replacement in _PHRASES:
        words = re.sub(pattern, replacement, words)
    for way in (words, re.sub(r"(?<=[a-z])(?=\d)", " ", words)):
        tokens = way.split()
        if not tokens:
            return
        yield _spellings().get(" ".join(tokens), "")
        yield "-".join(tokens)
        yield "".join(tokens)
        yield "-".join(f"{token}.0" if token.isdecimal() else token for token in tokens)


def _find_slip(text: str) -> str:
    """The one of Hugging Face's identifiers that is a letter or two off, with the same version; else empty."""
    digits = re.findall(r"\d", text)
    same = [id for id in _table() if re.findall(r"\d", id) == digits]
    close = difflib.get_close_matches(text, same, n=2, cutoff=0.88) if len(text) > 5 else []
    return close[0] if len(close) == 1 else ""


_TEXTS = {
    "mit": (
        r"permission is hereby granted, free of charge, to any person obtaining a copy",
        r"the above copyright notice and this permission notice (?:\(.{0,40}\) )?shall be included",
    ),
    "apache-2.0": (r"apache license,? version 2\.0, january 2004|licensed under the apache license, version 2\.0",),
    "bsd-2-clause": (
        r"redistribution and use in source and binary forms",
        r"\A(?!.*(?:neither the name|endorse or promote|advertising materials))",
        r"in binary form must reproduce the above copyright notice",
    ),
    "bsd-3-clause": (
        r"redistribution and use in source and binary forms",
        r"neither the name",
        r"\A(?!.*(?:advertising materials|express or implied licenses to any party))",
    ),
    "isc": (
        r"permission to use, copy, modify, and(?:/or)? distribute this software for any purpose with or without fee",
        r"provided that the above copyright notice",
    ),
    "unlicense": (r"this is free and unencumbered software released into the public domain",),
    "gpl-3.0": (r"\bgnu general public license version 3, 29 june 2007",),
    "gpl-2.0": (r"\bgnu general public license version 2, june 1991",),
    "lgpl-3.0": (r"\bgnu lesser general public license version 3, 29 june 2007",),
    "lgpl-2.1": (r"\bgnu lesser general public license version 2\.1, february 1999",),
    "agpl-3.0": (r"\bgnu affero general public license version 3, 19 november 2007",),
    "mpl-2.0": (r"\Amozilla public license,? version 2\.0",),
    "epl-2.0": (r"\Aeclipse public license - v 2\.0",),
    "bsl-1.0": (r"\bboost software license - version 1\.0 - august 17th, 2003",),
    "cc0-1.0": (r"\bcc0 1\.0 universal|\bcreative commons zero\b|\bcc0 licen[sc]e\b",),
    "llama2": (r"\A.{0,80}llama 2 community license agreement",),
    "llama3": (r"\A.{0,80}llama 3 community license agreement",),
    "llama3.1": (r"\A.{0,80}llama 3\.1 community license agreement",),
    "llama3.2": (r"\A.{0,80}llama 3\.2 community license agreement",),
    "llama3.3": (r"\A.{0,80}llama 3\.3 community license agreement",),
    "llama4": (r"\A.{0,80}llama 4 community license agreement",),
    "gemma": (r"\A.{0,80}gemma terms of use",),
    "creativeml-openrail-m": (r"\A.{0,200}creativeml open rail-m",),
    "bigscience-bloom-rail-1.0": (r"\A.{0,200}bigscience rail license v1\.0",),
    "bigcode-openrail-m": (r"\A.{0,200}bigcode open rail-m v1 license",),
}
"""What a licence's text has in it, lower case with single spaces: every one of these."""

_WHOLE = frozenset({"mit", "bsd-2-clause", "bsd-3-clause", "isc", "unlicense"})
"""Licences that are known by their whole text, which is short."""

_CC_TITLE = re.compile(
    r"\b(?<=cc.)(by(?:[ -](?:nc|nd|sa))*)[ -](\d\.\d)\b"
    r"|\b(attribution(?:[ -](?:noncommercial|sharealike|noderiv(?:ative)?s))*)[ -](\d\.\d)\b"
)
"""The title of a Creative Commons licence in its text."""


def _cc_identifier(title: str) -> str:
    shorter = (("attribution", "by"), ("noncommercial", "nc"), ("sharealike", "sa"), ("noderivatives", "nd"))
    for long, short in (*shorter, ("noderivs", "nd"), (" ", "-")):
        title = title.replace(long, short)
    return f"cc-{title}"
