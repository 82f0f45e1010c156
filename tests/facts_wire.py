"""Models written byte by byte, and what must be left of a full parse once payloads are gone."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import ModelProto

from cardwright.facts.blocks import Blocks
from cardwright.facts.payloads import payload_bytes
from cardwright.facts.wire import SMALL_PAYLOAD_BYTES, WireError, copy_without_payloads

TYPED = {4: "float_data", 5: "int32_data", 7: "int64_data", 10: "double_data", 11: "uint64_data"}
PAYLOADS = {9: "raw_data", **TYPED}


def varint(number: int, length: int = 0) -> bytes:
    """A protobuf number; with `length`, padded to so many bytes."""
    result = bytearray()
    while number > 127 or len(result) < length - 1:
        result.append(number & 127 | 128)
        number >>= 7
    return bytes([*result, number])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def unpacked(number: int, wire: int, elements: Iterable[bytes]) -> bytes:
    return b"".join(varint(number << 3 | wire) + element for element in elements)


def tensor(payload: bytes, dims: int = 3, data_type: int = 1) -> bytes:
    return varint(1 << 3) + varint(dims) + varint(2 << 3) + varint(data_type) + field(8, b"W") + payload


def initializer(content: bytes) -> bytes:
    """A model with this tensor."""
    return field(7, field(5, content))


PLACES: dict[str, Callable[[bytes], bytes]] = {
    # Where a tensor can be: the model around it.
    "initializer": initializer,
    "sparse initializer": lambda t: field(7, field(15, field(1, t) + field(2, t))),
    "Constant": lambda t: field(7, field(1, field(5, field(1, b"value") + field(5, t)) + field(4, b"Constant"))),
    "list of tensors": lambda t: field(7, field(1, field(5, field(10, t) + field(10, t)))),
    "sparse value": lambda t: field(7, field(1, field(5, field(22, field(1, t) + field(2, t))))),
    "list of sparse values": lambda t: field(7, field(1, field(5, field(23, field(1, t)) * 2))),
    "subgraph": lambda t: field(7, field(1, field(5, field(6, field(5, t))))),
    "list of subgraphs": lambda t: field(7, field(1, field(5, field(11, field(1, field(5, field(5, t))))))),
    "function": lambda t: field(25, field(7, field(5, field(5, t))) + field(11, field(5, t))),
    "training": lambda t: field(20, field(1, field(5, t)) + field(2, field(5, t))) + field(7, b""),
    "graph in two pieces": lambda t: field(7, field(5, t)) + field(7, field(5, t)),
}


def blocks_of(content: bytes) -> Blocks:
    return Blocks(len(content), lambda offset, length: content[offset : offset + length])


def parse(content: bytes) -> ModelProto | None:
    model = ModelProto()
    try:
        model.ParseFromString(content)
    except DecodeError:
        return None
    return model


def messages(message: Any) -> Iterator[Any]:
    """The message and all within it."""
    yield message
    for descriptor, value in message.ListFields():
        if descriptor.message_type is not None:
            for inner in value if descriptor.is_repeated else [value]:
                yield from messages(inner)


def without_payloads(model: ModelProto, payload_key: str = "") -> bytes:
    """What is compared: the model without payloads, without what was said of them, without metadata of nodes."""
    for message in messages(model):
        if message.DESCRIPTOR.name == "NodeProto":
            message.ClearField("metadata_props")
        if message.DESCRIPTOR.name == "TensorProto":
            marks = [entry for entry in message.external_data if payload_key and entry.key == payload_key]
            gone = {PAYLOADS[int(entry.value.partition(":")[0])] for entry in marks}
            gone |= {name for name in PAYLOADS.values() if len(getattr(message, name)) > SMALL_PAYLOAD_BYTES}
            for name in gone:
                message.ClearField(name)
            kept = [entry for entry in message.external_data if entry not in marks]
            del message.external_data[:]
            message.external_data.extend(kept)
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def stored_bytes(model: ModelProto, payload_key: str = "") -> list[int]:
    """Of each tensor."""
    tensors = [message for message in messages(model) if message.DESCRIPTOR.name == "TensorProto"]
    return [payload_bytes(message, payload_key, lambda location: None) for message in tensors]


def compare(content: bytes) -> str:
    """Hold the copy without payloads against the full parse: what is wrong, empty when nothing is."""
    full = parse(content)
    try:
        lean = copy_without_payloads(blocks_of(content))
        copy = parse(lean.content)
    except WireError:
        copy = None
    if full is None or copy is None:
        # Payloads are not looked into: damage there is found by the full parse alone.
        return "" if full is None else "the copy cannot be read, the model can"
    if stored_bytes(full) != stored_bytes(copy, lean.payload_key):
        return "other payload sizes"
    return "" if without_payloads(full) == without_payloads(copy, lean.payload_key) else "another model"
