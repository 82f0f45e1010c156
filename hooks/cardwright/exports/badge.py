"""`models/<slug>/badge.svg` and `badge-parameters.svg`: badges for READMEs, made here and asked of nobody."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from cardwright.addresses import Addresses
from cardwright.entry import Entry
from cardwright.rows import find_checked
from cardwright.sections.structure import format_short

COLOURS: Mapping[str, str] = {"verified": "#1b6e38", "contradicted": "#a32a1c", "unchecked": "#4d5661"}
"""White on each has a contrast of 6 to 1 or more."""

_WIDTHS: Mapping[str, float] = {
    character: width
    for width, characters in (
        (3.3, "ijl.,:;'|!I "),
        (4.6, "frt()[]-/"),
        (5.9, "ckszJvxy"),
        (7.0, "abdeghnopqu0123456789LF_~+=<>"),
        (8.2, "ABCDEGHKNOPQRSTUVXYZw&"),
        (10.6, "mMW%@"),
    )
    for character in characters
}
"""About the widths of letters in Verdana at 11 px, which is the widest of the fonts named below."""

_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{label}: {value}">\
<title>{label}: {value}</title>\
<rect width="{width}" height="20" rx="3" fill="#33383f"/>\
<path d="M{left} 0h{flat}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{flat}z" fill="{colour}"/>\
<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">\
<text x="6" y="14" textLength="{label_length}">{label}</text>\
<text x="{value_x}" y="14" textLength="{value_length}">{value}</text></g></svg>
"""


def make_badge(entry: Entry, addresses: Addresses) -> str:
    """The badge that says whether the card agrees with its file."""
    checked = find_checked(entry)
    return draw_badge("model card", checked, COLOURS[checked])


def make_parameters_badge(entry: Entry, addresses: Addresses) -> str:
    """The badge with the number of parameters; none for a card without a readable file."""
    facts = entry.facts
    return draw_badge("parameters", format_short(facts.parameters), "#1a5fb4") if facts and facts.parameters else ""


def draw_badge(label: str, value: str, colour: str) -> str:
    """A badge as SVG: a label on grey, a value on `colour`. Its letters are stretched to the measured width."""
    label_length, value_length = measure(label), measure(value)
    left = label_length + 12
    return _SVG.format(
        width=left + value_length + 12,
        left=left,
        flat=value_length + 9,
        colour=colour,
        label=escape(label),
        value=escape(value),
        label_length=label_length,
        value_x=left + 6,
        value_length=value_length,
    )


def measure(text: str) -> int:
    """Pixels that the text needs; letters of other scripts count as wide."""
    return round(sum(_WIDTHS.get(character, 3.3 if character.isspace() else 11) for character in text))
