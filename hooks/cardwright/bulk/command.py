"""What `cardwright inspect --all` does, from its options to a report."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from cardwright.bulk.executors import BulkError, open_local, open_workers
from cardwright.bulk.meter import Meter
from cardwright.bulk.models import find_models, is_allowed
from cardwright.bulk.run import FAILURES, Report, inspect_models
from cardwright.facts import Store, StoreError
from cardwright.sections.structure import format_bytes
from cardwright.site import CACHE_DIR


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for."""

    folder: Path
    """Of the cards."""
    store: str
    """Where the facts go: a folder, or an address that fsspec writes to."""
    executor: str = "local"
    within: tuple[str, ...] = ()
    """What addresses have to begin with."""
    whole: bool = False
    """Fetch files at addresses whole, for their SHA-256."""


def inspect_all(wish: Wish) -> tuple[Report, str]:
    """Inspect the models of all cards: what became of them, and the same in a line. Raises `BulkError`."""
    models = find_models(wish.folder, os.fspath(wish.folder))
    chosen = [model for model in models if not model.is_address or is_allowed(model.place, wish.within)]
    cache = CACHE_DIR if Path("mkdocs.yml").is_file() else ""
    try:
        store = Store(wish.store)
    except StoreError as error:
        raise BulkError(str(error)) from error
    with open_local("") as here, open_workers(wish.executor) as workers:
        meter = Meter(sys.stderr, len(chosen))
        report = inspect_models(chosen, store, workers, here.pool, meter, cache, wish.whole)
    return report, _summarise(report, len(chosen), len(models) - len(chosen))


def _summarise(report: Report, count: int, left_out: int) -> str:
    unchanged = report.outcomes.get("unchanged", 0)
    failed = sum(report.outcomes.get(outcome, 0) for outcome in FAILURES)
    text = f"{count:,} model{'' if count == 1 else 's'}: {count - unchanged - failed:,} inspected"
    text += f", {unchanged:,} unchanged, {failed:,} failed"
    if left_out:
        text += f", {left_out:,} not asked for"
    if report.size_bytes:
        text += f"; read {format_bytes(report.bytes_read)} of {format_bytes(report.size_bytes)} at addresses"
    return text
