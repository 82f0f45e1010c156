"""What stands in a box: its title, the branches beside it, and whether data also goes past it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .diagram_names import LANDMARK, LIGHT, Label, ShapeOf, join_labels
from .diagram_units import Segment, Unit
from .values import Shape

MAX_LINES = 4
MAX_LINE = 160
MAX_RANK = 8
MAX_DIM_NAME = 20


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a box."""

    title: str
    lines: tuple[str, ...]
    shortcut: bool


@dataclass(frozen=True, slots=True)
class _Branch:
    """Units between two cut nodes that hang together."""

    labels: tuple[Label, ...]
    layers: int

    @property
    def is_telling(self) -> bool:
        return any(label.rank >= LANDMARK for label in self.labels)


def describe(segments: Iterable[Segment], units: Sequence[Unit], labels: Sequence[Label], shape_of: ShapeOf) -> Text:
    """The words for these segments, in order."""
    title: list[Label] = []
    lines: list[str] = []
    shortcut = branched = False
    for segment in segments:
        branches = _find_branches(segment, units, labels)
        lines += [f"takes also {_name_value(shape_of(number))} from further up" for number in segment.skips]
        telling = [branch for branch in branches if branch.is_telling]
        if segment.cut:
            title += [labels[i] for i in segment.units]
            lines += [f"in it: {join_labels(labels[i].inside)}" for i in segment.units if labels[i].inside]
            lines += _beside(telling)
        elif len(telling) <= 1:
            title += [label for branch in telling or branches for label in branch.labels]
            shortcut |= segment.shortcut and bool(telling)
        elif (main := _find_main(telling)) is not None:
            title += main.labels
            lines += _beside([branch for branch in telling if branch is not main])
            shortcut |= segment.shortcut
        else:
            title.append(Label(f"{len(telling)} branches", LANDMARK))
            lines += _write(telling)
            branched = True
            shortcut |= segment.shortcut
    least = LANDMARK if branched else LIGHT
    return Text(_bound(join_labels(title, least=least)), tuple(map(_bound, _shorten(lines))), shortcut)


def _find_branches(segment: Segment, units: Sequence[Unit], labels: Sequence[Label]) -> list[_Branch]:
    """Between cut nodes: the parts that only these nodes connect. At a cut node: what stands beside the path."""
    members = sorted((*segment.beside, *(() if segment.cut else segment.units)))
    if not members:
        return []
    leader = {index: index for index in members}

    def find(index: int) -> int:
        while leader[index] != index:
            leader[index] = leader[leader[index]]
            index = leader[index]
        return index

    made: dict[int, int] = {}
    for index in members:
        for number in units[index].reads:
            if number in made:
                one, other = sorted((find(made[number]), find(index)))
                leader[other] = one
        made.update(dict.fromkeys(units[index].writes, index))
    grouped: dict[int, list[int]] = {}
    for index in members:
        grouped.setdefault(find(index), []).append(index)
    return [_Branch(tuple(labels[i] for i in group), sum(units[i].layers for i in group)) for group in grouped.values()]


def _find_main(branches: Sequence[_Branch]) -> _Branch | None:
    """Of two branches the one that is the block, when the other is a projection of its shortcut."""
    if len(branches) != 2:
        return None
    less, more = sorted(branches, key=lambda branch: branch.layers)
    return more if less.layers <= 1 < more.layers else None


def _name_value(shape: Shape | None) -> str:
    if shape is None or len(shape) > MAX_RANK:
        return "a value"
    return " × ".join("?" if dim is None else str(dim)[:MAX_DIM_NAME] for dim in shape)


def _beside(branches: Iterable[_Branch]) -> list[str]:
    return [f"beside it: {line}" for line in _write(branches)]


def _write(branches: Iterable[_Branch]) -> list[str]:
    counts = Counter(join_labels(branch.labels, " → ", LANDMARK) for branch in branches)
    return [line if count == 1 else f"{count:,} of them: {line}" for line, count in counts.items()]


def _shorten(lines: Sequence[str]) -> Sequence[str]:
    if len(lines) <= MAX_LINES:
        return lines
    return [*lines[: MAX_LINES - 1], f"and {len(lines) - MAX_LINES + 1} more"]


def _bound(text: str) -> str:
    return text if len(text) <= MAX_LINE else f"{text[: MAX_LINE - 1]}…"
