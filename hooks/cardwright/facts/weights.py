"""Parameters and buffers: the stored tensors that reach a data position of a node which is not const."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from .constants import Constants
from .flat import Flat, Step
from .graph import BITS, Tensor, Warnings, quote
from .operators import (
    BUFFERS,
    DEQUANTISE,
    ELEMENTWISE,
    PACKED_WEIGHTS,
    QUANTISED_OPERATORS,
    data_positions,
)

_PLAIN_DTYPES = frozenset(name for name in BITS if name.startswith(("float", "bfloat"))) | {
    "int8", "uint8", "int4", "uint4", "int2", "uint2",
}  # fmt: skip
_QUANTISED_DTYPES = _PLAIN_DTYPES | {"int16", "uint16", "int32"}
"""Counted behind DequantizeLinear and in QLinear operators only: elsewhere they are indices."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Elements of the distinct tensors that are learned (`parameters`) or counted in training (`buffers`)."""

    parameters: int
    buffers: int
    dtypes: Mapping[str, int]
    """Parameters by element type."""
    weight_bytes: int
    """Bytes that parameters and buffers take in memory at their stored type."""
    by_step: Mapping[Step, int]
    """Parameters by the first step that uses them; the numbers add up to `parameters`."""


@dataclass(frozen=True, slots=True)
class _Use:
    """How a const value is used, seen from the node that is not const."""

    buffer: bool = False
    quantised: bool = False
    elementwise: bool = False


@dataclass(frozen=True, slots=True)
class _Count:
    elements: int
    dtype: str
    size_bytes: int
    buffer: bool
    step: Step


def count_weights(flat: Flat, constants: Constants, warnings: Warnings) -> Weights:
    """Walk back from every use of a const value to the tensors it comes from."""
    counts: dict[Tensor, _Count] = {}
    for step, tensor, use in _find_uses(flat, constants):
        learned = tensor in counts and not counts[tensor].buffer
        if _is_weight(tensor, use) and not learned and _is_complete(tensor, warnings):
            counts[tensor] = _Count(tensor.elements, tensor.dtype, tensor.needed_bytes, use.buffer, step)
    for tensor, elements, bits in _find_packed(flat, constants, warnings):
        if tensor in counts:
            size_bytes = -(-elements * bits // 8)
            counts[tensor] = _Count(elements, f"int{bits}", size_bytes, False, counts[tensor].step)
    dtypes: dict[str, int] = {}
    by_step: dict[Step, int] = {}
    for count in counts.values():
        if not count.buffer:
            dtypes[count.dtype] = dtypes.get(count.dtype, 0) + count.elements
            by_step[count.step] = by_step.get(count.step, 0) + count.elements
    return Weights(
        parameters=sum(dtypes.values()),
        buffers=sum(count.elements for count in counts.values() if count.buffer),
        dtypes=dict(sorted(dtypes.items())),
        weight_bytes=sum(count.size_bytes for count in counts.values()),
        by_step=by_step,
    )


def _find_uses(flat: Flat, constants: Constants) -> Iterator[tuple[Step, Tensor, _Use]]:
    """Each tensor with the ways in which it is used, and the first step that uses it so."""
    scales = {step.outputs[1] for step in flat.steps if _has_scale_output(step)}
    seen: set[tuple[int, _Use]] = set()
    for step in flat.steps:
        if constants.folds(step) or (step.operator == "Mul" and not scales.isdisjoint(step.inputs)):
            continue  # what a dynamic activation scale is multiplied with is a scale itself
        buffers = BUFFERS.get(step.operator, ())
        waiting = [
            (step.inputs[position], _seen_from(step, _Use(buffer=position in buffers)))
            for position in data_positions(step.operator, len(step.inputs))
            if step.inputs[position] in constants.numbers
        ]
        while waiting:
            item = number, use = waiting.pop()
            if item in seen:
                continue
            seen.add(item)
            if number in constants.roots:
                yield step, constants.roots[number], use
            elif (producer := constants.producers.get(number)) is not None:
                positions = data_positions(producer.operator, len(producer.inputs))
                further = _seen_from(producer, use)
                waiting += [(producer.inputs[p], further) for p in positions if producer.inputs[p]]


def _has_scale_output(step: Step) -> bool:
    return step.operator == "DynamicQuantizeLinear" and len(step.outputs) > 1 and step.outputs[1] != 0


def _seen_from(step: Step, use: _Use) -> _Use:
    return replace(
        use,
        quantised=use.quantised or step.operator in DEQUANTISE or step.operator in QUANTISED_OPERATORS,
        elementwise=use.elementwise or step.operator in ELEMENTWISE,
    )


def _is_weight(tensor: Tensor, use: _Use) -> bool:
    if tensor.dtype not in (_QUANTISED_DTYPES if use.quantised else _PLAIN_DTYPES):
        return False
    return not (use.elementwise and tensor.elements == 1)


def _is_complete(tensor: Tensor, warnings: Warnings) -> bool:
    if not tensor.complete and tensor.shape is not None:
        warnings.add(
            f"The tensor {quote(tensor.name)} needs {tensor.needed_bytes:,} bytes, "
            f"{tensor.stored_bytes:,} are stored; it is not counted."
        )
    return tensor.complete


def _find_packed(flat: Flat, constants: Constants, warnings: Warnings) -> Iterator[tuple[Tensor, int, int]]:
    """Weights stored as packed bytes, with their logical elements and the bits of each."""
    for step, node in flat.nodes():
        position = PACKED_WEIGHTS.get(step.operator)
        if position is None or position >= len(step.inputs):
            continue
        tensor = constants.roots.get(_origin(step.inputs[position], constants))
        elements = node.number("N", 0) * node.number("K", 0)
        bits = node.number("bits", 4)
        if tensor is None or not tensor.complete:
            continue
        if elements < 0 or not 1 <= bits <= 8 or elements * bits > tensor.stored_bytes * 8:
            warnings.add(
                f"The tensor {quote(tensor.name)} stores fewer elements than its {step.operator} node "
                "states; it is not counted."
            )
            elements, bits = 0, 4
        yield tensor, elements, bits


def _origin(number: int, constants: Constants) -> int:
    for _ in range(64):
        step = constants.producers.get(number)
        if step is None or step.operator not in ("@pass", "Identity"):
            break
        number = step.inputs[0]
    return number
