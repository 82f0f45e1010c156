"""Metric values as people write them: `24.7%`, `75.81 ± 0.2`, `9.9 +/- 9.9`, `<0.1`, `1,234.5`, `mAP of 0.36`, `NA`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cardwright.benchmarks.metrics import find_metric

_NUMBER = r"[-+\u2212]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+|(?<=\d)\.)?(?:[eE][-+]?\d{1,3})?"
_QUANTITY = re.compile(
    rf"\s*(?P<compare>[<>~≈≤≥]=?)?\s*(?P<number>{_NUMBER})\s*(?P<percent>%)?"
    rf"\s*(?:(?:±|\+/-|\+-)\s*(?P<spread>{_NUMBER})\s*(?P<spread_percent>%)?)?\s*(?P<unit>[^\d\s±<>][^\d±<>]{{0,19}})?\s*"
)
_BETWEEN = re.compile(r":|=|\bof\b")
_IS_NAME = re.compile(r"[^\d\s:]|[^:]*[A-Za-z@]")
_SPOKEN = re.compile(r"\s*(?P<name>[^\W\d_][^;:=]{0,40}?)\s+(?P<value>[<>~≈≤≥]?\s?[-+\u2212]?(?:\d|\.\d)\S*(?:\s%)?)")
"""A name, a space, a number: whether the name is one of a metric is looked up."""
_BEHIND = re.compile(r"\s*(?P<value>\S+(?:\s%)?)\s+\(?(?P<name>[^\W\d_][^()]{0,40})\)?\s*")
"""The same with the name behind the number, with or without brackets."""
_SEVERAL = re.compile(r"\s*(?:&|\||\band\b|\s/\s)\s*")
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
    # One space for many: the pattern could share them out among its parts in millions of ways.
    match = _QUANTITY.fullmatch(" ".join(text.split())) if len(text) <= MAX_CHARACTERS else None
    number = _to_float(match["number"]) if match else None
    if match is None or number is None:
        return Quantity(text)
    unit = "%" if match["percent"] or match["spread_percent"] else (match["unit"] or "").strip()
    return Quantity(text, number, unit, _to_float(match["spread"] or ""))


def split_values(text: str, header: str) -> tuple[tuple[str, str], ...]:
    """A cell's values, each with its name: those it names itself, or one that its column's header names.

    `top-1 err: 24.7%, top-5 err: 7.8%` holds two, and so does `mAP of 0.36 & 0.33`; `Box AP 0.36` names what it is,
    `48.4` does not. What cannot be told apart stays one value.
    """
    pieces = [piece for piece in re.split(r"[;\n]|,(?!\d{3}(?:\D|$))", text[:2000]) if piece.strip()]
    parts = [part for piece in pieces for part in _SEVERAL.split(piece)]
    for read, texts in ((_read_named, pieces), (_read_named, parts), (_read_spoken, parts)):
        found = [read(each) for each in texts]
        if found and all(found):
            return tuple((_full_name(name, header), value) for values in found for name, value in values)
    return _read_unnamed(text.strip(), header.strip())


Values = tuple[tuple[str, str], ...]


def _read_named(piece: str) -> Values:
    """`mAP of 0.36 & 0.33`, `top-1 err: 24.7%`; empty for anything else."""
    name, value = _split_name(piece) or ("", "")
    values = _SEVERAL.split(value) if name else []
    return tuple((name, each) for each in values) if _are_numbers(values) else ()


def _read_spoken(piece: str) -> Values:
    """`mAP 0.376`, `Box AP 0.36 Mask AP 0.33`, `3.78 MOS`: names of metrics that are known; else empty."""
    if len(piece) > MAX_CHARACTERS:
        return ()
    if (behind := _BEHIND.fullmatch(piece)) and find_metric(behind["name"]):
        return ((behind["name"], behind["value"]),) if _are_numbers([behind["value"]]) else ()
    found: list[tuple[str, str]] = []
    at = 0
    while match := _SPOKEN.match(piece, at):
        found.append((match["name"], match["value"].strip()))
        at = match.end()
    known = all(find_metric(name) and parse_quantity(value).number is not None for name, value in found)
    return tuple(found) if known and not piece[at:].strip() else ()


def _read_unnamed(text: str, header: str) -> Values:
    """`69.70 | 89.05` below `Top-1 | Top-5`, `0.36 & 0.33` below `mAP`; else the cell as one value."""
    names = [name for name in _SEVERAL.split(header) if name]
    values = _SEVERAL.split(text) if len(text) <= MAX_CHARACTERS else []
    if len(values) < 2 or not _are_numbers(values):
        return ((header, text),)
    return tuple(zip(names if len(names) == len(values) else [header] * len(values), values, strict=True))


def _full_name(name: str, header: str) -> str:
    """`test: 74%` below `Accuracy` is the accuracy on test data, and no metric called `test`."""
    split = re.fullmatch(r"(?i)\s*(?:train(?:ing)?|val(?:idation)?|dev|test(?:ing)?)\s*", name)
    return f"{header.strip()} ({name.strip()})" if split and find_metric(header) else name


def _are_numbers(values: list[str]) -> bool:
    return bool(values) and all(parse_quantity(value).number is not None for value in values)


def _split_name(piece: str) -> tuple[str, str] | None:
    """`mAP of 0.36` as name and value, at the first sign behind which a value stands."""
    for between in _BETWEEN.finditer(piece[: MAX_CHARACTERS * 2]):
        name, value = piece[: between.start()].strip(), piece[between.end() :].strip()
        if ":" in name:
            return None
        if _IS_NAME.match(name) and value and not re.search("[:=]", value):
            return name, value
    return None


def _to_float(text: str) -> float | None:
    try:
        value = float(text.replace(",", "").replace("\u2212", "-"))
    except ValueError:
        return None
    return value if abs(value) < 1e300 else None
