"""All models through the workers and into the store: each once, whatever fails on the way.

A thread a model in flight asks a worker, waits, asks again where that helps, and keeps what was found. So there is one
that writes for each model, and what a lost worker was about is asked of another.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import CancelledError, Executor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

from cardwright.bulk.executors import BulkError, Workers
from cardwright.bulk.meter import Meter
from cardwright.bulk.models import Model
from cardwright.bulk.work import Answer, Job, Outcome, close_inspectors, inspect_model
from cardwright.facts import FactsError, Kept, Store, StoreError, address_key, code_version, file_key, file_name
from cardwright.problem import Problem, one_line, sort_problems

PAUSES: Mapping[Outcome, tuple[float, ...]] = {"busy": (1, 4, 15), "slow": (1,)}
"""Seconds before a model is asked for again, as often as there are numbers."""
FAILURES: frozenset[Outcome] = frozenset({"content", "failed", "busy"})
MAX_IN_FLIGHT = 512


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the models."""

    outcomes: Mapping[Outcome, int]
    bytes_read: int
    """From addresses."""
    size_bytes: int
    """Of the files at those addresses."""
    problems: tuple[Problem, ...]
    """Models that could not be inspected, at each place where a card names one."""


def inspect_models(
    models: Sequence[Model], store: Store, workers: Workers, here: Executor, meter: Meter, cache: str, whole: bool
) -> Report:
    """Inspect the models and keep their facts. Files beside cards are read `here`, addresses by the workers.

    `cache` is the folder of the cache for files beside cards, or empty. With `whole`, files at addresses are fetched
    as a whole for their SHA-256. Raises `BulkError`.
    """
    run = _Run(store, workers, here, cache, whole)
    answers: list[tuple[Model, Answer]] = []
    failed = 0
    in_flight = min(max(2 * workers.slots, 8), MAX_IN_FLIGHT)
    with ThreadPoolExecutor(in_flight) as threads:
        futures = {threads.submit(run.see_to, model): model for model in models}
        try:
            for future in as_completed(futures):
                answers.append((futures[future], future.result()))
                failed += answers[-1][1].outcome in FAILURES
                meter.show(len(answers), failed)
        except BaseException as error:
            run.stopped.set()
            threads.shutdown(wait=False, cancel_futures=True)
            workers.stop()
            close_inspectors()
            if isinstance(error, StoreError):
                raise BulkError(str(error)) from error
            raise
        finally:
            meter.end()
    return _make_report(answers)


def _make_report(answers: Iterable[tuple[Model, Answer]]) -> Report:
    answers = tuple(answers)
    problems = [
        problem for model, answer in answers if answer.outcome in FAILURES for problem in _describe(model, answer)
    ]
    return Report(
        Counter(answer.outcome for _, answer in answers),
        sum(answer.bytes_read for _, answer in answers),
        sum(answer.state.size_bytes for _, answer in answers if answer.state),
        sort_problems(problems),
    )


def _describe(model: Model, answer: Answer) -> Iterable[Problem]:
    message, hint = answer.message.rstrip("."), answer.hint.rstrip(".")
    return (replace(card, message=message, hint=hint) for card in model.cards)


class _Run:
    """What the threads share."""

    def __init__(self, store: Store, workers: Workers, here: Executor, cache: str, whole: bool) -> None:
        self.store, self.workers, self.here = store, workers, here
        self.cache, self.whole = cache, whole
        self.stopped = threading.Event()
        self.locks: dict[str, threading.Lock] = {}
        self.is_new: dict[str, bool] = {}
        """Files beside cards, by their names in the store."""

    def see_to(self, model: Model) -> Answer:
        """Have one model inspected, and keep what was found. Raises `BulkError` or `StoreError`."""
        job = Job(model.place, code_version(), model.dims)
        if model.is_address:
            kept = self.store.find(address_key(model.place, dict(model.dims)))
            usable = kept and kept.facts and (kept.facts.sha256 or not self.whole)
            answer = self._ask(replace(job, known=kept.state if kept and usable else None, whole=self.whole))
        else:
            answer = self._ask(replace(job, folder=model.folder, cache=self.cache, store=self.store.place))
        return self._keep(model, answer)

    def _keep(self, model: Model, answer: Answer) -> Answer:
        """The answer; `unchanged` when the store has it already."""
        dims = dict(model.dims)
        error = FactsError(answer.message, answer.hint) if answer.outcome == "content" else None
        if model.is_address and (answer.facts or error):
            state = answer.state if answer.outcome == "found" else None  # what is not all is looked for again
            self.store.put(address_key(model.place, dims), Kept(state, answer.facts, error))
        elif answer.facts:
            key = file_key(answer.facts.sha256, model.place.replace("\\", "/").rpartition("/")[2], dims)
            if not self._is_new(key, Kept(None, answer.facts)):
                return replace(answer, outcome="unchanged")
        return answer

    def _is_new(self, key: Mapping[str, object], kept: Kept) -> bool:
        """Whether it was not in the store before this run; several cards may have the same file."""
        name = file_name(key)
        with self.locks.setdefault(name, threading.Lock()):
            if name not in self.is_new:
                self.is_new[name] = self.store.find(key) != kept
                if self.is_new[name]:
                    self.store.put(key, kept)
            return self.is_new[name]

    def _ask(self, job: Job) -> Answer:
        answer, asked = self._ask_once(job), 0
        while asked < len(pauses := PAUSES.get(answer.outcome, ())):
            self.stopped.wait(pauses[asked])
            answer, asked = self._ask_once(job), asked + 1
        if answer.outcome == "version":
            raise BulkError("A worker has another version of Cardwright, onnx, numpy or protobuf: install the same.")
        return answer

    def _ask_once(self, job: Job) -> Answer:
        if self.stopped.is_set():
            raise CancelledError
        try:
            return (self.here if job.folder else self.workers.pool).submit(inspect_model, job).result()
        except Exception as error:
            if not self.workers.is_there():
                raise BulkError("The cluster is gone: start it, and run this again; what was found is kept.") from error
            reason = one_line(str(error) or type(error).__name__)[:200]
            if isinstance(error, (ImportError, AttributeError)) or "deserializ" in reason:
                raise BulkError(f"The workers cannot run Cardwright: install this version there ({reason}).") from error
            name = one_line(job.place.rpartition("/")[2])
            if type(error).__name__ == "KilledWorker":  # Dask gave it to several workers, and none came back
                return Answer("failed", message=f"{name} ended every worker that took it", hint="try it alone")
            return Answer("busy", message=f"{name} got no answer of a worker: {reason}", hint="run it again")
