"""Where the work is done: `EXECUTORS`, each an executor of `concurrent.futures`, from what stands in `--executor`."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial

from cardwright.bulk.work import close_inspectors
from cardwright.problem import one_line

CONNECT_SECONDS = 15


class BulkError(Exception):
    """What ends the whole run: one plain sentence, and what to do. All that was found before is in the store."""


@dataclass(frozen=True, slots=True)
class Workers:
    """An executor, and how many models it takes at once."""

    pool: Executor
    slots: int
    is_there: Callable[[], bool]
    """Whether it still takes work."""
    stop: Callable[[], None]
    """End what it does now."""


@contextmanager
def open_local(rest: str) -> Iterator[Workers]:
    """Processes of this machine: `local`, or `local:4` for four. Each thread of the pool drives one."""
    count = rest.removeprefix(":") or str(os.cpu_count() or 1)
    if not count.isdecimal() or not 1 <= int(count) <= 512:
        raise BulkError("the number of processes is not one of 1 to 512 (write `local:4`)")
    with ThreadPoolExecutor(int(count)) as pool:
        try:
            stop = partial(pool.shutdown, wait=False, cancel_futures=True)
            yield Workers(pool, int(count), lambda: True, stop)
        finally:
            close_inspectors()


@contextmanager
def open_dask(rest: str) -> Iterator[Workers]:
    """A Dask cluster by the address of its scheduler: `dask://HOST:PORT`."""
    try:
        from distributed import Client
    except ImportError:
        raise BulkError("Dask is not installed (install `cardwright[distributed]`)") from None
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # lost workers are our business
    try:
        client = Client(f"tcp{rest}", timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        reason = one_line(str(error) or type(error).__name__).rstrip(".")
        raise BulkError(f"no Dask scheduler answers there: {reason} (check host and port)") from None
    with client:
        slots = sum(client.nthreads().values())
        # Not pure: a model that is tried again must not get the answer of the first time.
        pool = client.get_executor(pure=False)
        yield Workers(pool, slots, lambda: client.status == "running", lambda: pool.shutdown(wait=False))


EXECUTORS: Mapping[str, Callable[[str], AbstractContextManager[Workers]]] = {"local": open_local, "dask": open_dask}


@contextmanager
def open_workers(text: str) -> Iterator[Workers]:
    """The executor that `text` names. Raises `BulkError`."""
    name = text.partition(":")[0]
    if name not in EXECUTORS:
        raise BulkError(f"`{text}` is no executor (write `local`, `local:4` or `dask://HOST:PORT`)")
    with EXECUTORS[name](text.removeprefix(name)) as workers:
        yield workers
