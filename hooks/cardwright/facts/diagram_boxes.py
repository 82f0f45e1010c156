"""Segments of the chain, with their repetitions, put into boxes: one of them per thing that a reader looks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .diagram_fold import Item, Repeat
from .diagram_names import LANDMARK

MAX_CHAINED_LAYERS = 3
"""Convolutions without branches that share a box: the three of an inverted residual without its shortcut."""
MAX_UNFOLDED = 8
"""Repetitions of norms, activations and the like that take less are not shown as such."""
MIN_INSIDE = 4
"""Boxes that a frame may have at least, however long the diagram."""


@dataclass(frozen=True, slots=True)
class Atom:
    """What decides into which box a segment goes."""

    exact: int
    """The same for segments with the same operators and weight shapes."""
    loose: int
    """The same for segments with the same operators."""
    rank: int
    """The highest of its operators."""
    layers: int
    is_cut: bool
    is_convolution: bool = False
    has_shortcut: bool = False

    @property
    def is_heavy(self) -> bool:
        """Whether a box is about it: a weighted layer, or branches with more than norms and activations in them."""
        return self.layers > 0 or (not self.is_cut and self.rank >= LANDMARK)


@dataclass(frozen=True, slots=True)
class Box:
    """`count` times the `period` segments that begin at `first`."""

    first: int
    period: int
    count: int = 1
    left_out: int = 0
    """How many boxes it stands for, when the diagram would be too long with them."""


@dataclass(frozen=True, slots=True)
class Frame:
    """`count` times the boxes `inside`, which show the first repetition."""

    first: int
    period: int
    count: int
    inside: tuple[Box | Frame, ...]


def put_into_boxes(atoms: Sequence[Atom], items: Iterable[Item]) -> list[Box | Frame]:
    """All items in boxes, in order."""
    boxes: list[Box | Frame] = []
    opened: _Opened | None = None
    for item in _unfold_light(atoms, items):
        if isinstance(item, int):
            if opened is None or not opened.takes(atoms[item]):
                boxes += [opened.box()] if opened else []
                opened = _Opened(item)
            opened.add(atoms[item])
        else:
            boxes += [opened.box()] if opened else []
            opened = None
            boxes.append(_box_repeat(atoms, item))
    return [*boxes, opened.box()] if opened else boxes


def shorten(boxes: Sequence[Box | Frame], most: int) -> list[Box | Frame]:
    """About `most` boxes, those in frames included; the middle of what is too long becomes one box."""
    head = most * 2 // 3
    tail = len(boxes) - (most - head - 1)
    if len(boxes) > most:
        middle = boxes[head:tail]
        length = sum(box.period * box.count for box in middle)
        boxes = [*boxes[:head], Box(middle[0].first, length, left_out=len(middle)), *boxes[tail:]]
    room = max(most // max(len(boxes), 1), MIN_INSIDE)
    return [replace(box, inside=tuple(shorten(box.inside, room))) if isinstance(box, Frame) else box for box in boxes]


def _unfold_light(atoms: Sequence[Atom], items: Iterable[Item]) -> Iterable[Item]:
    for item in items:
        if isinstance(item, int):
            yield item
            continue
        places = range(item.first, item.first + item.period * item.count)
        if len(places) <= MAX_UNFOLDED and not any(atoms[place].rank >= LANDMARK for place in places):
            yield from places
        else:
            yield item


def _box_repeat(atoms: Sequence[Atom], repeat: Repeat) -> Box | Frame:
    inside = put_into_boxes(atoms, repeat.body)
    if len(inside) == 1 and isinstance(inside[0], Box) and inside[0].count == 1:
        return Box(repeat.first, repeat.period, repeat.count)
    return Frame(repeat.first, repeat.period, repeat.count, tuple(inside))


class _Opened:
    """A box that may take more segments."""

    def __init__(self, first: int) -> None:
        self.first, self.period, self.layers = first, 0, 0
        self.has_branches = self.is_done = False
        self.only_convolutions = True

    def takes(self, atom: Atom) -> bool:
        if not atom.is_heavy:
            return True
        if self.is_done or self.has_branches:
            return False
        if not self.layers:
            return True
        # A convolution and the branches after it fit too: the squeeze and expand of a Fire module.
        fits = atom.is_convolution or not (atom.is_cut or atom.has_shortcut)
        return fits and self.only_convolutions and self.layers + atom.layers <= MAX_CHAINED_LAYERS

    def add(self, atom: Atom) -> None:
        self.period += 1
        self.layers += atom.layers
        self.has_branches |= atom.is_heavy and not atom.is_cut
        self.only_convolutions &= atom.is_convolution or not atom.is_heavy
        self.is_done |= atom.is_cut and not atom.layers and atom.rank >= LANDMARK

    def box(self) -> Box:
        return Box(self.first, self.period)
