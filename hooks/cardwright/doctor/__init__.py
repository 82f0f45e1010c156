"""What a card lacks that readers look for: a score of 100, and the next steps."""

from __future__ import annotations

from dataclasses import dataclass

from cardwright.doctor.checks import CHECKS, COSTS, Check, Cost
from cardwright.entry import Entry


@dataclass(frozen=True, slots=True)
class Finding:
    """A check of one card."""

    check: Check
    points: float

    @property
    def gain(self) -> float:
        """Points that the next step would bring."""
        return self.check.weight - self.points


@dataclass(frozen=True, slots=True)
class Loss:
    """A cost of one card."""

    cost: Cost
    points: int


@dataclass(frozen=True, slots=True)
class Examination:
    """A card and what was found: every check in the order of CHECKS, and the costs that it has."""

    entry: Entry
    findings: tuple[Finding, ...]
    losses: tuple[Loss, ...]

    @property
    def score(self) -> int:
        """0 to 100."""
        return max(0, round(sum(f.points for f in self.findings)) - sum(loss.points for loss in self.losses))

    @property
    def gaps(self) -> list[Finding]:
        """What lacks, wholly or in part, best gain first."""
        return sorted((f for f in self.findings if f.gain), key=lambda finding: -finding.gain)


def examine(entry: Entry) -> Examination:
    """Look for everything that readers look for."""
    findings = tuple(Finding(check, round(check.weight * check.measure(entry), 1)) for check in CHECKS)
    counted = ((cost, cost.count(entry)) for cost in COSTS)
    losses = tuple(Loss(cost, min(cost.most, cost.points * count)) for cost, count in counted if count)
    return Examination(entry, findings, losses)


__all__ = ["CHECKS", "COSTS", "Check", "Cost", "Examination", "Finding", "Loss", "examine"]
