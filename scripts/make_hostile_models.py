"""Write model files made to hurt, each in a folder of its own that is a card too: OUT/<name>/model.onnx and README.md.

    python scripts/make_hostile_models.py OUT

No reader may crash on one of them, hang, or say more than a line about it. The folder works as `cards_dir`, so a site
of nothing but these can be built. What the system at hand cannot make (a FIFO on Windows) is left out.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from onnx import ModelProto, TensorProto, helper, parser

BODIES = Path(__file__).resolve().parent.parent / "tests/data/facts/hostile_bodies.txt"
HUGE = 2**62
SCRIPT = "</td><script>alert('x')</script><img src=x onerror=alert(1)>"
NEWLINES = "first\nsecond\r\n\x1b[31mred\x07\x00"
BIDI = "safe\u202egnp.exe\u202c\u2066\u200b\u2028x"


def varint(number: int, length: int = 0) -> bytes:
    """A protobuf number; with `length`, padded to so many bytes."""
    result = bytearray()
    while number > 127 or len(result) < length - 1:
        result.append(number & 127 | 128)
        number >>= 7
    return bytes([*result, number])


def field(number: int, content: bytes) -> bytes:
    """A length-delimited field."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def graph(body: str, inputs: str = "float[1,2] x", opset: int = 21) -> ModelProto:
    """A model from the text of its nodes."""
    head = f'<ir_version: 10, opset_import: ["" : {opset}, "own" : 1, "com.microsoft" : 1]>'
    return parser.parse_model(f"{head} g ({inputs}) => (float[1,3] y) {{ {body} }}")


def single(op_type: str, **attributes: Any) -> ModelProto:
    """A model of one node with attributes that text cannot say."""
    model = graph("y = Relu (x)")
    model.graph.node[0].CopyFrom(helper.make_node(op_type, ["x"], ["y"], **attributes))
    return model


def tensor(dims: list[int], raw: bytes = b"", data_type: int = TensorProto.FLOAT, name: str = "W") -> TensorProto:
    return TensorProto(name=name, dims=dims, data_type=data_type, raw_data=raw)


def weighted(weight: TensorProto) -> ModelProto:
    """x by a weight."""
    model = graph("y = MatMul (x, W)")
    model.graph.initializer.append(weight)
    return model


def external(location: str, **entries: str) -> ModelProto:
    weight = TensorProto(name="W", dims=[2, 3], data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
    for key, value in {"location": location, **entries}.items():
        weight.external_data.add(key=key, value=value)
    return weighted(weight)


def fill(*sizes: int) -> ModelProto:
    model = graph("W = ConstantOfShape (s) y = MatMul (x, W)")
    model.graph.initializer.append(helper.make_tensor("s", TensorProto.INT64, [len(sizes)], sizes))
    return model


def chain_of_functions(count: int, calls: int) -> ModelProto:
    """Each function calls the next one `calls` times."""
    model = graph("y = own.f0 (x)")
    for number in range(count):
        opsets = [helper.make_opsetid("", 21), helper.make_opsetid("own", 1)]
        callee, domain = (f"f{number + 1}", "own") if number < count - 1 else ("Relu", "")
        nodes = [helper.make_node(callee, [f"v{i}"], [f"v{i + 1}"], domain=domain) for i in range(calls)]
        model.functions.append(helper.make_function("own", f"f{number}", ["v0"], [f"v{calls}"], nodes, opsets))
    return model


def recursive_functions(*callees: str) -> ModelProto:
    """Function `f<i>` calls `callees[i]`."""
    model = chain_of_functions(len(callees), 1)
    for function, callee in zip(model.functions, callees, strict=True):
        function.node[0].op_type, function.node[0].domain = callee, "own"
    return model


def nested(depth: int, *numbers: int) -> bytes:
    """Messages within messages, by field numbers, innermost last."""
    content = b""
    for number in [*reversed(numbers)] * depth:
        content = field(number, content)
    return content


def nested_ifs(depth: int) -> ModelProto:
    body = "t = Identity (x)"
    for level in range(depth):
        other = f"b{level} () => (float[1,2] e) {{ e = Identity (x) }}"
        body = f"t = If (c) <then_branch = a{level} () => (float[1,2] t) {{ {body} }}, else_branch = {other}>"
    return graph(body.replace("t = If", "y = If", 1), inputs="bool c, float[1,2] x")


def named(name: str) -> ModelProto:
    """Every text of a model is `name`."""
    model = weighted(tensor([2, 3], bytes(24), name=name))
    node = helper.make_node(name, [name, name], ["y"], name=name, domain=name, **{name or "a": name})
    model.graph.node[0].CopyFrom(node)
    model.graph.input[0].name = model.graph.output[0].name = model.graph.name = name
    model.graph.output[0].type.tensor_type.shape.dim[0].dim_param = name
    model.producer_name = model.producer_version = model.domain = model.doc_string = name
    model.metadata_props.add(key=name, value=name)
    model.opset_import.add(domain=name, version=1)
    return model


def not_utf8() -> bytes:
    content: bytes = named("qqqqqqqq").SerializeToString()
    return content.replace(b"qqqqqqqq", b"\xff\xfe\xc0\x80\xed\xa0\x80\xf5")


def nbits(n: int, k: int, bits: int) -> ModelProto:
    model = graph(f"y = com.microsoft.MatMulNBits <N = {n}, K = {k}, bits = {bits}> (x, W)")
    model.graph.initializer.append(tensor([4, 1, 16], bytes(64), TensorProto.UINT8))
    return model


def many(count: int) -> ModelProto:
    model = graph("y = Relu (x)")
    model.graph.node.extend([helper.make_node("Relu", ["x"], [""])] * count)
    return model


def forged() -> ModelProto:
    """Entries such as the reader itself uses to say what it left out."""
    weight = tensor([1000, 1000], bytes(24))
    for key in ("payload", "payload.0000000000000000", "payload."):
        weight.external_data.add(key=key, value="9:4000000")
    return weighted(weight)


def sparse() -> ModelProto:
    model = graph("y = MatMul (x, W)")
    entry = model.graph.sparse_initializer.add(dims=[HUGE, -1])
    entry.values.CopyFrom(tensor([HUGE], bytes(8)))
    return model


def versions(ir_version: int, *opsets: int) -> ModelProto:
    model = graph("y = Relu (x)")
    model.ir_version = ir_version
    del model.opset_import[:]
    model.opset_import.extend(helper.make_opsetid("", opset) for opset in opsets)
    return model


GOOD = weighted(tensor([2, 3], bytes(24))).SerializeToString()


def read_bodies() -> Mapping[str, Callable[[], ModelProto]]:
    rows = [[cell.strip() for cell in line.split("|", 3)] for line in BODIES.read_text().splitlines()[1:]]
    return {name: partial(graph, nodes, inputs, int(opset)) for name, opset, inputs, nodes in rows}


CONTENTS: Mapping[str, Callable[[], bytes | ModelProto]] = {
    "empty": lambda: b"",
    "lfs-pointer": lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 102442450\n",
    "html-page": lambda: b"\n<!DOCTYPE html><html><body>404</body></html>",
    "xml-error": lambda: b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
    "zip-archive": lambda: b"PK\x03\x04" + bytes(100),
    "text": lambda: b"hello, world\n",
    "json": lambda: b'{"irVersion": "8", "graph": {"node": []}}',
    "noise": lambda: bytes(range(256)) * 40,
    "zeros": lambda: bytes(4096),
    "no-graph": lambda: b"\x08\x08",
    "empty-graph": lambda: b"\x08\x08\x3a\x00",
    **{f"truncated-{at}": partial(GOOD.__getitem__, slice(len(GOOD) * at // 100)) for at in (2, 5, 25, 50, 75, 90, 99)},
    "overlong-tag": lambda: varint(7 << 3 | 2, 6) + GOOD,
    "overlong-length": lambda: b"\x3a" + varint(4, 9) + b"\x12\x02ab",
    "overlong-value": lambda: b"\x08" + varint(8, 11) + GOOD,
    "endless-number": lambda: b"\x08" + b"\xff" * 5000,
    "padded-numbers": lambda: varint(1 << 3, 5) + varint(8, 10) + GOOD,
    "longer-than-file": lambda: b"\x3a\xff\xff\xff\xff\x07" + bytes(100),
    "length-of-2-63": lambda: b"\x3a" + varint(2**63) + bytes(100),
    "field-0": lambda: b"\x02\x01x" + GOOD,
    "wire-type-7": lambda: b"\x3f\x01" + GOOD,
    "open-group": lambda: b"\xa3\x06" + GOOD,
    "nested-groups": lambda: b"\xa3\x06" * 20_000 + b"\xa4\x06" * 20_000 + GOOD,
    "nested-ifs-20000": lambda: field(7, nested(20_000, 1, 5, 6)),
    "nested-ifs-30": lambda: nested_ifs(30),
    "nested-types": lambda: GOOD + field(7, field(12, field(2, nested(3000, 4, 1)))),
    "function-bomb": lambda: chain_of_functions(9, 10),
    "function-tower": lambda: chain_of_functions(3000, 1),
    "function-doubling": lambda: chain_of_functions(500, 2),
    "function-of-itself": lambda: recursive_functions("f0"),
    "functions-of-each-other": lambda: recursive_functions("f1", "f0"),
    "fill-10-15": lambda: fill(10**8, 10**7),
    "fill-overflow": lambda: fill(HUGE, HUGE),
    "fill-negative": lambda: fill(-1, 3),
    "dims-negative": lambda: weighted(tensor([-2, 3], bytes(24))),
    "dims-overflow": lambda: weighted(tensor([HUGE, HUGE, HUGE], bytes(24))),
    "dims-thousands": lambda: weighted(tensor([9] * 5000, bytes(24))),
    "dims-without-data": lambda: weighted(tensor([2, 3])),
    "unknown-type": lambda: weighted(tensor([2, 3], bytes(24), 99)),
    "external-parent": lambda: external("../../outside.bin"),
    "external-absolute": lambda: external("/etc/passwd"),
    "external-missing": lambda: external("none.bin"),
    "external-nul": lambda: external("no\0ne.bin"),
    "external-offset": lambda: external("w.bin", offset=str(2**64), length=str(10**40)),
    "names-script": lambda: named(SCRIPT),
    "names-newlines": lambda: named(NEWLINES),
    "names-bidi": lambda: named(BIDI),
    "names-not-utf8": not_utf8,
    "names-of-a-megabyte": lambda: named("n" * 1_000_000),
    "names-empty": lambda: named(""),
    "opset-negative": lambda: versions(8, -7),
    "opset-huge": lambda: versions(8, 2**62, 7),
    "opset-none": lambda: versions(8),
    "ir-version-negative": lambda: versions(-1, 13),
    "nan-attributes": lambda: single("LRN", alpha=math.nan, beta=math.inf, bias=-math.inf, size=-1),
    "einsum-nul": lambda: single("Einsum", equation=b"\0\xff\0"),
    **read_bodies(),
    "packed-too-large": lambda: nbits(HUGE, HUGE, 4),
    "packed-negative": lambda: nbits(-4, 32, -4),
    "forged-payload": forged,
    "sparse": sparse,
    "many-nodes": lambda: many(200_001),
    "million-properties": lambda: GOOD + field(14, field(1, b"k") + field(2, b"v")) * 300_000,
    "million-dims": lambda: GOOD + field(7, field(5, b"\x08\x02" * 1_000_000)),
    "unpacked-floats": lambda: GOOD + field(7, field(5, b"\x10\x01" + b"\x25abcd" * 1_000_000)),
}  # fmt: skip


def link(folder: Path, target: str) -> None:
    (folder / "model.onnx").symlink_to(target)


def beside(folder: Path, make: Callable[[Path], object]) -> None:
    """A good model whose external data file is odd."""
    (folder / "model.onnx").write_bytes(external("w.bin").SerializeToString())
    make(folder / "w.bin")


FILES: Mapping[str, Callable[[Path], object]] = {
    # What is odd is the file itself.
    "fifo": lambda folder: os.mkfifo(folder / "model.onnx"),
    "folder": lambda folder: (folder / "model.onnx").mkdir(),
    "device": lambda folder: link(folder, "/dev/zero"),
    "link-out": lambda folder: link(folder, "../outside.onnx"),
    "link-loop": lambda folder: link(folder, "model.onnx"),
    "link-to-nothing": lambda folder: link(folder, "none.onnx"),
    "external-fifo": lambda folder: beside(folder, os.mkfifo),
    "external-device": lambda folder: beside(folder, lambda path: path.symlink_to("/dev/zero")),
    "external-link-out": lambda folder: beside(folder, lambda path: path.symlink_to("../outside.bin")),
    "external-folder": lambda folder: beside(folder, lambda path: path.mkdir()),
    **{f"file-name-{name}": partial(lambda text, folder: (folder / text).write_bytes(GOOD), text) for name, text in (
        ("script", f"{SCRIPT.replace('/', '|')}.onnx"), ("newlines", f"{NEWLINES[:-1]}.onnx"), ("bidi", f"{BIDI}.onnx"),
        ("not-utf8", os.fsdecode(b"\xff\xfe.onnx")),
    )},
}  # fmt: skip


def make_all(out: Path) -> list[Path]:
    """Write everything below `out`, and give the folders made."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "outside.onnx").write_bytes(GOOD)
    (out / "outside.bin").write_bytes(bytes(24))
    for name in sorted([*CONTENTS, *FILES]):
        folder = out / name
        folder.mkdir(exist_ok=True)
        (folder / "README.md").write_text(f"# Hostile: {name}\n")
        if name in CONTENTS:
            made = CONTENTS[name]()
            (folder / "model.onnx").write_bytes(made if isinstance(made, bytes) else made.SerializeToString())
        else:
            with contextlib.suppress(OSError, AttributeError, NotImplementedError):
                FILES[name](folder)
    return [out / name for name in sorted([*CONTENTS, *FILES])]


def main() -> None:
    options = argparse.ArgumentParser(description="Write model files made to hurt, for tests.")
    options.add_argument("out", type=Path, help="a folder, made when it is not there")
    folders = make_all(options.parse_args().out)
    print(f"{len(folders)} hostile models in {folders[0].parent}")


if __name__ == "__main__":
    main()
