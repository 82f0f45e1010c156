"""The data graph of a model: nodes without constants, bodies of If and Loop as one node, and its chain of cut nodes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from .constants import Constants
from .flat import ABSENT, Flat, Step
from .layers import is_weighted
from .operators import RESTARTS_DEPTH

ENOUGH_LAYERS = 8
"""Weighted layers between two cut nodes that are no reason to look for a better chain."""
MAX_SPAN = 6
"""Weighted layers that a connection goes past before it may be left out of the chain."""


@dataclass(slots=True, eq=False)
class Unit:
    """A node of the data graph: a step, or an If, Loop or Scan with all that is in its bodies."""

    steps: list[Step]
    """The first one is the node itself."""
    layers: int = 0
    reads: list[int] = field(default_factory=list)
    """Values it takes from other units or from the model's inputs; no constants, no sizes."""
    writes: list[int] = field(default_factory=list)
    is_size: bool = False
    """Whether it works on sizes only: what makes target shapes, positions, empty states."""

    @property
    def head(self) -> Step:
        return self.steps[0]


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """A piece of the chain: one cut node, or everything between two of them."""

    units: tuple[int, ...]
    """On a path from input to output, in order."""
    beside: tuple[int, ...]
    """On no such path: what makes masks and positions, other heads."""
    cut: bool
    shortcut: bool = False
    """Of a stretch between cut nodes: whether data also goes straight from the one to the other."""
    skips: tuple[int, ...] = ()
    """Values from far above that it reads, where the chain was made without them."""


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """The whole model as segments, and the inputs and outputs that they connect."""

    segments: tuple[Segment, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def find_units(flat: Flat, constants: Constants) -> list[Unit]:
    """All units, each after those whose values it reads."""
    outermost = _outermost_bodies(flat)
    units: list[Unit] = []
    current: dict[int, Unit] = {}
    for step in flat.steps:
        scope, contracted = outermost[step.scope]
        if contracted or step.operator in ("@join", "@final", "@stack"):
            current[scope].steps.append(step)
        elif not constants.folds(step):
            units.append(Unit([step]))
            if step.node is not None and step.node.bodies:
                current[scope] = units[-1]
    sizes: set[int] = set()
    for unit in units:
        unit.layers = sum(is_weighted(step, constants) for step in unit.steps)
        unit.writes = [number for step in unit.steps for number in step.outputs if number != ABSENT]
        own = set(unit.writes) if len(unit.steps) > 1 else set()
        given = dict.fromkeys(
            n for step in unit.steps for n in step.inputs if n not in constants.numbers and n not in own
        )
        given.pop(ABSENT, None)
        unit.reads = [number for number in given if number not in sizes]
        if unit.head.operator in RESTARTS_DEPTH or (given and not unit.reads):  # no data, as for the depth
            sizes.update(unit.writes)
            unit.reads, unit.is_size = [], True
    return units


def _outermost_bodies(flat: Flat) -> list[tuple[int, bool]]:
    """By scope: the scope of the node that the diagram shows for it, and whether it is inside that node."""
    found: list[tuple[int, bool]] = []
    for number, scope in enumerate(flat.scopes):
        if scope.parent < 0:
            found.append((number, False))
        elif found[scope.parent][1]:
            found.append(found[scope.parent])
        else:  # calls of functions are seen through
            found.append((number, False) if scope.kind == "call" else (scope.parent, True))
    return found


def find_chain(flat: Flat, units: Sequence[Unit]) -> Chain:
    """The chain between all inputs and outputs, of cut nodes in the strict sense; or another that says much more.

    The others: between the main input and the main output, and without connections over many layers (U-Net).
    """
    inputs, outputs = flat.inputs, tuple(dict.fromkeys(number for number in flat.outputs if number))
    main_input, main_output = _find_main(flat, units)
    best = _cut(units, inputs, outputs)
    tried = {(inputs, outputs, False)}
    for spans_all in (False, True):
        for ends in ((inputs, outputs), (main_input, outputs), (main_input, main_output)):
            if (*ends, spans_all) in tried or _largest(units, best) <= ENOUGH_LAYERS * len(units):
                continue
            tried.add((*ends, spans_all))
            other = _cut(units, *ends, longest=MAX_SPAN if spans_all else None)
            if _largest(units, other) * 4 <= _largest(units, best) * 3:
                best = other
    return best


def _find_main(flat: Flat, units: Sequence[Unit]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The input and the output of the path with the most weighted layers."""
    depths = {number: (0, number) for number in flat.inputs}
    for unit in units:
        known = [depths[number] for number in unit.reads if number in depths]
        if known:
            depth, origin = max(known, key=lambda pair: pair[0])
            depths.update(dict.fromkeys(unit.writes, (depth + unit.layers, origin)))
    ends = [(depths[number], number) for number in flat.outputs if number in depths]
    if not ends:
        return flat.inputs[:1], flat.outputs[:1]
    (_, origin), output = max(ends, key=lambda end: end[0][0])
    return (origin,), (output,)


def _largest(units: Sequence[Unit], chain: Chain) -> int:
    """Of the stretch without a cut node that holds most: its weighted layers, and its units after them."""
    return max(
        (
            sum(units[i].layers for i in (*segment.units, *segment.beside)) * len(units) + len(segment.units)
            for segment in chain.segments
            if not segment.cut
        ),
        default=0,
    )


def _cut(units: Sequence[Unit], inputs: tuple[int, ...], outputs: tuple[int, ...], longest: int | None = None) -> Chain:
    """One pass: in an order along the edges, a node is on every path if no edge begins before it and ends after it.

    Edges over more than `longest` weighted layers are left out of this.
    """
    path, producers = _find_path(units, inputs, outputs)
    place = {unit: position for position, unit in enumerate(path)}
    starts, ends = set(inputs), set(outputs)
    reach = [0] * (len(path) + 1)  # from a position, the last one that reads it; the first entry is the inputs
    depths = [0] * (len(path) + 1)
    skips: dict[int, list[int]] = {}
    for position, index in enumerate(path):
        if any(number in ends for number in units[index].writes):
            reach[position + 1] = len(path)
        sources = {n: -1 if n in starts else place.get(producers.get(n, -1), -2) for n in units[index].reads}
        sources = {number: source for number, source in sources.items() if source >= -1}
        depth = max(depths[source + 1] for source in sources.values())
        depths[position + 1] = depth + units[index].layers
        for number, source in sources.items():
            if longest is not None and depth - depths[source + 1] > longest:
                skips.setdefault(position, []).append(number)
            else:
                reach[source + 1] = max(reach[source + 1], position)
    bounds: list[tuple[int, int, bool]] = []  # first, end, is it a cut node
    furthest, begun = reach[0], 0
    for position in range(len(path)):
        if furthest <= position:
            if begun < position:
                bounds.append((begun, position, False))
            bounds.append((position, position + 1, True))
            begun = position + 1
        furthest = max(furthest, reach[position + 1])
    if begun < len(path):
        bounds.append((begun, len(path), False))
    beside = _place_beside(units, path, producers, bounds)
    segments = []
    for number, (first, end, cut) in enumerate(bounds):
        entry = reach[first] if first or len(inputs) == 1 else 0  # of the cut node before, or of the one input
        far = tuple(dict.fromkeys(value for position in range(first, end) for value in skips.get(position, ())))
        segments.append(Segment(tuple(path[first:end]), tuple(beside[number]), cut, not cut and entry >= end, far))
    if not segments and beside[0]:
        segments.append(Segment((), tuple(beside[0]), False))
    return Chain(tuple(segments), inputs, outputs)


def _find_path(
    units: Sequence[Unit], inputs: Collection[int], outputs: Collection[int]
) -> tuple[list[int], dict[int, int]]:
    """The units on any path from an input to an output, in order, and the unit that makes each value."""
    reached = set(inputs)
    forward: list[int] = []
    producers: dict[int, int] = {}
    for index, unit in enumerate(units):
        producers.update(dict.fromkeys(unit.writes, index))
        if any(number in reached for number in unit.reads):
            reached.update(unit.writes)
            forward.append(index)
    wanted = set(outputs)
    path = []
    for index in reversed(forward):
        if any(number in wanted for number in units[index].writes):
            wanted.update(units[index].reads)
            path.append(index)
    path.reverse()
    return path, producers


def _place_beside(
    units: Sequence[Unit], path: Sequence[int], producers: dict[int, int], bounds: Sequence[tuple[int, int, bool]]
) -> list[list[int]]:
    """By segment, the units on no path: where they are first read, else where what they read is made."""
    home = [-1] * len(units)
    for number, (first, end, _) in enumerate(bounds):
        for index in path[first:end]:
            home[index] = number
    loose = [index for index, number in enumerate(home) if number < 0]
    read_in: dict[int, int] = {}
    for index in range(len(units) - 1, -1, -1):
        if home[index] < 0:
            home[index] = min((read_in[n] for n in units[index].writes if n in read_in), default=-1)
        if home[index] >= 0:
            for number in units[index].reads:
                read_in[number] = min(read_in.get(number, home[index]), home[index])
    for index in loose:
        if home[index] < 0:
            made = [home[producers[number]] for number in units[index].reads if number in producers]
            home[index] = max(made, default=-1)
    beside: list[list[int]] = [[] for _ in range(max(len(bounds), 1))]
    for index in loose:
        beside[max(home[index], 0)].append(index)
    return beside
