"""An ONNX model as plain Python values: names are text, numbers are bounded, nothing here needs onnx.

Vocabulary and meaning are those of the ONNX IR specification (https://onnx.ai/onnx/repo-docs/IR.html).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..problem import one_line
from .values import ExternalFile, Value

DEFAULT_DOMAIN = "ai.onnx"

DTYPES: Mapping[int, tuple[str, int]] = {
    # TensorProto.DataType: name, bits an element takes
    0: ("unknown", 0), 1: ("float32", 32), 2: ("uint8", 8), 3: ("int8", 8), 4: ("uint16", 16),
    5: ("int16", 16), 6: ("int32", 32), 7: ("int64", 64), 8: ("string", 0), 9: ("bool", 8),
    10: ("float16", 16), 11: ("float64", 64), 12: ("uint32", 32), 13: ("uint64", 64), 14: ("complex64", 64),
    15: ("complex128", 128), 16: ("bfloat16", 16), 17: ("float8e4m3fn", 8), 18: ("float8e4m3fnuz", 8),
    19: ("float8e5m2", 8), 20: ("float8e5m2fnuz", 8), 21: ("uint4", 4), 22: ("int4", 4),
    23: ("float4e2m1", 4), 24: ("float8e8m0", 8), 25: ("uint2", 2), 26: ("int2", 2),
    27: ("float6e2m3", 6), 28: ("float6e3m2", 6),
}  # fmt: skip
BITS: Mapping[str, int] = dict(DTYPES.values())

MAX_WARNINGS = 50
MAX_NAME = 200
"""Characters of a name that are kept where names are only shown."""
MAX_RANK = 64
"""Of a tensor; real ones stay below 10, and products of thousands of sizes are only made to hurt."""


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A stored tensor, without its payload. Two of them are the same only if they are one object."""

    name: str
    dtype: str
    shape: tuple[int, ...] | None
    """None when the stated dims are not a shape (negative, or more than `MAX_RANK` of them)."""
    elements: int
    """The product of the dims; of a sparse tensor, its non-zeros."""
    stored_bytes: int
    """Length of the payload that is there, in this file or beside it."""
    values: Any = None
    """The elements as a numpy array when the payload is at most 1 KiB, else None."""

    @property
    def needed_bytes(self) -> int:
        """Length the payload must have for the stated dims."""
        return -(-self.elements * BITS[self.dtype] // 8)

    @property
    def complete(self) -> bool:
        """Whether as many bytes are stored as the dims need."""
        return self.shape is not None and self.stored_bytes >= self.needed_bytes


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """A node attribute: its plain value when small, and the onnx AttributeProto it comes from."""

    value: Any
    """int, float, str, a tuple of these, `Tensor`, or None for everything else."""
    proto: Any
    reference: str = ""
    """In a function body: the attribute of the function it stands for."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An operation. `operator` is its type, with the domain in front unless that is the default one."""

    name: str
    operator: str
    domain: str
    overload: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Attribute]
    bodies: Mapping[str, Graph]
    """Subgraphs, by attribute name."""
    captured: frozenset[str]
    """Outer names its bodies read."""

    def attribute(self, name: str, default: Any = None) -> Any:
        """The plain value of an attribute, or `default` when it is absent or not plain."""
        found = self.attributes.get(name)
        return default if found is None or found.value is None else found.value

    def number(self, name: str, default: int) -> int:
        """The value of an integer attribute, or `default` when it is absent or no integer."""
        value = self.attribute(name)
        return value if isinstance(value, int) else default


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """A main graph, a body of If, Loop or Scan, or the body of a function; nodes in topological order."""

    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    tensors: Mapping[str, Tensor]
    """Dense and sparse initializers by name."""
    nodes: tuple[Node, ...]
    declared: Mapping[str, Value]
    """Types of inner values as the file states them (`value_info`)."""


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A local function: a body with named attributes, called by nodes of its name and domain."""

    graph: Graph
    attributes: Mapping[str, Attribute | None]
    """Default by attribute name; None for those without."""


FunctionKey = tuple[str, str, str]
"""Domain, operator and overload."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A whole model."""

    ir_version: int
    producer: str
    opset_imports: Mapping[str, int]
    metadata_props: Mapping[str, str]
    doc_string: str
    graph: Graph
    functions: Mapping[FunctionKey, Function]
    external_data: tuple[ExternalFile, ...]


class Warnings:
    """What was odd about a model: each line once, in the order found, not more than `MAX_WARNINGS`."""

    def __init__(self) -> None:
        self._lines: dict[str, None] = {}
        self._more = 0

    def add(self, line: str) -> None:
        if line in self._lines:
            return
        if len(self._lines) < MAX_WARNINGS:
            self._lines[line] = None
        else:
            self._more += 1

    def lines(self) -> tuple[str, ...]:
        return (*self._lines, *([f"and {self._more} more warnings"] if self._more else []))


def function_key(node: Node) -> FunctionKey:
    """The local function a node would call."""
    return node.domain, node.operator.removeprefix(f"{node.domain}."), node.overload


def cut(text: str, characters: int = MAX_NAME) -> str:
    """Text from the file, ending in `…` after so many characters."""
    return text if len(text) <= characters else f"{text[:characters]}…"


def quote(name: str) -> str:
    """A name from the file, short and tame enough for one line of a message."""
    short = name if len(name) <= 80 else f"{name[:77]}..."
    return f"`{one_line(short)}`"
