"""The door to this package: `Inspector` for a build, `inspect`, `inspect_url` and `lean_model` for one file.

look at the file  →  cached?  →  SHA-256  →  cached, or in the store?  →  child process  →  keep
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .cache import Cache, Key, content_key
from .files import FileError, Stamp, State, TransientError, check_file, external_file, hash_file, shown
from .process import BOOT, Child, DeadError
from .progress import Progress
from .store import NotInspectedError, Store, address_key, file_key
from .values import Facts, FactsError
from .worker import CONTENT_ERROR, FILE_ERROR, RESULT

GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Limits:
    """What the child process may take."""

    seconds: float = 20
    """For one look at a model; one without shapes follows when the first took too long."""
    url_seconds: float = 120
    """The same for a file at an address."""
    whole_seconds: float = 3600
    """The same when all of it is fetched."""
    memory_bytes: int = 2 * GIB
    """Above what it takes with onnx loaded."""
    boot: str = BOOT
    """Its Python code."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was found at an address."""

    state: State
    bytes_read: int
    facts: Facts | None
    """None when the file is in the state that was known."""


class Inspector:
    """Looks into model files, in one child process that starts with the first of them. One for each build.

    with Inspector(Path(".cache/cardwright/facts")) as inspector:
        facts = inspector.inspect(path, within=folder)
    """

    def __init__(
        self,
        cache: Path | None = None,
        limits: Limits | None = None,
        store: str | Path | None = None,
        quiet: bool = False,
    ) -> None:
        """`cache` is the folder of what was counted before; without one everything is counted.

        `store` is where `cardwright inspect --all` put what it found; it is only read.
        `quiet` says nothing on the terminal.
        """
        self._cache = Cache(cache) if cache else None
        self._store = Store(store) if store else None
        self._stopped = False
        self.lasting = True
        """Whether the last answer is all that can be known: not where the machine was too slow for all of it."""
        self._limits = limits or Limits()
        self._child: Child | None = None
        self._progress = Progress(None if quiet else sys.stderr)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def is_running(self) -> bool:
        """Whether there is a child process: something had to be looked at."""
        return self._child is not None

    def close(self) -> None:
        """End the child process; the next model starts another one."""
        if self._child:
            self._child.close()
        self._child = None

    def stop(self) -> None:
        """The same from another thread, for good: what is being looked at is given up."""
        self._stopped = True
        if child := self._child:
            child.process.kill()
            child.process.wait()

    def inspect(self, path: Path | str, dims: Mapping[str, int] | None = None, within: Path | None = None) -> Facts:
        """What the ONNX file at `path` holds; `dims` gives sizes to symbolic dimensions of its inputs (for the MACs).

        Raises `FactsError`, and nothing else, when the file is not a readable ONNX model, or when it is a link to a
        place outside of the folder `within`. A text with `://` in it is an address: nothing is asked of the network,
        the store has its facts; without a store `NotInspectedError` is raised.
        """
        given = dict(dims or {})
        self.lasting = True
        if isinstance(path, str) and "://" in path:
            return self._recall(path, given)
        path = Path(path)
        stamp = check_file(path, within)
        with self._reporting(shown(f"{path.parent.name}/{path.name}")):
            sha256 = self._find_sha256(path, stamp)
            # A message about a file names it, so the name is part of what is kept.
            key = content_key("facts", sha256, name=path.name, dims=given)
            found = self._find(key)
            if found is not None and _is_current(facts := _read_facts(found), path):
                return facts
            kept = self._store.find(file_key(sha256, path.name, given)) if self._store else None
            if kept and kept.facts and _is_current(kept.facts, path):
                return kept.facts
            job = {"task": "facts", "path": str(path.absolute()), "stamp": _plain(stamp), "sha256": sha256}
            return _read_facts(self._make(key, lambda: self._count({**job, "dims": given}, self._limits.seconds)))

    def inspect_url(self, url: str, dims: Mapping[str, int] | None = None) -> Facts:
        """The same of a file at an address: http, https, or any that fsspec reads. No site build calls this."""
        facts = self.look_at(url, dims).facts
        assert facts
        return facts

    def look_at(
        self, url: str, dims: Mapping[str, int] | None = None, known: State | None = None, whole: bool = False
    ) -> Look:
        """The same, unless the file is in the state `known`. With `whole` all of it is fetched, for its SHA-256."""
        self.lasting = True
        state = [known.size_bytes, known.version] if known else None
        job = {"task": "facts of url", "url": url, "dims": dict(dims or {}), "known": state, "whole": whole}
        with self._reporting(shown(url)):
            content, self.lasting = self._count(job, self._limits.whole_seconds if whole else self._limits.url_seconds)
        answer = json.loads(content)
        facts = Facts.from_json(answer["facts"]) if answer["facts"] else None
        return Look(State(*answer["state"]), answer["bytes_read"], facts)

    def _recall(self, address: str, dims: Mapping[str, int]) -> Facts:
        if self._store is None:
            raise NotInspectedError(f"{shown(address)} is not looked into by a build.", "Inspect it before.")
        kept = self._store.get(address_key(address, dims))
        if kept.error:
            raise kept.error
        assert kept.facts
        return kept.facts

    def lean_model(self, path: Path, within: Path | None = None) -> bytes:
        """The model as an .onnx file without payloads above 1 KiB, for structure views.

        The same file gives the same bytes. Raises `FactsError`.
        """
        stamp = check_file(path, within)
        with self._reporting(shown(f"{path.parent.name}/{path.name}")):
            key = content_key("lean copy", self._find_sha256(path, stamp), name=path.name)
            found = self._find(key)
            job = {"task": "lean copy", "path": str(path.absolute()), "stamp": _plain(stamp)}
            return self._make(key, lambda: (self._ask(job, self._limits.seconds), True)) if found is None else found

    def find_sha256(self, path: Path) -> str:
        """The SHA-256 of a file, which is read once as long as it stays as it is. Raises `FactsError`."""
        return self._find_sha256(path, check_file(path, None))

    def _find_sha256(self, path: Path, stamp: Stamp) -> str:
        known = self._cache.known_sha256(path, stamp) if self._cache else None
        if known is None:
            known = hash_file(path, stamp, self._progress.tick)
            if self._cache:
                self._cache.keep_sha256(path, stamp, known)
        return known

    def _find(self, key: Key) -> bytes | None:
        """What is kept under the key. Raises `FactsError` when that is what is kept."""
        found = self._cache.get(key) if self._cache else None
        return None if found is None else _open_answer(found)

    def _make(self, key: Key, make: Callable[[], tuple[bytes, bool]]) -> bytes:
        """What `make` gives, which also says whether to keep it. An error that lies in the content is kept too."""
        try:
            made, lasting = make()
        except FileError:
            raise
        except FactsError as error:
            self._keep(key, CONTENT_ERROR + json.dumps([error.message, error.hint]).encode())
            raise
        self.lasting = lasting
        if lasting:
            self._keep(key, RESULT + made)
        return made

    def _keep(self, key: Key, answer: bytes) -> None:
        if self._cache:
            self._cache.put(key, answer)

    def _count(self, job: Mapping[str, Any], seconds: float) -> tuple[bytes, bool]:
        """The facts as JSON, and whether they are worth keeping: not when the machine was too slow for all of them."""
        try:
            return self._ask({**job, "no_shapes_because": ""}, seconds, retry=True), True
        except DeadError as error:
            because = f"working out the shapes {error}"
            return self._ask({**job, "no_shapes_because": because}, seconds), error.lasting

    def _ask(self, job: Mapping[str, Any], seconds: float, retry: bool = False) -> bytes:
        """The child's answer. Raises `FactsError`, or, with `retry`, `DeadError` when there is none."""
        if self._stopped:
            raise FileError("Nothing is looked at any more.", "Start again.")
        self._child = self._child or Child(self._limits.memory_bytes, self._limits.boot)
        try:
            answer = self._child.ask(job, seconds, self._progress.tick)
        except BaseException as error:
            self.close()  # it is dead, or in the middle of something nobody waits for any more
            if not isinstance(error, DeadError) or retry:
                raise
            name = shown(Path(job["path"]) if "path" in job else job["url"])
            kind = FactsError if error.lasting else TransientError
            raise kind(
                f"{name} cannot be counted: looking at it {error}.", "Check where it comes from, and try it alone."
            ) from error
        return _open_answer(answer)

    @contextmanager
    def _reporting(self, name: str) -> Iterator[None]:
        self._progress.begin(name)
        try:
            yield
        finally:
            self._progress.end()


def inspect(path: Path | str, dims: Mapping[str, int] | None = None, within: Path | None = None) -> Facts:
    """What the ONNX file at a path holds; see `Inspector.inspect`. Raises `FactsError`."""
    with Inspector() as inspector:
        return inspector.inspect(path, dims, within)


def inspect_url(url: str, dims: Mapping[str, int] | None = None) -> Facts:
    """The same of a file at an address; see `Inspector.inspect_url`. Raises `FactsError`."""
    with Inspector() as inspector:
        return inspector.inspect_url(url, dims)


def lean_model(path: Path) -> bytes:
    """The model without its weights; see `Inspector.lean_model`. Raises `FactsError`."""
    with Inspector() as inspector:
        return inspector.lean_model(path)


def _plain(stamp: Stamp) -> list[int]:
    return [stamp.size_bytes, stamp.mtime_ns, stamp.inode]


def _open_answer(answer: bytes) -> bytes:
    """What follows the first byte of an answer. Raises the error that it stands for."""
    if answer[:1] == RESULT:
        return answer[1:]
    message, hint = json.loads(answer[1:])
    raise _ERRORS.get(answer[:1], TransientError)(message, hint)


_ERRORS: Mapping[bytes, type[FactsError]] = {CONTENT_ERROR: FactsError, FILE_ERROR: FileError}


def _read_facts(content: bytes) -> Facts:
    return Facts.from_json(json.loads(content))


def _is_current(facts: Facts, path: Path) -> bool:
    """Whether the external data of the file is what it was."""
    folder = path.parent.resolve() if facts.external_data else path
    return all(external_file(folder, file.location) == file for file in facts.external_data)
