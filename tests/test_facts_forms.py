"""The same network in every form it is shipped in has the same parameters, depth and MACs."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from cardwright.facts import Facts
from cardwright.facts.inspection import inspect_here

# x [1, 3, 8, 8] -> Conv 4 of 3x3, bias -> Relu -> Flatten -> MatMul [256, 10] -> Add
PARAMETERS = 4 * 3 * 3 * 3 + 4 + 256 * 10 + 10
MACS = 4 * 8 * 8 * 3 * 3 * 3 + 256 * 10
CONV = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
MS = "com.microsoft"


class Form:
    """A model in the making: weights by name, and nodes."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.tensors: list[TensorProto] = []

    def weight(self, name: str, dtype: Any, *shape: int) -> str:
        self.tensors.append(numpy_helper.from_array(np.ones(shape, dtype), name))
        return name

    def typed(self, name: str, data_type: int, *shape: int, bits: int = 8) -> str:
        raw = bytes(-(-int(np.prod(shape)) * bits // 8))
        self.tensors.append(helper.make_tensor(name, data_type, shape, raw, raw=True))
        return name

    def node(self, op_type: str, inputs: Sequence[str], *outputs: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(op_type, inputs, outputs, **attributes))
        return outputs[0]

    def scale(self, name: str, *shape: int, zero: Any = np.int8) -> tuple[str, str]:
        return self.weight(f"{name}_scale", np.float32, *shape), self.weight(f"{name}_zero", zero, *shape)

    def model(self, dtype: int = TensorProto.FLOAT, opset: int = 21) -> ModelProto:
        x = helper.make_tensor_value_info("x", dtype, [1, 3, 8, 8])
        y = helper.make_tensor_value_info("y", dtype, [1, 10])
        opsets = [helper.make_opsetid("", opset), helper.make_opsetid(MS, 1)]
        return helper.make_model(
            helper.make_graph(self.nodes, "net", [x], [y], self.tensors), opset_imports=opsets, ir_version=10
        )


def make_float(dtype: Any = np.float32, data_type: int = TensorProto.FLOAT) -> ModelProto:
    form = Form()
    conv = [form.weight("W", dtype, 4, 3, 3, 3), form.weight("B", dtype, 4)]
    form.node("Conv", ["x", *conv], "c", **CONV)
    form.node("Flatten", [form.node("Relu", ["c"], "r")], "f")
    form.node("MatMul", ["f", form.weight("M", dtype, 256, 10)], "m")
    form.node("Add", ["m", form.weight("A", dtype, 10)], "y")
    return form.model(data_type)


def make_generated() -> ModelProto:
    form = Form()
    for name, shape in {"W": [4, 3, 3, 3], "B": [4], "M": [256, 10], "A": [10]}.items():
        form.tensors.append(numpy_helper.from_array(np.array(shape, np.int64), f"{name}_shape"))
        form.node("ConstantOfShape", [f"{name}_shape"], name)
    plain = make_float()
    form.nodes += plain.graph.node
    return form.model()


def make_qdq() -> ModelProto:
    form = Form()
    x, h = form.scale("x"), form.scale("h")
    w, m = form.scale("w", 4), form.scale("m", 10)
    bias = form.weight("b_scale", np.float32, 4), form.weight("b_zero", np.int32, 4)
    form.node("DequantizeLinear", [form.node("QuantizeLinear", ["x", *x], "xq"), *x], "xd")
    form.node("DequantizeLinear", [form.weight("W", np.int8, 4, 3, 3, 3), *w], "wd", axis=0)
    form.node("DequantizeLinear", [form.weight("B", np.int32, 4), *bias], "bd", axis=0)
    form.node("Conv", ["xd", "wd", "bd"], "c", **CONV)
    form.node("DequantizeLinear", [form.node("QuantizeLinear", ["c", *h], "cq"), *h], "cd")
    form.node("Flatten", [form.node("Relu", ["cd"], "r")], "f")
    form.node("DequantizeLinear", [form.weight("M", np.int8, 256, 10), *m], "md", axis=1)
    form.node("MatMul", ["f", "md"], "p")
    form.node("Add", ["p", form.weight("A", np.float32, 10)], "y")
    return form.model()


def make_qoperator() -> ModelProto:
    form = Form()
    x, w, h, m, y = (form.scale(name, zero=np.uint8) for name in "xwhmy")
    form.node("QuantizeLinear", ["x", *x], "xq")
    w_in, b_in = form.weight("W", np.uint8, 4, 3, 3, 3), form.weight("B", np.int32, 4)
    form.node("QLinearConv", ["xq", *x, w_in, *w, *h, b_in], "c", **CONV)
    form.node("Flatten", ["c"], "f")
    form.node("QLinearMatMul", ["f", *h, form.weight("M", np.uint8, 256, 10), *m, *y], "p")
    form.node("DequantizeLinear", ["p", *y], "d")
    form.node("Add", ["d", form.weight("A", np.float32, 10)], "y")
    return form.model()


def make_dynamic() -> ModelProto:
    """As onnxruntime's quantize_dynamic makes it, per channel."""
    form = Form()
    form.node("DynamicQuantizeLinear", ["x"], "xq", "xs", "xz")
    form.node("ConvInteger", ["xq", form.weight("W", np.int8, 4, 3, 3, 3), "xz"], "ci", **CONV)
    form.node("Mul", ["xs", form.weight("w_scale", np.float32, 4, 1, 1)], "cs")
    form.node("Mul", [form.node("Cast", ["ci"], "cf", to=1), "cs"], "cm")
    form.tensors.append(numpy_helper.from_array(np.array([1, 4, 1, 1], np.int64), "bias_shape"))
    form.node("Reshape", [form.weight("B", np.float32, 4), "bias_shape"], "b4")
    form.node("Relu", [form.node("Add", ["cm", "b4"], "ca")], "r")
    form.node("DynamicQuantizeLinear", [form.node("Flatten", ["r"], "f")], "fq", "fs", "fz")
    m_zero = form.weight("m_zero", np.int8, 10)
    form.node("MatMulInteger", ["fq", form.weight("M", np.int8, 256, 10), "fz", m_zero], "mi")
    form.node("Mul", [form.weight("m_scale", np.float32, 10), "fs"], "ms")
    form.node("Mul", [form.node("Cast", ["mi"], "mf", to=1), "ms"], "mm")
    form.node("Add", ["mm", form.weight("A", np.float32, 10)], "y")
    return form.model()


def with_matmul(add: Callable[[Form], object]) -> ModelProto:
    """The float convolution, then a matrix product that `add` makes of `f`."""
    form = Form()
    conv = [form.weight("W", np.float32, 4, 3, 3, 3), form.weight("B", np.float32, 4)]
    form.node("FusedConv", ["x", *conv], "c", domain=MS, activation="Relu", **CONV)
    form.node("Flatten", ["c"], "f")
    add(form)
    return form.model()


def add_matmul_nbits(form: Form) -> None:
    packed = form.weight("M", np.uint8, 10, 8, 16)
    scales, zeros = form.weight("m_scale", np.float32, 80), form.weight("m_zero", np.uint8, 40)
    attributes = {"N": 10, "K": 256, "bits": 4, "block_size": 32}
    bias = form.weight("A", np.float32, 10)
    form.node("MatMulNBits", ["f", packed, scales, zeros, "", bias], "y", domain=MS, **attributes)


def add_int4_blocks(form: Form) -> None:
    scales = form.weight("m_scale", np.float32, 8, 10)
    weight = form.typed("M", TensorProto.INT4, 256, 10, bits=4)
    form.node("DequantizeLinear", [weight, scales], "md", axis=0, block_size=32)
    form.node("Gemm", ["f", "md", form.weight("A", np.float32, 10)], "y")


def add_dynamic_matmul(form: Form) -> None:
    m = form.scale("m", 10)
    weights = [form.weight("M", np.int8, 256, 10), *m, form.weight("A", np.float32, 10)]
    form.node("DynamicQuantizeMatMul", ["f", *weights], "y", domain=MS)


def add_fused_matmul(form: Form) -> None:
    """The weight is stored transposed."""
    form.node("FusedMatMul", ["f", form.weight("M", np.float32, 10, 256)], "p", domain=MS, transB=1)
    form.node("Add", ["p", form.weight("A", np.float32, 10)], "y")


def add_qgemm(form: Form) -> None:
    f, m, y = (form.scale(name) for name in "fmy")
    form.node("QuantizeLinear", ["f", *f], "fq")
    weight, bias = form.weight("M", np.int8, 10, 256), form.weight("A", np.int32, 10)
    form.node("QGemm", ["fq", *f, weight, *m, bias, *y], "q", domain=MS, transB=1)
    form.node("DequantizeLinear", ["q", *y], "y")


M, REST = 2560, PARAMETERS - 2560
FORMS: dict[str, tuple[Callable[[], ModelProto], tuple[str, ...], dict[str, int]]] = {
    # Name: what makes it, how it is quantised, parameters by element type.
    "float32": (make_float, (), {"float32": PARAMETERS}),
    "float16": (lambda: make_float(np.float16, TensorProto.FLOAT16), (), {"float16": PARAMETERS}),
    "generated": (make_generated, (), {"float32": PARAMETERS}),
    "QDQ": (make_qdq, ("QDQ",), {"float32": 10, "int32": 4, "int8": M + 108}),
    "QOperator": (make_qoperator, ("QOperator",), {"float32": 10, "int32": 4, "uint8": M + 108}),
    "dynamic": (make_dynamic, ("dynamic",), {"float32": 14, "int8": M + 108}),
    "MatMulNBits": (lambda: with_matmul(add_matmul_nbits), ("weight-only",), {"float32": REST, "int4": M}),
    "int4 blocks": (lambda: with_matmul(add_int4_blocks), ("weight-only",), {"float32": REST, "int4": M}),
    "contrib dynamic": (lambda: with_matmul(add_dynamic_matmul), ("dynamic",), {"float32": REST, "int8": M}),
    "contrib fused": (lambda: with_matmul(add_fused_matmul), (), {"float32": PARAMETERS}),
    "contrib QGemm": (
        lambda: with_matmul(add_qgemm),
        ("QOperator",),
        {"float32": 112, "int32": 10, "int8": M},
    ),
}


def inspect_form(name: str, folder: Path) -> Facts:
    path = folder / "model.onnx"
    path.write_bytes(FORMS[name][0]().SerializeToString())
    return inspect_here(path, {})


@pytest.mark.parametrize("name", FORMS)
def test_form(name: str, tmp_path: Path) -> None:
    facts = inspect_form(name, tmp_path)
    assert facts.warnings == ()
    assert (facts.depth, facts.weighted_layers, facts.macs) == (2, 2, MACS)
    assert facts.parameters == PARAMETERS
    assert facts.quantisation == FORMS[name][1]
    assert facts.dtypes == FORMS[name][2]


def test_weight_bytes_follow_the_stored_type(tmp_path: Path) -> None:
    sizes = {name: inspect_form(name, tmp_path).weight_bytes for name in FORMS}
    assert sizes["float32"] == sizes["generated"] == 4 * PARAMETERS
    assert sizes["float16"] == 2 * PARAMETERS
    assert sizes["MatMulNBits"] == sizes["int4 blocks"] == 4 * REST + M // 2
