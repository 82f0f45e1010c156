"""What was counted before, in small files: by content, and which content a file had when it was last looked at.

    a file:      path, size, mtime, inode  →  SHA-256
    its facts:   SHA-256, name, dims, version of the counting code  →  facts as JSON, or why there are none
    its copy:    SHA-256, name, version  →  the copy without weights

Each line is a file, named by a hash of what stands left of the arrow. It begins with a line of JSON, checksum and
key; the rest is what stands on the right. An entry is written elsewhere and then moved: two builds at once, a full disk
or a stray file can cost an entry, never give a wrong one. Where nothing can be written, all is counted anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import tempfile
import time
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .files import Stamp

log = logging.getLogger("mkdocs.plugins.cardwright")
SETTLED_NS = 2 * 10**9
"""A file changed less than this ago may be changed again without a new mtime: some clocks tick every two seconds."""
_MAX_ENTRY_BYTES = 128 * 1024 * 1024

Key = Mapping[str, object]


class Cache:
    """Entries in a folder, which is made when the first one is kept. Raises nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._warned = False

    def known_sha256(self, path: Path, stamp: Stamp) -> str | None:
        """The SHA-256 of the file when it is as it was when that was computed."""
        found = self.get(_file_key(path, stamp))
        return found.decode() if found is not None else None

    def keep_sha256(self, path: Path, stamp: Stamp, sha256: str) -> None:
        """Keep it, unless the file was changed just now."""
        if time.time_ns() - stamp.mtime_ns >= SETTLED_NS:
            self.put(_file_key(path, stamp), sha256.encode())

    def get(self, key: Key) -> bytes | None:
        """What was kept under the key; None when nothing was, or not all of it is there."""
        text = _plain(key)
        try:
            with self._path(text).open("rb") as file:
                head, _, content = file.read(_MAX_ENTRY_BYTES).partition(b"\n")
        except OSError:
            return None
        return content if head == _head(text, content) else None

    def put(self, key: Key, content: bytes) -> None:
        """Keep `content` under the key, if that is possible."""
        text = _plain(key)
        path = self._path(text)
        temporary = path.with_suffix(".tmp")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self.folder, suffix=".tmp")
            temporary = Path(name)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_head(text, content) + b"\n" + content)
            temporary.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            if not self._warned:
                log.debug("nothing is kept in %s: %s", self.folder, error)
            self._warned = True

    def _path(self, key: str) -> Path:
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.entry"


def content_key(kind: str, sha256: str, **more: object) -> Key:
    """The key of what this version of the code makes of a content."""
    return {"kind": kind, "sha256": sha256, "version": code_version(), **more}


@cache
def code_version() -> str:
    """Changes with every line of this package, and with the libraries that take part in counting."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(f"{path.name}\0".encode() + path.read_bytes() + b"\0")
    for name in ("onnx", "numpy", "protobuf"):
        digest.update(f"{name} {_version_of(name)}\0".encode())
    return digest.hexdigest()


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _file_key(path: Path, stamp: Stamp) -> Key:
    place = os.path.abspath(path)  # noqa: PTH100  (resolve() would ask the disk for links)
    return {"kind": "file", "path": place, "stamp": [stamp.size_bytes, stamp.mtime_ns, stamp.inode]}


def _plain(key: Key) -> str:
    return json.dumps(key, sort_keys=True)


def _head(key: str, content: bytes) -> bytes:
    """The first line of an entry: what it is, and a checksum over that and the rest."""
    return json.dumps([hashlib.sha256(key.encode() + b"\n" + content).hexdigest(), key]).encode()
