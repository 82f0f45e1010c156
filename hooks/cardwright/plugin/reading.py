"""The cards of a site, read over the cores of the machine."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import parent_process
from multiprocessing.util import Finalize
from pathlib import Path

from cardwright.benchmarks import Vocabulary
from cardwright.brief import Kept, keep
from cardwright.facts import Inspector
from cardwright.making import copy_models
from cardwright.problem import Problem
from cardwright.site import list_cards, load_card
from cardwright.sources import CardSource
from cardwright.sources.find import MARKDOWN, is_one_card
from cardwright.sources.model_index import YAML_SUFFIXES
from cardwright.stamps import CardStamp, Stamp, digest_files, stamp_cards, stamp_tree
from cardwright.workers import run

TEXT_SUFFIXES = (*MARKDOWN, *YAML_SUFFIXES, ".json")
"""Files of which a change can make other cards of a folder than there were."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cards of a site are read."""

    cards_dir: Path
    shown_as: str
    """How messages name the folder, as its user wrote it."""
    cache: Path
    """What was counted in model files before."""
    vocabulary: Vocabulary
    facts: str | Path = ""
    """What is known of models that lie elsewhere; empty for nothing."""
    has_viewer: bool = False
    """Whether models are copied for it, without their weights."""


@dataclass(frozen=True, slots=True)
class Read:
    """All cards as they were read, and what tells whether they are still as they were."""

    reading: Reading
    tree: Mapping[str, Stamp]
    """Every file below the cards folder."""
    store: Mapping[str, Stamp]
    """Every file of `Reading.facts`."""
    sources: tuple[CardSource, ...]
    problems: tuple[Problem, ...]
    """Those of how the cards are laid out."""
    stamps: Mapping[CardSource, CardStamp]
    kept: tuple[Kept, ...]
    """One for each source."""


def read_all(reading: Reading, last: Read | None = None) -> Read:
    """All cards; those that did not change since `last` are taken over."""
    tree = stamp_tree(reading.cards_dir)
    store = stamp_tree(Path(reading.facts)) if reading.facts else {}
    last = last if last and (last.reading, last.store) == (reading, store) else None
    if last and _is_laid_out_alike(last, tree):
        sources, problems = last.sources, last.problems
    else:
        sources, problems = list_cards(reading.cards_dir, reading.shown_as)
    stamps = stamp_cards(reading.cards_dir, sources, tree)
    known = dict(zip(last.sources, last.kept, strict=True)) if last else {}
    same = {source for source in known if last and stamps.get(source) == last.stamps[source]}
    changed = tuple(source for source in sources if source not in same)
    read = run(partial(_read, reading, changed, stamps, known), len(changed), "Reading cards")
    found = {source: one or known[source] for source, one in zip(changed, read, strict=True)}
    kept = tuple(known[source] if source in same else found[source] for source in sources)
    return Read(reading, tree, store, sources, problems, stamps, kept)


def _is_laid_out_alike(last: Read, tree: Mapping[str, Stamp]) -> bool:
    """Whether the same cards are there: the same files, and no other text that could hold more of them."""
    if tree.keys() != last.tree.keys():
        return False
    changed = [Path(path) for path, stamp in tree.items() if stamp != last.tree[path]]
    texts = {path for path in changed if path.suffix.lower() in TEXT_SUFFIXES}
    alone = {source.path for source in last.sources if source.part is None}
    return all(path.suffix.lower() in MARKDOWN and path in alone and is_one_card(path) for path in texts)


def _read(
    reading: Reading,
    sources: tuple[CardSource, ...],
    stamps: Mapping[CardSource, CardStamp],
    known: Mapping[CardSource, Kept],
    number: int,
) -> Kept | None:
    """The card; None when its files hold what they held before, although they were touched."""
    source = sources[number]
    inspector = find_inspector(reading.cache, reading.facts)
    contents = digest_files(stamps[source], reading.cards_dir, inspector.find_sha256)
    if source in known and known[source].contents == contents:
        return None
    card = load_card(reading.cards_dir, reading.shown_as, source, inspector.inspect, reading.vocabulary)
    if reading.has_viewer and inspector.is_running:  # the process that makes copies is there: have them in the cache
        deque(copy_models(card, inspector.lean_model), maxlen=0)
    return replace(keep(card), contents=contents)


_inspectors: dict[int, Inspector] = {}


def find_inspector(cache: Path, facts: str | Path = "") -> Inspector:
    """The one of this process: what it asks its child must not get another's answer."""
    process = os.getpid()
    if process not in _inspectors:
        _inspectors.clear()  # those of the process that this one is a copy of
        is_one_of_many = parent_process() is not None  # then the parent says how far all of them are
        _inspectors[process] = Inspector(cache, store=facts, quiet=is_one_of_many)
        Finalize(None, _inspectors[process].close, exitpriority=1)
    return _inspectors[process]


def close_inspector() -> None:
    """End what this process has; the next one starts anew."""
    if inspector := _inspectors.pop(os.getpid(), None):
        inspector.close()
