"""Metrics, datasets and tasks by name: what is known of each, and how names are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

Direction = Literal["higher", "lower"]

PERCENT = "%"
UNITS: Mapping[str, str] = {
    "%": PERCENT, "percent": PERCENT, "pct": PERCENT, "ms": "ms", "msec": "ms", "s": "s", "sec": "s", "db": "dB",
    "fps": "fps", "px": "px", "pixel": "px", "pixels": "px", "mm": "mm",
}  # fmt: skip
"""Units by the ways to write them; what is in brackets behind a metric's name is one of these, or part of the name."""

SPLITS: Mapping[str, str] = {
    "train": "train", "training": "train", "validation": "validation", "valid": "validation", "val": "validation",
    "dev": "validation", "test": "test", "testing": "test", "eval": "", "evaluation": "", "set": "", "dataset": "",
    "val2017": "val2017", "test dev": "test-dev", "minival": "minival",
}  # fmt: skip
"""Splits by the words for them beside a name; an empty one is a word that says nothing."""

_ASIDE = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*$")


@dataclass(frozen=True, slots=True)
class MetricKind:
    """A known metric."""

    name: str
    better: Direction
    unit: str = ""
    """The unit of a number without one. With `%` a value may also be a fraction."""
    range: tuple[float, float] | None = None
    """The smallest and largest possible value, in its unit; None for any."""
    unsure: tuple[float, float] | None = None
    """Where a number without `%` could be a fraction and could be a percentage: above the first, up to the second."""


@dataclass(frozen=True, slots=True)
class DatasetKind:
    """A known dataset."""

    name: str
    task: str = ""
    """What a result on it is for, when it does not say."""
    split: str = ""
    """The split on which results are published that state none."""
    metrics: Mapping[str, str] = field(default_factory=dict)
    """Names of metrics to those of the closer ones that they mean here."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything known, by plain spelling."""

    metrics: Mapping[str, MetricKind]
    datasets: Mapping[str, DatasetKind]
    tasks: Mapping[str, str]
    not_datasets: frozenset[str] = frozenset()

    def name_metric(self, name: str) -> tuple[MetricKind | None, bool, str]:
        """The known metric of this name, whether the name says just that, and the split that it names beside.

        `Accuracy (macro)` is some accuracy, but not to be compared with others: known, and not exactly.
        """
        words, split = spell(name), ""
        aside = _ASIDE.search(name[:200])
        if words not in self.metrics and aside and spell(name[: aside.start()]):
            inner = spell(aside[1]) or aside[1].strip()
            kind, exact, split = self.name_metric(name[: aside.start()])
            known = inner in UNITS or inner in SPLITS or self.metrics.get(inner) is kind
            return kind, exact and known, split or SPLITS.get(inner, "")
        if words not in self.metrics:
            words, split = without_split(words, self.metrics)
        return self.metrics.get(words), words in self.metrics, split

    def name_dataset(self, name: str) -> tuple[DatasetKind | None, str, str]:
        """The known dataset of this name, the split it names, and what else stands in brackets behind it."""
        words = spell(name)
        if words in self.datasets:
            return self.datasets[words], "", ""
        aside = _ASIDE.search(name[:200])
        if aside:
            inner = spell(aside[1])
            kind, split, more = self.name_dataset(name[: aside.start()])
            if inner in SPLITS or inner in self.datasets:
                return kind or self.datasets.get(inner), split or SPLITS.get(inner, ""), more
            return kind, split, f"{more}, {aside[1].strip()}".removeprefix(", ")
        words, split = without_split(words, self.datasets)
        return self.datasets.get(words), split, ""


def aside_of(name: str) -> str:
    """What stands in brackets at the end of a name: `dB` of `PSNR (dB)`."""
    found = _ASIDE.search(name[:200])
    return found[1] if found else ""


def flatten(value: object) -> str:
    """A nested value on one line: `a: 1, b: x, y`."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {flatten(inner)}" for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(flatten(item) for item in value)
    return "" if value is None else str(value)


@lru_cache(100_000)
def spell(name: str) -> str:
    """A name for look-up: its letters and digits in lower case, one space between words."""
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
    return " ".join(re.findall(r"[^\W_]+", name[:2000].replace("+", " plus ").casefold()))


def without_split(words: str, known: Mapping[str, object]) -> tuple[str, str]:
    """`test wer` is `wer` on `test`: the known name and the split beside it, or the words as they are."""
    split = ""
    rest = words
    for _ in range(2):
        for word, meant in SPLITS.items():
            shorter = rest.removeprefix(f"{word} ").removesuffix(f" {word}")
            if shorter != rest:
                rest, split = shorter, split or meant
                break
        if rest in known:
            return rest, split
    return words, ""
