"""Numpy evaluation of small, shape-like tensors: what Reshape, Expand or ConstantOfShape are told.

Every result is sized before it is made. The caller keeps an eye on the sum of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .graph import DTYPES, Node, Tensor

Array = npt.NDArray[Any]
MAX_ELEMENTS = 65_536
"""Of a result. Shapes have a handful; position indices of a language model some thousands."""


class TooLargeError(ValueError):
    """A result would have more than `MAX_ELEMENTS` elements."""


def evaluate(node: Node, inputs: Sequence[Array | None]) -> Array | None:
    """The one output of a node, or None when it is not in the table, too large, or the inputs do not fit."""
    function = _FUNCTIONS.get(node.operator)
    if function is None:
        return None
    try:
        with np.errstate(all="ignore"):
            result = np.asarray(function(node, inputs))
    except (ValueError, TypeError, IndexError, ArithmeticError, KeyError, AttributeError, MemoryError):
        return None  # the file asks for the impossible; its shapes stay unknown
    return result if result.size <= MAX_ELEMENTS and result.dtype != object else None


def _sized(shape: Sequence[int]) -> tuple[int, ...]:
    sizes = tuple(int(size) for size in shape)
    if len(sizes) > 32 or min(sizes, default=0) < 0 or math.prod(sizes) > MAX_ELEMENTS:
        raise TooLargeError
    return sizes


def _need(inputs: Sequence[Array | None], position: int) -> Array:
    value = inputs[position] if position < len(inputs) else None
    if value is None:
        raise IndexError(position)
    return value


def _maybe(inputs: Sequence[Array | None], position: int) -> Array | None:
    return inputs[position] if position < len(inputs) else None


def _all(inputs: Sequence[Array | None]) -> list[Array]:
    return [_need(inputs, position) for position in range(len(inputs))]


def _axes(node: Node, inputs: Sequence[Array | None]) -> tuple[int, ...] | None:
    given = _maybe(inputs, 1)
    axes = node.attribute("axes") if given is None else given.ravel().tolist()
    return None if axes is None else tuple(int(axis) for axis in axes)


def _elementwise(function: Callable[..., Array]) -> Callable[[Node, Sequence[Array | None]], Array]:
    def apply(node: Node, inputs: Sequence[Array | None]) -> Array:
        arrays = _all(inputs)
        _sized(np.broadcast_shapes(*(array.shape for array in arrays)))
        return function(*arrays)

    return apply


def _folded(function: Callable[[Array, Array], Array]) -> Callable[[Node, Sequence[Array | None]], Array]:
    def apply(node: Node, inputs: Sequence[Array | None]) -> Array:
        result, *rest = _all(inputs)
        for array in rest:
            _sized(np.broadcast_shapes(result.shape, array.shape))
            result = function(result, array)
        return result

    return apply


def _divide(a: Array, b: Array) -> Array:
    if not np.issubdtype(a.dtype, np.integer):
        return np.asarray(np.true_divide(a, b))
    if not np.all(b):
        raise ZeroDivisionError
    return np.asarray(np.trunc(np.true_divide(a, b)) if np.any(a < 0) or np.any(b < 0) else a // b).astype(a.dtype)


def _cast(node: Node, inputs: Sequence[Array | None]) -> Array:
    return _need(inputs, 0).astype(np.dtype(DTYPES[node.number("to", 0)][0]))


def _reduce(function: Callable[..., Any]) -> Callable[[Node, Sequence[Array | None]], Array]:
    def apply(node: Node, inputs: Sequence[Array | None]) -> Array:
        data, axes = _need(inputs, 0), _axes(node, inputs)
        if not axes and node.number("noop_with_empty_axes", 0):
            return data
        result = function(data, axis=axes or None, keepdims=bool(node.number("keepdims", 1)))
        return np.asarray(result).astype(data.dtype)

    return apply


def _gather(node: Node, inputs: Sequence[Array | None]) -> Array:
    data, indices, axis = _need(inputs, 0), _need(inputs, 1), node.number("axis", 0)
    _sized((*data.shape[:axis], *indices.shape, *(data.shape[axis:][1:])))
    return np.take(data, indices.astype(np.int64), axis=axis)


def _reshape(node: Node, inputs: Sequence[Array | None]) -> Array:
    data = _need(inputs, 0)
    sizes = _need(inputs, 1).ravel().tolist() if len(inputs) > 1 else node.attribute("shape", ())
    if not node.number("allowzero", 0):
        sizes = [data.shape[axis] if size == 0 else size for axis, size in enumerate(sizes)]
    return data.reshape(sizes)


def _squeeze(node: Node, inputs: Sequence[Array | None]) -> Array:
    return np.squeeze(_need(inputs, 0), axis=_axes(node, inputs))


def _unsqueeze(node: Node, inputs: Sequence[Array | None]) -> Array:
    data, axes = _need(inputs, 0), _axes(node, inputs)
    if axes is None or data.ndim + len(axes) > 32:
        raise IndexError
    return np.expand_dims(data, axes)


def _concat(node: Node, inputs: Sequence[Array | None]) -> Array:
    arrays = _all(inputs)
    _sized([sum(array.size for array in arrays)])
    return np.concatenate(arrays, axis=node.number("axis", 1))


def _slice(node: Node, inputs: Sequence[Array | None]) -> Array:
    data = _need(inputs, 0)
    given = [_maybe(inputs, position) for position in range(1, 5)]
    named = [node.attribute(name) for name in ("starts", "ends", "axes", "steps")]
    starts, ends, axes, steps = (named[i] if array is None else array.ravel().tolist() for i, array in enumerate(given))
    cuts = [slice(None)] * data.ndim
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        axis = axes[number] if axes is not None else number
        step = steps[number] if steps is not None else 1
        # Below -size means before the first element; None says that to Python whatever the step.
        cuts[axis] = slice(start, None if step < 0 and end < -data.shape[axis] else end, step)
    return data[tuple(cuts)]


def _expand(node: Node, inputs: Sequence[Array | None]) -> Array:
    data = _need(inputs, 0)
    shape = np.broadcast_shapes(data.shape, _sized(_need(inputs, 1).ravel().tolist()))
    return np.broadcast_to(data, _sized(shape))


def _tile(node: Node, inputs: Sequence[Array | None]) -> Array:
    data, repeats = _need(inputs, 0), _need(inputs, 1).ravel().tolist()
    _sized([size * repeat for size, repeat in zip(data.shape, repeats, strict=True)])
    return np.tile(data, repeats)


def _range(node: Node, inputs: Sequence[Array | None]) -> Array:
    start, limit, delta = (_need(inputs, position).item() for position in range(3))
    _sized([max(math.ceil((limit - start) / delta), 0)])
    return np.arange(start, limit, delta, dtype=_need(inputs, 0).dtype)


def _fill(node: Node, inputs: Sequence[Array | None]) -> Array:
    value = node.attribute("value")
    filled = value.values.ravel()[0] if isinstance(value, Tensor) else np.float32(0)
    return np.full(_sized(_need(inputs, 0).ravel().tolist()), filled)


def _transpose(node: Node, inputs: Sequence[Array | None]) -> Array:
    return np.transpose(_need(inputs, 0), node.attribute("perm"))


def _where(node: Node, inputs: Sequence[Array | None]) -> Array:
    return _elementwise(np.where)(node, inputs)


def _constant(node: Node, inputs: Sequence[Array | None]) -> Array:
    for name, dtype in _CONSTANTS.items():
        if (value := node.attribute(name)) is not None:
            return np.asarray(value, dtype)
    raise KeyError


def _cumulate(node: Node, inputs: Sequence[Array | None]) -> Array:
    if node.number("exclusive", 0) or node.number("reverse", 0):
        raise KeyError
    return np.cumsum(_need(inputs, 0), axis=int(_need(inputs, 1).item()))


def _same(node: Node, inputs: Sequence[Array | None]) -> Array:
    return _need(inputs, 0)


_CONSTANTS = {
    "value_int": np.int64, "value_ints": np.int64, "value_float": np.float32, "value_floats": np.float32,
}  # fmt: skip
_FUNCTIONS: Mapping[str, Callable[[Node, Sequence[Array | None]], Any]] = {
    "Abs": _elementwise(np.abs), "Add": _elementwise(np.add), "And": _elementwise(np.logical_and),
    "Cast": _cast, "Ceil": _elementwise(np.ceil), "Concat": _concat, "Constant": _constant,
    "ConstantOfShape": _fill, "CumSum": _cumulate, "Div": _elementwise(_divide),
    "Equal": _elementwise(np.equal), "Expand": _expand, "Floor": _elementwise(np.floor), "Gather": _gather,
    "Greater": _elementwise(np.greater), "GreaterOrEqual": _elementwise(np.greater_equal),
    "Identity": _same, "Less": _elementwise(np.less), "LessOrEqual": _elementwise(np.less_equal),
    "Max": _folded(np.maximum), "Min": _folded(np.minimum), "Mod": _elementwise(np.mod),
    "Mul": _elementwise(np.multiply), "Neg": _elementwise(np.negative), "Not": _elementwise(np.logical_not),
    "Or": _elementwise(np.logical_or), "Pow": _elementwise(np.power), "Range": _range,
    "ReduceMax": _reduce(np.max), "ReduceMin": _reduce(np.min), "ReduceProd": _reduce(np.prod),
    "ReduceSum": _reduce(np.sum), "Reshape": _reshape, "Round": _elementwise(np.round), "Slice": _slice,
    "Sqrt": _elementwise(np.sqrt), "Squeeze": _squeeze, "Sub": _elementwise(np.subtract), "Tile": _tile,
    "Transpose": _transpose, "Unsqueeze": _unsqueeze, "Where": _where,
    "@pass": _same,
}  # fmt: skip
