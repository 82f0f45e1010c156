"""What a model file knows of its own card: answers to the questions, and fields.

What the page reads from the file by itself (shapes, types, opset, size, checksum, parameters, producer) is left out: a
card that repeats it would be wrong after the next export.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from cardwright.facts import Facts
from cardwright.facts.values import Value as FactValue
from cardwright.licenses import find_license
from cardwright.starter.questions import MAX_SUMMARY
from cardwright.tasks import find_task
from cardwright.yamltext import Value

PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "name": ("model_name", "display_name", "title", "name"),
    "summary": ("summary", "description", "short_description"),
    "task": ("task", "pipeline_tag", "model_task"),
    "license": ("license", "licence", "model_license", "license_name"),
    "dataset": ("dataset", "datasets", "training_dataset", "training_data", "train_dataset", "trained_on"),
    "developers": ("author", "authors", "model_author", "developer", "company", "organization"),
    "version": ("version", "model_version"),
}
"""Keys of `metadata_props` as exporters and ONNX's own MetadataProps.md write them, by what they answer."""

MAX_VALUES = 8
"""Inputs, and outputs, that are worth a sentence each; a model with more hands on its own state."""

DESCRIBE_INPUT = "TODO: what goes in, and how it is prepared"
DESCRIBE_OUTPUT = "TODO: what comes out, and how to read it"


GENERIC = frozenset(
    "best best_model export exported inference last model model_fp16 model_quantized net network".split()
)
"""Names of files that say nothing of the model; then its folder does."""


def find_answers(facts: Facts, path: Path, folder: str = "") -> dict[str, str]:
    """Answers by the keys of QUESTIONS, as far as the file has them; without others than can be taken.

    `folder` is what its user calls the card's folder, and the name of a model whose file states none.
    """
    found = {key: _find_property(facts, key) for key in ("name", "summary", "task", "license", "dataset")}
    license = find_license(found["license"])
    said = found["summary"] or _first_sentence(facts.doc_string)
    return {
        "name": found["name"] or Path(folder).name or _name_of_file(path),
        "summary": said if len(said) <= MAX_SUMMARY else "",
        "task": find_task(found["task"]),
        "license": license.hub_id if license else "",
        "dataset": found["dataset"],
    }


def find_fields(facts: Facts) -> dict[str, Value]:
    """Fields of the card beyond the answers: who made it, its version, and its inputs and outputs to be described."""
    developers, version = _find_property(facts, "developers"), _find_property(facts, "version")
    fields: dict[str, Value] = {"library_name": "onnx"}
    fields |= {"version": version} if version else {}
    fields |= {"developers": [developers]} if developers else {}
    io = {
        "inputs": _describe(facts.inputs, DESCRIBE_INPUT),
        "outputs": _describe(facts.outputs, DESCRIBE_OUTPUT),
    }
    return fields | ({"io": io} if all(io.values()) else {})


def find_open_dims(facts: Facts) -> list[str]:
    """Dimensions without which the MACs cannot be counted, by name."""
    dims = [dim for value in facts.inputs for dim in value.shape or () if isinstance(dim, str)]
    return list(dict.fromkeys(dims)) if facts.macs is None else []


def _name_of_file(path: Path) -> str:
    path = path.resolve()
    return re.sub(r"[_\s]+", " ", path.parent.name if path.stem.casefold() in GENERIC else path.stem).strip()


def _describe(values: tuple[FactValue, ...], description: str) -> list[Value]:
    few = len(values) <= MAX_VALUES
    return [{"name": value.name, "description": description} for value in values if value.name] if few else []


def _find_property(facts: Facts, key: str) -> str:
    known = {name.casefold().replace("-", "_").replace(" ", "_"): text for name, text in facts.metadata_props.items()}
    values = (" ".join(known.get(name, "").split()) for name in PROPERTIES[key])
    return next((value for value in values if value and len(value) <= MAX_SUMMARY), "")


def _first_sentence(text: str) -> str:
    first = re.split(r"(?<=[.!?。])\s|\n\s*\n", text.strip(), maxsplit=1)[0]
    return " ".join(first.split()) if len(first.split()) > 3 else ""
