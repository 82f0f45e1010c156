"""Sizes of files as people write them: `97.7 MB`, in which MB may mean MiB."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

NUMBER = re.compile(r"(?P<number>\d[\d,]*(?:\.\d+)?|\.\d+)\s*(?P<unit>[a-zA-Z]*)")
SIZE_UNITS: Mapping[str, tuple[int, ...]] = {
    "": (1,),
    "b": (1,),
    "byte": (1,),
    "bytes": (1,),
    "kb": (1000, 1024),
    "kib": (1024,),
    "k": (1000, 1024),
    "mb": (1000**2, 1024**2),
    "mib": (1024**2,),
    "m": (1000**2, 1024**2),
    "gb": (1000**3, 1024**3),
    "gib": (1024**3,),
    "g": (1000**3, 1024**3),
    "tb": (1000**4, 1024**4),
}
"""Bytes in a unit; where people mean either, both."""
ROUNDING = 0.02
"""Share by which a rounded size or count may differ beyond its last digit."""


def could_be_size(written: str, sizes: Iterable[int]) -> bool | None:
    """Whether one of the sizes, in bytes, could be written so; None when no size is written."""
    match = NUMBER.search(written)
    units = SIZE_UNITS.get(match["unit"].lower()) if match else None
    if not match or not units:
        return None
    return any(is_near(match["number"], size / unit) for size in sizes for unit in units)


def is_near(written: str, value: float) -> bool:
    """Whether `value`, rounded as `written` is, could be written so."""
    digits = len(written.partition(".")[2])
    tolerance: float = max(0.51 * 10.0**-digits, ROUNDING * value)
    return abs(to_float(written) - value) <= tolerance


def to_float(written: str) -> float:
    """The number that is written, with or without commas between thousands."""
    return float(written.replace(",", ""))
