"""The folded block diagram of a model: frozen values, and their two inverse converters to and from plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .values import Shape  # which holds a diagram


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An input or output of the model at an end of the chain."""

    name: str
    shape: Shape | None


@dataclass(frozen=True, slots=True)
class Block:
    """A box of the diagram: a stretch of the model that all data passes, or a frame around such boxes.

    Texts hold names from the file as they are (bounded in length): whoever shows them escapes them.
    """

    title: str
    """Its main operators, as `Conv 7×7, BatchNorm, ReLU`; empty for a frame, which has `inside`."""
    count: int
    """How often it stands there, one after the other."""
    nodes: int
    """Nodes of the file in it, all repetitions together."""
    layers: int
    """Weighted layers, all repetitions together."""
    parameters: int
    """Elements of its weights, all repetitions together; a tensor used several times counts where it is first used."""
    layers_each: int
    """Weighted layers of the first repetition."""
    parameters_each: int
    """Elements of the weights of the first repetition."""
    alike: bool = True
    """Whether all repetitions have the same operators and weight shapes; else the same operators only."""
    shape: Shape | None = None
    """Of what leaves it, when known."""
    lines: tuple[str, ...] = ()
    """What runs beside the title's operators, or the branches that the title counts."""
    shortcut: bool = False
    """Whether its input also goes past it, as in a residual network."""
    inside: tuple[Block, ...] = ()
    """Of a frame: the boxes of one repetition."""


@dataclass(frozen=True, slots=True)
class Diagram:
    """A model as a chain of blocks, from its main input to its main output."""

    inputs: tuple[Endpoint, ...] = ()
    """The first ones that the chain begins with."""
    more_inputs: int = 0
    """How many there are besides."""
    outputs: tuple[Endpoint, ...] = ()
    """The first ones that it ends in."""
    more_outputs: int = 0
    blocks: tuple[Block, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, keys in the order of the fields."""
        return _plain(self)  # type: ignore[no-any-return]

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Diagram:
        """The inverse of `to_json`. Raises `ValueError` when the keys are not exactly those of this version."""
        return Diagram(
            **_checked(Diagram, data)
            | {
                "inputs": tuple(_endpoint(item) for item in data["inputs"]),
                "outputs": tuple(_endpoint(item) for item in data["outputs"]),
                "blocks": tuple(_block(item) for item in data["blocks"]),
            }
        )


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, (Diagram, Block, Endpoint)):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _checked(kind: type[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    if (names := {field.name for field in fields(kind)}) != set(data):
        raise ValueError(f"not the {kind.__name__} of this version, keys differ: {sorted(names ^ set(data))}")
    return dict(data)


def _shape(data: list[Any] | None) -> Shape | None:
    return None if data is None else tuple(data)


def _endpoint(data: Mapping[str, Any]) -> Endpoint:
    return Endpoint(**_checked(Endpoint, data) | {"shape": _shape(data["shape"])})


def _block(data: Mapping[str, Any]) -> Block:
    return Block(
        **_checked(Block, data)
        | {
            "shape": _shape(data["shape"]),
            "lines": tuple(data["lines"]),
            "inside": tuple(_block(item) for item in data["inside"]),
        }
    )
