"""The folded block diagram as inline SVG: one column of boxes, in the colours of the page.

No script, no reference to anything outside, and the same as a list below it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from cardwright.facts.diagram_values import Block, Diagram, Endpoint
from cardwright.structure.words import (
    clean,
    cut,
    format_endpoint,
    format_shape,
    list_blocks,
    measure,
    summarise,
    wrap,
)

WIDTH = 304
SHOWN_WIDTH = 360
"""In CSS pixels, where the page is wide enough."""
GUTTER = 14
"""Left of the boxes, for shortcuts."""
STACK = 6
"""Right of the boxes, for the sheet behind one that stands there several times."""
GAP, PAD, INSET = 18, 9, 9
MIDDLE = (GUTTER + WIDTH - STACK) / 2
TITLE, TEXT, SMALL = 12.5, 11.0, 10.5

LAYERS: Mapping[str, str] = {
    # What is drawn with the same attributes, from the back to the front.
    "frame": 'fill="none" stroke="currentColor" stroke-opacity=".6" stroke-dasharray="4 3"',
    "line": 'fill="none" stroke="currentColor" stroke-opacity=".6"',
    "box": 'fill="var(--cw-soft,none)" stroke="currentColor" stroke-opacity=".45"',
    "track": 'stroke="currentColor" stroke-opacity=".15" stroke-width="3"',
    "bar": 'stroke="var(--cw-link,currentColor)" stroke-width="3"',
    "tick": 'stroke="currentColor" stroke-opacity=".45"',
    "badge": 'fill="var(--cw-link,currentColor)" fill-opacity=".14"',
    "title": f'fill="currentColor" font-size="{TITLE:g}" font-weight="600"',
    "text": f'fill="currentColor" font-size="{TEXT:g}"',
    "small": f'fill="var(--cw-quiet,currentColor)" font-size="{SMALL:g}"',
}
SIZES: Mapping[str, float] = {"title": TITLE, "text": TEXT, "small": SMALL}
PATHS = frozenset({"line", "track", "bar", "tick"})
"""Layers that are one path each."""

_FIGURE = Markup(
    '<div class="cw-diagram"><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{shown}"'
    ' style="max-width:100%;height:auto" role="img" aria-labelledby="{key}-title {key}-desc">'
    '<title id="{key}-title">Block diagram of the model</title>'
    '<desc id="{key}-desc">From {source} to {sink}: {count}. The list below says the same.</desc>{body}</svg>'
    '<p class="cw-details">×N: N of them in a row. The bar in a block: its share of all parameters.</p>'
    "<details><summary>The same as a list</summary>{list}</details></div>"
)


def draw_diagram(diagram: Diagram, key: str = "structure") -> Markup:
    """The figure; empty for an empty diagram. `key` makes its ids different from others of the page."""
    if not diagram.blocks:
        return Markup("")
    drawing = _Drawing(max(sum(block.parameters for block in diagram.blocks), 1))
    drawing.ends("Input", diagram.inputs, diagram.more_inputs)
    drawing.chain(diagram.blocks)
    drawing.link()
    drawing.ends("Output", diagram.outputs, diagram.more_outputs)
    source, sink = (", ".join(clean(end.name, 40) for end in ends[:3]) for ends in (diagram.inputs, diagram.outputs))
    blocks = len(diagram.blocks)
    return _FIGURE.format(
        width=WIDTH,
        height=f"{drawing.y + 2:.0f}",
        shown=SHOWN_WIDTH,
        key=key,
        source=source or "the input",
        sink=sink or "the output",
        count="one block" if blocks == 1 else f"{blocks} blocks one after the other",
        body=drawing.markup(),
        list=list_blocks(diagram),
    )


class _Drawing:
    """Puts one thing below the other; `y` is where the next one begins."""

    def __init__(self, parameters: int) -> None:
        self.y = 2.0
        self.parameters = parameters
        self.layers: dict[str, list[str]] = {name: [] for name in LAYERS}

    def markup(self) -> Markup:
        return Markup("").join(
            Markup(f'<path {style} d="{"".join(parts)}"/>' if name in PATHS else f"<g {style}>{''.join(parts)}</g>")
            for name, style in LAYERS.items()
            if (parts := self.layers[name])
        )

    def ends(self, kind: str, ends: Sequence[Endpoint], more: int) -> None:
        """Inputs or outputs of the model: a line of text without a box."""
        more += len(ends[1:])
        words = "".join(map(format_endpoint, ends[:1])) + (f" and {more:,} more" if more else "")
        self.text("text", MIDDLE, self.y + TEXT, cut(f"{kind}: {words}" if words else kind, WIDTH, TEXT), "middle")
        self.y += TEXT + 6

    def link(self) -> None:
        """The arrow to what comes next."""
        self.layers["line"].append(f"M{MIDDLE:g} {self.y:g}v{GAP - 1}m-3-4l3 4l3-4")
        self.y += GAP

    def chain(self, blocks: Sequence[Block], depth: int = 0, times: int = 1) -> None:
        """Blocks one below the other; `times` is how often all of them stand there."""
        for block in blocks:
            self.link()
            left = GUTTER + 2 * INSET * depth
            right = WIDTH - STACK - INSET * depth
            draw = self.frame if block.inside else self.box
            draw(block, left, right, depth, times)

    def frame(self, block: Block, left: float, right: float, depth: int, times: int) -> None:
        """Several boxes that stand there together several times."""
        top = self.y
        self.y += PAD
        room = right - left - 2 * PAD - self.badge(block, right, top)
        self.row("small", left + PAD, cut(summarise(block), room, SMALL))
        self.chain(block.inside, depth + 1, times * block.count)
        self.y += PAD + 3
        self.rectangle("frame", left, top, right, 6)

    def box(self, block: Block, left: float, right: float, depth: int, times: int) -> None:
        top = self.y
        start, end = left + PAD, right - PAD
        self.y += PAD - 2
        words, shape = summarise(block), cut(format_shape(block.shape), end - start, SMALL)
        lines = wrap(clean(block.title), end - start - self.badge(block, right, top), TITLE)
        for line in lines:
            self.row("title", start, line)
        for line in map(clean, block.lines):
            self.layers["tick"].append(f"M{start + 1:g} {self.y + 2:g}v{TEXT:g}")
            self.row("text", start + 8, cut(line, end - start - 8, TEXT))
        if shape and not words and len(lines) == 1 and not block.lines and block.count == 1:
            free = end - start - measure(lines[0], TITLE) - 10
            if measure(shape, SMALL) <= free:
                self.text("small", end, self.y - 4, shape, "end")
                shape = ""
        if words and shape and measure(words, SMALL) + measure(shape, SMALL) + 10 > end - start:
            self.row("small", start, cut(words, end - start, SMALL))
            words = ""
        if words or shape:
            self.text("small", end, self.y + SMALL, shape, "end")
            self.row("small", start, cut(words, end - start, SMALL))
        self.bar(block, start, end, times)
        self.y += PAD - 4
        self.rectangle("box", left, top, right, 5)
        if block.count > 1:
            self.layers["line"].append(f"M{left + 6:g} {self.y + 3:g}H{right - 2:g}q5 0 5-5V{top + 6:g}")
        if block.shortcut:
            self.layers["line"].append(f"M{MIDDLE:g} {top - 8:g}H{left - 2:g}q-6 0-6 6V{self.y:g}q0 6 6 6H{MIDDLE:g}")

    def bar(self, block: Block, start: float, end: float, times: int) -> None:
        """The share of all parameters."""
        if block.parameters:
            self.y += 3
            length = (end - start) * min(block.parameters * times / self.parameters, 1)
            self.layers["track"].append(f"M{start:g} {self.y:g}H{end:g}")
            self.layers["bar"].append(f"M{start:g} {self.y:g}h{max(length, 1):.1f}")
            self.y += 3

    def badge(self, block: Block, right: float, top: float) -> float:
        """How often, in the upper right corner. Gives the width it takes."""
        if block.count == 1:
            return 0
        label = f"×{block.count:,}"
        width = measure(label, TITLE) + 12
        x = right - width - 6
        self.layers["badge"].append(f'<rect x="{x:.1f}" y="{top + 5:g}" width="{width:.1f}" height="18" rx="9"/>')
        self.text("title", x + width / 2, top + 18.5, label, "middle")
        return width + 2

    def rectangle(self, layer: str, left: float, top: float, right: float, radius: int) -> None:
        """From `top` to where we are."""
        self.layers[layer].append(
            f'<rect x="{left:g}" y="{top:g}" width="{right - left:g}" height="{self.y - top:g}" rx="{radius}"/>'
        )

    def row(self, layer: str, x: float, text: str) -> None:
        """A line of text, and down to the next."""
        self.text(layer, x, self.y + SIZES[layer], text)
        self.y += SIZES[layer] + 4

    def text(self, layer: str, x: float, baseline: float, text: str, anchor: str = "") -> None:
        if text:
            ends = f' text-anchor="{anchor}"' if anchor else ""
            self.layers[layer].append(f'<text x="{x:g}" y="{baseline:g}"{ends}>{escape(text)}</text>')
