"""From onnx's protobuf messages to the plain values of `graph`, whatever the messages hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from onnx import (
    AttributeProto,
    FunctionProto,
    GraphProto,
    NodeProto,
    SparseTensorProto,
    TensorProto,
    TypeProto,
    ValueInfoProto,
    numpy_helper,
)

from .files import external_file
from .graph import (
    DEFAULT_DOMAIN,
    DTYPES,
    MAX_RANK,
    Attribute,
    Function,
    FunctionKey,
    Graph,
    Model,
    Node,
    Tensor,
    Warnings,
    cut,
    quote,
)
from .ordering import sort_nodes
from .payloads import payload_bytes, to_text
from .reader import ModelFile
from .values import Dim, ExternalFile, FactsError, Value
from .wire import SMALL_PAYLOAD_BYTES

MAX_NODES = 200_000
"""In the whole file. The largest exports known to us have some 50,000."""
MAX_ITEMS = 4_000_000
"""Tensors, inputs and outputs, of nodes and graphs."""
_MAX_LIST = 4096
"""Of an attribute; tree ensembles have millions, and no count needs them."""
_MAX_PROPS = 50
_MAX_TEXT = 2000
_KINDS = AttributeProto.AttributeType
_NUMERIC = frozenset(
    {"float16", "float32", "float64", "bool"} | {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
)


def convert_model(file: ModelFile, warnings: Warnings) -> Model:
    """The whole model as plain values. Raises `FactsError` when it is too large to be looked at."""
    model = file.model
    _check_size(model.graph, model.functions)
    reading = _Reading(file, warnings)
    opsets: dict[str, int] = {}
    for opset in model.opset_import:
        domain = cut(to_text(opset.domain)) or DEFAULT_DOMAIN
        if domain in opsets:
            warnings.add(f"The opset of {quote(domain)} is imported more than once; the highest counts.")
        opsets[domain] = max(opsets.get(domain, 0), opset.version)
    functions: dict[FunctionKey, Function] = {}
    for proto in model.functions:
        key = (cut(to_text(proto.domain)) or DEFAULT_DOMAIN, cut(to_text(proto.name)), to_text(proto.overload))
        if key in functions:
            warnings.add(f"The function {quote(key[1])} is defined more than once; the first one counts.")
        else:
            functions[key] = reading.function(proto)
    return Model(
        ir_version=model.ir_version,
        producer=cut(f"{to_text(model.producer_name)} {to_text(model.producer_version)}".strip()),
        opset_imports=dict(sorted(opsets.items())),
        metadata_props={
            cut(to_text(item.key)): cut(to_text(item.value), _MAX_TEXT) for item in model.metadata_props[:_MAX_PROPS]
        },
        doc_string=cut(to_text(model.doc_string), _MAX_TEXT),
        graph=reading.graph(model.graph),
        functions=functions,
        external_data=tuple(reading.external[name] for name in sorted(reading.external)),
    )


def _check_size(graph: GraphProto, functions: Iterable[FunctionProto]) -> None:
    nodes = items = 0
    bodies: list[GraphProto | FunctionProto] = [graph, *functions]
    while bodies:
        body = bodies.pop()
        nodes += len(body.node)
        items += len(body.input) + len(body.output) + len(body.value_info)
        if isinstance(body, GraphProto):
            items += len(body.initializer) + len(body.sparse_initializer)
        if nodes > MAX_NODES or items > MAX_ITEMS:
            break
        for node in body.node:
            items += len(node.input) + len(node.output) + len(node.attribute)
            for attribute in node.attribute:
                if attribute.HasField("g"):
                    bodies.append(attribute.g)
                bodies.extend(attribute.graphs)
    if nodes > MAX_NODES or items > MAX_ITEMS:
        raise FactsError(
            f"The model is too large to be looked at: more than {MAX_NODES:,} nodes or {MAX_ITEMS:,} values.",
            "Check that it is the right file.",
        )


class _Reading:
    """One model being converted: where its external data lies, and what was odd. No recursion in here is
    deeper than protobuf allows messages to nest (100)."""

    def __init__(self, file: ModelFile, warnings: Warnings) -> None:
        self.file = file
        self.warnings = warnings
        self.external: dict[str, ExternalFile] = {}

    def graph(self, proto: GraphProto) -> Graph:
        tensors: dict[str, Tensor] = {}
        for tensor in proto.initializer:
            self._add(tensors, self.tensor(tensor))
        for sparse in proto.sparse_initializer:
            self._add(tensors, self.sparse_tensor(sparse))
        inputs = tuple(map(self.value, proto.input))
        known = {value.name for value in inputs} | tensors.keys()
        return Graph(
            inputs=inputs,
            outputs=tuple(map(self.value, proto.output)),
            tensors=tensors,
            nodes=sort_nodes(tuple(map(self.node, proto.node)), known, self.warnings),
            declared={value.name: value for value in map(self.value, proto.value_info)},
        )

    def function(self, proto: FunctionProto) -> Function:
        attributes: dict[str, Attribute | None] = {to_text(name): None for name in proto.attribute}
        attributes |= {to_text(item.name): self.attribute(item) for item in proto.attribute_proto}
        inputs = tuple(Value(to_text(name), "unknown", None) for name in proto.input)
        body = Graph(
            inputs=inputs,
            outputs=tuple(Value(to_text(name), "unknown", None) for name in proto.output),
            tensors={},
            nodes=sort_nodes(tuple(map(self.node, proto.node)), {value.name for value in inputs}, self.warnings),
            declared={value.name: value for value in map(self.value, proto.value_info)},
        )
        return Function(body, attributes)

    def node(self, proto: NodeProto) -> Node:
        domain = cut(to_text(proto.domain)) or DEFAULT_DOMAIN
        op_type = cut(to_text(proto.op_type))
        bodies = {to_text(item.name): self.graph(item.g) for item in proto.attribute if item.HasField("g")}
        for item in proto.attribute:
            for number, graph in enumerate(item.graphs):
                bodies[f"{to_text(item.name)}[{number}]"] = self.graph(graph)
        return Node(
            name=to_text(proto.name),
            operator=op_type if domain == DEFAULT_DOMAIN else f"{domain}.{op_type}",
            domain=domain,
            overload=to_text(proto.overload),
            inputs=tuple(map(to_text, proto.input)),
            outputs=tuple(map(to_text, proto.output)),
            attributes={to_text(item.name): self.attribute(item) for item in proto.attribute},
            bodies=bodies,
            captured=frozenset().union(*map(_captured, bodies.values())),
        )

    def attribute(self, proto: AttributeProto) -> Attribute:
        return Attribute(self._plain(proto), proto, to_text(proto.ref_attr_name))

    def _plain(self, proto: AttributeProto) -> Any:
        kind = proto.type or next((kind for kind, name in _SINGLE.items() if proto.HasField(name)), 0)
        if kind == _KINDS.TENSOR:
            return self.tensor(proto.t)
        if kind == _KINDS.SPARSE_TENSOR:
            return self.sparse_tensor(proto.sparse_tensor)
        if kind in _SINGLE:
            value = getattr(proto, _SINGLE[kind])
            return to_text(value) if kind == _KINDS.STRING else value
        items = getattr(proto, _LISTS[kind]) if kind in _LISTS else None
        if items is None or len(items) > _MAX_LIST:
            return None
        return tuple(map(to_text, items)) if kind == _KINDS.STRINGS else tuple(items)

    def tensor(self, proto: TensorProto) -> Tensor:
        name = to_text(proto.name)
        dtype = DTYPES.get(proto.data_type, DTYPES[0])[0]
        shape = self._shape(name, proto.dims)
        stored_bytes = payload_bytes(proto, self.file.payload_key, self._external_bytes)
        tensor = Tensor(name, dtype, shape, _product(shape), stored_bytes)
        if shape is None or proto.data_location == TensorProto.EXTERNAL or dtype not in _NUMERIC:
            return tensor
        if max(stored_bytes, tensor.needed_bytes) > SMALL_PAYLOAD_BYTES or not tensor.complete:
            return tensor
        try:
            values = numpy_helper.to_array(proto)
        except (ValueError, TypeError, OverflowError):
            self.warnings.add(f"The tensor {quote(name)} cannot be read.")
            return tensor
        return Tensor(name, dtype, shape, tensor.elements, stored_bytes, values)

    def sparse_tensor(self, proto: SparseTensorProto) -> Tensor:
        name = to_text(proto.values.name)
        non_zeros = self._shape(name, proto.values.dims)
        shape = self._shape(name, proto.dims) if non_zeros is not None else None
        stored_bytes = payload_bytes(proto.values, self.file.payload_key, self._external_bytes)
        dtype = DTYPES.get(proto.values.data_type, DTYPES[0])[0]
        return Tensor(name, dtype, shape, min(_product(non_zeros), _product(shape)), stored_bytes)

    def value(self, proto: ValueInfoProto) -> Value:
        name = to_text(proto.name)
        kind = proto.type.WhichOneof("value")
        if kind not in ("tensor_type", "sparse_tensor_type"):
            return Value(name, type_name(proto.type), None)
        tensor = getattr(proto.type, kind)
        if not tensor.HasField("shape"):
            return Value(name, type_name(proto.type), None)
        if len(tensor.shape.dim) > MAX_RANK:
            self.warnings.add(f"{quote(name)} has more than {MAX_RANK} dimensions.")
            return Value(name, type_name(proto.type), None)
        return Value(name, type_name(proto.type), tuple(map(to_dim, tensor.shape.dim)))

    def _add(self, tensors: dict[str, Tensor], tensor: Tensor) -> None:
        if tensor.name in tensors:
            self.warnings.add(f"The tensor {quote(tensor.name)} is stored more than once; the first counts.")
        tensors.setdefault(tensor.name, tensor)

    def _shape(self, name: str, dims: Iterable[int]) -> tuple[int, ...] | None:
        shape = tuple(dims)
        if len(shape) > MAX_RANK or any(dim < 0 for dim in shape):
            self.warnings.add(f"The tensor {quote(name)} has impossible dimensions and is not counted.")
            return None
        return shape

    def _external_bytes(self, location: str) -> int | None:
        found = self.external.get(location)
        if found is None:
            folder = self.file.folder
            found = external_file(folder, location) if folder else ExternalFile(location, None)
            self.external[location] = found
            if found.size_bytes is None:
                where = "is not in the model's folder" if folder else "is not looked for on the web"
                self.warnings.add(f"The external data file {quote(location)} {where}.")
        return found.size_bytes


_SINGLE: Mapping[int, str] = {_KINDS.FLOAT: "f", _KINDS.INT: "i", _KINDS.STRING: "s", _KINDS.TENSOR: "t"}
_LISTS: Mapping[int, str] = {_KINDS.FLOATS: "floats", _KINDS.INTS: "ints", _KINDS.STRINGS: "strings"}


def to_dim(proto: Any) -> Dim:
    """A dimension as the file states it; a negative size says nothing."""
    if proto.HasField("dim_value"):
        return int(proto.dim_value) if proto.dim_value >= 0 else None
    return cut(to_text(proto.dim_param)) or None


def type_name(proto: TypeProto) -> str:
    """numpy's name of a tensor's element type; `sequence(float32)`, `map(string, float32)` and the like."""
    kind = proto.WhichOneof("value")
    if kind in ("tensor_type", "sparse_tensor_type"):
        return DTYPES.get(getattr(proto, kind).elem_type, DTYPES[0])[0]
    if kind in ("sequence_type", "optional_type"):
        return f"{kind.removesuffix('_type')}({type_name(getattr(proto, kind).elem_type)})"
    if kind == "map_type":
        key = DTYPES.get(proto.map_type.key_type, DTYPES[0])[0]
        return f"map({key}, {type_name(proto.map_type.value_type)})"
    return "unknown"


def _captured(graph: Graph) -> frozenset[str]:
    own = {value.name for value in graph.inputs} | graph.tensors.keys()
    own.update(name for node in graph.nodes for name in node.outputs)
    read = {name for node in graph.nodes for name in (*node.inputs, *node.captured)}
    return frozenset((read | {value.name for value in graph.outputs}) - own)


def _product(shape: tuple[int, ...] | None) -> int:
    product = 1
    for dim in shape or ():
        product *= dim
    return product if shape is not None else 0
