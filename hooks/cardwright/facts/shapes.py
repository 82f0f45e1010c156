"""Shapes of all values, in one forward pass: onnx's inference of each node, told small values by numpy.

onnx's own whole-model inference leaves BERT, GPT-2, ViT, Swin and ShuffleNet unknown. Its per-node inference
dies (with the whole process) of a few hostile nodes; `_is_safe` keeps those known to us away from it.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence

from onnx import (
    AttributeProto,
    NodeProto,
    OperatorSetIdProto,
    TypeProto,
    defs,
    helper,
    numpy_helper,
    shape_inference,
)

from .constants import Constants, SmallValues, evaluate_step, shape_value
from .contrib import CONTRIB_SHAPES, STANDARD_FORMS
from .convert import to_dim
from .dimensions import Sizes, resolve_inputs
from .evaluate import Array
from .flat import Flat, Step
from .graph import BITS, DEFAULT_DOMAIN, DTYPES, MAX_RANK, Model, Node, Warnings
from .operators import EINSUM
from .values import Dim, Shape

_DTYPE_NUMBERS: Mapping[str, int] = {name: number for number, (name, _) in DTYPES.items()}
_MAX_DATA_ELEMENTS = 4096
"""Of an input whose values inference is told; shapes, axes and repeats have a handful."""
_EQUATION = frozenset(string.ascii_letters + " .,->")
_MAX_ATTRIBUTE_BYTES = 100_000
_MAX_DIM = 2**40
"""Larger ones overflow in onnx's arithmetic, which is in 64 bits with sign."""


class Shapes:
    """Types by value number, as onnx has them; `shape` gives them in plain values."""

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        self.types: dict[int, TypeProto] = {}
        self._read: dict[int, tuple[TypeProto, Shape | None]] = {}

    def shape(self, number: int) -> Shape | None:
        """The shape of a value, or None when it is not a tensor of known rank."""
        found = self.types.get(number)
        if found is None:
            return None
        known = self._read.get(number)
        if known is None or known[0] is not found:
            known = self._read[number] = (found, _read_shape(found))
        return known[1]

    def put(self, number: int, dtype: str, shape: Shape | None) -> None:
        if shape is not None and (len(shape) > MAX_RANK or any(_is_huge(dim) for dim in shape)):
            shape = None
        self.types[number] = helper.make_tensor_type_proto(_DTYPE_NUMBERS.get(dtype, 0), shape)


def infer_shapes(model: Model, flat: Flat, constants: Constants, dims: Mapping[str, int], warnings: Warnings) -> Shapes:
    """The forward pass. `dims` gives sizes to symbolic dimensions; what stays unknown, stays unknown."""
    shapes = Shapes(resolve_inputs(flat, dims, warnings))
    for number, shape in shapes.sizes.inputs.items():
        shapes.put(number, flat.declared[number].dtype, shape)
    for number, tensor in constants.roots.items():
        shapes.put(number, tensor.dtype, tensor.shape)
    values = SmallValues(constants.values)
    opsets = [
        OperatorSetIdProto(domain="" if domain == DEFAULT_DOMAIN else domain, version=version)
        for domain, version in model.opset_imports.items()
        if 0 < version < 2**31
    ]
    infer = _Inference(model, flat, shapes, values, opsets)
    for step in flat.steps:
        if step.outputs and not all(number in constants.roots for number in step.outputs):
            infer.step(step)
    return shapes


class _Inference:
    def __init__(
        self, model: Model, flat: Flat, shapes: Shapes, values: SmallValues, opsets: list[OperatorSetIdProto]
    ) -> None:
        self.flat, self.shapes, self.values, self.opsets = flat, shapes, values, opsets
        self.ir_version = model.ir_version if 0 < model.ir_version < 2**31 else 1
        self.versions = {opset.domain: opset.version for opset in opsets}

    def step(self, step: Step) -> None:
        if step.node is None:
            self._bind(step)
        elif step.operator in CONTRIB_SHAPES:
            inputs = [self.shapes.shape(number) for number in step.inputs]
            for number, shape in zip(step.outputs, CONTRIB_SHAPES[step.operator](step.node, inputs), strict=False):
                self.shapes.put(number, "float32", shape)
        else:
            self._infer(step, step.node)
        for number in step.outputs:
            self._complete(number)
        if step.outputs[0] not in self.values:
            self.values.keep(step.outputs[0], self._value(step))

    def _value(self, step: Step) -> Array | None:
        if step.operator in ("Shape", "Size") and step.node is not None and step.inputs:
            return shape_value(step.node, self.shapes.shape(step.inputs[0]))
        return evaluate_step(step, self.values)

    def _complete(self, number: int) -> None:
        """Fill what inference left open from what the file states itself."""
        declared = self.flat.declared.get(number)
        if number == 0 or declared is None or declared.shape is None:
            return
        stated = self.shapes.sizes.resolve(declared.shape)
        shape = self.shapes.shape(number)
        if shape is None and declared.dtype in BITS:
            self.shapes.put(number, declared.dtype, stated)
        elif shape is not None and len(shape) == len(stated) and not all(isinstance(d, int) for d in shape):
            merged = tuple(a if isinstance(a, int) else b for a, b in zip(shape, stated, strict=True))
            self.shapes.put(number, _dtype(self.shapes.types[number]), merged)

    def _bind(self, step: Step) -> None:
        """A pseudo operator: see `flat`."""
        source = {"@join": 1, "@final": 1}.get(step.operator, 0)
        candidates = [self.shapes.types.get(number) for number in step.inputs[source:] if number]
        known = [found for found in candidates if found is not None]
        if step.operator == "@trip" or not known:
            return
        shape = self._bound_shape(step, source)
        if step.operator in ("@join", "@final", "@pass", "@state") and shape is None:
            self.shapes.types[step.outputs[0]] = known[0]  # a sequence, or of unknown rank
        else:
            self.shapes.put(step.outputs[0], _dtype(known[0]), shape)

    def _bound_shape(self, step: Step, source: int) -> Shape | None:
        first = next((number for number in step.inputs[source:] if number), 0)
        shape = self.shapes.shape(first)
        if shape is None:
            return None
        if step.operator == "@join":
            others = [self.shapes.shape(number) for number in step.inputs[2:] if number]
            if any(other is None or len(other) != len(shape) for other in others):
                return None
            for other in others:
                shape = tuple(a if a == b else None for a, b in zip(shape, other or (), strict=True))
        if step.operator == "@element":
            axis = self.flat.scopes[step.scope].trip_axis or 0
            return tuple(dim for index, dim in enumerate(shape) if index != axis % max(len(shape), 1))
        if step.operator == "@stack":
            limit = self.values.get(step.inputs[1]) if len(step.inputs) > 1 else None
            return (int(limit.ravel()[0]) if limit is not None and limit.size == 1 else None, *shape)
        return shape

    def _infer(self, step: Step, node: Node) -> None:
        standard = STANDARD_FORMS.get(step.operator)
        operator, positions = standard or (step.operator.removeprefix(f"{node.domain}."), None)
        domain = "" if standard or node.domain == DEFAULT_DOMAIN else node.domain
        version = self.versions.get(domain, 0) or (defs.onnx_opset_version() if domain == "" else 1)
        if standard:
            version = max(version, 11)
        inputs = [step.inputs[p] for p in positions if p < len(step.inputs)] if positions else list(step.inputs)
        while inputs and not inputs[-1]:
            inputs.pop()
        if any(number and number not in self.shapes.types for number in inputs):
            return
        if not _is_safe(operator, node, step, [self.shapes.shape(number) for number in inputs]):
            return
        try:
            schema = defs.get_schema(operator, version, domain)
            proto = _node_proto(operator, domain, inputs, step.outputs, node, set(schema.attributes))
            types = {f"v{number}": self.shapes.types[number] for number in inputs if number}
            data = {
                f"v{number}": numpy_helper.from_array(self.values[number], f"v{number}")
                for number in inputs
                if number in self.values and self.values[number].size <= _MAX_DATA_ELEMENTS
            }
            found = shape_inference.infer_node_outputs(
                schema, proto, types, data, opset_imports=self.opsets, ir_version=self.ir_version
            )
        except Exception:  # schema and inference errors have no common base; the shape stays unknown
            return
        found.pop("", None)  # an optional output that is left out
        for name, kind in found.items():
            if kind.WhichOneof("value") != "tensor_type":
                self.shapes.types[int(name[1:])] = kind
            elif kind.tensor_type.HasField("shape"):
                dims = tuple(map(to_dim, kind.tensor_type.shape.dim))
                self.shapes.put(int(name[1:]), _dtype(kind), dims)
            elif kind.tensor_type.elem_type:
                self.shapes.types[int(name[1:])] = kind


def _dtype(kind: TypeProto) -> str:
    return DTYPES.get(kind.tensor_type.elem_type, DTYPES[0])[0]


def _read_shape(kind: TypeProto) -> Shape | None:
    if kind.WhichOneof("value") != "tensor_type" or not kind.tensor_type.HasField("shape"):
        return None
    return tuple(map(to_dim, kind.tensor_type.shape.dim))


def _is_huge(dim: Dim) -> bool:
    return isinstance(dim, int) and dim > _MAX_DIM


def _node_proto(
    operator: str, domain: str, inputs: Sequence[int], outputs: Sequence[int], node: Node, known: set[str]
) -> NodeProto:
    proto = NodeProto(op_type=operator, domain=domain)
    proto.input.extend(f"v{number}" if number else "" for number in inputs)
    proto.output.extend(f"v{number}" if number else "" for number in outputs)
    for name, attribute in node.attributes.items():
        if name not in known or attribute.proto.ByteSize() > _MAX_ATTRIBUTE_BYTES:
            continue
        copy = AttributeProto()
        copy.CopyFrom(attribute.proto)
        copy.name = name
        proto.attribute.append(copy)
    return proto


def _is_safe(operator: str, node: Node, step: Step, inputs: Sequence[Shape | None]) -> bool:
    """Whether onnx's inference survives the node: axes out of range and outputs too many are fatal to it."""
    rank = max((len(shape) for shape in inputs if shape is not None), default=MAX_RANK)
    if abs(node.number("axis", 0)) > rank + 1:
        return False
    axes = node.attribute("axes", ())
    if isinstance(axes, tuple) and any(not isinstance(a, int) or abs(a) > MAX_RANK for a in axes):
        return False
    if operator == EINSUM and not set(str(node.attribute("equation", ""))) <= _EQUATION:
        return False  # it looks for the end of anything else for ever
    outputs = node.attribute("num_outputs")
    if operator == "Split" and outputs is not None and outputs != len(step.outputs):
        return False
    return len(step.inputs) <= 10_000 and len(step.outputs) <= 10_000
