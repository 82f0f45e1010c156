"""What a worker does: one model in, what was found out. It may run on another machine, and shares nothing."""

from __future__ import annotations

import atexit
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cardwright.facts import (
    Facts,
    FactsError,
    FileError,
    Inspector,
    State,
    TransientError,
    code_version,
)

Outcome = Literal["found", "unchanged", "content", "failed", "slow", "busy", "version"]
"""`content`: the file is no readable model. `failed`: it cannot be had. `slow`: found, but without the shapes, for the
machine was too slow or something ended the process that looks. `busy`: it could not be had now. `version`: the worker
counts by other rules."""


@dataclass(frozen=True, slots=True)
class Job:
    """One model to look into."""

    place: str
    version: str
    """Of the code that asks."""
    dims: tuple[tuple[str, int], ...] = ()
    folder: str = ""
    """For a file beside a card: the folder that it may not leave."""
    cache: str = ""
    """For such a file: the cache of this machine; empty for none."""
    store: str = ""
    """For such a file: the facts store, which may have it already."""
    known: State | None = None
    """For an address: the state in which it was before."""
    whole: bool = False
    """Fetch all of it, for its SHA-256."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of it."""

    outcome: Outcome
    facts: Facts | None = None
    state: State | None = None
    bytes_read: int = 0
    """From an address."""
    message: str = ""
    hint: str = ""


def inspect_model(job: Job) -> Answer:
    """Look into one model. Raises nothing for what it holds."""
    if job.version != code_version():
        return Answer("version")
    inspector = _inspector(job.cache, job.store)
    dims = dict(job.dims)
    try:
        if job.folder:
            facts = inspector.inspect(Path(job.place), dims, Path(job.folder))
            return Answer("found" if inspector.lasting else "slow", facts)
        look = inspector.look_at(job.place, dims, job.known, job.whole)
    except FactsError as error:
        kinds: dict[type[FactsError], Outcome] = {TransientError: "busy", FileError: "failed"}
        return Answer(kinds.get(type(error), "content"), message=error.message, hint=error.hint)
    if look.facts is None:
        return Answer("unchanged", state=look.state, bytes_read=look.bytes_read)
    return Answer("found" if inspector.lasting else "slow", look.facts, look.state, look.bytes_read)


@dataclass(frozen=True, slots=True, eq=False)
class _Inspectors:
    """Those of this process: each thread of a worker has one, with a child process of its own."""

    of_thread: threading.local = field(default_factory=threading.local)
    all: list[Inspector] = field(default_factory=list)


_INSPECTORS = _Inspectors()


def close_inspectors() -> None:
    """End the child processes of this process, and what they do."""
    while _INSPECTORS.all:
        _INSPECTORS.all.pop().stop()


atexit.register(close_inspectors)


def _inspector(cache: str, store: str) -> Inspector:
    made: dict[tuple[str, str], Inspector] = _INSPECTORS.of_thread.__dict__.setdefault("inspectors", {})
    if (cache, store) not in made:
        made[cache, store] = Inspector(Path(cache) if cache else None, store=store, quiet=True)
        _INSPECTORS.all.append(made[cache, store])
    return made[cache, store]
