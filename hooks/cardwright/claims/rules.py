"""Is a statement true of a file? One function a kind of statement: what the file holds, and whether that agrees."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cardwright.claims.statements import Statement
from cardwright.facts import Facts, Value
from cardwright.sizes import NUMBER, SIZE_UNITS, could_be_size, is_near, to_float

Verdict = Literal["verified", "contradicted", "unchecked"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a statement."""

    verdict: Verdict
    measured: str = ""
    """What the file holds, in the words of the statement."""


UNCHECKED = Outcome("unchecked")

_COUNT_UNITS: Mapping[str, int] = {
    "": 1,
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "mio": 10**6,
    "million": 10**6,
    "millions": 10**6,
    "mn": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "billion": 10**9,
    "g": 10**9,
}


def check_size(stated: str, facts: Facts) -> Outcome:
    """`97.7 MB`: the file, or the file with its external data; MB may mean MiB."""
    match = NUMBER.search(stated)
    external = sum(file.size_bytes or 0 for file in facts.external_data)
    agrees = could_be_size(stated, (facts.size_bytes, facts.size_bytes + external))
    if not match or agrees is None:
        return UNCHECKED
    unit_bytes = SIZE_UNITS[match["unit"].lower()][0]
    measured = (
        f"{facts.size_bytes:,} bytes" if unit_bytes == 1 else f"{facts.size_bytes / unit_bytes:.3g} {match['unit']}"
    )
    return Outcome("verified" if agrees else "contradicted", measured)


def check_parameters(stated: str, facts: Facts) -> Outcome:
    """`25.6M`, `25,557,032`, `1.2 billion`: the parameters, or the parameters and buffers, which many tools add."""
    match = NUMBER.search(stated)
    scale = _COUNT_UNITS.get(match["unit"].lower(), 1) if match else 1
    if not match:
        return UNCHECKED
    counts = (facts.parameters, facts.parameters + facts.buffers)
    written = match["number"]
    agrees = any(to_float(written) == n if scale == 1 else is_near(written, n / scale) for n in counts)
    return Outcome("verified" if agrees else "contradicted", f"{facts.parameters:,}")


def check_sha256(stated: str, facts: Facts) -> Outcome:
    """The checksum, to the digit."""
    if not facts.sha256 or not stated.strip():
        return UNCHECKED
    return Outcome("verified" if stated.strip().lower() == facts.sha256 else "contradicted", facts.sha256)


def check_opset(stated: str, facts: Facts) -> Outcome:
    """The version of the standard operator set."""
    held = facts.opset_imports.get("ai.onnx")
    return UNCHECKED if held is None else check_whole(stated, held)


def check_whole(stated: str, held: int) -> Outcome:
    """A whole number."""
    match = re.search(r"\d+", stated)
    if not match or len(match.group()) > 9:
        return UNCHECKED
    return Outcome("verified" if int(match.group()) == held else "contradicted", str(held))


RELEASES: Mapping[str, tuple[int, int]] = {
    "1.0": (3, 1), "1.1": (3, 5), "1.1.2": (3, 6), "1.2": (3, 7), "1.3": (3, 8), "1.4": (4, 9), "1.5": (5, 10),
    "1.6": (6, 11), "1.7": (7, 12), "1.8": (7, 13), "1.9": (7, 14), "1.10": (8, 15), "1.11": (8, 16), "1.12": (8, 17),
    "1.13": (8, 18), "1.14": (9, 19), "1.15": (9, 20), "1.16": (10, 21), "1.17": (10, 22), "1.18": (11, 23),
    "1.19": (12, 24), "1.20": (13, 25), "1.21": (13, 26),
}  # fmt: skip
"""The newest IR version and operator set that an ONNX release knows: the table in ONNX's own Versioning document."""


def check_onnx_version(stated: str, facts: Facts) -> Outcome:
    """A release of ONNX: the file can be no newer than what that release knows."""
    match = re.search(r"\d+\.\d+(?:\.\d+)?", stated)
    names = (match.group(), ".".join(match.group().split(".")[:2])) if match else ()
    known = next((RELEASES[name] for name in names if name in RELEASES), None)
    held = facts.opset_imports.get("ai.onnx")
    if not known or held is None:
        return UNCHECKED
    agrees = held <= known[1] and facts.ir_version <= known[0]
    return Outcome("verified" if agrees else "contradicted", f"opset {held}, IR version {facts.ir_version}")


def check_layers(stated: str, facts: Facts) -> Outcome:
    """`50 layers`: the depth, or all weighted layers, or the attention layers: people count all three."""
    match = re.search(r"\d+", stated)
    if not match or len(match.group()) > 9:
        return UNCHECKED
    count = int(match.group())
    held = {facts.depth: "", facts.weighted_layers: " weighted layers", facts.attention_layers: " attention layers"}
    if count in held and count:
        return Outcome("verified", f"{count}{held[count] if count != facts.depth else ''}")
    return Outcome("contradicted", str(facts.depth))


_PRECISIONS: Mapping[str, frozenset[str]] = {
    "float64": frozenset({"fp64", "float64", "f64", "double"}),
    "float32": frozenset({"fp32", "float32", "f32", "float", "single", "full"}),
    "float16": frozenset({"fp16", "float16", "f16", "half"}),
    "bfloat16": frozenset({"bf16", "bfloat16"}),
    "int8": frozenset({"int8", "i8", "uint8", "u8", "8bit", "w8a8"}),
    "uint8": frozenset({"int8", "uint8", "u8", "8bit", "w8a8"}),
    "int4": frozenset({"int4", "i4", "uint4", "u4", "4bit", "q4"}),
    "uint4": frozenset({"int4", "uint4", "u4", "4bit", "q4"}),
}
"""Words for the element type of the weights."""


def check_dtype(stated: str, facts: Facts) -> Outcome:
    """`fp16`, `int8`: the type that most parameters are stored in."""
    word = re.sub(r"[^a-z0-9]", "", stated.lower())
    if not facts.dtypes or not any(word in words for words in _PRECISIONS.values()):
        return UNCHECKED
    held = max(facts.dtypes, key=lambda name: (facts.dtypes[name], name))
    agrees = word in _PRECISIONS.get(held, frozenset())
    return Outcome("verified" if agrees else "contradicted", held)


def check_value(said: Statement, held: tuple[Value, ...]) -> Outcome:
    """An input or output: its name, and where stated its shape (numbers against numbers) and type."""
    value = next((value for value in held if value.name == said.text), None)
    if value is None:
        names = ", ".join(value.name for value in held)
        return Outcome("contradicted", f"only {names}") if held else UNCHECKED
    shape, dtype = said.value.shape, getattr(said.value, "dtype", None) or _tensor_type(said.value)
    dims = "" if value.shape is None else f" [{', '.join('?' if dim is None else str(dim) for dim in value.shape)}]"
    agrees = _same_shape(shape, value) and (not dtype or _same_dtype(dtype, value.dtype))
    return Outcome("verified" if agrees else "contradicted", f"{value.name}: {value.dtype}{dims}")


def _tensor_type(stated: object) -> str:
    """`tensor(float)` as the only type of an output; other types are of a card's own vocabulary."""
    types: tuple[str, ...] = getattr(stated, "type", ())
    return types[0] if len(types) == 1 and types[0].startswith("tensor(") else ""


def _same_shape(shape: object, value: Value) -> bool:
    if not isinstance(shape, list) or value.shape is None:
        return True
    if len(shape) != len(value.shape):
        return False
    pairs = zip(shape, value.shape, strict=True)
    return all(not (str(a).isdigit() and isinstance(b, int)) or int(str(a)) == b for a, b in pairs)


_DTYPE_WORDS: Mapping[str, str] = {
    **{name: name for name in "float16 float32 float64 bfloat16 int8 int16 int32 int64".split()},
    **{name: name for name in "uint8 uint16 uint32 uint64 bool string".split()},
    "float": "float32",
    "double": "float64",
    "half": "float16",
    "long": "int64",
    "int": "int32",
    "boolean": "bool",
}
"""Words for the element type of an input or output, and numpy's name of it."""


def _same_dtype(stated: str, held: str) -> bool:
    word = re.sub(r"tensor|[^a-z0-9]", "", stated.lower())
    return _DTYPE_WORDS.get(word, held) == held
