"""A difference for a terminal, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from cardwright.diff.values import CardChange, Change, Difference

MAX_VALUE = 120
"""Characters of a value in text; JSON has all of it."""

KINDS: Mapping[str, str] = {
    "address": "the name of the card in addresses",
    "metric": "a result",
    "claim": "what the card says of its model, held against the file",
    "field": "a field of the card",
    "file": "a file of the card",
    "fact": "what a model file holds",
    "stated": "what the card says of a file that is not there",
    "section": "a part of the text",
    "publication": "a publication",
    "problem": "an error or warning",
}
"""What changes, and what that is."""


def describe_difference(difference: Difference) -> dict[str, Any]:
    """The difference for programs."""
    return {
        "base": difference.base,
        "head": difference.head,
        "unchanged": difference.unchanged,
        "cards": [_describe_card(card) for card in difference.cards],
    }


def _describe_card(card: CardChange) -> dict[str, Any]:
    described = asdict(card)
    return {**described, "changes": [asdict(change) for change in card.changes]}


def write_difference(difference: Difference) -> Iterator[str]:
    """The difference, line by line."""
    for card in difference.cards:
        yield f"{card.name}: {card.how}{_say_names(card)}"
        yield f"{card.path}"
        width = max((len(change.how) for change in card.changes), default=0)
        for change in card.changes:
            yield f"  {change.how:<{width}}  {_say(change)}"
        yield ""


def _say_names(card: CardChange) -> str:
    return f" from {card.old_slug} to {card.slug}" if card.how == "renamed" else ""


def _say(change: Change) -> str:
    values = " → ".join(shorten(value, MAX_VALUE) for value in show_values(change) if value)
    note = f" ({change.note})" if change.note else ""
    return f"{shorten(change.what, MAX_VALUE)}{f': {values}' if values else ''}{note}"


def show_values(change: Change) -> tuple[str, str]:
    """What stands on the left and on the right of a change."""
    if change.kind == "claim":
        says, holds = ("said", "held") if change.how == "resolved" else ("says", "holds")
        return f"the card {says} {change.before}", f"the file {holds} {change.after}"
    return change.before, change.after


def shorten(text: str, most: int) -> str:
    """The beginning of a long text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def summarise(difference: Difference) -> str:
    """`1 card added, 2 changed, 3 as before; 1 metric worse.`"""
    cards = difference.count_cards()
    parts = [f"{count(cards[how], 'card') if first else cards[how]} {how}" for first, how in _first(cards)]
    unchanged = f"{difference.unchanged} as before" if parts else f"{count(difference.unchanged, 'card')} as before"
    metrics, claims, problems = (difference.count(kind) for kind in ("metric", "claim", "problem"))
    news = [f"{count(metrics[how], 'metric')} {how}" for how in ("worse", "better") if metrics[how]]
    news += [f"{count(claims[how], 'claim')} {how}" for how in ("contradicted", "resolved") if claims[how]]
    news += [f"{count(problems['added'], 'new problem')}"] if problems["added"] else []
    return f"{', '.join([*parts, unchanged])}{'; ' if news else ''}{', '.join(news)}"


def _first(counts: Counter[str]) -> Iterator[tuple[bool, str]]:
    there = [how for how in ("added", "removed", "renamed", "changed") if counts[how]]
    return ((index == 0, how) for index, how in enumerate(there))


def count(number: int, noun: str) -> str:
    """`1 card`, `2 cards`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
