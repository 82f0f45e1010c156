"""From the steps of a model to its folded block diagram, top to bottom.

Nodes on every path from input to output cut the model into a chain of segments; what repeats in the chain is
folded; what is left is put into boxes of a few operators. Linear in the nodes, but for sorting.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .constants import Constants
from .diagram_boxes import Atom, Box, Frame, put_into_boxes, shorten
from .diagram_fold import fold
from .diagram_names import LANDMARK, Label, ShapeOf, name_unit
from .diagram_text import Text, describe
from .diagram_units import Segment, Unit, find_chain, find_units
from .diagram_values import Block, Diagram, Endpoint
from .flat import Flat
from .operators import CONVOLUTIONS
from .values import Shape
from .weights import Weights

MAX_UNITS = 200_000
"""Above it there is no diagram."""
COMFORTABLE_ROWS = 44
"""Of text: above it, what repeats with other widths is folded too, as in a DenseNet."""
MAX_BOXES = 60
"""Above it, the middle becomes one box."""
MAX_ENDS = 4
MAX_NAME = 60
MAX_RANK = 8


def find_blocks(flat: Flat, constants: Constants, weights: Weights, shape_of: ShapeOf = lambda number: None) -> Diagram:
    """The diagram; `shape_of` gives the shape of a value where it is known. Empty for a model that does nothing."""
    units = find_units(flat, constants)
    if not units or len(units) > MAX_UNITS:
        return Diagram()
    labels = [name_unit(unit, constants, shape_of) for unit in units]
    chain = find_chain(flat, units)
    atoms = _find_atoms(chain.segments, units, labels, constants)
    drawing = _Drawing(chain.segments, units, labels, atoms, weights, shape_of)
    blocks = tuple(drawing.block(box) for box in _find_boxes(atoms, drawing))
    inputs, outputs = (
        tuple(Endpoint(flat.names[number][:MAX_NAME], _bound_shape(shape_of(number))) for number in ends[:MAX_ENDS])
        for ends in (chain.inputs, chain.outputs)
    )
    return Diagram(inputs, len(chain.inputs) - len(inputs), outputs, len(chain.outputs) - len(outputs), blocks)


def _find_atoms(
    segments: Sequence[Segment], units: Sequence[Unit], labels: Sequence[Label], constants: Constants
) -> list[Atom]:
    known: dict[Any, int] = {}
    forms = [_form(unit, label, constants) for unit, label in zip(units, labels, strict=True)]
    atoms = []
    for segment in segments:
        # A mask is made once, where it is first read: what makes it must not tell that place from the others.
        inside = (*segment.units, *(i for i in segment.beside if labels[i].rank >= LANDMARK))
        kind = (segment.cut, segment.shortcut, len(segment.skips))
        atoms.append(
            Atom(
                exact=known.setdefault((kind, tuple(sorted(forms[i] for i in inside))), len(known)),
                loose=known.setdefault((kind, tuple(sorted(forms[i][0] for i in inside))), len(known)),
                rank=max((labels[i].rank for i in inside), default=0),
                layers=sum(units[i].layers for i in inside),
                is_cut=segment.cut,
                is_convolution=segment.cut and units[segment.units[0]].head.operator in CONVOLUTIONS,
                has_shortcut=segment.shortcut,
            )
        )
    return atoms


def _form(unit: Unit, label: Label, constants: Constants) -> tuple[str, tuple[Any, ...]]:
    """What makes a unit the same as another: its operator, and the shapes of its weights, strides and the like."""
    weights = []
    for step in unit.steps:
        roots = (constants.roots.get(number) for number in step.inputs)
        strides = step.node.attribute("strides", ()) if step.node is not None else ()
        shapes = tuple(root.shape or () for root in roots if root is not None)
        numbers = tuple(n for n in strides if isinstance(n, int)) if isinstance(strides, tuple) else ()
        weights.append((step.operator, shapes, numbers))
    return label.text, tuple(sorted(weights, key=repr))


def _find_boxes(atoms: Sequence[Atom], drawing: _Drawing) -> list[Box | Frame]:
    starts = [atom.is_heavy for atom in atoms]
    boxes = put_into_boxes(atoms, fold([atom.exact for atom in atoms], starts))
    if (rows := drawing.count_rows(boxes)) > COMFORTABLE_ROWS:
        fewer = put_into_boxes(atoms, fold([atom.loose for atom in atoms], starts))
        boxes = fewer if drawing.count_rows(fewer) * 5 <= rows * 4 else boxes
    return shorten(boxes, MAX_BOXES)


class _Drawing:
    """What every block is made from."""

    def __init__(
        self, segments: Sequence[Segment], units: Sequence[Unit], labels: Sequence[Label],
        atoms: Sequence[Atom], weights: Weights, shape_of: ShapeOf,
    ) -> None:  # fmt: skip
        self.segments, self.units, self.labels = segments, units, labels
        self.atoms, self.weights, self.shape_of = atoms, weights, shape_of

    def block(self, box: Box | Frame) -> Block:
        segments = self.segments[box.first : box.first + box.period * box.count]
        nodes, layers, parameters = self.count(segments)
        one = (nodes, layers, parameters) if box.count == 1 else self.count(segments[: box.period])
        inside = tuple(self.block(part) for part in box.inside) if isinstance(box, Frame) else ()
        words = self.describe(box)
        return Block(
            title=words.title,
            count=box.count,
            nodes=nodes,
            layers=layers,
            parameters=parameters,
            layers_each=one[1],
            parameters_each=one[2],
            alike=self.are_alike(box),
            shape=self.shape(segments[-1]),
            lines=words.lines,
            shortcut=words.shortcut,
            inside=inside,
        )

    def describe(self, box: Box | Frame) -> Text:
        if isinstance(box, Frame):
            return Text("", (), False)
        if box.left_out:
            return Text(f"{box.left_out:,} more blocks", (), False)
        return describe(self.segments[box.first : box.first + box.period], self.units, self.labels, self.shape_of)

    def count_rows(self, boxes: Sequence[Box | Frame]) -> int:
        """How long the diagram is with these boxes: the title, the numbers and the lines of each."""
        return sum(
            self.count_rows(box.inside) if isinstance(box, Frame) else 2 + len(self.describe(box).lines)
            for box in boxes[: 2 * COMFORTABLE_ROWS]
        ) + 2 * len(boxes[2 * COMFORTABLE_ROWS :])

    def are_alike(self, box: Box | Frame) -> bool:
        exact = [atom.exact for atom in self.atoms[box.first : box.first + box.period * box.count]]
        return exact[box.period :] == exact[: -box.period]

    def count(self, segments: Sequence[Segment]) -> tuple[int, int, int]:
        """Nodes, weighted layers and parameters."""
        inside = [self.units[i] for segment in segments for i in (*segment.units, *segment.beside)]
        steps = [step for unit in inside for step in unit.steps]
        parameters = sum(self.weights.by_step.get(step, 0) for step in steps)
        return sum(step.node is not None for step in steps), sum(unit.layers for unit in inside), parameters

    def shape(self, segment: Segment) -> Shape | None:
        """Of what the segment gives on; unknown for branches that end in no common node."""
        if not segment.cut:
            return None
        made = self.units[segment.units[-1]].steps[-1].outputs
        return _bound_shape(self.shape_of(made[0])) if made else None


def _bound_shape(shape: Shape | None) -> Shape | None:
    """The shape with names of a length that can be shown; None for more dimensions than that."""
    if shape is None or len(shape) > MAX_RANK:
        return None
    return tuple(dim[:MAX_NAME] if isinstance(dim, str) else dim for dim in shape)
