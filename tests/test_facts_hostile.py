"""Files that are no ONNX models, and models made to hurt: a `FactsError` or a warning, nothing else."""

import os
import tempfile
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import ModelProto, TensorProto, helper, parser

from cardwright.facts import Facts, FactsError
from cardwright.facts.inspection import inspect_here

LIGHT = Path(onnx.__file__).parent / "backend/test/data/light"
SMALL = (LIGHT / "light_bvlc_alexnet.onnx").read_bytes()
MODELS = Path(__file__).parent / "data/facts/models"


def save(folder: Path, content: bytes | ModelProto, name: str = "model.onnx") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.SerializeToString())
    return path


def open_inside(folder: Path, model: ModelProto) -> Facts:
    """Without the net that `inspect` spreads below: an exception that is no FactsError fails the test."""
    return inspect_here(save(folder, model), {})


def _nest(depth: int) -> bytes:
    """A model whose graph has a node with an attribute with a graph with a node with ..."""
    content = b""
    for tag in [b"\x32", b"\x2a", b"\x0a"] * depth + [b"\x3a"]:
        size = len(content)
        content = tag + bytes([size & 127 | 128, size >> 7 & 127 | 128, size >> 14]) + content
    return content


NO_MODELS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "lfs": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 102442450\n",
        "Git LFS pointer",
    ),
    "html": (b"\n<!DOCTYPE html><html><body>404</body></html>", "web page"),
    "xml": (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "web page"),
    "zip": (b"PK\x03\x04" + bytes(100), "ZIP archive"),
    "truncated": (SMALL[:-7], "cut short"),
    "text": (b"hello, world\n", "not a readable ONNX model"),
    "noise": (bytes(range(256)) * 4, "not a readable ONNX model"),
    "zeros": (bytes(64), "not a readable ONNX model"),
    "no graph": (b"\x08\x08", "no ONNX graph"),
    "empty graph": (b"\x08\x08\x3a\x00", "no ONNX graph"),
    "nested too deep": (_nest(300), "not a readable ONNX model"),
}


@pytest.mark.parametrize("name", NO_MODELS)
def test_no_model(name: str, tmp_path: Path) -> None:
    content, words = NO_MODELS[name]
    with pytest.raises(FactsError, match=words) as caught:
        inspect_here(save(tmp_path, content), {})
    assert caught.value.message.endswith(".") and caught.value.hint
    assert "model.onnx" in caught.value.message


def test_no_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.onnx")
    (tmp_path / "folder.onnx").mkdir()
    (tmp_path / "loop.onnx").symlink_to("loop.onnx")
    (tmp_path / "null.onnx").symlink_to("/dev/zero")
    save(tmp_path, SMALL, "model.pb")
    for name in ("none", "fifo", "folder", "loop", "null", "nu\0l", "n" * 300):
        with pytest.raises(FactsError):
            inspect_here(tmp_path / f"{name}.onnx", {})
    with pytest.raises(FactsError, match=r"\.onnx"):
        inspect_here(tmp_path / "model.pb", {})


def graph(body: str, inputs: str = "float[1,2] x", opset: int = 21) -> ModelProto:
    return parser.parse_model(
        f'<ir_version: 10, opset_import: ["" : {opset}, "own" : 1]> g ({inputs}) => (float[1,3] y) {body}'
    )


def with_weight(weight: TensorProto) -> ModelProto:
    model = graph("{ y = MatMul (x, W) }")
    model.graph.initializer.append(weight)
    return model


def tensor(dims: list[int], raw: bytes = b"", data_type: int = TensorProto.FLOAT) -> TensorProto:
    return TensorProto(name="W", dims=dims, data_type=data_type, raw_data=raw)


def make_cycle() -> ModelProto:
    return graph("{ a = Relu (b) b = Add (a, x) y = Identity (b) }")


def make_chain_of_functions(count: int, calls: int) -> ModelProto:
    """Each function calls the next one `calls` times."""
    model = graph("{ y = own.f0 (x) }")
    for number in range(count):
        opsets = [helper.make_opsetid("", 21), helper.make_opsetid("own", 1)]
        callee, domain = (f"f{number + 1}", "own") if number < count - 1 else ("Relu", "")
        nodes = [helper.make_node(callee, [f"v{i}"], [f"v{i + 1}"], domain=domain) for i in range(calls)]
        model.functions.append(helper.make_function("own", f"f{number}", ["v0"], [f"v{calls}"], nodes, opsets))
    return model


def make_recursive_function() -> ModelProto:
    model = make_chain_of_functions(2, 1)
    model.functions[1].node[0].op_type, model.functions[1].node[0].domain = "f0", "own"
    return model


def make_nested_ifs(depth: int) -> ModelProto:
    body = "{ t = Identity (x) }"
    for level in range(depth):
        body = f"{{ t = If (c) <then_branch = a{level} () => (float[1,2] t) {body}, else_branch = b{level} () => (float[1,2] e) {{ e = Identity (x) }}> }}"  # noqa: E501
    return graph(body.replace("t = If", "y = If", 1), inputs="bool c, float[1,2] x")


def make_not_utf8() -> ModelProto:
    model = graph("{ h = MatMul (x, W) y = Qxq (h) }")
    model.graph.initializer.append(tensor([2, 3], bytes(24)))
    content = model.SerializeToString().replace(b"Qxq", b"Q\xff\xfe").replace(b"\x01h", b"\x01\xff")
    model.ParseFromString(content)
    return model


def make_fill(sizes: list[int]) -> ModelProto:
    model = graph("{ W = ConstantOfShape (s) y = MatMul (x, W) }")
    model.graph.initializer.append(helper.make_tensor("s", TensorProto.INT64, [len(sizes)], sizes))
    return model


def make_packed(n: int, k: int) -> ModelProto:
    model = graph("{ y = Identity (x) }")
    weight = tensor([4, 1, 16], bytes(64), TensorProto.UINT8)
    node = helper.make_node("MatMulNBits", ["x", "W"], ["y"], domain="com.microsoft", N=n, K=k, bits=4)
    model.graph.node[0].CopyFrom(node)
    model.graph.initializer.append(weight)
    return model


HUGE = 2**62
HOSTILE: dict[str, tuple[Callable[[], ModelProto], str]] = {
    # What it is: what makes it, and words of the warning it must give ("" for none).
    "negative dims": (lambda: with_weight(tensor([-2, 3], bytes(24))), "impossible dimensions"),
    "overflowing dims": (lambda: with_weight(tensor([HUGE, HUGE, HUGE], bytes(24))), "24 are stored"),
    "thousands of dims": (lambda: with_weight(tensor([9] * 5000, bytes(24))), "impossible dimensions"),
    "dims without data": (lambda: with_weight(tensor([2, 3])), "0 are stored"),
    "data too short": (lambda: with_weight(tensor([2, 3], bytes(23))), "23 are stored"),
    "unknown element type": (lambda: with_weight(tensor([2, 3], bytes(24), 99)), ""),
    "huge fill": (lambda: make_fill([HUGE, HUGE]), ""),
    "negative fill": (lambda: make_fill([-1, 3]), "not known"),
    "packed too large": (lambda: make_packed(HUGE, HUGE), "fewer elements"),
    "packed negative": (lambda: make_packed(-4, 32), "fewer elements"),
    "cycle": (make_cycle, "cycle"),
    "node reads itself": (lambda: graph("{ y = Add (x, y) }"), "cycle"),
    "dangling input": (lambda: graph("{ y = Add (x, nowhere) }"), "nothing makes it"),
    "dangling output": (lambda: graph("{ z = Relu (x) }"), "nothing makes it"),
    "duplicate output": (lambda: graph("{ y = Relu (x) y = Identity (x) }"), "made more than once"),
    "out of order": (lambda: graph("{ y = Relu (a) a = Identity (x) }"), "topological order"),
    "not utf-8": (make_not_utf8, ""),
    "function bomb": (lambda: make_chain_of_functions(9, 10), "not expanded"),
    "function tower": (lambda: make_chain_of_functions(3000, 1), "nests more than"),
    "function doubling": (lambda: make_chain_of_functions(3000, 2), "nests more than"),
    "recursive function": (make_recursive_function, "calls itself"),
    "split outputs": (lambda: graph("{ y, a, b = Split <num_outputs = 2> (x) }"), ""),
    "axis out of range": (
        lambda: graph("{ y, a, b = LayerNormalization <axis = 2147483648> (x, x) }"), ""
    ),
    "huge tile": (
        lambda: graph("{ r = Constant <value_ints = [99000000]> () w = Constant <value_ints = [1]> () "
                      "t = Tile (w, r) y = Reshape (x, t) }"), "",
    ),
    "huge range": (
        lambda: graph("{ a = Constant <value_int = 0> () b = Constant <value_int = 99000000> () "
                      "c = Constant <value_int = 1> () r = Range (a, b, c) y = Reshape (x, r) }"), "",
    ),
    "outer product": (
        lambda: graph("{ s = Constant <value_ints = [9000, 1]> () t = Constant <value_ints = [1, 9000]> () "
                      "a = ConstantOfShape (s) b = ConstantOfShape (t) c = Mul (a, b) y = Reshape (x, c) }"), "",
    ),
    "zero division": (
        lambda: graph("{ a = Constant <value_int = 7> () b = Constant <value_int = 0> () c = Div (a, b) "
                      "d = Mod (a, b) y = Reshape (x, c) z = Reshape (x, d) }"), "",
    ),
    "input without a name": (lambda: graph("{ y = Relu (x) }", inputs='float "", float x'), ""),
    "no operator": (lambda: graph("{ y = Nothing (x) }"), ""),
    "no inputs of a known operator": (lambda: graph("{ y = Conv () }", inputs=""), "MACs: "),
    "unknown opset": (lambda: graph("{ y = Relu (x) }", opset=2000000000), ""),
    "einsum of no letters": (lambda: graph('{ y = Einsum <equation = "\x01\x01"> (x) }'), ""),
    "huge einsum": (lambda: graph('{ y = Einsum <equation = "...,,->->"> (x) }'), "MACs: "),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str, tmp_path: Path) -> None:
    make, words = HOSTILE[name]
    model = make()
    tracemalloc.start()
    try:
        facts = open_inside(tmp_path, model)
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()
    if words:
        assert any(words in line for line in facts.warnings), facts.warnings
    assert len(str(facts.warnings)) < 20_000
    assert Facts.from_json(facts.to_json()) == facts
    assert facts.parameters in (0, 6) or name == "huge fill"


def test_nested_bodies(tmp_path: Path) -> None:
    assert open_inside(tmp_path, make_nested_ifs(20)).operators == {"Identity": 21, "If": 20}


def test_warnings_are_bounded(tmp_path: Path) -> None:
    model = graph("{ y = Relu (x) }")
    for number in range(1000):
        model.graph.node.add(op_type="Add", input=[f"{number}{'n' * 500}", "x"], output=[f"o{number}"])
    lines = open_inside(tmp_path, model).warnings
    assert len(lines) == 51 and lines[-1] == "and 950 more warnings"
    assert max(map(len, lines)) < 200


def test_too_many_nodes(tmp_path: Path) -> None:
    model = graph("{ y = Relu (x) }")
    model.graph.node.extend([helper.make_node("Relu", ["x"], [""])] * 200_001)
    with pytest.raises(FactsError, match="too large"):
        open_inside(tmp_path, model)


def test_long_chain_of_const_nodes(tmp_path: Path) -> None:
    """2^50,000 ways lead from the last node to the one weight."""
    model = graph("{ w0 = Identity (W) y = MatMul (x, wlast) }")
    model.graph.initializer.append(tensor([2, 3], bytes(24)))
    for number in range(50_000):
        out = f"w{number + 1}" if number < 49_999 else "wlast"
        model.graph.node.add(op_type="Add", input=[f"w{number}", f"w{number}"], output=[out])
    assert open_inside(tmp_path, model).parameters == 6


def test_every_operator_of_onnx(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from onnx.backend.test.case.node import collect_testcases

        models = {case.name: case.model for case in collect_testcases(None) if case.model is not None}
    assert len(models) > 1800
    for name, model in models.items():
        facts = open_inside(tmp_path, model)
        assert facts.nodes == sum(facts.operators.values()) > 0, name


def damage(draw: Any) -> bytes:
    names = sorted(path.name for path in MODELS.glob("*.onnx.txt"))
    content = bytearray(parser.parse_model((MODELS / draw(st.sampled_from(names))).read_text()).SerializeToString())
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(content) - 1))
        content[at : at + draw(st.integers(0, 2))] = draw(st.binary(max_size=3))
        if not content:
            content = bytearray(b"\0")
    return bytes(content)


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_damaged_models(data: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = save(Path(folder), damage(data.draw))
        try:
            assert isinstance(inspect_here(path, {}), Facts)
        except FactsError as error:
            assert error.message
