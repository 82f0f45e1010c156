"""Files for machines, made from all cards: EXPORTS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cardwright.addresses import Addresses
from cardwright.entry import Entry
from cardwright.exports.index import make_index


@dataclass(frozen=True, slots=True)
class Export:
    """A file beside the catalogue."""

    name: str
    build: Callable[[tuple[Entry, ...], Addresses], str]


EXPORTS: tuple[Export, ...] = (Export("index.json", make_index),)
