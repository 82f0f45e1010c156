"""Pages about several cards: VIEWS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cardwright.addresses import Addresses
from cardwright.boards import BOARDS_URI
from cardwright.entry import Entry
from cardwright.pages import Page, PageStyle
from cardwright.views.catalogue import make_catalogue
from cardwright.views.compare import make_comparison
from cardwright.views.leaderboards import make_leaderboards
from cardwright.views.references import make_references


@dataclass(frozen=True, slots=True)
class View:
    """Pages made from all cards. The first is the way in to the others, and may stand in the nav."""

    name: str
    uri: str
    """Address of the first page, without an ending; `{models}` is the folder of the card pages."""
    title: str
    build: Callable[[tuple[Entry, ...], Addresses, PageStyle], tuple[Page, ...]]


VIEWS: tuple[View, ...] = (
    View("catalogue", "{models}/index", "Models", make_catalogue),
    View("compare", "compare", "Compare models", make_comparison),
    View("leaderboards", f"{BOARDS_URI}/index", "Benchmarks", make_leaderboards),
    View("references", "references/index", "References", make_references),
)
