"""What was found, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from cardwright.doctor import CHECKS, Examination

MOST_MISSED = 5
"""Gaps that are listed for several cards."""


def describe(examination: Examination, path: str) -> dict[str, Any]:
    """One card for programs: `points` of `weight` for each check, and its next step where something is to gain."""
    return {
        "path": path,
        "name": examination.entry.name,
        "score": examination.score,
        "checks": [
            {
                "id": finding.check.id,
                "label": finding.check.label,
                "points": finding.points,
                "weight": finding.check.weight,
                "next_step": finding.check.step if finding.gain else None,
                "doc": finding.check.doc,
            }
            for finding in examination.findings
        ],
        "costs": [
            {"id": loss.cost.id, "label": loss.cost.label, "points": -loss.points, "next_step": loss.cost.step}
            for loss in examination.losses
        ],
    }


def write_card_report(examination: Examination, path: str) -> Iterator[str]:
    """One card, line by line: what is there, and what lacks, best gain first."""
    yield f"{examination.entry.name}: {examination.score} of 100"
    yield path
    yield ""
    for finding in examination.findings:
        if not finding.gain:
            yield f"  ✓ {finding.check.label}"
    steps = [(-loss.points, loss.cost.label, loss.cost.step, loss.cost.doc) for loss in examination.losses]
    for points, label, step, doc in steps:
        yield from ("", f"  {_points(points)}  {label}", f"       {step} ({doc})")
    if examination.gaps:
        yield from ("", "Next, best gain first:")
    for finding in examination.gaps:
        part = " (in part)" if finding.points else ""
        yield from ("", f"  {_points(finding.gain)}  {finding.check.label}{part}")
        yield f"       {finding.check.step} ({finding.check.doc})"


def write_overview(examinations: list[tuple[Examination, str]]) -> Iterator[str]:
    """Several cards, best first, and what most of them lack."""
    width = max(len(path) for _, path in examinations)
    yield f"Score  {'Card':<{width}}  Best next steps"
    for examination, path in sorted(examinations, key=lambda pair: (-pair[0].score, pair[1])):
        gaps = ", ".join(f"{finding.check.label} {_points(finding.gain).strip()}" for finding in examination.gaps[:3])
        yield f"{examination.score:5}  {path:<{width}}  {gaps}".rstrip()
    missed = Counter(finding.check.id for examination, _ in examinations for finding in examination.gaps)
    rows = sorted((check for check in CHECKS if missed[check.id]), key=lambda c: -missed[c.id] * c.weight)
    if rows:
        yield from ("", "Most missed:")
    for check in rows[:MOST_MISSED]:
        yield f"  {missed[check.id]:4} of {len(examinations)}  {check.label}: {check.step}"


def _points(points: float) -> str:
    return f"{round(points):+3}"
