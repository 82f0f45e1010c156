"""The cards of a site, read over the cores of the machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path

from cardwright.benchmarks import Vocabulary
from cardwright.brief import Kept, keep
from cardwright.facts import Inspector
from cardwright.problem import Problem
from cardwright.site import list_cards, load_card
from cardwright.sources import CardSource
from cardwright.workers import run


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cards of a site are read."""

    cards_dir: Path
    shown_as: str
    """How messages name the folder, as its user wrote it."""
    cache: Path
    """What was counted in model files before."""
    vocabulary: Vocabulary


def read_all(reading: Reading) -> tuple[tuple[Kept, ...], tuple[Problem, ...]]:
    """All cards, and the problems of how they are laid out."""
    sources, problems = list_cards(reading.cards_dir, reading.shown_as)
    return tuple(run(partial(_read, reading, sources), len(sources))), problems


def _read(reading: Reading, sources: tuple[CardSource, ...], number: int) -> Kept:
    inspect = find_inspector(reading.cache).inspect
    return keep(load_card(reading.cards_dir, reading.shown_as, sources[number], inspect, reading.vocabulary))


_inspectors: dict[int, Inspector] = {}


def find_inspector(cache: Path) -> Inspector:
    """The one of this process: what it asks its child must not get another's answer."""
    process = os.getpid()
    if process not in _inspectors:
        _inspectors.clear()  # those of the process that this one is a copy of
        _inspectors[process] = Inspector(cache)
        Finalize(None, _inspectors[process].close, exitpriority=1)
    return _inspectors[process]


def close_inspector() -> None:
    """End what this process has; the next one starts anew."""
    if inspector := _inspectors.pop(os.getpid(), None):
        inspector.close()
