"""What is known of a metric by its name: `metrics.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

Direction = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class MetricKind:
    """A known metric."""

    name: str
    better: Direction


def find_metric(name: str) -> MetricKind | None:
    """The known metric of this name, or None: a direction is never guessed."""
    return _metrics().get(_spelling(name))


def _spelling(name: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"\s*(\([^()]{1,12}\)|\[[^\[\]]{1,12}\])\s*$", "", name.lower())))


@cache
def _metrics() -> dict[str, MetricKind]:
    text = resources.files("cardwright.benchmarks").joinpath("metrics.toml").read_text(encoding="utf-8")
    return {
        _spelling(spelling): MetricKind(row["name"], row["better"])
        for row in tomllib.loads(text)["metric"]
        for spelling in (row["name"], *row["spellings"])
    }
