"""Which values are const, which stored tensors they come from, and what the small ones hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .evaluate import Array, evaluate
from .flat import ABSENT, Flat, Step
from .graph import BITS, MAX_RANK, Node, Tensor, Warnings, quote
from .operators import RANDOM
from .values import Shape

_NEVER_CONST = RANDOM | {"@state", "@trip", "@final", "@stack"}
_CONTROLS = {"@join": 1}
"""Leading inputs that decide, but are not what is returned."""
_BUDGET_ELEMENTS = 16_000_000
"""Sum over all values kept for one model: 128 MB."""
_LISTS: Mapping[str, tuple[str, str]] = {
    "value_floats": ("floats", "float32"),
    "value_ints": ("ints", "int64"),
}


class SmallValues(dict[int, Array]):
    """Values by number; takes no more when `_BUDGET_ELEMENTS` are kept."""

    _kept = 0

    def keep(self, number: int, value: Array | None) -> None:
        if number and value is not None and self._kept + value.size <= _BUDGET_ELEMENTS:
            self._kept += value.size
            self[number] = value


@dataclass(frozen=True, slots=True, eq=False)
class Constants:
    """What does not depend on the model's inputs."""

    numbers: frozenset[int]
    roots: Mapping[int, Tensor]
    """Stored tensors, and those that ConstantOfShape makes of a known shape."""
    producers: Mapping[int, Step]
    """The const step that makes a const value which is no root."""
    values: SmallValues

    def folds(self, step: Step) -> bool:
        """Whether the step has nothing to do with the model's inputs."""
        return not self.numbers.isdisjoint(step.outputs)


def find_constants(flat: Flat, warnings: Warnings) -> Constants:
    """One pass over the steps."""
    roots: dict[int, Tensor] = dict(flat.tensors)
    values = SmallValues()
    for number, tensor in roots.items():
        values.keep(number, tensor.values)
    numbers = set(roots)
    producers: dict[int, Step] = {}
    made: dict[tuple[Any, ...], Tensor] = {}
    for step in flat.steps:
        if not step.outputs or not step.outputs[0] or not _is_const(step, numbers):
            continue
        numbers.update(number for number in step.outputs if number)
        if (result := _result(step, roots, values)) is not None:
            values.keep(step.outputs[0], result)
        root = _root(step, values, made, warnings)
        if root is None:
            producers.update((number, step) for number in step.outputs if number)
        else:
            roots[step.outputs[0]] = root
            values.keep(step.outputs[0], root.values)
    return Constants(frozenset(numbers), roots, producers, values)


def shape_value(node: Node, shape: Shape | None) -> Array | None:
    """What a Shape or Size node gives for an input of this shape; None unless all of it is known."""
    sizes = [size for size in shape or () if isinstance(size, int)]
    if shape is None or len(sizes) != len(shape) or any(size >= 2**63 for size in sizes):
        return None
    if node.operator == "Size":
        product = int(np.prod(sizes, dtype=object)) if sizes else 1
        return np.asarray(product, np.int64) if product < 2**63 else None
    end = node.attribute("end")
    return np.asarray(sizes, np.int64)[node.number("start", 0) : end if isinstance(end, int) else None]


def _is_const(step: Step, numbers: set[int]) -> bool:
    if step.operator == "Constant":
        return True
    if step.operator in _NEVER_CONST or (step.node is not None and step.node.bodies):
        return False
    inputs = [number for number in step.inputs[_CONTROLS.get(step.operator, 0) :] if number != ABSENT]
    return bool(inputs) and all(number in numbers for number in inputs)


def _result(step: Step, roots: Mapping[int, Tensor], values: Mapping[int, Array]) -> Array | None:
    if step.operator in ("Shape", "Size") and step.node is not None and step.inputs[0] in roots:
        return shape_value(step.node, roots[step.inputs[0]].shape)
    return evaluate_step(step, values)


def evaluate_step(step: Step, values: Mapping[int, Array]) -> Array | None:
    """The value of a step's one output when all its inputs are known and small."""
    inputs: Sequence[Array | None] = [values.get(number) for number in step.inputs]
    if any(value is None and number for value, number in zip(inputs, step.inputs, strict=True)):
        return None
    if step.operator == "@pass":
        return inputs[0] if inputs else None
    return None if step.node is None or len(step.outputs) != 1 else evaluate(step.node, inputs)


def _root(
    step: Step, values: Mapping[int, Array], made: dict[tuple[Any, ...], Tensor], warnings: Warnings
) -> Tensor | None:
    """The tensor that a Constant or ConstantOfShape node stands for: one a node, however often called."""
    node = step.node
    if node is None or node.operator not in ("Constant", "ConstantOfShape"):
        return None
    value = node.attribute("value", node.attribute("sparse_value"))
    if node.operator == "Constant":
        if isinstance(value, Tensor):
            return value
        for name, (field, dtype) in _LISTS.items():
            if name in node.attributes:
                count = len(getattr(node.attributes[name].proto, field))
                key: tuple[Any, ...] = (id(node.attributes[name]),)
                return made.setdefault(key, _generated(node.outputs[0], dtype, (count,)))
        return None
    sizes = values.get(step.inputs[0])
    shape = tuple(int(size) for size in sizes.ravel()) if sizes is not None else (-1,)
    if len(shape) > MAX_RANK or min(shape, default=0) < 0:
        warnings.add(f"The shape of {quote(node.outputs[0])} is not known; it is not counted.")
        return None
    dtype = value.dtype if isinstance(value, Tensor) else "float32"
    return made.setdefault((id(node), shape), _generated(node.outputs[0], dtype, shape))


def _generated(name: str, dtype: str, shape: tuple[int, ...]) -> Tensor:
    elements = 1
    for size in shape:
        elements *= size
    return Tensor(name, dtype, shape, elements, -(-elements * BITS[dtype] // 8))
