"""Everything the FACTS table counts from: the file, the model as plain values, what was worked out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from .constants import Constants
from .flat import Flat
from .graph import Model, Warnings
from .layers import count_attention_layers, count_weighted_layers, measure_depth
from .quantisation import name_quantisation
from .values import Value
from .weights import Weights, count_weights


@dataclass(frozen=True)
class Anatomy:
    """One model, opened up."""

    size_bytes: int
    sha256: str
    model: Model
    flat: Flat
    constants: Constants
    macs: int | None
    warnings: Warnings

    @cached_property
    def weights(self) -> Weights:
        return count_weights(self.flat, self.constants, self.warnings)

    @cached_property
    def inputs(self) -> tuple[Value, ...]:
        """The model's inputs, without those that are only the names of stored weights (as up to IR 3)."""
        graph = self.model.graph
        return tuple(value for value in graph.inputs if value.name not in graph.tensors)

    @cached_property
    def operators(self) -> Mapping[str, int]:
        return dict(sorted(Counter(step.operator for step, _ in self.flat.nodes()).items()))

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
    def quantisation(self) -> tuple[str, ...]:
        return name_quantisation(self.flat, self.constants)
