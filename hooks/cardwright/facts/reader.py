"""From a file or an address to a ModelProto without its weights, whatever the bytes are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import ModelProto

from .blocks import Blocks, hash_blocks, open_blocks
from .files import Stamp, State, TransientError, check_file, hash_file, open_file, shown
from .values import FactsError
from .wire import LeanModel, WireError, copy_without_payloads

MAX_LEAN_BYTES = 64 * 1024 * 1024
"""Of a copy that is served to browsers; that of the largest exports known to us takes some 20 MB."""
_DAMAGED = "Compare its size and sha256 with the original."
_NO_GRAPH = "Put an ONNX model here, exported as one binary .onnx file."


@dataclass(frozen=True, slots=True, eq=False)
class ModelFile:
    """A model as it lies on the disk or at an address, its large payloads left there."""

    folder: Path | None
    """The model's own folder, with no symbolic links in it; external data is looked for nowhere else. None on the
    web, where nothing is."""
    size_bytes: int
    sha256: str
    """Empty when not known."""
    model: ModelProto
    payload_key: str
    """See `wire.LeanModel`."""


def read_model(path: Path, stamp: Stamp | None = None, sha256: str | None = None) -> ModelFile:
    """Read a local file; `stamp` and `sha256` are those of an earlier look at it. Raises `FactsError`."""
    stamp = stamp or check_file(path)
    with open_file(path, stamp) as descriptor:
        lean, model = _parse(shown(path), open_blocks(descriptor, stamp.size_bytes))
    sha256 = hash_file(path, stamp) if sha256 is None else sha256
    return ModelFile(path.parent.resolve(), stamp.size_bytes, sha256, model, lean.payload_key)


@dataclass(frozen=True, slots=True, eq=False)
class RemoteModel:
    """A model that lies at an address."""

    state: State
    bytes_read: int
    file: ModelFile | None
    """None when it is in the state that was known."""


def read_url(url: str, known: State | None = None, whole: bool = False) -> RemoteModel:
    """Read a model from an address, only the parts that are no payload. Raises `FactsError`.

    One in the state `known` is not read. With `whole` all of it is fetched, for its SHA-256.
    """
    from .object_storage import open_object
    from .remote import open_url  # with TLS and all that, for this one purpose

    opened = open_url if url.lower().startswith(("http://", "https://")) else open_object
    with opened(url) as (name, blocks):
        state = State(blocks.size_bytes, blocks.version)
        if known == state and state.version:
            return RemoteModel(state, blocks.bytes_read, None)
        try:
            lean, model = _parse(name, blocks)
            sha256 = hash_blocks(blocks) if whole else ""
        except OSError as error:
            raise TransientError(f"{name} cannot be read: {error}.", "Try again, or download the file.") from error
    file = ModelFile(None, blocks.size_bytes, sha256, model, lean.payload_key)
    return RemoteModel(state, blocks.bytes_read, file)


def make_lean_copy(path: Path, stamp: Stamp | None = None) -> bytes:
    """The model without payloads above 1 KiB and without `metadata_props` of nodes, as an .onnx file.

    The same file gives the same bytes. Raises `FactsError`, also when the copy is above `MAX_LEAN_BYTES`.
    """
    stamp = stamp or check_file(path)
    with open_file(path, stamp) as descriptor:
        lean, _ = _parse(shown(path), open_blocks(descriptor, stamp.size_bytes), mark=False)
    if len(lean.content) > MAX_LEAN_BYTES:
        raise FactsError(
            f"{shown(path)} is too large to be shown: {len(lean.content):,} bytes without its weights.",
            f"Structure views take models of at most {MAX_LEAN_BYTES:,} bytes.",
        )
    return lean.content


def _parse(name: str, blocks: Blocks, mark: bool = True) -> tuple[LeanModel, ModelProto]:
    if blocks.size_bytes == 0:
        raise FactsError(f"{name} is empty.", "Check that the download or the export ended well.")
    _refuse_others(name, blocks.read(0, min(1024, blocks.size_bytes)))
    model = ModelProto()
    try:
        lean = copy_without_payloads(blocks, mark)
        model.ParseFromString(lean.content)
    except (WireError, DecodeError, RecursionError) as error:
        raise FactsError(
            f"{name} is not a readable ONNX model: it is cut short, damaged or of another format.", _DAMAGED
        ) from error
    if not model.HasField("graph") or not (model.graph.node or model.graph.output or model.graph.initializer):
        raise FactsError(f"{name} holds no ONNX graph.", _NO_GRAPH)
    return lean, model


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
