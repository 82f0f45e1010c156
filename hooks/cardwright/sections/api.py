"""Usage: how the model is called, where the card states it in fields."""

from __future__ import annotations

from cardwright.card import Api
from cardwright.entry import Entry


def find_api(entry: Entry) -> Api | None:
    """The card's `api`, unless it is empty or the card's text shows it."""
    api = entry.card.api
    return None if api == Api() or entry.is_in_text(("api",)) else api
