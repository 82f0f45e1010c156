"""CHECKS and COSTS: what readers look for in a card, and how much each is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cardwright.doctor import measures
from cardwright.entry import Entry


@dataclass(frozen=True, slots=True)
class Check:
    """Something that readers look for."""

    id: str
    label: str
    weight: int
    """Points of 100."""
    measure: Callable[[Entry], float]
    step: str
    """What to do when it lacks, as one sentence."""
    doc: str
    """Where that is explained: a page of Cardwright's docs, with its heading."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Something that is wrong with a card: it costs points."""

    id: str
    label: str
    points: int
    """For each time it occurs."""
    most: int
    count: Callable[[Entry], int]
    step: str
    doc: str


CHECKS: tuple[Check, ...] = (
    Check(
        "license",
        "Licence",
        14,
        measures.measure_license,
        "State `license` by its SPDX id, e.g. `license: apache-2.0`.",
        "docs/reference/card.md#top-level",
    ),
    Check(
        "training-data",
        "Training data",
        12,
        measures.measure_training_data,
        'Name `datasets`, and say below a heading "Training data" what is in them.',
        "docs/reference/card.md#top-level",
    ),
    Check(
        "results",
        "Results",
        12,
        measures.measure_results,
        "State values in `model-index`, each with its metric and its dataset.",
        "docs/reference/card.md#model-index",
    ),
    Check(
        "limitations",
        "Limitations",
        12,
        measures.measure_limitations,
        'Say below a heading "Limitations" where it fails, and which bias is known.',
        "docs/guide/doctor.md#sections",
    ),
    Check(
        "usage",
        "How to use it",
        10,
        measures.measure_usage,
        'Show code that runs it below a heading "How to use", or put its ONNX file beside the card.',
        "docs/guide/doctor.md#sections",
    ),
    Check(
        "summary",
        "One sentence",
        8,
        measures.measure_summary,
        "Say in `summary` in one sentence what it is and what for.",
        "docs/reference/card.md#top-level",
    ),
    Check(
        "intended-use",
        "Intended use",
        8,
        measures.measure_intended_use,
        'Say below a heading "Intended use" what it is for, and for whom.',
        "docs/guide/doctor.md#sections",
    ),
    Check(
        "task",
        "Task",
        6,
        measures.measure_task,
        "State `pipeline_tag`, e.g. `pipeline_tag: image-classification`.",
        "docs/reference/card.md#top-level",
    ),
    Check(
        "citation",
        "Citation",
        6,
        measures.measure_citation,
        "Put a `.bib` file beside the card, or BibTeX into `publication`.",
        "docs/guide/citations.md",
    ),
    Check(
        "file",
        "File",
        4,
        measures.measure_file,
        "Put the model file beside the card, or state its `url` and `sha256` in `files`.",
        "docs/reference/card.md#files",
    ),
    Check(
        "io",
        "Inputs and outputs",
        4,
        measures.measure_io,
        "Give each of `io.inputs` and `io.outputs` a `description`.",
        "docs/reference/card.md#io",
    ),
    Check(
        "people",
        "Who made it",
        4,
        measures.measure_people,
        "Name `developers`, and in `support` where to ask.",
        "docs/reference/card.md#contributors",
    ),
)
"""Best gain first; the weights add up to 100."""

COSTS: tuple[Cost, ...] = (
    Cost(
        "contradicted",
        "Contradicted by the file",
        5,
        15,
        measures.count_contradicted,
        "Correct what the card says of its file, or `accept` it.",
        "docs/guide/onnx.md",
    ),
    Cost(
        "errors",
        "Errors",
        5,
        15,
        measures.count_errors,
        "Mend what `cardwright check` prints.",
        "docs/reference/problems.md",
    ),
)
"""What is worse than nothing; the score does not fall below 0."""
