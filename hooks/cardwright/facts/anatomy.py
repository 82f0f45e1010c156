"""Everything the FACTS table counts from: the file, the model as plain values, what was worked out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from .constants import Constants
from .diagram import find_blocks
from .diagram_values import Diagram
from .flat import Flat
from .graph import Model, Warnings, cut
from .layers import count_attention_layers, count_embeddings, count_weighted_layers, measure_depth
from .macs import Macs, ShapeSource
from .quantisation import name_quantisation
from .rows import list_layers
from .values import ExternalFile, Layer, Value
from .weights import Weights, count_weights

MAX_LISTED = 1000
"""Of inputs, outputs, operators and the like; no model known to us has as many."""
_T = TypeVar("_T")


@dataclass(frozen=True)
class Anatomy:
    """One model, opened up."""

    size_bytes: int
    sha256: str
    model: Model
    flat: Flat
    constants: Constants
    shapes: ShapeSource | None
    """None when they were not worked out."""
    macs: Macs
    warnings: Warnings

    @cached_property
    def weights(self) -> Weights:
        return count_weights(self.flat, self.constants, self.warnings)

    @cached_property
    def inputs(self) -> tuple[Value, ...]:
        """The model's inputs, without those that are only the names of stored weights (as up to IR 3)."""
        graph = self.model.graph
        return self._first("inputs", [_shown(v) for v in graph.inputs if v.name not in graph.tensors])

    @cached_property
    def outputs(self) -> tuple[Value, ...]:
        return self._first("outputs", map(_shown, self.model.graph.outputs))

    @cached_property
    def opset_imports(self) -> Mapping[str, int]:
        return dict(self._first("opsets", self.model.opset_imports.items()))

    @cached_property
    def external_data(self) -> tuple[ExternalFile, ...]:
        return self._first("external data files", self.model.external_data)

    def _first(self, what: str, items: Iterable[_T]) -> tuple[_T, ...]:
        """Not more of them than a page can bear."""
        listed = tuple(items)
        if len(listed) > MAX_LISTED:
            self.warnings.add(f"Of the {len(listed):,} {what}, the first {MAX_LISTED:,} are listed.")
        return listed[:MAX_LISTED]

    @cached_property
    def diagram(self) -> Diagram:
        shapes = self.shapes
        shape_of = shapes.shape if shapes else (lambda number: None)
        return find_blocks(self.flat, self.constants, self.weights, shape_of)

    @cached_property
    def operators(self) -> Mapping[str, int]:
        counts = sorted(Counter(step.operator for step, _ in self.flat.nodes()).items())
        return dict(self._first("operators", counts))

    @property
    def nodes(self) -> int:
        return len(self.flat.nodes())

    @cached_property
    def weighted_layers(self) -> int:
        return count_weighted_layers(self.flat, self.constants)

    @cached_property
    def depth(self) -> int:
        return measure_depth(self.flat, self.constants)

    @cached_property
    def attention_layers(self) -> int:
        return count_attention_layers(self.flat, self.constants)

    @cached_property
    def embeddings(self) -> int:
        return count_embeddings(self.flat, self.constants)

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        return list_layers(self.flat, self.constants, self.weights, self.macs, self.shapes, self.warnings)

    @cached_property
    def quantisation(self) -> tuple[str, ...]:
        return name_quantisation(self.flat, self.constants)


def _shown(value: Value) -> Value:
    return replace(value, name=cut(value.name))
