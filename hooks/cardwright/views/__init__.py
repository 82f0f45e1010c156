"""Pages about several cards: VIEWS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cardwright.addresses import Addresses
from cardwright.entry import Entry
from cardwright.pages import Page, PageStyle
from cardwright.views.catalogue import make_catalogue


@dataclass(frozen=True, slots=True)
class View:
    """A page made from all cards."""

    name: str
    uri: str
    """Its address below `models_uri`, without an ending."""
    title: str
    build: Callable[[tuple[Entry, ...], Addresses, PageStyle], Page]


VIEWS: tuple[View, ...] = (View("catalogue", "index", "Models", make_catalogue),)
