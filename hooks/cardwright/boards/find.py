"""Which results are compared with which, and in what order."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from cardwright.benchmarks import Comparison, Result, Standing, spell
from cardwright.entry import Entry, FileEntry
from cardwright.facts import Facts

BOARDS_URI = "benchmarks"
"""Folder of the leaderboards in the site."""

MAX_BOARDS = 500
"""Leaderboards that get a page; of more, those with results of most cards."""

MAX_SLUG = 60


@dataclass(frozen=True, slots=True)
class Row:
    """A result on a leaderboard."""

    entry: Entry
    index: int
    """Its place in the card's results."""
    rank: int = 0
    """From 1; equal results share one. 0 for a result without a number to compare."""
    best: bool = False
    """Whether it is first, and others are not."""

    @property
    def result(self) -> Result:
        return self.entry.results[self.index]

    @property
    def file(self) -> FileEntry | None:
        """The file that states it, the one of its variant's name, or the card's main file; None when not read."""
        entry, result = self.entry, self.result
        read = [file for file in entry.files if file.facts]
        if result.path[0] == "files":
            stated = entry.card.files[int(result.path[1])]
            return next((file for file in read if file.stated is stated), None)
        named = next((file for file in read if result.model and file.name == result.model), None)
        is_whole = result.model in ("", entry.name) or len({indexed.name for indexed in entry.card.model_index}) == 1
        return named or (read[0] if read and is_whole else None)

    @property
    def number(self) -> float | None:
        """In the unit of its table."""
        comparison = self.result.comparison
        return comparison.number if comparison else None

    @property
    def facts(self) -> Facts | None:
        return file.facts if (file := self.file) else None

    @property
    def parameters(self) -> int | None:
        return facts.parameters if (facts := self.facts) else None

    @property
    def depth(self) -> int | None:
        return facts.depth if (facts := self.facts) else None

    @property
    def macs(self) -> int | None:
        return facts.macs if (facts := self.facts) else None

    @property
    def size_bytes(self) -> int | None:
        """Of the file and those beside it that hold its weights; None for a file that does not hold them."""
        facts = self.facts
        if facts is None:
            return None
        sizes = [facts.size_bytes, *(external.size_bytes for external in facts.external_data)]
        total = sum(size for size in sizes if size is not None)
        return total if None not in sizes and total >= facts.weight_bytes else None


@dataclass(frozen=True, slots=True)
class Table:
    """Results that are compared: the same task, data, metric, unit and settings."""

    anchor: str
    of: Comparison
    """What they share; its number is that of one of them."""
    rows: tuple[Row, ...]
    """The best first."""
    unranked: tuple[Row, ...]
    """Results without a number to compare."""
    cards: int


@dataclass(frozen=True, slots=True)
class Board:
    """All results for one metric on one dataset."""

    uri: str
    dataset: str
    metric: str
    tables: tuple[Table, ...]
    """The one with results of most cards first."""
    cards: int


@dataclass(frozen=True, slots=True)
class Boards:
    """All leaderboards, and what is on none."""

    boards: tuple[Board, ...]
    unknown: tuple[tuple[str, int], ...]
    """Metrics that nobody knows a direction of, with the number of cards that have results of them."""
    alone: int
    """How often only one card has results for a metric on a dataset that are not both known."""
    over: int
    """How many leaderboards there are beyond `MAX_BOARDS`."""


def rank(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The cards, each result with its place on its leaderboard."""
    standings: defaultdict[str, dict[int, Standing]] = defaultdict(dict)
    for board in find_boards(entries).boards:
        for table in board.tables:
            for row in table.rows:
                place = Standing(board.uri, table.anchor, row.rank, len(table.rows))
                standings[row.entry.slug][row.index] = place
    return tuple(
        replace(entry, results=tuple(_placed(entry.results, standings[entry.slug])))
        if entry.slug in standings
        else entry
        for entry in entries
    )


def _placed(results: tuple[Result, ...], standings: dict[int, Standing]) -> Iterator[Result]:
    for index, result in enumerate(results):
        yield replace(result, standing=standings[index]) if index in standings else result


def find_boards(entries: tuple[Entry, ...]) -> Boards:
    """The leaderboards of these cards."""
    found: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    unknown: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        for index, result in enumerate(entry.results):
            of = result.comparison
            if of and of.better:
                found[_plain(of.dataset), _plain(of.metric)].append(Row(entry, index))
            elif of:
                unknown[_plain(of.metric)][entry.slug] += 1
    several = {key: cards for key, rows in found.items() if (cards := len({row.entry.slug for row in rows})) > 1}
    alone = {key: 1 for key, rows in found.items() if key not in several and _is_known(rows)}
    ordered = sorted({**several, **alone}.items(), key=lambda item: (-item[1], item[0]))
    slugs = _Slugs()
    kept = sorted(key for key, _ in ordered[:MAX_BOARDS])
    boards = tuple(_make_board(slugs.uri(*key), found[key]) for key in kept)
    counts = Counter({metric: len(cards) for metric, cards in unknown.items()})
    left = len(found) - len(several) - len(alone)
    return Boards(boards, tuple(sorted(counts.items(), key=_most_first)), left, max(len(ordered) - MAX_BOARDS, 0))


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _is_known(rows: Iterable[Row]) -> bool:
    return any((of := row.result.comparison) and of.known and of.number is not None for row in rows)


def _plain(name: str) -> str:
    return spell(name) or name.casefold()


def _make_board(uri: str, rows: list[Row]) -> Board:
    tables: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        of = row.result.comparison
        assert of
        key = (_plain(of.task), of.config.casefold(), of.split.casefold(), of.settings.casefold(), of.unit.casefold())
        tables[key].append(row)
    ordered = sorted(tables.items(), key=lambda item: (-len({row.entry.slug for row in item[1]}), item[0]))
    made = tuple(_make_table(f"table-{number}", rows) for number, (_, rows) in enumerate(ordered, 1))
    first = made[0].of
    return Board(uri, first.dataset, first.metric, made, len({row.entry.slug for row in rows}))


def _make_table(anchor: str, rows: list[Row]) -> Table:
    of = rows[0].result.comparison
    assert of
    sign = -1 if of.better == "higher" else 1
    unique = {(row.entry.slug, row.result.model, row.number, row.result.value.text): row for row in rows}
    ranked = sorted(
        (sign * number, row.entry.name.casefold(), row.entry.slug, row.index, row.entry)
        for row in unique.values()
        if (number := row.number) is not None
    )
    several = bool(ranked) and ranked[0][0] != ranked[-1][0]
    placed: list[Row] = []
    for position, (loss, _, _, index, entry) in enumerate(ranked):
        place = placed[-1].rank if placed and ranked[position - 1][0] == loss else position + 1
        placed.append(Row(entry, index, place, best=several and place == 1))
    unranked = tuple(row for row in unique.values() if row.number is None)
    return Table(anchor, of, tuple(placed), unranked, len({row.entry.slug for row in rows}))


def find_front(rows: Iterable[Row], measure: Callable[[Row], int | None], better: str) -> frozenset[int]:
    """The positions of the rows than which no other is both as small and as good, and smaller or better."""
    sign = -1 if better == "higher" else 1
    measured = sorted(
        (cost, sign * row.number, position)
        for position, row in enumerate(rows)
        if row.number is not None and (cost := measure(row))
    )
    front: list[tuple[int, float, int]] = []
    for cost, loss, position in measured:
        if not front or loss < front[-1][1] or (cost, loss) == front[-1][:2]:
            front.append((cost, loss, position))
    return frozenset(position for _, _, position in front)


class _Slugs:
    """Addresses for names of any kind: unique, bounded, of letters and digits."""

    def __init__(self) -> None:
        self.taken: dict[tuple[str, ...], str] = {}

    def uri(self, dataset: str, metric: str) -> str:
        folder = self.slug((), dataset)
        return f"{BOARDS_URI}/{folder}/{self.slug((folder,), metric)}"

    def slug(self, within: tuple[str, ...], name: str) -> str:
        words = "-".join(re.findall(r"[a-z0-9]+", name))
        slug = words[:MAX_SLUG].strip("-")
        # Where letters are lost, the rest could stand for another name; `index` is what sites call a folder's own page.
        if len(words) > MAX_SLUG or not name.isascii() or not slug or slug == "index":
            slug = f"{slug}-{sha256(name.encode()).hexdigest()[:8]}".removeprefix("-")
        while self.taken.setdefault((*within, slug), name) != name:
            slug += "-2"
        return slug
