"""Build the pages of every card below a folder, and say what went wrong: `python scripts/try_corpus.py DIR`.

Reports cards and seconds, the mean time of a card and the slowest, crashes, problems by kind, and every difference
between a card and its page: `compare_gfm.py` says how they are compared; and cards that come back changed when they
are converted (`round_trips.py`). Exits with 1 on a crash, a difference or a change.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "hooks"))

from cardwright.addresses import Addresses
from cardwright.entry import Entry
from cardwright.facts import Inspector
from cardwright.gfm import read_body
from cardwright.load import Inspect, load_entry
from cardwright.pages import PageStyle, make_card_page
from cardwright.site import Site, build_site
from scripts.compare_gfm import Loss, find_losses
from scripts.round_trips import Change, find_changes

ADDRESSES, STYLE = Addresses("models"), PageStyle()
SHOWN = 20
"""Differences that are listed; all are counted."""
SLOWEST = 5


def main() -> None:
    """Try every card below the folder that the command line names."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit(f"usage: python {sys.argv[0]} DIR")
    folder = Path(sys.argv[1])
    with Inspector() as inspector:
        start = time.perf_counter()
        site = build_site(folder, folder.name, ADDRESSES, STYLE, inspector.inspect)
        seconds = time.perf_counter() - start
        slowest = sorted(((_time(folder, entry, inspector.inspect), entry) for entry in site.entries), key=_first)
    crashes = sum(problem.message.startswith("Cardwright failed") for problem in site.problems)
    for line in (*_list_speed(site, seconds, slowest[::-1]), *_list_kinds(site, crashes)):
        print(line)
    losses, lifted = _compare(site)
    changes = list(find_changes(site.entries))
    for line in (*_list_changes(changes), *_list_losses(losses, lifted)):
        print(line)
    sys.exit(1 if crashes or losses or changes else 0)


def _time(folder: Path, entry: Entry, inspect: Inspect) -> float:
    """Seconds of the processor for one card, from its file to its page, without what a process does only once."""
    read_body.cache_clear()
    start = time.process_time()
    make_card_page(load_entry(folder, folder.name, entry.source, inspect), ADDRESSES, STYLE, {})
    return time.process_time() - start


def _first(timed: tuple[float, Entry]) -> float:
    return timed[0]


def _compare(site: Site) -> tuple[list[Loss], int]:
    """The differences of all pages, and how many pieces of cards were lifted into sections."""
    losses: list[Loss] = []
    lifted = 0
    for page in site.pages:
        if page.entry and page.entry.raw.format != "unread":
            text = page.entry.source.path.read_bytes().decode("utf-8", "replace")
            found, lifted_here = find_losses(page.entry, text, str(page.html))
            losses += found
            lifted += lifted_here
    return losses, lifted


def _list_speed(site: Site, seconds: float, slowest: list[tuple[float, Entry]]) -> Iterator[str]:
    cards = len(site.entries)
    each = 1000 * sum(took for took, _ in slowest) / max(cards, 1)
    yield f"{cards:,} cards in {seconds:.1f} s, {each:.1f} ms a card"
    yield "slowest: " + ", ".join(f"{1000 * took:.1f} ms {entry.slug}" for took, entry in slowest[:SLOWEST])
    formats = Counter(entry.raw.format for entry in site.entries)
    yield "formats: " + ", ".join(f"{count} {name}" for name, count in formats.most_common())


def _list_kinds(site: Site, crashes: int) -> Iterator[str]:
    yield f"{crashes} crashes"
    kinds = Counter(f"{problem.severity}: {_kind(problem.message)}" for problem in site.problems)
    yield from (f"{count:6,}  {kind}" for kind, count in kinds.most_common())


def _list_losses(losses: list[Loss], lifted: int) -> Iterator[str]:
    yield f"{lifted:,} pieces of text lifted into sections"
    for kind, count in Counter(loss.kind for loss in losses).items():
        yield f"{count:6,}  differences in {kind}, in {len({loss.slug for loss in losses if loss.kind == kind})} cards"
    yield from (f"        {loss.slug}: {loss.kind}: {loss.lost}" for loss in losses[:SHOWN])
    if not losses:
        yield "nothing lost"


def _list_changes(changes: list[Change]) -> Iterator[str]:
    yield f"{len(changes):,} cards changed by a round trip"
    yield from (f"        {change.slug}: {change.trip}: {change.what}" for change in changes[:SHOWN])


def _kind(message: str) -> str:
    """A message without what it names."""
    return re.sub(r"`[^`]*`|\d[\d,.]*", "…", message)[:90]


if __name__ == "__main__":
    main()
