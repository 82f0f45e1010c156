"""The facts of models as `cardwright inspect --all` found them: one JSON file a model, which site builds read.

    a model at an address:   address, dims        →  its state, and its facts or why there are none
    a file beside a card:    SHA-256, name, dims  →  the same

Each line is a file, named by a hash of what stands left of the arrow. It has a checksum, and the version of the code
that counted: what is damaged, or was counted by other code, is not taken.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .cache import Key, code_version
from .files import FileError, State, shown
from .values import Facts, FactsError

_AGAIN = "Run `cardwright inspect --all` again."


class StoreError(Exception):
    """A store that cannot be read or written: one plain sentence."""


class NotInspectedError(FileError):
    """A model at an address, of which this build knows nothing and wants to know nothing."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a model."""

    state: State | None
    """The state of the file at its address; None for a file beside a card, and for one that could not be read."""
    facts: Facts | None
    error: FactsError | None = None
    """Why there are no facts."""


def address_key(address: str, dims: Mapping[str, int]) -> Key:
    """Of a model at an address."""
    return {"address": address, "dims": dict(dims)}


def file_key(sha256: str, name: str, dims: Mapping[str, int]) -> Key:
    """Of a file beside a card; messages about it name it, so its name is part of the key."""
    return {"sha256": sha256, "name": name, "dims": dict(dims)}


class Store:
    """A folder, or a place of the same kind that fsspec writes to."""

    def __init__(self, place: str | Path) -> None:
        """`place` is a path, or an address such as `s3://bucket/facts`."""
        self.place = str(place).removeprefix("file://")
        self._files: _Folder | _Bucket = _Bucket(self.place) if "://" in self.place else _Folder(Path(self.place))

    def find(self, key: Key) -> Kept | None:
        """What is kept under the key; None when that is nothing, damaged, or of another version."""
        try:
            return self.get(key)
        except FileError:
            return None

    def get(self, key: Key) -> Kept:
        """What is kept under the key. Raises `FileError` when that is nothing, damaged, or of another version."""
        name = shown(str(key.get("address") or key.get("name")).rpartition("/")[2])
        content = self._files.read(file_name(key))
        if content is None:
            raise FileError(f"{name} is not in the facts store.", _AGAIN)
        try:
            entry = json.loads(content)
            checksum = entry.pop("checksum")
            if checksum != _checksum(entry) or entry["key"] != key:
                raise ValueError("damaged")
            if entry["version"] != code_version():
                raise FileError(f"{name} was counted by another version of Cardwright.", _AGAIN)
            facts = Facts.from_json(entry["facts"]) if entry["facts"] else None
            state = State(*entry["state"]) if entry["state"] else None
            return Kept(state, facts, None if facts else FactsError(*entry["error"]))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise FileError(f"What is kept of {name} is damaged.", _AGAIN) from error

    def put(self, key: Key, kept: Kept) -> None:
        """Keep it, in the place of what was kept before: all of it, or nothing. Raises `StoreError`."""
        entry: dict[str, Any] = {
            "key": key,
            "version": code_version(),
            "state": [kept.state.size_bytes, kept.state.version] if kept.state else None,
            "facts": kept.facts.to_json() if kept.facts else None,
            "error": [kept.error.message, kept.error.hint] if kept.error else None,
        }
        content = json.dumps({**entry, "checksum": _checksum(entry)}, ensure_ascii=False) + "\n"
        self._files.write(file_name(key), content.encode("utf-8", "surrogatepass"))


def file_name(key: Key) -> str:
    """The name of a model's file in the store."""
    return f"{hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:40]}.json"


def _checksum(entry: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()


class _Folder:
    """Files of a folder on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, name: str) -> bytes | None:
        try:
            return (self.folder / name).read_bytes()
        except OSError:
            return None

    def write(self, name: str, content: bytes) -> None:
        temporary = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=self.folder, suffix=".tmp")
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            Path(temporary).chmod(0o644)  # others build sites from it
            Path(temporary).replace(self.folder / name)
        except OSError as error:
            if temporary:
                Path(temporary).unlink(missing_ok=True)
            raise StoreError(f"{shown(str(self.folder))} cannot be written: {error.strerror}.") from error


class _Bucket:
    """Files in object storage, where a file is there as a whole or not at all."""

    def __init__(self, address: str) -> None:
        from .object_storage import find_system  # with fsspec

        self.address = address
        try:
            self.system, self.folder = find_system(address, shown(address))
        except FileError as error:
            raise StoreError(f"{error.message} {error.hint}") from error

    def read(self, name: str) -> bytes | None:
        try:
            return bytes(self.system.cat_file(f"{self.folder.rstrip('/')}/{name}"))
        except FileNotFoundError:
            return None
        except Exception as error:  # each kind of storage has its own
            raise StoreError(f"{shown(self.address)} cannot be read: {_reason(error)}.") from error

    def write(self, name: str, content: bytes) -> None:
        try:
            self.system.pipe_file(f"{self.folder.rstrip('/')}/{name}", content)
        except Exception as error:
            raise StoreError(f"{shown(self.address)} cannot be written: {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    return shown(str(error).rstrip(".") or type(error).__name__)
