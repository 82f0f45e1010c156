"""Our own values as bytes, and back. Only values come back, whoever wrote the bytes.

The format is that of `pickle`, whose reader would call whatever it is told to. This one knows our dataclasses and
pydantic models, and a list of others; its documentation calls that restricting globals.
"""

from __future__ import annotations

import io
import pickle
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from pathlib import PosixPath, WindowsPath
from typing import IO, Any, TypeVar

from markupsafe import Markup
from pydantic import BaseModel

from cardwright.card import Part
from cardwright.claims import find_claim
from cardwright.facts import FactsError

M = TypeVar("M", bound=BaseModel)

KNOWN: dict[tuple[str, str], Any] = {
    ("pathlib", "PosixPath"): PosixPath,
    ("pathlib", "WindowsPath"): WindowsPath,
    ("markupsafe", "Markup"): Markup,
    ("builtins", "set"): set,
    ("builtins", "frozenset"): frozenset,
    ("cardwright.claims", "find_claim"): find_claim,
    ("cardwright.facts.values", "FactsError"): FactsError,
}
"""What is no dataclass and no pydantic model of ours, and may come back."""


def make_model(kind: type[M], values: dict[str, Any], more: dict[str, Any] | None = None) -> M:
    """A pydantic model of ours from its values, which were looked at when it was made first."""
    model = kind.__new__(kind)
    object.__setattr__(model, "__dict__", values)
    object.__setattr__(model, "__pydantic_extra__", more)
    object.__setattr__(model, "__pydantic_fields_set__", _NO_NAMES)
    object.__setattr__(model, "__pydantic_private__", None)
    return model


def find_default(kind: type[BaseModel], name: str) -> Any:
    """The default of a field: a part that a card does not have is the same object in all cards."""
    return kind.model_fields[name].default


_NO_NAMES: set[str] = set()
"""Nobody asks which fields were given once a card is read."""

KNOWN |= {(__name__, "make_model"): make_model, (__name__, "find_default"): find_default}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in KNOWN:
            return KNOWN[module, name]
        if module.startswith("cardwright.") and module in sys.modules:
            found = getattr(sys.modules[module], name, None)
            if isinstance(found, type) and (is_dataclass(found) or issubclass(found, BaseModel)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is none of ours")


class _Writer(pickle.Pickler):
    """Writes a dataclass as a call of its class with its fields, which is quicker than what Python does by itself."""

    def reducer_override(self, value: Any) -> Any:
        kind: Any = type(value)
        if issubclass(kind, FactsError):
            return value.__reduce__()  # some libraries tell pickle of another way for all exceptions
        find = _find_fields(kind)
        if find:
            return kind, find(value)
        if issubclass(kind, BaseModel):
            default = _find_defaults().get(id(value))
            return (find_default, default) if default else (make_model, (kind, vars(value), value.model_extra))
        return NotImplemented


@cache
def _find_defaults() -> dict[int, tuple[type[BaseModel], str]]:
    """Parts of a card that are the default of a field, and of which."""
    fields_of = (
        (kind, name, field.default) for kind in Part.__subclasses__() for name, field in kind.model_fields.items()
    )
    return {id(default): (kind, name) for kind, name, default in fields_of if isinstance(default, Part)}


@cache
def _find_fields(kind: type) -> Callable[[Any], tuple[Any, ...]] | None:
    """From a value to its fields, in the order in which its class takes them; None for what is no dataclass."""
    if not is_dataclass(kind) or kind.__reduce__ is not object.__reduce__:
        return None
    names = [field.name for field in fields(kind)]
    if len(names) < 2:
        return lambda value: tuple(getattr(value, name) for name in names)
    return attrgetter(*names)


def pack(value: object) -> bytes:
    """The value as bytes."""
    content = io.BytesIO()
    write(value, content)
    return content.getvalue()


def write(value: object, file: IO[bytes]) -> None:
    """The same into a file, without having all of it in memory."""
    _Writer(file, pickle.HIGHEST_PROTOCOL).dump(value)


def read(file: IO[bytes]) -> Any:
    """What `write` wrote. Raises any exception when the file holds something else."""
    return _Reader(file).load()


def unpack(content: bytes) -> Any:
    """The value. Raises any exception when the bytes are not those of `pack`."""
    return _Reader(io.BytesIO(content)).load()
