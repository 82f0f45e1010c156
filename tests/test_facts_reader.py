"""The weights-free reader, held against onnx's own parser."""

import os
import random
import warnings
from collections.abc import Iterator
from pathlib import Path

import onnx
import pytest
from onnx import ModelProto, TensorProto, helper, parser

from cardwright.facts import FactsError
from cardwright.facts.blocks import BLOCK_BYTES, Blocks, open_blocks
from cardwright.facts.files import check_file
from cardwright.facts.inspection import inspect_here
from cardwright.facts.reader import make_lean_copy, read_model
from cardwright.facts.wire import WireError, copy_without_payloads
from tests.facts_wire import (
    PLACES,
    blocks_of,
    compare,
    field,
    initializer,
    messages,
    parse,
    stored_bytes,
    tensor,
    unpacked,
    varint,
    without_payloads,
)

ROOT = Path(__file__).parent.parent
WHEEL = Path(onnx.__file__).parent
INTEGERS = [0, 1, 127, 128, 2**31 - 1, 2**64 - 1, 2**64 - 2**31]


def numbers(count: int) -> Iterator[bytes]:
    return (varint(INTEGERS[index % len(INTEGERS)]) for index in range(count))


def payloads(count: int) -> dict[str, bytes]:
    """`count` elements in every form in which they are stored."""
    few, floats, doubles = b"".join(numbers(5)), b"\x25abc" * count, b"\x29\x51abcdef" * count
    forms = {
        "raw": field(9, b"\x09" * count),
        "float packed": field(4, floats),
        "float unpacked": unpacked(4, 5, [b"\x25abc"] * count),
        "double packed": field(10, doubles),
        "double unpacked": unpacked(10, 1, [b"\x51abcdefg"] * count),
        "small raw after large": field(9, bytes(count)) + field(9, b"ab"),
        "large raw after small": field(9, b"ab") + field(9, bytes(count)),
        "two kinds": field(4, floats) + unpacked(5, 0, numbers(count)) + field(10, doubles),
    }
    for number, name in {5: "int32", 7: "int64", 11: "uint64"}.items():
        packed = field(number, b"".join(numbers(count)))
        forms[f"{name} packed"] = packed
        forms[f"{name} unpacked"] = unpacked(number, 0, numbers(count))
        forms[f"{name} mixed"] = field(number, few) + unpacked(number, 0, numbers(count)) + packed
    return forms


def real_models() -> Iterator[tuple[str, bytes]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from onnx.backend.test.case.node import collect_testcases

        for case in collect_testcases(None):
            if case.model is not None:
                yield case.name, case.model.SerializeToString()
    for path in [*WHEEL.rglob("*.onnx"), *(ROOT / "cards").rglob("*.onnx")]:
        yield path.name, path.read_bytes()
    for path in (ROOT / "tests/data/facts/models").glob("*.onnx.txt"):
        yield path.name, parser.parse_model(path.read_text()).SerializeToString()


def test_every_model_equals_its_full_parse() -> None:
    compared = 0
    for name, content in real_models():
        assert compare(content) == "", name
        compared += 1
    assert compared > 1_900


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("count", [3, 1024, 1025, 3 * BLOCK_BYTES])
def test_payload_is_left_out_wherever_it_is(place: str, count: int) -> None:
    for form, payload in payloads(count).items():
        content = PLACES[place](tensor(payload))
        assert compare(content) == "", form
        lean = copy_without_payloads(blocks_of(content))
        model = parse(lean.content)
        assert model is not None
        assert len(lean.content) < 100_000
        if count > 1024:
            assert max(stored_bytes(model, lean.payload_key)) >= 2


def test_payload_across_chunks() -> None:
    """Runs of elements longer than what is looked at in one piece."""
    for payload in (
        unpacked(5, 0, [varint(300)] * 600_001),
        unpacked(4, 5, [b"abcd"] * 450_001),
        unpacked(5, 0, [varint(7, 9)] * 200_001),
        field(7, varint(300, 7) * 400_001),
    ):
        assert compare(initializer(tensor(payload, data_type=6))) == ""


@pytest.mark.parametrize(
    ("data_type", "bits"),
    [("INT4", 4), ("BOOL", 8), ("FLOAT16", 16), ("FLOAT", 32), ("INT64", 64), ("COMPLEX64", 64), ("COMPLEX128", 128)],
)
def test_typed_data_counts_as_raw_data(data_type: str, bits: int) -> None:
    """3,000 elements however stored: the same bytes."""
    typed = helper.make_tensor("W", TensorProto.DataType.Value(data_type), [3000], [1] * 3000)
    raw = TensorProto(name="W", data_type=typed.data_type, dims=[3000], raw_data=bytes(3000 * bits // 8))
    for proto in (typed, raw):
        lean = copy_without_payloads(blocks_of(initializer(proto.SerializeToString())))
        model = parse(lean.content)
        assert model is not None and len(lean.content) < 100
        assert stored_bytes(model, lean.payload_key) == [len(raw.raw_data)]


def test_small_integers_are_kept_however_long_their_bytes() -> None:
    """110 int64 of -1 take 880 bytes raw and 1,100 on the wire: their values are looked at."""
    content = initializer(helper.make_tensor("W", TensorProto.INT64, [110], [-1] * 110).SerializeToString())
    assert copy_without_payloads(blocks_of(content)).content == content


def test_tree_attributes_are_copied_as_they_are() -> None:
    floats, integers = unpacked(7, 5, [b"abcd"] * 70_000), unpacked(8, 0, numbers(300_000))
    content = field(7, field(1, field(5, field(1, b"nodes_values") + floats + integers)))
    assert copy_without_payloads(blocks_of(content)).content == content


def test_metadata_of_nodes_is_dropped_in_every_place() -> None:
    props = field(9, field(1, b"stack_trace") + field(2, b"/home/someone"))
    node = field(1, b"x") + props + field(4, b"Relu")
    inner = field(1, node) + field(1, node + field(6, b"d" * 3000))
    content = field(7, inner + field(1, field(5, field(6, inner)))) + field(25, field(7, node))
    assert compare(content) == ""
    assert b"/home" not in copy_without_payloads(blocks_of(content)).content
    assert content.count(b"/home") == 5


def test_forged_entries_change_nothing(tmp_path: Path) -> None:
    weight = TensorProto(name="W", dims=[100, 100], data_type=TensorProto.FLOAT, raw_data=bytes(40_000))
    model = parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 17]> g (float[1,100] x) => (float[1,100] y) { y = MatMul (x, W) }'
    )
    model.graph.initializer.append(weight)
    path = tmp_path / "model.onnx"
    path.write_bytes(model.SerializeToString())
    keys = {read_model(path).payload_key for _ in range(2)}
    assert len(keys) == 2
    entries = model.graph.initializer[0].external_data
    for key in [*keys, "payload.", ""]:
        for value in ("9:999999", "9:0", "4:x", "nonsense"):
            entries.add(key=key, value=value)
    path.write_bytes(model.SerializeToString())
    assert (inspect_here(path, {}).parameters, inspect_here(path, {}).warnings) == (10_000, ())
    entries.add(key="location", value="../none")  # says nothing while data_location is not EXTERNAL
    model.graph.initializer[0].raw_data = bytes(39_999)
    path.write_bytes(model.SerializeToString())
    assert inspect_here(path, {}).parameters == 0


SMALL = parser.parse_model((ROOT / "tests/data/facts/models/loop.onnx.txt").read_text()).SerializeToString()


def test_truncated_anywhere() -> None:
    large = PLACES["Constant"](tensor(field(9, bytes(2000)))) + PLACES["function"](tensor(field(4, bytes(8000))))
    for content in (SMALL, large[:400], *(large[:at] for at in range(1900, len(large), 37))):
        for at in range(len(content)) if len(content) < 1000 else [len(content)]:
            assert compare(content[:at]) == "", at


@pytest.mark.parametrize(
    ("content", "readable"),
    [
        (varint(1 << 3, 5) + varint(8, 10) + SMALL, True),
        (varint(7 << 3 | 2, 5) + varint(4, 5) + b"\x12\x02ab", True),
        (varint(7 << 3 | 2, 6) + varint(4) + b"\x12\x02ab", False),
        (varint(7 << 3 | 2) + varint(4, 6) + b"\x12\x02ab", False),
        (varint(1 << 3) + varint(8, 11) + SMALL, False),
        (b"\x08" + b"\xff" * 50, False),
        (b"\x02\x01x" + SMALL, False),
        (b"\x3f\x01" + SMALL, False),
        (b"\xa3\x06\x08\x01\xa4\x06" + SMALL, True),
        (b"\xa3\x06\x08\x01\xac\x06" + SMALL, False),
        (b"\xa3\x06" + SMALL, False),
        (b"\x3a\xff\xff\xff\xff\x0f" + SMALL, False),
        (initializer(tensor(field(4, bytes(4001)))), False),
        (initializer(tensor(field(7, b"\xff" * 2000))), False),
        (initializer(tensor(varint(9 << 3) + varint(5) + field(9, bytes(2000)))), True),
    ],
)
def test_odd_bytes(content: bytes, readable: bool) -> None:
    assert (parse(content) is not None) == readable
    assert compare(content) == ""
    if not readable:
        with pytest.raises(WireError):
            copy_without_payloads(blocks_of(content))


def test_mutations() -> None:
    """2,000 of them; `benchmarks/fuzz_reader.py` makes as many as you like."""
    chance = random.Random(3)
    forms = [PLACES[place](tensor(payload)) for place in PLACES for payload in payloads(1100).values()]
    for _ in range(2000):
        content = bytearray(chance.choice([SMALL, *forms]))
        for _ in range(chance.randint(1, 5)):
            at = min(int(chance.expovariate(1 / 60)), len(content) - 1)
            content[at : at + chance.randint(0, 2)] = chance.randbytes(chance.randint(0, 3))
        assert compare(bytes(content)) == "", bytes(content)[:200]


def test_only_a_few_blocks_are_read() -> None:
    read: list[int] = []
    content = initializer(tensor(field(9, bytes(50_000_000)))) + initializer(tensor(field(9, bytes(50_000_000))))

    def fetch(offset: int, length: int) -> bytes:
        read.append(length)
        return content[offset : offset + length]

    copy_without_payloads(Blocks(len(content), fetch))
    assert len(read) <= 3 and sum(read) <= 3 * BLOCK_BYTES


def test_file_that_changes_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(SMALL + bytes(100_000))
    with path.open("rb") as file:
        blocks = open_blocks(file.fileno(), path.stat().st_size)
        assert blocks.read(0, 10) == SMALL[:10]
        os.truncate(path, 50_000)
        with pytest.raises(OSError, match="shorter"):
            blocks.read(40_000, 60_000)
    stamp = check_file(path)
    path.write_bytes(SMALL)
    with pytest.raises(FactsError, match="changed while it was read"):
        read_model(path, stamp)


@pytest.mark.parametrize("path", sorted((WHEEL / "backend/test/data/light").glob("*.onnx")), ids=lambda path: path.stem)
def test_lean_copy_of_light_model(path: Path) -> None:
    model = onnx.load_from_string(make_lean_copy(path))
    assert without_payloads(model) == without_payloads(onnx.load(path))


def test_lean_copy_is_the_same_each_time(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(PLACES["Constant"](tensor(field(9, bytes(5000)))))
    lean = make_lean_copy(path)
    assert lean == make_lean_copy(path) and len(lean) < 100
    assert not any(m.DESCRIPTOR.name == "StringStringEntryProto" for m in messages(ModelProto.FromString(lean)))
