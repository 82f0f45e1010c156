"""Build the pages of every card below a folder, and say what went wrong: `python scripts/try_corpus.py DIR`.

Reports cards and seconds, crashes, problems by kind, words and values of a card that its page does not have, and
tables, list items and code blocks that its text has more of than its page. Exits with 1 on a crash or a loss.
"""

from __future__ import annotations

import html
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "hooks"))

from cardwright.addresses import Addresses
from cardwright.entry import Entry
from cardwright.facts import Inspector
from cardwright.nodes import walk_texts
from cardwright.pages import PageStyle
from cardwright.site import build_site

BLOCKS = {"tables": r"<table\b", "list items": r"<li\b", "code blocks": r"<pre\b"}
SHOWN = 20
"""Losses that are listed; all are counted."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What a page lacks of its card."""

    slug: str
    kind: str
    """`words`, `values`, or a key of BLOCKS."""
    lost: str


def main() -> None:
    """Try every card below the folder that the command line names."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit(f"usage: python {sys.argv[0]} DIR")
    folder = Path(sys.argv[1])
    start = time.perf_counter()
    with Inspector() as inspector:
        site = build_site(folder, folder.name, Addresses("models"), PageStyle(), inspector.inspect)
    seconds = time.perf_counter() - start
    losses = [loss for page in site.pages if page.entry for loss in find_losses(page.entry, str(page.html))]
    kinds = Counter(f"{problem.severity}: {_kind(problem.message)}" for problem in site.problems)
    crashes = sum(problem.message.startswith("Cardwright failed") for problem in site.problems)
    cards = len(site.entries)
    print(f"{cards:,} cards in {seconds:.1f} s, {1000 * seconds / max(cards, 1):.1f} ms a card, {crashes} crashes")
    print(
        "formats: " + ", ".join(f"{n} {name}" for name, n in Counter(e.raw.format for e in site.entries).most_common())
    )
    for kind, count in kinds.most_common():
        print(f"{count:6,}  {kind}")
    for kind, count in Counter(loss.kind for loss in losses).items():
        print(f"{count:6,}  cards lost {kind}")
    for loss in losses[:SHOWN]:
        print(f"        {loss.slug}: {loss.kind}: {loss.lost}")
    if not losses:
        print("nothing lost")
    sys.exit(1 if crashes or losses else 0)


def find_losses(entry: Entry, page: str) -> Iterator[Loss]:
    """What the page lacks of the card's text, as GitHub Flavored Markdown renders it, and of its fields."""
    addresses = re.findall(r'\b(?:href|src|title|alt|data-cw-copy)="([^"]*)"', page)
    there = set(_words(f"{_text(page)} {html.unescape(' '.join(addresses))}"))
    values = " ".join(text.text for text in walk_texts(entry.raw.fields))
    for kind, words in (("words", _words(_text(entry.raw.body.html))), ("values", _words(html.unescape(values)))):
        lost = [word for word in dict.fromkeys(words) if word not in there and word not in ("null", "nbsp")]
        if lost:
            yield Loss(entry.slug, kind, f"{len(lost)}: {' '.join(lost[:8])}")
    for kind, pattern in BLOCKS.items():
        has, shows = (len(re.findall(pattern, text)) for text in (entry.raw.body.html, page))
        if shows < has:
            yield Loss(entry.slug, kind, f"{has} in the card, {shows} on the page")


_INLINE = re.compile(r"</?(?:a|abbr|b|code|del|em|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|u|var|wbr)\b[^>]*>")


def _text(page: str) -> str:
    """The text of HTML; words that only inline elements part stay whole."""
    return html.unescape(re.sub(r"<[^>]*>", " ", _INLINE.sub("", page)))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _kind(message: str) -> str:
    """A message without what it names."""
    return re.sub(r"`[^`]*`|\d[\d,.]*", "…", message)[:90]


if __name__ == "__main__":
    main()
