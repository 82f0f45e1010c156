"""What a difference is made of: frozen values, from which text, Markdown and JSON are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

How = Literal["added", "removed", "renamed", "changed", "better", "worse", "contradicted", "resolved"]

HOWS: Mapping[str, str] = {
    "added": "is in HEAD alone",
    "removed": "is in BASE alone",
    "renamed": "is the same under another name",
    "changed": "has another value, of which nobody can say whether it is better",
    "better": "a metric that went up where higher is better, or down where lower is",
    "worse": "the same the other way",
    "contradicted": "the card says it, its model file does not hold it, and in BASE that was not so",
    "resolved": "was contradicted, or a problem, and is no more",
}
"""What became of something, and what that means."""


class DiffError(Exception):
    """Nothing can be compared: one line that says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was."""

    kind: str
    """One of KINDS."""
    key: str
    """What it is, for programs: `license`, `sha256`, the name of a metric."""
    what: str
    """The same for readers: `License`, `Accuracy on MNIST (test)`."""
    how: How
    before: str = ""
    """In BASE; of a claim, what the card says."""
    after: str = ""
    """In HEAD; of a claim, what the file holds."""
    note: str = ""
    """A few words on it: `-0.7`, `old links break`."""


@dataclass(frozen=True, slots=True)
class CardChange:
    """A card that is not as it was."""

    how: How
    """`added`, `removed`, `renamed` or `changed`."""
    slug: str
    name: str
    path: str
    """Its file, with the folder of the cards in front; in BASE for a card that was removed."""
    old_slug: str
    """Its name in addresses in BASE; empty for one that was added."""
    old_path: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """All cards that are not as they were."""

    base: str
    head: str
    cards: tuple[CardChange, ...]
    unchanged: int
    """How many cards are."""

    def count_cards(self) -> Counter[str]:
        """Cards by what became of them."""
        return Counter(card.how for card in self.cards)

    def count(self, kind: str) -> Counter[str]:
        """Changes of one kind by what became of them."""
        return Counter(change.how for card in self.cards for change in card.changes if change.kind == kind)
