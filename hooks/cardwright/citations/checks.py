"""What a BibTeX entry must have, by entry type.

Standard types and required fields: Oren Patashnik, "BibTeXing" (1988), section 3.1. Further types: the
biblatex manual, section 2.1, as far as they occur in model cards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from .entry import Entry, Finding
from .names import split_at, split_names

_YEAR = "year|date"
_MAKER = "author|editor"
_THESIS = ("author", "title", "school|institution", _YEAR)
_PAPER = ("author", "title", "booktitle", _YEAR)
_ONLINE = ("title",)

# `a|b`: one of them is enough. biblatex's names (date, journaltitle) are accepted for BibTeX's.
REQUIRED_FIELDS: dict[str, tuple[str, ...]] = {
    # BibTeX
    "article": ("author", "title", "journal|journaltitle", _YEAR),
    "book": (_MAKER, "title", "publisher", _YEAR),
    "booklet": ("title",),
    "conference": _PAPER,
    "inbook": (_MAKER, "title", "chapter|pages", "publisher", _YEAR),
    "incollection": (*_PAPER, "publisher"),
    "inproceedings": _PAPER,
    "manual": ("title",),
    "mastersthesis": _THESIS,
    "misc": (),
    "phdthesis": _THESIS,
    "proceedings": ("title", _YEAR),
    "techreport": ("author", "title", "institution", _YEAR),
    "unpublished": ("author", "title", "note"),
    # biblatex
    "collection": ("editor", "title", _YEAR),
    "dataset": _ONLINE,
    "electronic": _ONLINE,
    "online": _ONLINE,
    "patent": ("author", "title", "number", _YEAR),
    "report": ("author", "title", "institution", _YEAR),
    "software": _ONLINE,
    "thesis": _THESIS,
    "www": _ONLINE,
}

FIELD_HINTS = {
    "journal|journaltitle": "for a preprint: journal = {arXiv preprint arXiv:<id>}, or @misc with eprint",
    "booktitle": "the conference or proceedings go into booktitle, not journal",
}

_KEY_STOPS = re.compile(r"[\s\"#%'(),={}\\]")


def check_entry(entry: Entry) -> Iterator[Finding]:
    """Yield what is wrong with a readable entry: its key, its type, its fields."""
    if not entry.key:
        yield Finding(entry.line, "the entry has no key", f"write @{entry.kind}{{lastname2020word, ...")
    elif _KEY_STOPS.search(entry.key):
        yield Finding(entry.line, f"the key {shorten(entry.key)!r} cannot be cited", "use letters, digits, : / - _")
    for name in ("author", "editor"):
        if has_comma_list(entry.get(name)):
            message = f"{name}: names are separated by commas"
            yield Finding(entry.line, message, "BibTeX wants `and` between names: He, Kaiming and Sun, Jian")
    required = REQUIRED_FIELDS.get(entry.kind)
    if required is None:
        close = get_close_matches(entry.kind[:40], REQUIRED_FIELDS, n=1)
        hint = f"did you mean @{close[0]}?" if close else "use @misc for what fits no other type"
        yield Finding(entry.line, f"unknown entry type @{shorten(entry.kind)}", hint)
        return
    if entry.get("crossref"):  # the missing fields are in the entry it points to
        return
    for names in required:
        if not entry.get(*names.split("|")):
            name = names.replace("|", " or ")
            yield Finding(entry.line, f"@{entry.kind} lacks the required field {name}", FIELD_HINTS.get(names, ""))


def has_comma_list(text: str) -> bool:
    """Whether names stand with commas between them, where BibTeX wants `and`."""
    return any(len(split_at(written, ",")) > 3 for written in split_names(text)[0])


def is_bibtex(entry: Entry) -> bool:
    """Whether what was read as an entry surely is one: of a known type, with a key and fields."""
    return entry.kind in REQUIRED_FIELDS and bool(entry.key and entry.fields)


def find_duplicates(entries: list[Entry]) -> Iterator[Finding]:
    """Yield a finding for each entry whose key an earlier one has."""
    first_lines: dict[str, int] = {}
    for entry in entries:
        if not entry.key:
            continue
        line = first_lines.setdefault(entry.key.lower(), entry.line)  # BibTeX compares keys without case
        if line != entry.line:
            yield Finding(entry.line, f"the key {shorten(entry.key)} is already used on line {line}", "rename one")


def shorten(text: str) -> str:
    """`text` as it may stand in a message on a terminal: short, and without control characters."""
    text = text if len(text) <= 60 else text[:59] + "…"
    return "".join(char if char.isprintable() else "\ufffd" for char in text)
