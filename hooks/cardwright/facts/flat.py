"""A model as one flat list of steps.

Every value gets a number, so that names of inner scopes cannot be mixed up. What crosses the border of
a body is a step with a pseudo operator:

    @pass     (actual)            a function's input or output
    @element  (sequence)          a slice of what Scan walks along
    @join     (condition, *each)  an output of If: what its branches return
    @state    (initial)           what Loop or Scan carries into its body; a variable, even if it begins const
    @trip     (limit, condition)  Loop's counter and condition
    @final    (initial, carried)  what Loop or Scan carries out
    @stack    (element, limit)    what Loop or Scan collects
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .graph import Node, Tensor
from .values import Value

ABSENT = 0
"""The number of an optional input or output that is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """A body in its place, or the main graph (number 0, whose parent is -1)."""

    parent: int
    kind: str
    """`main`, `call`, `branch` or `loop`."""
    owner: Node | None
    trips: int = ABSENT
    """Of a loop: the value that limits it, or that Scan walks along `trip_axis`."""
    trip_axis: int | None = None
    """None when `trips` is the number itself."""
    group: int = 0
    """The same number for all branches of one If."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A node in its place, or a pseudo operator."""

    operator: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    scope: int
    node: Node | None = None
    """With attribute references resolved; None for a pseudo operator."""


@dataclass(slots=True, eq=False)
class Flat:
    """All steps of a model in an order in which each comes after what it reads."""

    names: list[str] = field(default_factory=lambda: [""])
    """By value number."""
    tensors: dict[int, Tensor] = field(default_factory=dict)
    """Values that are stored in the file."""
    declared: dict[int, Value] = field(default_factory=dict)
    """Types as the file states them."""
    inputs: tuple[int, ...] = ()
    outputs: tuple[int, ...] = ()
    steps: list[Step] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=lambda: [Scope(-1, "main", None)])

    def nodes(self) -> list[tuple[Step, Node]]:
        """The steps that are nodes of the file."""
        return [(step, step.node) for step in self.steps if step.node is not None]
