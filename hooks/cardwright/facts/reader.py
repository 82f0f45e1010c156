"""From a path to a ModelProto: the one place that opens model files.

Today it reads the whole file. A reader that leaves payloads above 1 KiB on the disk can take its place:
nothing else in this package looks at a payload above `SMALL_PAYLOAD_BYTES`, only at `payload_bytes`.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import ModelProto, TensorProto

from .graph import DTYPES
from .values import ExternalFile, FactsError

SMALL_PAYLOAD_BYTES = 1024
MAX_FILE_BYTES = 2**31 - 1
"""What protobuf parses in one piece."""

_WANTED = "Put an ONNX model here, exported as one binary .onnx file."


@dataclass(frozen=True, slots=True, eq=False)
class ModelFile:
    """A model as it lies on the disk."""

    folder: Path
    """The model's own folder, with no symbolic links in it; external data is looked for nowhere else."""
    size_bytes: int
    sha256: str
    model: ModelProto


def read_model(path: Path) -> ModelFile:
    """Read and parse the file. Raises `FactsError` when it is not a readable ONNX model."""
    if path.suffix.lower() != ".onnx":
        raise FactsError(f"{path.name} does not end in .onnx.", "Only binary ONNX files are read.")
    content, sha256 = _read(path)
    _refuse_others(path.name, content[:1024])
    model = ModelProto()
    try:
        model.ParseFromString(content)
    except (DecodeError, RecursionError) as error:
        raise FactsError(
            f"{path.name} is not a readable ONNX model: it is cut short, damaged or of another format.",
            "Compare its size and sha256 with the original.",
        ) from error
    if not model.HasField("graph") or not (model.graph.node or model.graph.output or model.graph.initializer):
        raise FactsError(f"{path.name} holds no ONNX graph.", _WANTED)
    return ModelFile(path.parent.resolve(), len(content), sha256, model)


def _read(path: Path) -> tuple[bytes, str]:
    try:
        # O_NONBLOCK: opening a FIFO nobody writes to would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise FactsError(f"There is no file {path.name}.", "Check the name, upper and lower case too.") from None
    except (OSError, ValueError) as error:
        raise FactsError(f"{path.name} cannot be opened: {_reason(error)}.", "Check its permissions.") from error
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise FactsError(f"{path.name} is not a regular file.", _WANTED)
        if status.st_size == 0:
            raise FactsError(f"{path.name} is empty.", "Check that the download or the export ended well.")
        if status.st_size > MAX_FILE_BYTES:
            raise FactsError(f"{path.name} is larger than 2 GiB.", "Save its weights as external data.")
        try:
            content = file.read(status.st_size)
        except OSError as error:
            raise FactsError(f"{path.name} cannot be read: {_reason(error)}.", "Check the disk.") from error
    return content, hashlib.sha256(content).hexdigest()


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def _refuse_others(name: str, start: bytes) -> None:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for prefixes, what, hint in _OTHERS:
        if text.startswith(prefixes):
            raise FactsError(f"{name} is {what}, not an ONNX model.", hint)


_OTHERS = (
    ((b"version https://git-lfs.github.com/spec/",), "a Git LFS pointer", "Run `git lfs pull`."),
    (
        (b"<!doctype", b"<html", b"<?xml"),
        "a web page",
        "The download gave an error page: fetch the file again.",
    ),
    ((b"pk\x03\x04",), "a ZIP archive", "Unpack it; a PyTorch checkpoint has to be exported to ONNX."),
    ((b"\x89hdf",), "an HDF5 file", "Export the model to ONNX."),
    ((b"\x80\x02", b"\x80\x04"), "a Python pickle", "Export the model to ONNX."),
)

_TYPED_FIELDS: Mapping[str, int] = {  # and how many entries an element takes when it is complex
    "float_data": 2,
    "double_data": 2,
    "int32_data": 1,
    "int64_data": 1,
    "uint64_data": 1,
}


def payload_bytes(tensor: TensorProto, external_bytes: Callable[[str], int | None]) -> int:
    """Length of a tensor's payload in bytes as raw data would have it.

    Of external data it is what the file has from the offset on; `external_bytes` gives a file's size.
    """
    if tensor.data_location == TensorProto.EXTERNAL:
        entries = external_entries(tensor)
        size_bytes = external_bytes(entries.get("location", "")) or 0
        there = max(size_bytes - _to_int(entries.get("offset", "0")), 0)
        return min(_to_int(entries["length"]), there) if "length" in entries else there
    if tensor.HasField("raw_data"):
        return len(tensor.raw_data)
    name, bits = DTYPES.get(tensor.data_type, DTYPES[0])
    for field, entries_of_complex in _TYPED_FIELDS.items():
        if count := len(getattr(tensor, field)):
            # Below 8 bits, an entry is a byte of packed elements.
            return count * max(bits, 8) // 8 // (entries_of_complex if name.startswith("complex") else 1)
    return 0


def external_entries(tensor: TensorProto) -> dict[str, str]:
    """The key-value pairs that say where a tensor's external data lies."""
    return {to_text(entry.key): to_text(entry.value) for entry in tensor.external_data[:16]}


def external_file(folder: Path, location: str) -> ExternalFile:
    """Ask for the size of an external data file; one outside the model's own folder counts as missing."""
    try:
        path = (folder / location).resolve()
        status = path.stat() if path.is_relative_to(folder) else None
    except (OSError, ValueError, RuntimeError):  # missing, a NUL in the name, a loop of links
        status = None
    regular = status is not None and stat.S_ISREG(status.st_mode)
    return ExternalFile(location, status.st_size if status is not None and regular else None)


def _to_int(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def to_text(value: str | bytes) -> str:
    """Text of a protobuf string, which onnx hands over as bytes when it is not UTF-8."""
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value
