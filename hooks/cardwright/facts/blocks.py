"""Bytes of a model by offset, from a local file or over HTTP, in blocks, never the whole."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable

BLOCK_BYTES = 16 * 1024
CACHED_BLOCKS = 8


class Blocks:
    """Random access to `size_bytes` bytes; `fetch(offset, length)` gives exactly that many or raises `OSError`."""

    def __init__(self, size_bytes: int, fetch: Callable[[int, int], bytes]) -> None:
        self.size_bytes = size_bytes
        self._fetch = fetch
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


def _seek_and_read(descriptor: int, length: int, offset: int) -> bytes:
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, length)


_read_at: Callable[[int, int, int], bytes] = getattr(os, "pread", _seek_and_read)  # Windows has no pread
