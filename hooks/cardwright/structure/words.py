"""The words and numbers of a diagram, short for the drawing and whole for the list."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from markupsafe import Markup, escape

from cardwright.facts import Shape
from cardwright.facts.diagram_values import Block, Diagram, Endpoint
from cardwright.problem import one_line

MAX_TEXT = 160

_NARROW = frozenset("iljtfrI.,:;'|!()[]{}/ ")
_WIDE = frozenset("mwMW@%→—")


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """Text from a file for a reader: one line of bounded length, no controls, no bidi marks, no stacked accents."""
    text = one_line(unicodedata.normalize("NFC", text[: 4 * limit]))
    text = "".join(c for c in text if not unicodedata.combining(c))
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def measure(text: str, size: float) -> float:
    """About how wide the text is, at most: fonts differ."""
    return size * sum(map(_em, text))


def _em(character: str) -> float:
    if character in _NARROW:
        return 0.32
    if character in _WIDE:
        return 0.92
    if character > "\u02ff":
        return 1.05
    return 0.68 if character.isupper() else 0.55


def cut(text: str, width: float, size: float) -> str:
    """The text, shortened to a width."""
    if measure(text, size) <= width:
        return text
    while text and measure(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip(' ,')}…"


def wrap(text: str, width: float, size: float, most: int = 2) -> list[str]:
    """The text in at most so many lines, broken at spaces after commas and arrows, else at any."""
    lines: list[str] = []
    rest = text
    while len(lines) < most - 1 and measure(rest, size) > width:
        words = rest.split(" ")
        count = next((n for n in range(len(words), 0, -1) if measure(" ".join(words[:n]), size) <= width), 0)
        if not count:
            break
        better = next((n for n in range(count, count // 2, -1) if words[n - 1].endswith((",", "→"))), count)
        lines.append(" ".join(words[:better]))
        rest = " ".join(words[better:])
    return [*lines, cut(rest, width, size)]


def shorten_number(number: int) -> str:
    """`9.5 k`, `25.6 M`."""
    for unit, size in (("T", 10**12), ("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if number * 2 >= size * 2 - size // 1000:
            value = number / size
            return f"{value:.0f}\u00a0{unit}" if value >= 99.95 else f"{value:.3g}\u00a0{unit}"
    return str(number)


def format_shape(shape: Shape | None) -> str:
    """`1 × 3 × 224 × 224`; empty when it is not known."""
    if shape is None:
        return ""
    return " × ".join("?" if dim is None else clean(str(dim), 20) for dim in shape) or "one number"


def format_endpoint(end: Endpoint) -> str:
    """Name and shape of an input or output."""
    return ", ".join(filter(None, (clean(end.name, 40), format_shape(end.shape))))


def summarise(block: Block) -> str:
    """Layers and parameters, short."""
    if not block.layers and not block.parameters:
        return ""
    each = block.count > 1 and block.alike
    shared = each and block.parameters == block.parameters_each
    layers = block.layers_each if each else block.layers
    parameters = block.parameters_each if each else block.parameters
    words = [_plural(layers, "layer")] if layers else []
    words += [f"{shorten_number(parameters)} params"] if parameters else []
    if block.count == 1:
        return " · ".join(words)
    end = "shared" if shared and parameters else "each" if each else "in all"
    return f"{' · '.join(words)} {end}"


def list_blocks(diagram: Diagram) -> Markup:
    """The diagram as nested lists."""
    start = Markup("<li>Input: {}</li>").format(_join_ends(diagram.inputs, diagram.more_inputs))
    end = Markup("<li>Output: {}</li>").format(_join_ends(diagram.outputs, diagram.more_outputs))
    return Markup("<ol>{}{}{}</ol>").format(start, _list(diagram.blocks), end)


def _list(blocks: Sequence[Block]) -> Markup:
    return Markup("").join(Markup("<li>{}</li>").format(_describe(block)) for block in blocks)


def _describe(block: Block) -> Markup:
    words = [] if block.title else ["These blocks"]
    words += [f"{block.count:,} times in a row" + ("" if block.alike else ", with other widths")] * (block.count > 1)
    words += ["with a shortcut past it"] * block.shortcut
    numbers = [_plural(block.layers, "layer")] * bool(block.layers)
    numbers += [_plural(block.parameters, "parameter")] * bool(block.parameters)
    if block.count > 1 and block.alike and block.parameters:
        numbers[-1] += f" ({block.parameters_each:,} each)"
    numbers += [f"gives {format_shape(block.shape)}"] * bool(block.shape)
    text = Markup("<bdi>{}</bdi>").format(clean(block.title)) if block.title else Markup("")
    rest = ", ".join(words) + (": " if numbers else "") + ", ".join(numbers)
    text += escape((", " if block.title and words else "") + rest)
    if block.lines:
        text += Markup("<ul>{}</ul>").format(
            Markup("").join(Markup("<li><bdi>{}</bdi></li>").format(clean(line)) for line in block.lines)
        )
    return text + (Markup("<ol>{}</ol>").format(_list(block.inside)) if block.inside else "")


def _join_ends(ends: Sequence[Endpoint], more: int) -> Markup:
    shown = Markup("; ").join(Markup("<bdi>{}</bdi>").format(format_endpoint(end)) for end in ends)
    return shown + (f" and {more:,} more" if more else "")


def _plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
