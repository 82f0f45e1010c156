"""Usage: how the model is called where the card states it, and code that runs its ONNX file."""

from __future__ import annotations

from dataclasses import dataclass

from cardwright.card import Api
from cardwright.entry import Entry, FileEntry
from cardwright.facts import Facts, Value


@dataclass(frozen=True, slots=True)
class UsageView:
    """The usage section."""

    api: Api
    snippet: str
    """Python that runs the file in ONNX Runtime; empty without a file."""
    path: str
    """The file it runs: relative to the card's folder, or its address."""


def describe_usage(entry: Entry) -> UsageView | None:
    """The card's `api`, unless its text shows it, and code for its main file; None without either."""
    api = Api() if entry.is_in_text(("api",)) else entry.card.api
    file = next((file for file in entry.files if file.facts), None)
    snippet = write_snippet(file) if file else ""
    return UsageView(api, snippet, file.place if file else "") if snippet or api != Api() else None


def write_snippet(file: FileEntry) -> str:
    """A program that runs the file on zeros of the right names, shapes and types; empty when one cannot be made."""
    facts = file.facts
    if not facts or not all(value.dtype in NUMPY for value in facts.inputs):
        return ""
    feeds = "".join(f"    {value.name!r}: {_make_array(value)},{_note(value)}\n" for value in facts.inputs)
    name = file.file_name
    return (
        "import numpy as np\nimport onnxruntime as ort\n\n"
        f"session = ort.InferenceSession({name!r})\n"
        f"outputs = session.run(None, {{\n{feeds}}})\n"
        f"for value, array in zip(session.get_outputs(), outputs):\n    print(value.name, {_shape_of(facts)})\n"
    )


NUMPY = {
    **{name: f"np.{name}" for name in "float16 float32 float64 int8 int16 int32 int64".split()},
    **{name: f"np.{name}" for name in "uint8 uint16 uint32 uint64 complex64 complex128".split()},
    "bool": "np.bool_",
    "string": "object",
}
"""Element types that numpy has, and how it calls them."""


def _make_array(value: Value) -> str:
    """Zeros, with 1 for every dimension that the file leaves open."""
    shape = tuple(dim if isinstance(dim, int) and dim >= 0 else 1 for dim in value.shape or ())
    make = f"np.full({shape}, '', dtype=object)" if value.dtype == "string" else f"np.zeros({shape}, dtype={{}})"
    return make.format(NUMPY[value.dtype])


def _note(value: Value) -> str:
    if value.shape is None:
        return "  # of any shape"
    names = [dim for dim in value.shape if isinstance(dim, str)]
    return f"  # {', '.join(_clean(name) for name in names)} may differ from 1" if names else ""


def _clean(name: str) -> str:
    """A name from the file, safe within a comment: it cannot end the line."""
    return "".join(c if c.isprintable() else "?" for c in name)[:60]


def _shape_of(facts: Facts) -> str:
    tensors = all(value.dtype in NUMPY for value in facts.outputs)
    return "array.shape" if tensors else "getattr(array, 'shape', type(array))"
