"""A metric against what a model costs, as inline SVG in the colours of the page. No script, no style of its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, HEIGHT = 340, 236
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 20, 38
MAX_LABELLED = 20
"""Points of a plot up to which each has its rank beside it; of more, only those of the front."""

_FIGURE = Markup(
    '<svg class="cw-plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
    ' aria-labelledby="{key}-title {key}-desc"><title id="{key}-title">{title}</title>'
    '<desc id="{key}-desc">{description}</desc>{body}</svg>'
)


@dataclass(frozen=True, slots=True)
class Point:
    """A result in a plot."""

    x: float
    """Above 0."""
    y: float
    name: str
    rank: int
    front: bool
    """Whether none is as small and as good."""


@dataclass(frozen=True, slots=True)
class _Axis:
    """From a value to a place in the drawing."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool

    def place(self, value: float) -> float:
        low, high, at = (
            (math.log10(v) for v in (self.low, self.high, value)) if self.logarithmic else self.linear(value)
        )
        return self.start + (at - low) / (high - low) * (self.end - self.start)

    def linear(self, value: float) -> tuple[float, float, float]:
        return self.low, self.high, value


def draw_plot(points: Sequence[Point], x_name: str, y_name: str, x_format: Callable[[float], str], key: str) -> Markup:
    """The plot; empty for fewer than two different points. `key` makes its ids different from others of the page."""
    if len({(point.x, point.y) for point in points}) < 2:
        return Markup("")
    xs, x_axis = _scale([point.x for point in points], LEFT, WIDTH - RIGHT, logarithmic=True)
    ys, y_axis = _scale([point.y for point in points], HEIGHT - BOTTOM, TOP, logarithmic=False)
    front = sorted({(point.x, point.y) for point in points if point.front})
    names = ", ".join(dict.fromkeys(point.name for point in sorted(points, key=lambda p: (p.x, p.y)) if point.front))
    parts = [_grid(xs, ys, x_axis, y_axis, x_format)]
    parts.append(Markup('<text class="cw-plot-name" x="2" y="11">{}</text>').format(y_name))
    parts.append(
        Markup('<text class="cw-plot-name" x="{}" y="{}" text-anchor="end">{}</text>').format(
            WIDTH - RIGHT, HEIGHT - 5, x_name
        )
    )
    steps = "".join(f"H{x_axis.place(x):.1f}V{y_axis.place(y):.1f}" for x, y in front)
    start = f"M{x_axis.place(front[0][0]):.1f} {y_axis.place(front[0][1]):.1f}" if front else ""
    parts.append(Markup('<path class="cw-plot-front" d="{}"/>').format(start + steps))
    labelled = len(points) <= MAX_LABELLED
    parts += [Markup(_dot(point, x_axis, y_axis, point.front or labelled)) for point in points]
    return _FIGURE.format(
        width=WIDTH,
        height=HEIGHT,
        key=key,
        title=f"{y_name} against {x_name if x_name.isupper() or x_name[1:2].isupper() else x_name.lower()}",
        description=f"{len(points)} results, numbered by rank. On the front: {names}. The table has the same numbers.",
        body=Markup("").join(parts),
    )


def _dot(point: Point, x_axis: _Axis, y_axis: _Axis, labelled: bool) -> str:
    x, y = x_axis.place(point.x), y_axis.place(point.y)
    at = f'x="{x:.1f}" y="{y - 7:.1f}" text-anchor="middle"'
    label = f'<text class="cw-plot-rank" {at}>{point.rank}</text>' if labelled else ""
    kind = "cw-plot-best" if point.front else "cw-plot-dot"
    title = f"<title>{escape(point.name)}</title>"
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4">{title}</circle>{label}'


def _grid(
    xs: Sequence[float], ys: Sequence[float], x_axis: _Axis, y_axis: _Axis, x_format: Callable[[float], str]
) -> Markup:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    lines = "".join(f"M{x_axis.place(x):.1f} {TOP}V{bottom}" for x in xs)
    lines += "".join(f"M{LEFT} {y_axis.place(y):.1f}H{right}" for y in ys)
    labels = [
        f'<text x="{x_axis.place(x):.1f}" y="{bottom + 14}" text-anchor="middle">{escape(x_format(x))}</text>'
        for x in xs
    ]
    labels += [
        f'<text x="{LEFT - 5}" y="{y_axis.place(y) + 3.5:.1f}" text-anchor="end">{escape(format_number(y))}</text>'
        for y in ys
    ]
    return Markup(f'<path class="cw-plot-grid" d="{lines}"/><g class="cw-plot-tick">{"".join(labels)}</g>')


def format_number(number: float) -> str:
    """A number of an axis or a table, short: `71.9`, `1e+12`."""
    return f"{number:.6g}".replace("-", "\u2212", 1) if number < 0 else f"{number:.6g}"


def _scale(values: Sequence[float], start: float, end: float, *, logarithmic: bool) -> tuple[list[float], _Axis]:
    """Marks of an axis, and the axis with some room at its ends."""
    low, high = min(values), max(values)
    logarithmic = logarithmic and low > 0 and high / low >= 4
    if logarithmic:
        low, high = low / 1.25, high * 1.25
        marks = _decades(low, high)
    else:
        room = (high - low) * 0.08 or abs(high) * 0.05 or 1.0
        low, high = low - room, high + room
        marks = _even(low, high)
    return marks, _Axis(low, high, start, end, logarithmic)


def _even(low: float, high: float) -> list[float]:
    """About four round numbers between two."""
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first = math.ceil(low / step)
    return [
        round(number * step, 12) if abs(step) < 1e6 else number * step
        for number in range(first, first + 8)
        if number * step <= high
    ]


def _decades(low: float, high: float) -> list[float]:
    """Round numbers between two of different size, closer ones when they are few."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1,), (1, 3), (1, 2, 5)):
        marks = [factor * 10.0**power for power in powers for factor in factors if low <= factor * 10.0**power <= high]
        if len(marks) >= 3:
            break
    return marks[:: math.ceil(len(marks) / 6)] if marks else [low]
