"""The publications of cards as BibTeX that every reader of it can read, under keys of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cardwright.card import Publication
from cardwright.citations import Entry as BibEntry
from cardwright.citations import parse_bibtex, pretty_bibtex
from cardwright.citations.checks import check_entry
from cardwright.entry import Entry

Item = tuple[str, str]
"""An entry's key and its text; `{key}` stands where the key does."""


def to_bibtex(entries: tuple[Entry, ...]) -> str:
    """Every publication once: as written where it can be read, tidied where it cannot, made from its fields else."""
    texts: dict[str, str] = {}
    for key, text in (item for entry in entries for item in _find_items(entry)):
        written = text.replace(_KEY, key)
        number = 2
        name = key
        while name in texts and texts[name] != written:
            name = f"{key}-{number}"
            written = text.replace(_KEY, name)
            number += 1
        texts[name] = written
    return "\n\n".join(texts.values()) + "\n" if texts else ""


_KEY = "\0"


def _find_items(entry: Entry) -> Iterator[Item]:
    for publication in entry.publications:
        if publication.bibtex_source:
            yield from _read_items(publication.bibtex_source, publication.bibtex_pretty)
    for stated in entry.card.publication:
        readable = any(found.fields for found in parse_bibtex(stated.bibtex).entries) if stated.bibtex else False
        if stated.title and not readable:
            yield _make_item(stated)


def _read_items(source: str, pretty: str) -> Iterator[Item]:
    """The entries of a text that fields can be read from, each alone."""
    for found in parse_bibtex(source).entries:
        if found.fields:
            yield _as_written(found) or _rewrite(found)


def _as_written(found: BibEntry) -> Item | None:
    """The entry as its author wrote it, when it needs nothing from elsewhere and no reader stumbles over it."""
    head = re.match(r"@\w+\{\s*([^\s,{}\"#%'()=\\~]+)\s*,", found.source)
    incomplete = {finding.message for finding in check_entry(found)}  # which is no reason to write it otherwise
    wrong = [finding for finding in parse_bibtex(found.source).findings if finding.message not in incomplete]
    if not head or wrong or _NO_ENTRY.match(found.kind) or "(" in found.source[: head.start(1)]:
        return None
    if re.search(r"\\[{}]|^\s*[@%]", found.source[1:], re.MULTILINE):  # which not every reader takes for text
        return None
    return head.group(1), found.source[: head.start(1)] + _KEY + found.source[head.end(1) :]


_NO_ENTRY = re.compile(r"string|comment|preamble")
"""How the types begin that readers take for something else than an entry."""


def _rewrite(found: BibEntry) -> Item:
    key = _make_key(found.key) or _make_key(found.get("title")) or "entry"
    tidy = pretty_bibtex(found)
    kind = "misc" if _NO_ENTRY.match(found.kind) else found.kind
    if kind != found.kind or re.search(r"\\[{}]|^\s*@", tidy[1:], re.MULTILINE) or parse_bibtex(tidy).findings:
        fields = {_make_key(name): _balance(value) for name, value in reversed(found.fields)}
        return key, _format(kind, [(name, value) for name, value in reversed(fields.items()) if name])
    return key, tidy.replace(f"{{{found.key},", f"{{{_KEY},", 1)


def _make_item(stated: Publication) -> Item:
    first_author = re.split(r" and |[,;]", stated.authors[0])[0] if stated.authors else ""
    surname = (first_author.split() or [""])[-1]
    word = next((word for word in re.findall(r"\w+", stated.title or "") if len(word) > 3), "")
    key = _make_key(f"{surname}{stated.year or ''}{word}".lower()) or "publication"
    fields = (
        ("title", stated.title),
        ("author", " and ".join(_split_authors(stated.authors))),
        ("howpublished", stated.source),
        ("year", stated.year),
        ("doi", stated.doi),
        ("eprint", stated.arxiv),
        ("archiveprefix", "arXiv" if stated.arxiv else None),
        ("url", stated.url),
        ("abstract", stated.abstract),
    )
    return key, _format("misc", [(name, _escape(name, value)) for name, value in fields if value])


def _split_authors(authors: Iterable[str]) -> list[str]:
    """Names one by one; a card may have them all in one line."""
    names = list(authors)
    if len(names) == 1:
        names = re.split(r"\s*;\s*|\s*,\s*(?:and\s+)?|\s+and\s+", names[0])
    return [name for name in names if name]


def _format(kind: str, fields: list[tuple[str, str]]) -> str:
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields)
    return f"@{kind}{{{_KEY},\n{lines}}}"


def _make_key(text: str) -> str:
    return "".join(re.findall(r"[\w:./+-]", text))[:80]


_PLAIN = frozenset({"doi", "url", "eprint"})
"""Fields that are no LaTeX."""


def _escape(name: str, value: str) -> str:
    flat = " ".join(value.split())
    return _balance(flat if name in _PLAIN else re.sub(r"(?<!\\)([&%$#_])", r"\\\1", flat))


def _balance(value: str) -> str:
    """The value with its braces, when they are balanced and plain, else without."""
    depth = 0
    for character in value:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            break
    if depth or re.search(r"\\[{}]", value):
        value = re.sub(r"\\?[{}]", "", value)
    return " ".join(value.split()).rstrip("\\")
