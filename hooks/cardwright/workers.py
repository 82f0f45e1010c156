"""The cores of the machine for work that is done card by card: one function over many numbers.

The workers are copies of this process (fork), so that they begin with all it knows and nothing has to be sent to them;
what they give comes back pickled, and what they log is logged here. Where there is one core, no fork, few things to
do, or another thread, whose locks a copy would hold forever, the work is done here. Either way the results are the
same, in the same order.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import cache
from logging.handlers import QueueHandler
from multiprocessing.connection import wait
from typing import TypeVar

from cardwright.facts.progress import Count
from cardwright.packing import pack

T = TypeVar("T")

FEW = 64
"""Things to do up to which a process of their own is not worth it."""
CHUNK = 16

MANY = 100_000
"""Values that are made of more than a few cards."""

_work: Callable[[int], object] | None = None
"""What the workers do; they have it from the moment of the fork."""


def run(
    work: Callable[[int], T], count: int, what: str = "", *, may_fork: bool = True, at_once: int = 10**9
) -> Iterator[T]:
    """`work(0)`, `work(1)` and so on, in order. What `work` raises, this raises.

    `what` is being done, as a terminal is told when it takes long; empty for nothing.

    When the workers have done `at_once` things, others take their place: a copy of a process shares memory with it
    only until it looks at it, so those that look at one card after the other come to have all of them.
    """
    workers = count_workers(count) if may_fork else 1
    told = Count(what, count, sys.stderr if what else None)
    for start in range(0, count, at_once):
        numbers = range(start, min(start + at_once, count))
        done = 0
        if workers > 1:
            with suppress(BrokenProcessPool):  # a worker was killed, perhaps for its memory: the rest is done here
                for result in _share(work, numbers, workers, told):
                    yield result
                    done += 1
        yield from map(work, numbers[done:])


def _share(work: Callable[[int], T], numbers: range, workers: int, told: Count) -> Iterator[T]:
    global _work
    _work = work
    gc.freeze()  # what is there already is not looked through in every copy
    context = multiprocessing.get_context("fork")
    try:
        with uncollected(), ProcessPoolExecutor(workers, context, _end_with_parent) as pool:
            for packed in pool.map(_run, numbers, chunksize=CHUNK):
                result, said = pickle.loads(packed)
                if said:
                    told.line.clear()
                for record in said:
                    logging.getLogger(record.name).handle(record)
                told.add()
                yield result
    finally:
        told.line.clear()
        _work = None


@contextmanager
def uncollected() -> Iterator[None]:
    """Have Python look for no garbage among what is made meanwhile; nor later, if it is much, for then it stays.

    It would look through all cards again and again, which takes as long as it takes to load them.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > MANY:
            gc.freeze()
        if was_enabled:
            gc.enable()


def count_workers(count: int) -> int:
    """How many processes share so many things to do."""
    can_fork = "fork" in multiprocessing.get_all_start_methods() and os.uname().sysname != "Darwin"
    if not can_fork or count <= FEW or threading.active_count() > 1:
        return 1
    return min(len(os.sched_getaffinity(0)), 8)


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever, and hold what that had locked."""
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_wait_for_end, args=(parent.sentinel,), daemon=True).start()


def _wait_for_end(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _run(number: int) -> bytes:
    assert _work
    log = _listen()
    done = _work(number)
    said, log.said = log.said, []
    return pack((done, said))


class _Log(QueueHandler):
    """What is logged in this process, fit to be sent to another."""

    def __init__(self) -> None:
        super().__init__(None)  # type: ignore[arg-type]
        self.said: list[logging.LogRecord] = []

    def enqueue(self, record: logging.LogRecord) -> None:
        self.said.append(record)


@cache
def _listen() -> _Log:
    """Once in each worker: nothing is printed or counted in it, as that is done where it is known how."""
    log = _Log()
    for logger in (logging.getLogger(name) for name in logging.root.manager.loggerDict):
        logger.handlers, logger.propagate = [], True
    logging.root.handlers = [log]
    gc.enable()
    gc.set_threshold(50_000)  # of a card's thousands of values nearly none is garbage that has to be looked for
    return log
