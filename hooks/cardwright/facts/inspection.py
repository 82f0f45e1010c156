"""From a file or an address to its facts, in this process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .anatomy import Anatomy
from .constants import Constants, find_constants
from .convert import convert_model
from .expand import flatten
from .files import Stamp, State
from .flat import Flat
from .graph import Model, Warnings
from .macs import Macs, count_macs
from .reader import ModelFile, RemoteModel, read_model, read_url
from .shapes import Shapes, infer_shapes
from .table import FACTS
from .values import Facts

MAX_STEPS_WITH_SHAPES = 100_000
"""Above it the MACs are not counted: shape inference takes some 50 µs a node."""


def inspect_here(
    path: Path,
    dims: Mapping[str, int],
    *,
    stamp: Stamp | None = None,
    sha256: str | None = None,
    no_shapes_because: str = "",
) -> Facts:
    """Read the file and count every row of the FACTS table. Raises `FactsError`.

    `stamp` and `sha256` come from an earlier look at the file; without them it is looked at here. With
    `no_shapes_because`, shapes are not worked out, and the reason stands in the warnings.
    """
    return _count(read_model(path, stamp, sha256), dims, no_shapes_because)


def inspect_url_here(url: str, dims: Mapping[str, int], no_shapes_because: str = "") -> Facts:
    """The same of a file at an address, of which only the parts are fetched that are no weights."""
    facts, _ = look_here(url, dims, no_shapes_because)
    assert facts
    return facts


def look_here(
    url: str, dims: Mapping[str, int], no_shapes_because: str = "", known: State | None = None, whole: bool = False
) -> tuple[Facts | None, RemoteModel]:
    """The same, and how it was read; no facts of a file in the state `known`. See `reader.read_url`."""
    found = read_url(url, known, whole)
    return _count(found.file, dims, no_shapes_because) if found.file else None, found


def _count(file: ModelFile, dims: Mapping[str, int], no_shapes_because: str) -> Facts:
    anatomy = open_model(file, dims, no_shapes_because)
    # The warnings last: by then every count has said what it found odd.
    facts = sorted(FACTS, key=lambda fact: fact.key == "warnings")
    return Facts(**{fact.key: fact.count(anatomy) for fact in facts})


def open_model(file: ModelFile, dims: Mapping[str, int], no_shapes_because: str = "") -> Anatomy:
    """Work out of a file what the counts need. Raises `FactsError`."""
    warnings = Warnings()
    if not file.sha256:
        warnings.add("SHA-256: not known, for that the whole file would have to be fetched")
    model = convert_model(file, warnings)
    flat = flatten(model, warnings)
    constants = find_constants(flat, warnings)
    if len(flat.steps) > MAX_STEPS_WITH_SHAPES:
        no_shapes_because = f"the model has more than {MAX_STEPS_WITH_SHAPES:,} nodes"
    shapes, macs = None, Macs(None, {}, no_shapes_because)
    if not no_shapes_because:
        shapes, macs = _follow_shapes(model, flat, constants, dims, warnings)
    if macs.total is None:
        warnings.add(f"MACs: {macs.reason}")
    return Anatomy(file.size_bytes, file.sha256, model, flat, constants, shapes, macs, warnings)


def _follow_shapes(
    model: Model, flat: Flat, constants: Constants, dims: Mapping[str, int], warnings: Warnings
) -> tuple[Shapes, Macs]:
    shapes = infer_shapes(model, flat, constants, dims, warnings)
    return shapes, count_macs(flat, constants, shapes)
