"""A model without its weights: the protobuf wire format walked, tensor payloads above 1 KiB left where they are.

Every other byte is copied as it stands, so that what onnx parses from the copy equals the full parse, payloads and
the `metadata_props` of nodes aside. Sources: https://protobuf.dev/programming-guides/encoding/, and for the field
numbers onnx.proto of the ONNX repository.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from .blocks import BLOCK_BYTES, Blocks

SMALL_PAYLOAD_BYTES: Final = 1024
"""A payload is left out above it: raw data of more bytes, typed data of more elements (each is a byte at least)."""
MAX_DEPTH: Final = 100
"""Nesting of messages; protobuf itself stops at 100."""
MAX_COPY_BYTES: Final = 512 * 1024 * 1024


class WireError(ValueError):
    """Bytes that are no protobuf message."""


_VARINT, _I64, _LEN, _GROUP, _GROUP_END, _I32 = range(6)
RAW_DATA: Final = 9
_TYPED: Final[Mapping[int, tuple[int, int]]] = {
    # Field of TensorProto: its wire type when not packed, and bytes of an element when packed (0: each its own).
    4: (_I32, 4),  # float_data
    5: (_VARINT, 0),  # int32_data
    7: (_VARINT, 0),  # int64_data
    RAW_DATA: (_LEN, 1),
    10: (_I64, 8),  # double_data
    11: (_VARINT, 0),  # uint64_data
}


@dataclass(frozen=True, slots=True)
class Message:
    """What must be known of a message type: where tensors are, and what is no part of the copy."""

    inner: Mapping[int, str]
    """Message type by field number; only fields below which a tensor can be."""
    payloads: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    dropped: int = 0
    has_nodes: bool = True
    """Whether a node can be below it."""


MESSAGES: Final[Mapping[str, Message]] = {
    "model": Message({7: "graph", 20: "training", 25: "function"}),
    "training": Message({1: "graph", 2: "graph"}),
    "graph": Message({1: "node", 5: "tensor", 15: "sparse"}),
    "function": Message({7: "node", 11: "attribute"}),
    # 9: metadata_props; exporters keep stack traces there, with paths of their machine, more bytes than all the rest.
    "node": Message({5: "attribute"}, dropped=9),
    "attribute": Message({5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"}),
    "sparse": Message({1: "tensor", 2: "tensor"}, has_nodes=False),
    "tensor": Message({}, payloads=_TYPED, has_nodes=False),
}
_DROPPED_TAG: Final = bytes([9 << 3 | _LEN])


@dataclass(frozen=True, slots=True)
class LeanModel:
    """A serialised model without its large payloads."""

    content: bytes
    payload_key: str
    """Key of the `external_data` entries that say of a tensor what was left out: `field:count`, the field's number
    and how many bytes (raw_data) or elements (typed data). Made anew for each copy, so that no file can fake it."""


def copy_without_payloads(blocks: Blocks, mark: bool = True) -> LeanModel:
    """The model of `blocks` without payloads above 1 KiB; `mark` adds what was left out.

    Raises `WireError` when it is no protobuf message, and `OSError`.
    """
    walker = _Walker(blocks, f"payload.{secrets.token_hex(8)}" if mark else "")
    return LeanModel(walker.copy("model", 0, blocks.size_bytes, 0), walker.key)


class _Walker:
    def __init__(self, blocks: Blocks, key: str) -> None:
        self.blocks = blocks
        self.key = key
        self.copied = 0

    def copy(self, kind: str, start: int, end: int, depth: int) -> bytes:
        """The message of type `kind` that stands from `start` to `end`, without its payloads."""
        if depth > MAX_DEPTH:
            raise WireError("messages are nested too deep")
        message = MESSAGES[kind]
        pieces: list[bytes] = []
        left_out: dict[int, int] = {}
        kept_from = at = start
        while at < end:
            number, wire, value, stop = self.field(at, end)
            replaced: bytes | None = None
            if number in message.payloads and wire in (_LEN, message.payloads[number][0]):
                count, stop = self.payload(number, wire, at, value, stop, end)
                if number == RAW_DATA:
                    left_out.pop(number, None)  # of several, the last one is the tensor's
                if count > SMALL_PAYLOAD_BYTES:
                    left_out[number] = left_out.get(number, 0) + count
                    replaced = b""
            elif wire in _ELEMENTS:
                stop = self.run_end(at, value, stop, end, wire)
                replaced = b"" if number == message.dropped else None
            elif number == message.dropped:
                replaced = b""
            elif wire == _LEN and number in message.inner and self.is_worth_it(message.inner[number], value, stop):
                inner = self.copy(message.inner[number], value, stop, depth + 1)
                replaced = _encode(number << 3 | _LEN) + _encode(len(inner)) + inner
            if replaced is not None or stop - kept_from >= BLOCK_BYTES:
                # Taken while its blocks are at hand: over HTTP a second look costs a request.
                pieces += (self.take(kept_from, stop if replaced is None else at), replaced or b"")
                kept_from = stop
            at = stop
        pieces.append(self.take(kept_from, end))
        if self.key:
            pieces += (self.entry(number, count) for number, count in left_out.items())
        return b"".join(pieces)

    def is_worth_it(self, kind: str, start: int, end: int) -> bool:
        """Whether there can be anything to leave out of the message."""
        if end - start > SMALL_PAYLOAD_BYTES:
            return True
        return MESSAGES[kind].has_nodes and _DROPPED_TAG in self.blocks.read(start, end)

    def field(self, at: int, end: int) -> tuple[int, int, int, int]:
        """The field at `at`: its number, its wire type, where its value begins, where it ends."""
        key, value = self.varint(at, end, 5)
        number, wire = key >> 3, key & 7
        if not 0 < number < 1 << 29:
            raise WireError("a field has no possible number")
        if wire == _LEN:
            length, value = self.varint(value, end, 5)
            stop = value + length
        elif wire == _VARINT:
            stop = self.varint(value, end, 10)[1]
        elif wire in (_I32, _I64):
            stop = value + (4 if wire == _I32 else 8)
        elif wire == _GROUP:
            stop = self.group_end(number, value, end)
        else:
            raise WireError("a field has an unknown wire type")
        if stop > end:
            raise WireError("a field is longer than what holds it")
        return number, wire, value, stop

    def group_end(self, number: int, at: int, end: int) -> int:
        """Where a group ends, a form of message that ONNX has none of and parsers skip."""
        open_groups = [number]
        while open_groups:
            key, value = self.varint(at, end, 5)
            if key & 7 == _GROUP and key >> 3:
                open_groups.append(key >> 3)
                at = value
            elif key & 7 == _GROUP_END:
                if open_groups.pop() != key >> 3 or len(open_groups) > MAX_DEPTH:
                    raise WireError("a group does not end")
                at = value
            else:
                at = self.field(at, end)[3]
        return at

    def varint(self, at: int, end: int, most: int) -> tuple[int, int]:
        """The number at `at`, of at most `most` bytes, and where it ends."""
        result = shift = 0
        for byte in self.blocks.read(at, min(at + most, end)):
            at += 1
            result |= (byte & 0x7F) << shift
            if byte < 0x80:
                return result, at
            shift += 7
        raise WireError("a number does not end")

    def payload(self, number: int, wire: int, at: int, value: int, stop: int, end: int) -> tuple[int, int]:
        """How much payload begins at `at` (bytes of raw data, elements of typed data) and where it ends."""
        width = _TYPED[number][1]
        if wire == _LEN:
            if not width:
                return self.count_ends(value, stop), stop
            if (stop - value) % width:
                raise WireError("packed numbers are cut short")
            return (stop - value) // width, stop
        last = self.run_end(at, value, stop, end, wire)
        # Of a varint element, the tag is one such number and the value another one.
        return self.count_ends(at, last) // 2 if not width else (last - at) // (stop - at), last

    def run_end(self, at: int, value: int, stop: int, end: int, wire: int) -> int:
        """Where a run of fields ends that have the same tag as the one from `at` to `stop`.

        Found by a pattern, not one by one: tree ensembles and typed data have millions of them.
        """
        tag = self.blocks.read(at, value)
        if self.blocks.read(stop, min(stop + len(tag), end)) != tag:
            return stop
        run = re.compile(b"(?:" + re.escape(tag) + _ELEMENTS[wire] + b")++", re.DOTALL)  # ++ keeps no way back
        size, at = BLOCK_BYTES, stop
        while at < end:
            chunk = self.blocks.read(at, min(at + size, end))
            match = run.match(chunk)
            at += match.end() if match else 0
            if match is None or match.end() < len(chunk) - 20:
                break
            size = min(4 * size, _CHUNK_BYTES)
        return at

    def count_ends(self, start: int, end: int) -> int:
        """How many varints stand there: the last byte of each is below 0x80, the others are not."""
        count, chunk = 0, b"\0"
        for at in range(start, end, _CHUNK_BYTES):
            chunk = self.blocks.read(at, min(at + _CHUNK_BYTES, end))
            count += len(chunk.translate(None, _HIGH))
        if chunk[-1] > 0x7F:
            raise WireError("a number does not end")
        return count

    def take(self, start: int, end: int) -> bytes:
        """Bytes for the copy."""
        self.copied += end - start
        if self.copied > MAX_COPY_BYTES:
            raise WireError("the model is too large without its weights")
        return self.blocks.read(start, end)

    def entry(self, number: int, count: int) -> bytes:
        """The `external_data` entry that says what was left out."""
        pair = b"".join(
            _encode(index << 3 | _LEN) + _encode(len(text)) + text
            for index, text in ((1, self.key.encode()), (2, f"{number}:{count}".encode()))
        )
        return _encode(13 << 3 | _LEN) + _encode(len(pair)) + pair


_CHUNK_BYTES: Final = 1024 * 1024
_HIGH: Final = bytes(range(128, 256))
_ELEMENTS: Final = {_VARINT: rb"[\x80-\xff]{0,9}[\x00-\x7f]", _I32: b".{4}", _I64: b".{8}"}


def _encode(number: int) -> bytes:
    result = bytearray()
    while number > 0x7F:
        result.append(number & 0x7F | 0x80)
        number >>= 7
    result.append(number)
    return bytes(result)
