"""What an ONNX file holds: `inspect(path)` gives `Facts`. The only package of the project that imports onnx.

Importing this package is cheap: onnx and numpy are imported when the first model is inspected.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .table import FACTS, Fact
from .values import Dim, ExternalFile, Facts, FactsError, Shape, Value

__all__ = ["FACTS", "Dim", "ExternalFile", "Fact", "Facts", "FactsError", "Shape", "Value", "inspect"]


def inspect(path: Path, dims: Mapping[str, int] | None = None) -> Facts:
    """Read the ONNX file at `path`; `dims` gives sizes to symbolic dimensions of its inputs (for the MACs).

    Raises `FactsError`, and nothing else, when the file is not a readable ONNX model.
    """
    # The one door: limits in a child process and a cache by content belong here.
    from .inspection import inspect_here

    try:
        return inspect_here(path, dims or {})
    except FactsError:
        raise
    except Exception as error:  # the bytes are hostile until proven otherwise: a page must still be built
        raise FactsError(
            f"The model could not be read: {type(error).__name__} while counting.",
            "This is a fault of Cardwright, please report it with the file.",
        ) from error
