"""Our own values as bytes, and back. Only values come back, whoever wrote the bytes.

The format is that of `pickle`, whose reader would call whatever it is told to. This one knows our dataclasses and
pydantic models, and a list of others; its documentation calls that restricting globals.
"""

from __future__ import annotations

import io
import pickle
import sys
from dataclasses import is_dataclass
from pathlib import PosixPath, WindowsPath
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel

from cardwright.claims import find_claim
from cardwright.facts import FactsError

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


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in KNOWN:
            return KNOWN[module, name]
        if module.startswith("cardwright.") and module in sys.modules:
            found = getattr(sys.modules[module], name, None)
            if isinstance(found, type) and (is_dataclass(found) or issubclass(found, BaseModel)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is none of ours")


def pack(value: object) -> bytes:
    """The value as bytes."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def unpack(content: bytes) -> Any:
    """The value. Raises any exception when the bytes are not those of `pack`."""
    return _Reader(io.BytesIO(content)).load()
