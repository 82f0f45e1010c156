"""What an ONNX file holds: `inspect(path)` gives `Facts`. The only package of the project that imports onnx.

Importing this package is cheap: onnx and numpy are imported when the first model is inspected, by a process of its own.
"""

from __future__ import annotations

from .inspector import Inspector, inspect, lean_model
from .table import FACTS, Fact
from .values import Dim, ExternalFile, Facts, FactsError, Layer, Shape, Value

__all__ = [
    "FACTS",
    "Dim",
    "ExternalFile",
    "Fact",
    "Facts",
    "FactsError",
    "Inspector",
    "Layer",
    "Shape",
    "Value",
    "inspect",
    "lean_model",
]
