"""Model files on the disk, before anything looks into them: what they are, where they lie, what they hash to.

No onnx in here: a build that has all facts in its cache needs nothing else.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..problem import one_line
from .values import ExternalFile, FactsError

PIECE_BYTES = 1024 * 1024
_WANTED = "Put an ONNX model here, exported as one binary .onnx file."
_FLAGS = os.O_RDONLY
for _name in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):  # each is missing on some system
    # Non-blocking: a FIFO that takes the file's place after it was looked at must not be waited for.
    _FLAGS |= getattr(os, _name, 0)


class FileError(FactsError):
    """A file that cannot be had (missing, changed, too slow); says nothing of its content, so it is never cached."""


class TransientError(FileError):
    """A file that could not be had now; in a while it may be there."""


@dataclass(frozen=True, slots=True)
class State:
    """What tells one state of a file at an address from another without fetching it."""

    size_bytes: int
    version: str
    """Its ETag, or when it was changed, as the server says it; empty when it says nothing."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells one state of a file from another without opening it."""

    size_bytes: int
    mtime_ns: int
    inode: int


def shown(path: Path | str) -> str:
    """The name of a file for one line of a message."""
    name = one_line(path.name if isinstance(path, Path) else path)
    return name if len(name) <= 80 else f"{name[:77]}..."


def check_file(path: Path, within: Path | None = None) -> Stamp:
    """Look at the file without opening it. Raises `FileError` unless it is a regular .onnx file in `within`."""
    if path.suffix.lower() != ".onnx":
        raise FileError(f"{shown(path)} does not end in .onnx.", "Only binary ONNX files are read.")
    try:
        status = path.stat()
        outside = within is not None and not path.resolve().is_relative_to(within.resolve())
    except FileNotFoundError:
        raise FileError(f"There is no file {shown(path)}.", "Check the name, upper and lower case too.") from None
    except (OSError, ValueError, RuntimeError) as error:  # no right to, a NUL in the name, a loop of links
        raise _unopened(path, error) from error
    if outside:
        raise FileError(f"{shown(path)} is a link to a place outside its folder.", "Put the file itself here.")
    return _stamp(path, status)


@contextmanager
def open_file(path: Path, expected: Stamp) -> Iterator[int]:
    """A descriptor of the file, which must be as `expected` at the beginning and at the end. Raises `FileError`."""
    try:
        descriptor = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:
        raise _unopened(path, error) from error
    try:
        if _stamp(path, os.fstat(descriptor)) != expected:
            raise _changed(path)
        yield descriptor
        if _stamp(path, os.fstat(descriptor)) != expected:
            raise _changed(path)
    except OSError as error:
        raise FileError(f"{shown(path)} cannot be read: {_reason(error)}.", "Check the disk.") from error
    finally:
        os.close(descriptor)


def hash_file(path: Path, expected: Stamp, tick: Callable[[], None] = lambda: None) -> str:
    """SHA-256 of the file in hexadecimal, read in pieces of 1 MiB; `tick` is called at each. Raises `FileError`."""
    digest = hashlib.sha256()
    left = expected.size_bytes
    with open_file(path, expected) as descriptor:
        while left and (piece := os.read(descriptor, min(left, PIECE_BYTES))):
            digest.update(piece)
            left -= len(piece)
            tick()
        if left:
            raise _changed(path)
    return digest.hexdigest()


def external_file(folder: Path, location: str) -> ExternalFile:
    """Ask for the size of an external data file; one outside the model's own folder counts as missing.

    `folder` has no symbolic links in it.
    """
    try:
        path = (folder / location).resolve()
        status = path.stat() if path.is_relative_to(folder) else None
    except (OSError, ValueError, RuntimeError):  # missing, a NUL in the name, a loop of links
        status = None
    regular = status is not None and stat.S_ISREG(status.st_mode)
    return ExternalFile(location, status.st_size if status is not None and regular else None)


def _stamp(path: Path, status: os.stat_result) -> Stamp:
    if not stat.S_ISREG(status.st_mode):
        raise FileError(f"{shown(path)} is not a regular file.", _WANTED)
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ino)


def _changed(path: Path) -> FileError:
    return FileError(f"{shown(path)} was changed while it was read.", "Build again when it is complete.")


def _unopened(path: Path, error: Exception) -> FileError:
    return FileError(f"{shown(path)} cannot be opened: {_reason(error)}.", "Check its name and permissions.")


def _reason(error: Exception) -> str:
    return one_line((getattr(error, "strerror", None) or str(error)).lower())
