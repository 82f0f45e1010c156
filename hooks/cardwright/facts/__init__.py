"""What an ONNX file holds: `inspect(path)` gives `Facts`. The only package of the project that imports onnx.

Importing this package is cheap: onnx and numpy are imported when the first model is inspected, by a process of its own.
"""

from __future__ import annotations

from .cache import code_version
from .files import FileError, State, TransientError
from .inspector import Inspector, inspect, inspect_url, lean_model
from .store import Kept, NotInspectedError, Store, StoreError, address_key, file_key, file_name
from .table import FACTS, Fact
from .values import Dim, ExternalFile, Facts, FactsError, Layer, Shape, Value

__all__ = [
    "FACTS",
    "Dim",
    "ExternalFile",
    "Fact",
    "Facts",
    "FactsError",
    "FileError",
    "Inspector",
    "Kept",
    "Layer",
    "NotInspectedError",
    "Shape",
    "State",
    "Store",
    "StoreError",
    "TransientError",
    "Value",
    "address_key",
    "code_version",
    "file_key",
    "file_name",
    "inspect",
    "inspect_url",
    "lean_model",
]
