"""Metric values as people write them: `24.7%`, `75.81 ± 0.2`, `9.9 +/- 9.9`, `<0.1`, `1,234.5`, `mAP of 0.36`, `NA`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = r"[-+\u2212]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+|(?<=\d)\.)?(?:[eE][-+]?\d{1,3})?"
_QUANTITY = re.compile(
    rf"\s*(?P<compare>[<>~≈≤≥]=?)?\s*(?P<number>{_NUMBER})\s*(?P<percent>%)?"
    rf"\s*(?:(?:±|\+/-|\+-)\s*(?P<spread>{_NUMBER})\s*(?P<spread_percent>%)?)?\s*(?P<unit>[^\d\s±<>][^\d±<>]{{0,19}})?\s*"
)
_NAMED = re.compile(r"\s*(?P<name>[^\d\s:][^:]*?|[^:]*?[A-Za-z@][^:]*?)\s*(?::|=|\bof\b)\s*(?P<value>[^:=]+?)\s*")
MAX_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Quantity:
    """A published value: the text that is shown, and the number it is sorted by."""

    text: str
    number: float | None = None
    """None when there is no number in it, e.g. NA; in the unit that the text has."""
    unit: str = ""
    spread: float | None = None
    """What stands behind ±."""


def parse_quantity(text: str) -> Quantity:
    """The number, unit and spread of a value. Never raises; what is no number has none."""
    match = _QUANTITY.fullmatch(text) if len(text) <= MAX_CHARACTERS else None
    number = _to_float(match["number"]) if match else None
    if match is None or number is None:
        return Quantity(text)
    unit = "%" if match["percent"] or match["spread_percent"] else (match["unit"] or "").strip()
    return Quantity(text, number, unit, _to_float(match["spread"] or ""))


def split_values(text: str, header: str) -> tuple[tuple[str, str], ...]:
    """A cell's values, each with its name: those it names itself, or one that its column's header names.

    `top-1 err: 24.7%, top-5 err: 7.8%` holds two, `48.4` holds one. What cannot be told apart stays one value.
    """
    pieces = [piece for piece in re.split(r"[;\n]|,(?!\d{3}(?:\D|$))", text[:2000]) if piece.strip()]
    named = [_NAMED.fullmatch(piece) for piece in pieces]
    if pieces and all(match and parse_quantity(match["value"]).number is not None for match in named):
        return tuple((match["name"], match["value"]) for match in named if match)
    return ((header.strip(), text.strip()),)


def _to_float(text: str) -> float | None:
    try:
        value = float(text.replace(",", "").replace("\u2212", "-"))
    except ValueError:
        return None
    return value if abs(value) < 1e300 else None
