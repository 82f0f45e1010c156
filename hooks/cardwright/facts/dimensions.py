"""Sizes for the symbolic dimensions of the model's inputs, and which of them nobody gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .flat import Flat
from .graph import Warnings, quote
from .values import Dim, Shape

_SEQUENCE_WORDS = ("seq", "len", "time", "token", "frame", "step", "height", "width")
"""A first dimension with such a name is no batch: recurrent networks have the sequence first."""


@dataclass(frozen=True, slots=True, eq=False)
class Sizes:
    """Sizes of the symbolic dimensions."""

    given: Mapping[str, int]
    """Those asked for by the caller, and 1 for each batch dimension."""
    inputs: Mapping[int, Shape | None]
    """Shapes of the model's inputs by value number; an unknown unnamed dimension is called `input[axis]`."""
    unknown: tuple[str, ...]
    """Names that still have no size, in order of the inputs."""

    def resolve(self, shape: Shape) -> Shape:
        """Put sizes in the place of names where there are some."""
        return tuple(self.given.get(dim, dim) if isinstance(dim, str) else dim for dim in shape)


def resolve_inputs(flat: Flat, dims: Mapping[str, int], warnings: Warnings) -> Sizes:
    """Apply the caller's `dims`, and 1 for a batch dimension the caller says nothing of.

    A batch dimension is the first one of an input, unless its name says that it is a sequence, and one whose
    name begins with `batch` wherever it stands.
    """
    shapes = {number: _named(flat, number) for number in flat.inputs}
    names = dict.fromkeys(dim for shape in shapes.values() for dim in shape or () if isinstance(dim, str))
    given = {name: size for name, size in dims.items() if name in names and size > 0}
    for name in sorted(dims.keys() - names.keys()):
        warnings.add(f"The inputs of the model have no dimension {quote(name)}.")
    first = {shape[0] for shape in shapes.values() if shape}
    for name in names.keys() - given.keys():
        if name.lower().startswith("batch") or (name in first and not _is_sequence(name)):
            given[name] = 1
    sizes = Sizes(given, {}, tuple(name for name in names if name not in given))
    return Sizes(
        given,
        {number: None if shape is None else sizes.resolve(shape) for number, shape in shapes.items()},
        sizes.unknown,
    )


def _named(flat: Flat, number: int) -> Shape | None:
    declared = flat.declared.get(number)
    if declared is None or declared.shape is None:
        return None
    named: list[Dim] = []
    for axis, dim in enumerate(declared.shape):
        if axis == 0 and dim == 0:  # how some exporters write an unknown batch size
            named.append("batch")
        else:
            named.append(f"{declared.name}[{axis}]" if dim is None else dim)
    return tuple(named)


def _is_sequence(name: str) -> bool:
    return not name.endswith("]") and any(word in name.lower() for word in _SEQUENCE_WORDS)
