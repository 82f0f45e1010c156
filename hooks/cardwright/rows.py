"""What the catalogue, its JSON and the comparison say of a card in a few words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from cardwright.benchmarks import Result, pick_headline
from cardwright.entry import Entry, FileEntry
from cardwright.facts import Facts
from cardwright.licenses import find_license
from cardwright.memo import Each
from cardwright.sections.metadata import show_task
from cardwright.tasks import find_task

Checked = Literal["verified", "contradicted", "unchecked"]

FILE_FORMATS: tuple[tuple[str, str], ...] = (
    ("onnx", "ONNX"),
    ("safetensors", "safetensors"),
    ("pt pth pt2 ckpt bin", "PyTorch"),
    ("pb h5 keras tflite", "TensorFlow"),
    ("gguf ggml", "GGUF"),
    ("mlmodel mlpackage", "Core ML"),
    ("caffemodel", "Caffe"),
    ("pdmodel pdparams", "PaddlePaddle"),
    ("msgpack", "Flax"),
    ("engine plan", "TensorRT"),
)
"""Endings of file names, and the format that has them."""

SIZE_CLASSES: tuple[tuple[int, str], ...] = (
    (1_000_000, "under 1 M"),
    (10_000_000, "1 M to 10 M"),
    (100_000_000, "10 M to 100 M"),
    (1_000_000_000, "100 M to 1 B"),
)
"""Parameters below the first number are of the class; those of more than the last are of LARGEST."""

LARGEST = "1 B and more"


@dataclass(frozen=True, slots=True)
class Row:
    """A card in a few words; empty where card and file say nothing."""

    entry: Entry
    task: str
    datasets: tuple[str, ...]
    headline: Result | None
    license: str
    library: str
    file_formats: tuple[str, ...]
    precision: str
    """The element type of most parameters in the file."""
    size_class: str
    checked: Checked
    """What the file says to the statements of the card."""
    order: tuple[list[tuple[int, str]], str]
    """Its place among others: by name, numbers in names by their size."""

    @property
    def accepts(self) -> bool:
        """Whether the card knows of a difference to its file, and says why."""
        return any(claim.accepted for file in self.entry.files for claim in file.claims)

    @property
    def facts(self) -> Facts | None:
        """What the card's main file holds."""
        return self.entry.facts


def make_row(entry: Entry) -> Row:
    """The row of a card."""
    datasets = dict.fromkeys([_dataset(result) for result in entry.results if result.dataset] or entry.card.datasets)
    task = entry.card.pipeline_tag or next((result.task for result in entry.results if result.task), "")
    facts = entry.facts
    return Row(
        entry,
        show_task(find_task(task) or task),
        tuple(datasets),
        pick_headline(entry.results),
        known.id if (known := find_license(entry.license)) else entry.license,
        entry.card.library_name or "",
        tuple(dict.fromkeys(found for file in entry.files if (found := find_format(file)))),
        max(facts.dtypes, key=lambda name: facts.dtypes[name], default="") if facts else "",
        find_size_class(facts.parameters) if facts else "",
        find_checked(entry),
        (_natural(entry.name), entry.slug),
    )


def _dataset(result: Result) -> str:
    """The dataset by the name that all cards share, where it is known."""
    compared = result.comparison
    return compared.dataset if compared and compared.known else result.dataset


def make_rows(entries: tuple[Entry, ...]) -> tuple[Row, ...]:
    """The rows of all cards in their order."""
    return tuple(sorted(_ROWS(entries), key=lambda row: row.order))


_ROWS = Each(make_row)


def _natural(name: str) -> list[tuple[int, str]]:
    """A key that puts `v2` before `v10`."""
    pieces = re.split(r"([0-9]+)", name.casefold())
    return [(int(piece[:18]), piece) if piece[:1].isdecimal() else (0, piece) for piece in pieces]


def find_format(file: FileEntry) -> str:
    """The format of a model file: by the ending of its name, else as the card states it."""
    name = (file.path or file.stated.path or file.stated.url or file.name).split("?")[0].lower()
    ending = name.rpartition(".")[2]
    return next((label for endings, label in FILE_FORMATS if ending in endings.split()), file.stated.format or "")


def find_size_class(parameters: int) -> str:
    """The size class of a model with so many parameters."""
    return next((label for limit, label in SIZE_CLASSES if parameters < limit), LARGEST)


def find_checked(entry: Entry) -> Checked:
    """Contradicted when one statement is and the card does not accept it; verified when one is."""
    verdicts = {claim.verdict for file in entry.files for claim in file.claims if not claim.accepted}
    found: tuple[Checked, ...] = ("contradicted", "verified")
    return next((verdict for verdict in found if verdict in verdicts), "unchecked")
