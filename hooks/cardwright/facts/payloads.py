"""How much of a tensor is stored: in the message, left out of the copy, or in another file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from onnx import TensorProto

from .graph import DTYPES
from .wire import RAW_DATA

_TYPED: Mapping[int, tuple[str, int]] = {
    # Field of TensorProto: its name, and how many entries an element takes when it is complex.
    4: ("float_data", 2),
    10: ("double_data", 2),
    5: ("int32_data", 1),
    7: ("int64_data", 1),
    11: ("uint64_data", 1),
}


def payload_bytes(tensor: TensorProto, payload_key: str, external_bytes: Callable[[str], int | None]) -> int:
    """Length of a tensor's payload in bytes as raw data would have it.

    `payload_key` names the entries that say what was left out (see `wire.LeanModel`). Of external data it is what
    the file has from the offset on; `external_bytes` gives a file's size, or None.
    """
    if tensor.data_location == TensorProto.EXTERNAL:
        entries = external_entries(tensor)
        size_bytes = external_bytes(entries.get("location", "")) or 0
        there = max(size_bytes - _to_int(entries.get("offset", "0")), 0)
        return min(_to_int(entries["length"]), there) if "length" in entries else there
    left_out = _left_out(tensor, payload_key)
    if RAW_DATA in left_out or tensor.HasField("raw_data"):
        return left_out.get(RAW_DATA) or len(tensor.raw_data)
    name, bits = DTYPES.get(tensor.data_type, DTYPES[0])
    for number, (field, entries_of_complex) in _TYPED.items():
        if count := len(getattr(tensor, field)) + left_out.get(number, 0):
            # Below 8 bits, an entry is a byte of packed elements.
            return count * max(bits, 8) // 8 // (entries_of_complex if name.startswith("complex") else 1)
    return 0


def _left_out(tensor: TensorProto, payload_key: str) -> Mapping[int, int]:
    """Bytes (raw data) or elements (typed data) left out, by the number of their field."""
    counts: dict[int, int] = {}
    for entry in tensor.external_data if payload_key else ():
        if entry.key == payload_key:
            number, count = map(int, entry.value.split(":"))
            # Of raw data the last one is the tensor's, typed data is appended.
            counts[number] = count + (0 if number == RAW_DATA else counts.get(number, 0))
    return counts


def external_entries(tensor: TensorProto) -> dict[str, str]:
    """The key-value pairs that say where a tensor's external data lies."""
    return {to_text(entry.key): to_text(entry.value) for entry in tensor.external_data[:16]}


def _to_int(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def to_text(value: str | bytes) -> str:
    """Text of a protobuf string, which onnx hands over as bytes when it is not UTF-8."""
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value
