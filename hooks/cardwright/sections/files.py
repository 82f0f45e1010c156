"""The files table: what the card states of each file beside what the file holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cardwright.benchmarks.names import flatten
from cardwright.entry import Entry, FileEntry


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of the files table; an empty text where neither card nor file says anything."""

    file: FileEntry
    stated_size: str
    onnx_version: str
    opset: str
    """As stated."""
    held_opset: str
    """As in the file."""
    details: tuple[tuple[str, Any], ...]
    """Name and value; texts are inline Markdown."""

    @property
    def has_size(self) -> bool:
        """Whether card or file tell the size."""
        return bool(self.stated_size or self.file.facts)

    @property
    def has_opset(self) -> bool:
        """Whether card or file tell the opset."""
        return bool(self.opset or self.held_opset)


_DETAILS = ("format", "ir_version", "precision", "parameters", "layers", "sample_data", "sha256", "note")


def list_files(entry: Entry) -> tuple[FileRow, ...]:
    """One row a file."""
    return tuple(_make_row(file) for file in entry.files)


def unused_reasons(accept: Mapping[str, Any], files: Iterable[FileEntry]) -> dict[str, Any]:
    """Differences that the card accepts and that no claim of these files shows with its reason."""
    shown = {checked.claim.name for file in files for checked in file.claims if checked.accepted}
    return {name: reason for name, reason in accept.items() if name not in shown}


def _make_row(file: FileEntry) -> FileRow:
    stated = file.stated
    named: list[tuple[str, Any]] = [(name.replace("_", " "), getattr(stated, name)) for name in _DETAILS]
    named += (("dims", flatten(stated.dims)), ("accept", flatten(unused_reasons(stated.accept, (file,)))))
    named += (stated.model_extra or {}).items()
    opsets = file.facts.opset_imports if file.facts else {}
    held = ", ".join(str(v) if k == "ai.onnx" else f"{k} {v}" for k, v in opsets.items())
    return FileRow(
        file,
        stated.size or "",
        stated.onnx_version or "",
        stated.opset or "",
        held,
        tuple((name, value) for name, value in named if value),
    )
