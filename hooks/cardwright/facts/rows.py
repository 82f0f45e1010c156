"""The table of layers: each weighted layer, and each other node that holds parameters."""

from __future__ import annotations

from collections.abc import Mapping

from .constants import Constants
from .flat import Flat, Step
from .graph import Warnings, cut
from .layers import is_weighted
from .macs import Macs, ShapeSource
from .values import Layer
from .weights import Weights

MAX_LAYERS = 2000
_BORDERS: Mapping[str, str] = {"@join": "If", "@final": "Loop", "@stack": "Loop"}
"""What stands in the table for a value that crosses the border of a body: parameters that a body gives back."""


def list_layers(
    flat: Flat, constants: Constants, weights: Weights, macs: Macs, shapes: ShapeSource | None, warnings: Warnings
) -> tuple[Layer, ...]:
    """In the order of the nodes, at most `MAX_LAYERS`; warns when there are more."""
    steps = [step for step in flat.steps if step in weights.by_step or is_weighted(step, constants)]
    if len(steps) > MAX_LAYERS:
        warnings.add(f"The table of layers has the first {MAX_LAYERS:,} of {len(steps):,}.")
    return tuple(_describe(step, flat, weights, macs, shapes) for step in steps[:MAX_LAYERS])


def _describe(step: Step, flat: Flat, weights: Weights, macs: Macs, shapes: ShapeSource | None) -> Layer:
    output = step.outputs[0] if step.outputs else 0
    name = (step.node.name if step.node else "") or flat.names[output]
    return Layer(
        name=cut(name),
        operator=_BORDERS.get(step.operator, step.operator),
        output_shape=shapes.shape(output) if shapes else None,
        parameters=weights.by_step.get(step, 0),
        # Where nothing was counted, nothing is known of any node.
        macs=macs.by_step.get(step, 0 if shapes else None),
    )
