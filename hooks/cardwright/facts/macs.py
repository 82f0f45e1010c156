"""Multiply-accumulate operations of one run: of the products only, no bias, activation or normalisation."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .constants import Constants
from .contrib import multiply_shapes
from .dimensions import Sizes
from .evaluate import Array
from .flat import Flat, Scope, Step
from .graph import Node, quote
from .operators import ALWAYS_WEIGHTED, ATTENTION, EINSUM, MATRIX_PRODUCTS, MS
from .values import Dim, Shape


class UnknownError(Exception):
    """MACs that cannot be known; the message says why."""


@dataclass(frozen=True, slots=True)
class Macs:
    """Multiply-accumulates of the model and of its nodes."""

    total: int | None
    """None when that of some node, or how often a loop runs, cannot be known."""
    by_step: Mapping[Step, int | None]
    """Of one run of each node that has any; None where it cannot be known."""
    reason: str = ""
    """Why `total` is None."""


class ShapeSource(Protocol):
    """What is asked of `shapes.Shapes`."""

    sizes: Sizes

    def shape(self, number: int) -> Shape | None: ...


class _Unsized(Exception):
    """A size that is needed is not known."""


Inputs = Sequence[Shape | None]
Count = Callable[[Node, Inputs, Inputs], int]


def count_macs(flat: Flat, constants: Constants, shapes: ShapeSource) -> Macs:
    """Those of all nodes that work on data, and their sum: one run of the model."""
    by_step: dict[Step, int | None] = {}
    by_scope = [0] * len(flat.scopes)
    reasons: list[str] = []
    for step, node in flat.nodes():
        if constants.folds(step) or not step.outputs or step.operator not in _COUNTED:
            continue
        try:
            by_step[step] = macs = _count_step(step, node, shapes)
            by_scope[step.scope] += macs
        except UnknownError as error:
            by_step[step] = None
            reasons.append(str(error))
    if not reasons:
        try:
            return Macs(_sum_scopes(flat.scopes, by_scope, constants.values, shapes), by_step)
        except UnknownError as error:
            reasons.append(str(error))
    return Macs(None, by_step, reasons[0])


def _count_step(step: Step, node: Node, shapes: ShapeSource) -> int:
    count = _COUNTS.get(step.operator)
    if count is None:
        raise UnknownError(f"those of {step.operator} are not defined here")
    inputs = [shapes.shape(number) if number else None for number in step.inputs]
    outputs = [shapes.shape(number) if number else None for number in step.outputs]
    try:
        return count(node, inputs, outputs)
    except (_Unsized, IndexError, TypeError, ValueError):
        raise UnknownError(_reason(shapes.sizes, node)) from None


def _reason(sizes: Sizes, node: Node) -> str:
    if sizes.unknown:
        return "depends on " + ", ".join(map(quote, sizes.unknown[:8]))
    name = node.name or next(iter(node.outputs), "")
    return f"the shapes at {quote(name)} ({node.operator}) are not known"


def _sum_scopes(scopes: Sequence[Scope], macs: list[int], values: Mapping[int, Array], shapes: ShapeSource) -> int:
    """Add each body to what is around it, inner first: the larger branch of an If, all trips of a loop."""
    branches: dict[int, int] = {}
    for number in range(len(scopes) - 1, 0, -1):
        scope = scopes[number]
        if scope.kind == "branch":
            macs[scope.parent] -= branches.get(scope.group, 0)
            branches[scope.group] = max(branches.get(scope.group, 0), macs[number])
            macs[scope.parent] += branches[scope.group]
        elif macs[number]:
            macs[scope.parent] += macs[number] * (1 if scope.kind == "call" else _trips(scope, values, shapes))
    return macs[0]


def _trips(scope: Scope, values: Mapping[int, Array], shapes: ShapeSource) -> int:
    name = next(iter(scope.owner.outputs), "") if scope.owner else ""
    trips: Dim = None
    if scope.trip_axis is not None:
        shape = shapes.shape(scope.trips)
        trips = shape[scope.trip_axis] if shape and -len(shape) <= scope.trip_axis < len(shape) else None
    elif (limit := values.get(scope.trips)) is not None and limit.size == 1:
        trips = max(int(limit.ravel()[0]), 0)
    if isinstance(trips, int):
        return trips
    if isinstance(trips, str):
        raise UnknownError(f"depends on {quote(trips)}")
    raise UnknownError(f"depends on how often the loop that makes {quote(name)} runs")


def _size(dim: Dim) -> int:
    if not isinstance(dim, int):
        raise _Unsized
    return dim


def _elements(shape: Shape | None) -> int:
    if shape is None:
        raise _Unsized
    return math.prod(_size(dim) for dim in shape)


def _at(shape: Shape | None, axis: int) -> int:
    if shape is None:
        raise _Unsized
    return _size(shape[axis])


def _conv(weight: int) -> Count:
    """Each output element takes one product with every weight of its channel: (Cin / groups) times kernel."""

    def count(node: Node, inputs: Inputs, outputs: Inputs) -> int:
        kernel = inputs[weight]
        return _elements(outputs[0]) * _elements(None if kernel is None else kernel[1:])

    return count


def _conv_transpose(weight: int) -> Count:
    """Each input element takes one product with every weight of its channel: (Cout / groups) times kernel."""

    def count(node: Node, inputs: Inputs, outputs: Inputs) -> int:
        kernel = inputs[weight]
        return _elements(inputs[0]) * _elements(None if kernel is None else kernel[1:])

    return count


def _product(a: int) -> Count:
    """Each output element is a sum of K products."""

    def count(node: Node, inputs: Inputs, outputs: Inputs) -> int:
        return _elements(outputs[0]) * _at(inputs[a], -2 if node.number("transA", 0) else -1)

    return count


def _matmul_integer(node: Node, inputs: Inputs, outputs: Inputs) -> int:
    shape = outputs[0] if outputs[0] is not None else multiply_shapes(inputs[0], inputs[1])
    return _elements(shape) * _at(inputs[0], -1)


def _recurrent(node: Node, inputs: Inputs, outputs: Inputs) -> int:
    """Each weight of W and R is used once for each step of each sequence."""
    return _at(inputs[0], 0) * _at(inputs[0], 1) * (_elements(inputs[1]) + _elements(inputs[2]))


def _einsum(node: Node, inputs: Inputs, outputs: Inputs) -> int:
    """The product of the sizes of all labels."""
    equation = str(node.attribute("equation", "")).replace(" ", "").partition("->")[0]
    sizes: dict[str, int] = {}
    for term, shape in zip(equation.split(","), inputs, strict=True):
        if shape is None:
            raise _Unsized
        before, dots, after = term.partition("...")
        middle = len(shape) - len(before) - len(after)
        # Ellipsis dimensions are aligned at their end, as in broadcasting.
        labels = [*before, *(f".{middle - i}" for i in range(middle if dots else 0)), *after]
        for label, dim in zip(labels, shape, strict=True):
            sizes[label] = max(sizes.get(label, 0), _size(dim))
    return math.prod(sizes.values())


def _attention(node: Node, inputs: Inputs, outputs: Inputs) -> int:
    """Queries by keys, and scores by values: heads folded into the width, or in a dimension of their own."""
    query, key, value = inputs[0], inputs[1], inputs[2]
    if query is None or key is None or value is None or len(query) not in (3, 4):
        raise _Unsized
    heads = _size(query[1]) if len(query) == 4 else node.number("q_num_heads", node.number("num_heads", 0))
    kv_heads = node.number("kv_num_heads", 0) or heads
    past = inputs[4] if len(inputs) > 4 and node.operator == "Attention" else None
    keys = _at(key, -2) + (_at(past, -2) if past is not None else 0)
    if heads <= 0 or kv_heads <= 0:
        raise _Unsized
    widths = (
        (_size(query[-1]), _size(value[-1]))
        if len(query) == 4
        else (_size(query[-1]) // heads, _size(value[-1]) // kv_heads)
    )
    return _size(query[0]) * heads * _size(query[-2]) * keys * sum(widths)


def _fused_attention(node: Node, inputs: Inputs, outputs: Inputs) -> int:
    """The projection of queries, keys and values, then the two products of attention (no past)."""
    data, weight = inputs[0], inputs[1]
    batch, length, width = _at(data, 0), _at(data, 1), _at(data, 2)
    out = _at(outputs[0], -1)
    projected = _at(weight, -1)
    return batch * length * width * projected + batch * length * length * ((projected - out) // 2 + out)


_COUNTED = ALWAYS_WEIGHTED | MATRIX_PRODUCTS.keys() | ATTENTION | {EINSUM}
"""Operators whose products count; one that `_COUNTS` does not know makes the sum unknown."""
_COUNTS: Mapping[str, Count] = {
    **{operator: _product(positions[0]) for operator, positions in MATRIX_PRODUCTS.items()},
    "MatMulInteger": _matmul_integer,
    "Conv": _conv(1),
    "ConvInteger": _conv(1),
    "DeformConv": _conv(1),
    "CausalConvWithState": _conv(1),
    "QLinearConv": _conv(3),
    f"{MS}.FusedConv": _conv(1),
    "ConvTranspose": _conv_transpose(1),
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "RNN": _recurrent,
    "Attention": _attention,
    f"{MS}.MultiHeadAttention": _attention,
    f"{MS}.Attention": _fused_attention,
    f"{MS}.QAttention": _fused_attention,
    EINSUM: _einsum,
}
