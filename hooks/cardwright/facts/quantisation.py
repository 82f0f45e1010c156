"""In which ways a model is quantised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .constants import Constants
from .flat import Flat
from .operators import (
    DEQUANTISE,
    DYNAMIC_QUANTISED,
    QUANTISE,
    QUANTISED_OPERATORS,
    WEIGHT_ONLY_QUANTISED,
)


@dataclass(frozen=True, slots=True)
class _Seen:
    running: frozenset[str]
    """Operators that work on data."""
    folded: frozenset[str]
    """Operators that work on stored tensors alone."""
    paired: bool
    """Whether what QuantizeLinear gives goes right into DequantizeLinear."""


def name_quantisation(flat: Flat, constants: Constants) -> tuple[str, ...]:
    """The forms of `FORMS` that occur, in that order; none for a model that is not quantised."""
    quantised = {number for step in flat.steps if step.operator in QUANTISE for number in step.outputs}
    seen = _Seen(
        frozenset(step.operator for step in flat.steps if not constants.folds(step)),
        frozenset(step.operator for step in flat.steps if constants.folds(step)),
        any(step.operator in DEQUANTISE and step.inputs[0] in quantised for step in flat.steps if step.inputs),
    )
    return tuple(name for name, occurs in FORMS.items() if occurs(seen))


def _is_qdq(seen: _Seen) -> bool:
    return seen.paired or bool(seen.running & QUANTISE and seen.folded & DEQUANTISE)


def _is_weight_only(seen: _Seen) -> bool:
    if seen.running & WEIGHT_ONLY_QUANTISED:
        return True
    others = QUANTISE | QUANTISED_OPERATORS | DYNAMIC_QUANTISED
    return bool(seen.folded & DEQUANTISE) and not seen.running & others


FORMS: Mapping[str, Callable[[_Seen], bool]] = {
    "QDQ": _is_qdq,
    "QOperator": lambda seen: bool(seen.running & QUANTISED_OPERATORS),
    "dynamic": lambda seen: bool(seen.running & DYNAMIC_QUANTISED),
    "weight-only": _is_weight_only,
}
