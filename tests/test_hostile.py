"""Cards made to do harm (`tests/hostile.py`): no crash, the problems said, harmless pages, nothing lost, in time."""

from __future__ import annotations

import posixpath
import re
import time
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from cardwright.addresses import Addresses
from cardwright.facts import Inspector
from cardwright.nodes import walk_texts
from cardwright.pages import PageStyle
from cardwright.problem import MAX_PROBLEMS
from cardwright.site import Site, build_site
from scripts.html_tree import Element, read_html, squeeze, words
from tests.hostile import CASES, KINDS, read_expected, write_case

MAX_SECONDS = 20.0
"""Not a benchmark (that is `benchmarks/hostile_text.py`): beyond it something hangs, on however busy a machine."""

FEWEST = {"yaml": 50, "markdown": 60, "paths": 25, "bibtex": 25}

TAGS = frozenset(
    "a abbr article b bdi bdo blockquote br button caption center cite code col colgroup dd del details dfn div dl"
    " dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark ol p pre q rp rt ruby s samp"
    " section small span strike strong sub summary sup table tbody td tfoot th thead tr tt u ul var wbr".split()
)
"""Every element that a page without a model may have: no script, style, form, frame, drawing or metadata."""
ATTRIBUTES = frozenset(
    "align alt aria-hidden aria-label aria-labelledby class colspan data-cw-copy data-cw-height data-cw-src"
    " data-cw-width data-label data-search-exclude data-sort dir download height hidden href id lang loading"
    " name open rel reversed role rowspan scope src start tabindex title type value width".split()
)
ADDRESSES = ("href", "src", "data-cw-src")
"""Of these, `data-cw-src` is the image that a click loads."""
OWN_IDS = frozenset(
    "model about metadata benchmarks files structure publication usage support contributors license all".split()
)
"""What may be an id without `card-` before it."""
UNSEEN = r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
PLAIN = re.compile(r"(?!null$|image$|netron$)[\w .-]{4,}", re.IGNORECASE)
"""A value that is no markup; a kind of structure link is said in words of ours."""


@pytest.fixture(scope="module")
def inspector() -> Iterator[Inspector]:
    with Inspector() as inspector:
        yield inspector


def build(case: str, folder: Path, inspector: Inspector) -> Site:
    cards = folder / "cards"
    cards.mkdir()
    write_case(case, cards)
    start = time.process_time()
    site = build_site(cards, "cards", Addresses("models"), PageStyle("¶"), inspector.inspect)
    assert time.process_time() - start < MAX_SECONDS
    return site


def test_there_are_cases() -> None:
    kinds = Counter(case.partition("/")[0] for case in CASES)
    assert set(kinds) == set(KINDS) == set(FEWEST)
    assert all(kinds[kind] >= fewest for kind, fewest in FEWEST.items())


@pytest.mark.parametrize("case", CASES)
def test_hostile_case(case: str, tmp_path: Path, inspector: Inspector) -> None:
    site = build(case, tmp_path, inspector)
    problems, shown = read_expected(case)
    assert show_problems(site) == problems
    trees = [read_html(str(page.html), strict=True) for page in site.pages]
    text = squeeze(" ".join(said for tree in trees for said in shown_texts(tree)))
    assert [said for said in shown if squeeze(said) not in text] == []
    assert [file.uri for file in site.files if file.copied_from and not is_a_file(file.uri)] == []
    for page, tree in zip(site.pages, trees, strict=True):
        # A page about several cards has controls of its own; what is a card's stands in its tables.
        assert [harm for part in ([tree] if page.entry else tree.find("table")) for harm in find_harm(part)] == []
        assert page.title.strip() and not re.search(UNSEEN, page.title) and page.uri.isprintable()
        page.html.encode()
        if page.entry and not page.entry.raw.derived:
            values = (text.text for text in walk_texts(page.entry.raw.fields) if PLAIN.fullmatch(text.text))
            there = set(words(" ".join(shown_texts(tree))))
            assert [value for value in values if not there.issuperset(words(value))] == []


def show_problems(site: Site) -> list[str]:
    """As `cardwright check` prints them; of very many, the first."""
    lines = [f"{p}" if p.severity == "error" else f"{p} [warning]" for p in site.problems]
    assert all(line.isprintable() and len(line) < 1500 for line in lines)
    assert not [line for line in lines if "Cardwright failed" in line]
    assert all(
        times <= MAX_PROBLEMS + 1 for times in Counter(e.path for e in site.entries for _ in e.problems).values()
    )
    return lines if len(lines) <= 12 else [*lines[:10], f"and {len(lines) - 10} more", lines[-1]]


def is_a_file(uri: str) -> bool:
    """Whether an address is one below the models, of a file that MkDocs and browsers take for no page."""
    plain = posixpath.normpath(uri) == uri and uri.startswith("models/")
    return plain and not re.search(r"[.](md|mdx|markdown|x?html?|xml|svgz)$", uri, re.IGNORECASE)


def shown_texts(tree: Element) -> Iterator[str]:
    """The page's text, and what it holds in attributes."""
    yield tree.text
    for element in tree.walk():
        yield from (value for name, value in element.attributes.items() if name in ("href", "title", "data-cw-copy"))


def find_harm(tree: Element) -> Iterator[str]:
    """Elements and attributes that a page of ours does not have, addresses that run or leave, ids of others."""
    ids = Counter(element.attributes["id"] for element in tree.walk() if "id" in element.attributes)
    for name, times in ids.items():  # the author's own may be there twice: only theirs begin with card-
        if not name.startswith("card-") and (times > 1 or name not in OWN_IDS):
            yield f"id {name} {times} times"
    for element in tree.walk():
        if element.tag not in TAGS and element.tag:
            yield f"<{element.tag}>"
        for name, value in element.attributes.items():
            if name not in ATTRIBUTES or (name in ADDRESSES and not is_harmless(name, value)):
                yield f"<{element.tag} {name}={value[:100]!r}>"


@cache
def is_harmless(name: str, address: str) -> bool:
    # A browser drops tabs and line ends within an address, and controls before it.
    plain = re.sub(r"[\t\r\n]", "", address).lstrip("".join(map(chr, range(33)))).lower()
    if name == "src":
        return not re.match(r"[a-z][a-z0-9+.-]*:|[/\\]{2}", plain)
    scheme = re.match(r"[a-z][a-z0-9+.-]*:", plain)
    return not scheme or scheme.group() in ("http:", "https:", "mailto:", "ftp:", "tel:")
