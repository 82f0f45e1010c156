"""The publications of cards as BibTeX that every reader of it can read, under keys of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import count, product
from string import ascii_lowercase

from cardwright.citations import Entry as BibEntry
from cardwright.citations import Name, Work, parse_bibtex, pretty_bibtex, read_work
from cardwright.citations.checks import check_entry, has_comma_list
from cardwright.entry import PublicationEntry

Item = tuple[str, str]
"""An entry's key and its text; `_KEY` stands where the key does."""


def write_bibtex(publications: Iterable[PublicationEntry]) -> str:
    """The publications: as written where they can be read, tidied where they cannot, made from their fields else.

    A key that stands for a second publication gets a letter: `he2016`, `he2016a`, `he2016b`. Empty for no publication.
    """
    items = [item for publication in publications for item in _find_items(publication)]
    taken = {key.casefold() for key, _ in items}  # BibTeX compares keys without case
    texts: dict[str, tuple[str, str]] = {}
    for key, text in items:
        if texts.get(key.casefold(), ("", ""))[0] == text:
            continue
        name = key
        if key.casefold() in texts:
            name = next(new for new in _number_key(key) if new.casefold() not in taken)
            taken.add(name.casefold())
        texts[name.casefold()] = (text, name)
    return "\n\n".join(text.replace(_KEY, name) for text, name in texts.values()) + "\n" if texts else ""


def has_items(publication: PublicationEntry) -> bool:
    """Whether there is something to write of it."""
    return bool(_find_items(publication))


_KEY = "\0"


def _number_key(key: str) -> Iterator[str]:
    """The key with a, b, ..., z, aa, ab, ..."""
    for length in count(1):
        for letters in product(ascii_lowercase, repeat=length):
            yield key + "".join(letters)


def _find_items(publication: PublicationEntry) -> tuple[Item, ...]:
    return _read_items(publication.bibtex_source) or _make_items(publication.work)


@lru_cache(maxsize=2048)  # many cards of a site cite the same
def _read_items(source: str) -> tuple[Item, ...]:
    """The entries of a text that fields can be read from, each alone."""
    entries = parse_bibtex(source).entries if source else ()
    return tuple(_as_written(found) or _rewrite(found) for found in entries if found.fields)


def _as_written(found: BibEntry) -> Item | None:
    """The entry as its author wrote it, when it needs nothing from elsewhere and no reader stumbles over it."""
    head = re.match(r"@\w+\{\s*([^\s,{}\"#%'()=\\~]+)\s*,", found.source)
    incomplete = {finding.message for finding in check_entry(found)}  # which is no reason to write it otherwise
    wrong = [finding for finding in parse_bibtex(found.source).findings if finding.message not in incomplete]
    if (
        not head
        or wrong
        or _find_comma_lists(found)
        or _NO_ENTRY.match(found.kind)
        or "(" in found.source[: head.start(1)]
    ):
        return None
    if re.search(r"\\[{}]|^\s*[@%]", found.source[1:], re.MULTILINE):  # which not every reader takes for text
        return None
    return head.group(1), found.source[: head.start(1)] + _KEY + found.source[head.end(1) :]


_NO_ENTRY = re.compile(r"string|comment|preamble")
"""How the types begin that readers take for something else than an entry."""


def _rewrite(found: BibEntry) -> Item:
    key = _make_key(found.key) or _make_key(found.get("title")) or "entry"
    lists = _find_comma_lists(found)
    tidy = "" if lists else pretty_bibtex(found)
    kind = "misc" if _NO_ENTRY.match(found.kind) else found.kind
    if lists or kind != found.kind or re.search(r"\\[{}]|^\s*@", tidy[1:], re.MULTILINE) or parse_bibtex(tidy).findings:
        fields = {_make_key(name): _balance(lists.get(name, value)) for name, value in reversed(found.fields)}
        return key, _format(kind, [(name, value) for name, value in reversed(fields.items()) if name])
    return key, tidy.replace(f"{{{found.key},", f"{{{_KEY},", 1)


def _find_comma_lists(found: BibEntry) -> dict[str, str]:
    """The fields whose names stand with commas between them, which BibTeX refuses, with `and` between them."""
    work = read_work(found)
    people = {"author": _write_names(work.authors, work.has_others), "editor": _write_names(work.editors, False)}
    written = ((name, value, people.get(name.lower())) for name, value in found.fields)
    return {name: names for name, value, names in written if names and has_comma_list(value)}


@lru_cache(maxsize=2048)
def _make_items(work: Work) -> tuple[Item, ...]:
    """The one entry of a publication without BibTeX; none when nothing is known of it."""
    first = work.authors[0].last.split() if work.authors else []
    word = next((word for word in re.findall(r"\w+", work.title) if len(word) > 3), "")
    key = _make_key(f"{first[-1] if first else ''}{work.year}{word}".lower()) or "publication"
    fields = (
        ("title", work.title),
        ("author", _write_names(work.authors, work.has_others)),
        ("howpublished", work.journal),
        ("year", work.year),
        ("doi", work.doi),
        ("eprint", work.arxiv),
        ("archiveprefix", "arXiv" if work.arxiv else ""),
        ("url", work.url),
        ("abstract", work.abstract),
    )
    written = [(name, _escape(name, value)) for name, value in fields if value]
    return ((key, _format("misc", written)),) if written else ()


def _write_names(names: Iterable[Name], has_others: bool) -> str:
    return " and ".join([*map(_write_name, names), *(["others"] if has_others else [])])


def _write_name(name: Name) -> str:
    """`Ada von Example`; with commas where the order alone would not tell, in braces what is no person."""
    surname = f"{name.von} {name.last}".strip()
    if not name.first:
        return f"{{{surname}}}" if " " in surname else surname
    if name.suffix or " " in name.last:
        return ", ".join(filter(None, (surname, name.suffix, name.first)))
    return f"{name.first} {surname}"


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
