"""The answer of `inspect`: frozen values, and their two inverse converters to and from plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from .diagram_values import Diagram

Dim = int | str | None
"""A size, the name of a symbolic dimension, or None when the file does not say."""
Shape = tuple[Dim, ...]


class FactsError(Exception):
    """A file that is not a readable ONNX model: one plain sentence, and a hint what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[type[FactsError], tuple[str, str]]:
        return FactsError, (self.message, self.hint)  # so that it survives the way out of a child process


@dataclass(frozen=True, slots=True)
class Value:
    """An input or output of the model."""

    name: str
    dtype: str
    """numpy's name of the element type (`float32`), `sequence(float32)` and the like, or `unknown`."""
    shape: Shape | None
    """None when the file does not state even the number of dimensions."""


@dataclass(frozen=True, slots=True)
class ExternalFile:
    """A file beside the model that holds some of its tensors; never opened, only its size is asked for."""

    location: str
    """Relative to the model's folder, as written in the model."""
    size_bytes: int | None
    """None when there is no such regular file inside the model's own folder."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A node that is a weighted layer or holds parameters."""

    name: str
    """The node's own name, else that of its first output; at most 200 characters."""
    operator: str
    output_shape: Shape | None
    """Of the first output, with a batch of 1; None when it is not known."""
    parameters: int
    """Elements; a tensor that several nodes use counts for the first of them, so that the sum is `Facts.parameters`."""
    macs: int | None
    """Of one run of the node, so once in a loop; 0 for a node that is no product, None when not known."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an ONNX file holds. How each field is counted stands in `cardwright.facts.table.FACTS`."""

    size_bytes: int
    sha256: str
    ir_version: int
    producer: str
    opset_imports: Mapping[str, int]
    """Version by domain; the default domain is written `ai.onnx`."""
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    nodes: int
    operators: Mapping[str, int]
    """Nodes by operator, sorted by name; operators of other domains are written `com.microsoft.FusedConv`."""
    weighted_layers: int
    depth: int
    attention_layers: int
    parameters: int
    buffers: int
    macs: int | None
    """None when it cannot be known; `warnings` then has a line that begins with `MACs: `."""
    weight_bytes: int
    dtypes: Mapping[str, int]
    """Parameters by element type of the stored tensor; the numbers add up to `parameters`."""
    quantisation: tuple[str, ...]
    external_data: tuple[ExternalFile, ...]
    warnings: tuple[str, ...]
    embeddings: int
    metadata_props: Mapping[str, str]
    """At most 50 pairs; longer texts end in `…` after 2,000 characters, longer keys after 200."""
    doc_string: str
    """Ends in `…` after 2,000 characters."""
    layers: tuple[Layer, ...]
    """In the order of the nodes, at most 2,000; `warnings` says when there are more."""
    diagram: Diagram
    """The model as a chain of blocks; empty when there is none to draw."""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, keys in the order of the fields."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Facts:
        """The inverse of `to_json`.

        Raises `ValueError` when the keys are not exactly those of `to_json` (a cache of another version).
        """
        if (names := {field.name for field in fields(Facts)}) != set(data):
            raise ValueError(f"not the facts of this version, keys differ: {sorted(names ^ set(data))}")
        return Facts(**{name: _FROM_JSON.get(name, _same)(data[name]) for name in names})


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Diagram):
        return value.to_json()
    if isinstance(value, (Value, ExternalFile, Layer)):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _same(value: Any) -> Any:
    return value


def _values(items: list[dict[str, Any]]) -> tuple[Value, ...]:
    return tuple(Value(**item | {"shape": _shape(item["shape"])}) for item in items)


def _layers(items: list[dict[str, Any]]) -> tuple[Layer, ...]:
    return tuple(Layer(**item | {"output_shape": _shape(item["output_shape"])}) for item in items)


def _shape(dims: list[Dim] | None) -> Shape | None:
    return None if dims is None else tuple(dims)


_FROM_JSON: Mapping[str, Any] = {
    "opset_imports": dict,
    "inputs": _values,
    "outputs": _values,
    "operators": dict,
    "dtypes": dict,
    "quantisation": tuple,
    "external_data": lambda items: tuple(ExternalFile(**item) for item in items),
    "warnings": tuple,
    "metadata_props": dict,
    "layers": _layers,
    "diagram": Diagram.from_json,
}
