"""From a path to its facts, in this process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .anatomy import Anatomy
from .constants import Constants, find_constants
from .convert import convert_model
from .expand import flatten
from .flat import Flat
from .graph import Model, Warnings
from .macs import UnknownError, count_macs
from .reader import read_model
from .shapes import infer_shapes
from .table import FACTS
from .values import Facts

MAX_STEPS_WITH_SHAPES = 100_000
"""Above it the MACs are not counted: shape inference takes some 50 µs a node."""


def inspect_here(path: Path, dims: Mapping[str, int]) -> Facts:
    """Read the file and count every row of the FACTS table. Raises `FactsError`."""
    anatomy = open_model(path, dims)
    return Facts(**{fact.key: fact.count(anatomy) for fact in FACTS})


def open_model(path: Path, dims: Mapping[str, int]) -> Anatomy:
    """Read the file and work out what the counts need. Raises `FactsError`."""
    file = read_model(path)
    warnings = Warnings()
    model = convert_model(file, warnings)
    flat = flatten(model, warnings)
    constants = find_constants(flat, warnings)
    macs = _macs(model, flat, constants, dims, warnings)
    return Anatomy(file.size_bytes, file.sha256, model, flat, constants, macs, warnings)


def _macs(model: Model, flat: Flat, constants: Constants, dims: Mapping[str, int], warnings: Warnings) -> int | None:
    if len(flat.steps) > MAX_STEPS_WITH_SHAPES:
        warnings.add(f"MACs: not counted, the model has more than {MAX_STEPS_WITH_SHAPES:,} nodes")
        return None
    try:
        return count_macs(flat, constants, infer_shapes(model, flat, constants, dims, warnings))
    except UnknownError as error:
        warnings.add(f"MACs: {error}")
        return None
