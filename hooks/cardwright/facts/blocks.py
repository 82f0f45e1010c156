"""Bytes of a model by offset, from a local file or from an address, in blocks, never the whole."""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable

BLOCK_BYTES = 16 * 1024
CACHED_BLOCKS = 8
_HASHED_BYTES = 8 * 1024 * 1024


class Blocks:
    """Random access to `size_bytes` bytes; `fetch(offset, length)` gives exactly that many or raises `OSError`."""

    def __init__(
        self, size_bytes: int, fetch: Callable[[int, int], bytes], version: str = "", first: bytes = b""
    ) -> None:
        """`first` is what is there already of the beginning."""
        self.size_bytes = size_bytes
        self.version = version
        """What tells states of the same size apart, such as an ETag; empty when nothing does."""
        self.bytes_read = len(first)
        self._source = fetch
        self._first = first
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` to `end`, both within the file. Raises `OSError`."""
        if end <= start:
            return b""
        first, last = start // BLOCK_BYTES, (end - 1) // BLOCK_BYTES
        if first == last:
            block = self._blocks.get(first) or self._load(first)
            base = first * BLOCK_BYTES
            return block[start - base : end - base]
        if last - first >= CACHED_BLOCKS:
            return self._fetch(start, end - start)
        data = b"".join(self._blocks.get(number) or self._load(number) for number in range(first, last + 1))
        return data[start - first * BLOCK_BYTES : end - first * BLOCK_BYTES]

    def _fetch(self, start: int, length: int) -> bytes:
        if start + length <= len(self._first):
            return self._first[start : start + length]
        self.bytes_read += length
        return self._source(start, length)

    def _load(self, number: int) -> bytes:
        start = number * BLOCK_BYTES
        block = self._blocks[number] = self._fetch(start, min(BLOCK_BYTES, self.size_bytes - start))
        if len(self._blocks) > CACHED_BLOCKS:
            self._blocks.popitem(last=False)
        return block


def open_blocks(descriptor: int, size_bytes: int) -> Blocks:
    """Blocks of an open file. `os.pread` and not mmap: a file that shrinks under mmap kills the process."""

    def fetch(offset: int, length: int) -> bytes:
        pieces = []
        while length:
            piece = _read_at(descriptor, length, offset)
            if not piece:
                raise OSError("it became shorter while it was read")
            pieces.append(piece)
            offset += len(piece)
            length -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    return Blocks(size_bytes, fetch)


def hash_blocks(blocks: Blocks) -> str:
    """SHA-256 of all of them in hexadecimal. Raises `OSError`."""
    digest = hashlib.sha256()
    for start in range(0, blocks.size_bytes, _HASHED_BYTES):
        digest.update(blocks.read(start, min(start + _HASHED_BYTES, blocks.size_bytes)))
    return digest.hexdigest()


def _seek_and_read(descriptor: int, length: int, offset: int) -> bytes:
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, length)


_read_at: Callable[[int, int, int], bytes] = getattr(os, "pread", _seek_and_read)  # Windows has no pread
