"""Weighted layers, the depth they make, and attention layers."""

from __future__ import annotations

from collections.abc import Iterable

from .constants import Constants
from .flat import ABSENT, Flat, Step
from .operators import (
    ALWAYS_WEIGHTED,
    ATTENTION,
    ATTENTION_GLUE,
    DEQUANTISE,
    EINSUM,
    EMBEDDINGS,
    MATRIX_PRODUCTS,
    QUANTISE,
    RESTARTS_DEPTH,
    SOFTMAX,
    WEIGHT_ONLY_QUANTISED,
)

_KEEP_ROWS = frozenset({"@pass", "Identity", "Cast", "Transpose"}) | QUANTISE | DEQUANTISE
"""Const steps after which a table is still one."""
_MAX_GLUE = 64
"""Steps looked at on each side of a Softmax; exports have up to about 15 between it and a product."""


def is_weighted(step: Step, constants: Constants) -> bool:
    """Whether a step is a weighted layer: it has weights of its own and works on data."""
    if step.node is None or constants.folds(step):
        return False
    if step.operator in ALWAYS_WEIGHTED:
        return True
    return any(number in constants.numbers for number in operands(step))


def operands(step: Step) -> list[int]:
    """The factors of a matrix product; none of any other step."""
    if step.operator == EINSUM:
        return [number for number in step.inputs if number]
    positions = MATRIX_PRODUCTS.get(step.operator, ())
    return [step.inputs[position] for position in positions if position < len(step.inputs)]


def count_weighted_layers(flat: Flat, constants: Constants) -> int:
    """Nodes that are weighted layers, of bodies and functions too."""
    return sum(is_weighted(step, constants) for step in flat.steps)


def count_embeddings(flat: Flat, constants: Constants) -> int:
    """Nodes that look rows up in a stored table of two dimensions, of float or quantised from it."""
    return sum(
        any(_is_table(step.inputs[p], constants, step) for p in EMBEDDINGS[step.operator] if p < len(step.inputs))
        for step in flat.steps
        if step.operator in EMBEDDINGS and not constants.folds(step)
    )


def _is_table(number: int, constants: Constants, reader: Step) -> bool:
    tensor = constants.roots.get(number)
    dequantised = reader.operator in WEIGHT_ONLY_QUANTISED
    for _ in range(_MAX_GLUE):
        step = constants.producers.get(number)
        if tensor is not None or step is None or step.operator not in _KEEP_ROWS:
            break
        dequantised = dequantised or step.operator in DEQUANTISE
        number = step.inputs[0]
        tensor = constants.roots.get(number)
    if tensor is None or tensor.shape is None or len(tensor.shape) != 2:
        return False
    return dequantised or tensor.dtype.startswith(("float", "bfloat"))


def measure_depth(flat: Flat, constants: Constants) -> int:
    """The most weighted layers on any path that ends in an output of the model."""
    depths = [0] * len(flat.names)
    for step in flat.steps:
        depth = max((depths[number] for number in step.inputs), default=0)
        depth = 0 if step.operator in RESTARTS_DEPTH else depth + is_weighted(step, constants)
        for number in step.outputs:
            if number != ABSENT:
                depths[number] = depth
    return max((depths[number] for number in flat.outputs), default=0)


def count_attention_layers(flat: Flat, constants: Constants) -> int:
    """Attention operators, and every Softmax between two products of values that are not const."""
    producers = {number: step for step in flat.steps for number in step.outputs if number}
    readers: dict[int, list[Step]] = {}
    for step in flat.steps:
        for number in dict.fromkeys(step.inputs):
            if number and number not in constants.numbers:
                readers.setdefault(number, []).append(step)

    def before(step: Step) -> Iterable[Step]:
        return (producers[n] for n in step.inputs if n in producers and n not in constants.numbers)

    def after(step: Step) -> Iterable[Step]:
        return (reader for number in step.outputs for reader in readers.get(number, ()))

    def is_product(step: Step) -> bool:
        factors = operands(step)
        return len(factors) > 1 and constants.numbers.isdisjoint(factors)

    def meets_product(start: Step, forward: bool) -> bool:
        waiting, seen = [start], {start}
        while waiting and len(seen) <= _MAX_GLUE:
            for step in (after if forward else before)(waiting.pop(0)):
                if is_product(step):
                    return True
                if step.operator in ATTENTION_GLUE and step not in seen:
                    seen.add(step)
                    waiting.append(step)
                if len(seen) > _MAX_GLUE:
                    break
        return False

    return sum(
        step.operator in ATTENTION
        or (step.operator in SOFTMAX and meets_product(step, False) and meets_product(step, True))
        for step in flat.steps
    )
