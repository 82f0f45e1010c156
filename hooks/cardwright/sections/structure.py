"""Model structure: links to drawings, stated inputs and outputs, and what the ONNX files hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from cardwright.card import Input, InputOutput, Output, Structure
from cardwright.claims import CheckedClaim
from cardwright.entry import Entry, FileEntry
from cardwright.facts import FACTS, Facts, Layer, Shape, Value
from cardwright.structure import draw_diagram

ORDER = (
    "depth weighted_layers attention_layers parameters buffers macs nodes operators inputs outputs opset_imports"
    " ir_version producer dtypes weight_bytes quantisation external_data size_bytes sha256 embeddings metadata_props"
    " doc_string"
).split()
"""Facts in the order in which readers look for them."""

MAX_LAYERS = 200
"""Rows of the table of layers on a page; facts.json has them all."""

LINK_LABELS = {"netscope": "netscope", "netron": "Netron", "image": "Image", "url": "Link"}


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact of a file."""

    key: str
    label: str
    value: str
    how: str
    """How it was counted, as a sentence."""
    claims: tuple[CheckedClaim, ...]
    """What the card says of it, and whether that is so."""


@dataclass(frozen=True, slots=True)
class LayerRow:
    """A row of the table of layers, as text."""

    name: str
    operator: str
    output_shape: str
    parameters: str
    macs: str


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What one file holds."""

    file: FileEntry
    rows: tuple[FactRow, ...]
    warnings: tuple[str, ...]
    diagram: Markup
    layers: tuple[LayerRow, ...]
    more_layers: int
    """How many are left out here."""


@dataclass(frozen=True, slots=True)
class StatedPorts:
    """Inputs and outputs as the card states them, and of which of its files; of the model where there is no name."""

    names: tuple[str, ...]
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    others: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StructureView:
    """The whole section."""

    links: tuple[tuple[str, Structure], ...]
    prototxts: tuple[str, ...]
    """Caffe networks beside the card, which netscope draws."""
    ports: tuple[StatedPorts, ...]
    files: tuple[FileFacts, ...]
    unread: tuple[FileEntry, ...]
    """Files that could not be read; their `error` says why."""


def describe_structure(entry: Entry) -> StructureView | None:
    """What is known of the model's structure, or None."""
    links = tuple(
        (LINK_LABELS.get(link.kind or "url", "Link"), link) for link in entry.card.structure if link != Structure()
    )
    read = [(file, file.facts) for file in entry.files if file.facts]
    files = tuple(_describe_file(file, facts, number) for number, (file, facts) in enumerate(read, 1))
    unread = tuple(file for file in entry.files if file.error)
    ports = tuple(_describe_ports(entry))
    if not (links or entry.prototxts or files or unread or ports):
        return None
    return StructureView(links, entry.prototxts, ports, files, unread)


def _describe_ports(entry: Entry) -> Iterator[StatedPorts]:
    """Those of the card, then those of its files; files with the same ones stand together."""
    of_files: dict[str, tuple[InputOutput, list[str]]] = {}
    for file in entry.files:
        io = file.stated.io
        of_files.setdefault(io.model_dump_json(), (io, []))[1].append(file.name)
    for io, names in ((entry.card.io, list[str]()), *of_files.values()):
        inputs = tuple(value for value in io.inputs if value != Input())
        outputs = tuple(value for value in io.outputs if value != Output())
        if inputs or outputs or io.model_extra:
            shown = tuple(dict.fromkeys(names)) if len(of_files) > 1 else ()
            yield StatedPorts(shown, inputs, outputs, io.model_extra or {})


def _describe_file(file: FileEntry, facts: Facts, number: int) -> FileFacts:
    known = {fact.key: fact for fact in FACTS}
    rows = []
    for key in ORDER:
        value = format_fact(key, facts)
        if value:
            claims = tuple(claim for claim in file.claims if claim.claim.fact == key)
            rows.append(FactRow(key, known[key].label, value, known[key].how, claims))
    layers = tuple(_describe_layer(layer) for layer in facts.layers[:MAX_LAYERS])
    diagram = draw_diagram(facts.diagram, key=f"diagram-{number}")
    return FileFacts(file, tuple(rows), facts.warnings, diagram, layers, len(facts.layers) - len(layers))


def _describe_layer(layer: Layer) -> LayerRow:
    shape = "" if layer.output_shape is None else _format_shape(layer.output_shape)
    macs = "" if layer.macs is None else f"{layer.macs:,}"
    return LayerRow(layer.name, layer.operator, shape, f"{layer.parameters:,}", macs)


def format_fact(key: str, facts: Facts) -> str:
    """A fact as text for a reader; empty for nothing to say."""
    value = getattr(facts, key)
    if key == "macs" and value is None:
        reason = next((w.removeprefix("MACs: ") for w in facts.warnings if w.startswith("MACs: ")), "")
        return f"not counted: {reason}" if reason else "not counted"
    formatter = _FORMATTERS.get(key, _format_plain)
    return formatter(value) if value else ""


def format_bytes(size: int) -> str:
    """A size in decimal units, as downloads are advertised: `97.7 MB`."""
    value = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            break
        value /= 1000
    return f"{size:,} bytes" if unit == "bytes" else f"{value:.1f} {unit}"


def format_short(number: int, billion: str = "B") -> str:
    """A large number in three digits: `25.6 M`; `billion` is G where that is the custom."""
    for power, unit in ((1e12, "T"), (1e9, billion), (1e6, "M"), (1e3, "k")):
        if number >= power * 0.9995:
            return f"{number / power:.3g}\u00a0{unit}"
    return str(number)


def _format_plain(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _format_size(value: int) -> str:
    return f"{format_bytes(value)} ({value:,} bytes)" if value >= 1000 else format_bytes(value)


def _format_counts(value: Mapping[str, int]) -> str:
    ordered = sorted(value.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{name}\u00a0×\u00a0{count:,}" for name, count in ordered)


def _format_opsets(value: Mapping[str, int]) -> str:
    return ", ".join(f"{domain} {version}" for domain, version in value.items())


def _format_values(values: tuple[Value, ...]) -> str:
    return "; ".join(_format_value(value) for value in values)


def _format_value(value: Value) -> str:
    if value.shape is None:
        return f"{value.name}: {value.dtype}"
    return f"{value.name}: {value.dtype} [{_format_shape(value.shape)}]"


def _format_shape(shape: Shape) -> str:
    return " × ".join("?" if dim is None else str(dim) for dim in shape)


def _format_properties(value: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {text}" for name, text in value.items())


_FORMATTERS: Mapping[str, Callable[[Any], str]] = {
    "size_bytes": _format_size,
    "weight_bytes": _format_size,
    "ir_version": str,
    "operators": _format_counts,
    "dtypes": _format_counts,
    "opset_imports": _format_opsets,
    "metadata_props": _format_properties,
    "inputs": _format_values,
    "outputs": _format_values,
    "quantisation": ", ".join,
    "external_data": lambda files: ", ".join(file.location for file in files),
}
