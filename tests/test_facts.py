"""What is said about ONNX files. Models are text in data/facts/models: add one, with what must come of it."""

import json
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import helper, parser

from cardwright.facts import FACTS, Facts, Value
from cardwright.facts.graph import DTYPES
from cardwright.facts.inspection import inspect_here

DATA = Path(__file__).parent / "data/facts"
LIGHT = Path(onnx.__file__).parent / "backend/test/data/light"
FIGURES: dict[str, dict[str, int]] = json.loads((DATA / "light.json").read_text())
CASES = sorted((DATA / "models").glob("*.onnx.txt"))


def inspect_model(model: onnx.ModelProto, folder: Path, dims: dict[str, int] | None = None) -> Facts:
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return inspect_here(path, dims or {})


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_light_model(name: str) -> None:
    path = LIGHT / f"{name}.onnx"
    facts = inspect_here(path, {})
    assert {key: getattr(facts, key) for key in FIGURES[name]} == FIGURES[name]
    assert facts.weight_bytes == 4 * (facts.parameters + facts.buffers)
    assert facts.dtypes == {"float32": facts.parameters}
    assert (facts.size_bytes, facts.warnings, facts.quantisation) == (path.stat().st_size, (), ())
    assert facts.opset_imports == {"ai.onnx": 9}
    assert [value.shape for value in facts.inputs] == [(1, 3, 224, 224)]


def test_figures_cover_all_light_models() -> None:
    assert set(FIGURES) == {path.stem for path in LIGHT.glob("*.onnx")}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name.partition(".")[0])
def test_case(path: Path, tmp_path: Path) -> None:
    text = path.read_text()
    expected: dict[str, Any] = json.loads(text.partition("\n")[0].removeprefix("# "))
    dims = expected.pop("dims", None)
    facts = inspect_model(parser.parse_model(text), tmp_path, dims).to_json()
    assert {key: facts[key] for key in expected} == expected


def test_table_and_facts_agree() -> None:
    assert [fact.key for fact in FACTS] == [field.name for field in fields(Facts)]
    for fact in FACTS:
        assert fact.label and fact.source
        assert fact.how.endswith(".") and fact.how.count(". ") == 0, f"{fact.key}: not one sentence"


def test_json_is_plain_and_goes_both_ways(tmp_path: Path) -> None:
    text = (DATA / "models/symbolic_unknown.onnx.txt").read_text()
    facts = inspect_model(parser.parse_model(text), tmp_path)
    assert list(facts.to_json()) == [field.name for field in fields(Facts)]
    assert Facts.from_json(json.loads(json.dumps(facts.to_json()))) == facts
    with pytest.raises(ValueError, match="sha256"):
        Facts.from_json({key: value for key, value in facts.to_json().items() if key != "sha256"})


def test_external_data_goes_both_ways(tmp_path: Path) -> None:
    facts = inspect_model(external_model("w.bin", length=24), tmp_path)
    assert [(file.location, file.size_bytes) for file in facts.external_data] == [("w.bin", None)]
    assert Facts.from_json(json.loads(json.dumps(facts.to_json()))) == facts


def test_same_file_same_facts(tmp_path: Path) -> None:
    code = (
        "import json, sys, pathlib; from cardwright.facts import inspect;"
        "print(json.dumps(inspect(pathlib.Path(sys.argv[1])).to_json()))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, str(LIGHT / "light_shufflenet.onnx")],
            env=os.environ | {"PYTHONPATH": "hooks", "PYTHONHASHSEED": seed},
            cwd=DATA.parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_import_is_lazy() -> None:
    code = "import sys, cardwright.facts; print([m for m in ('onnx', 'numpy') if m in sys.modules])"
    environment = os.environ | {"PYTHONPATH": "hooks"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=DATA.parents[2], capture_output=True, text=True
    )
    assert done.stdout == "[]\n", done.stderr


def test_element_types_are_those_of_onnx() -> None:
    names = {"float": "float32", "double": "float64", "undefined": "unknown"}
    for onnx_name, number in onnx.TensorProto.DataType.items():
        name, bits = DTYPES[number]
        assert name == names.get(onnx_name.lower(), onnx_name.lower())
        if name not in ("unknown", "string"):
            # numpy keeps an element of less than 8 bits in a byte of its own
            assert max(bits, 8) == helper.tensor_dtype_to_np_dtype(number).itemsize * 8


def external_model(location: str, length: int | None = None, offset: int = 0) -> onnx.ModelProto:
    """x [1, 2] by W [2, 3] (24 bytes), W stored outside."""
    weight = onnx.TensorProto(name="W", data_type=onnx.TensorProto.FLOAT, dims=[2, 3])
    weight.data_location = onnx.TensorProto.EXTERNAL
    entries = {"location": location, "offset": str(offset)} | ({"length": str(length)} if length else {})
    for key, value in entries.items():
        weight.external_data.add(key=key, value=value)
    model = parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 17]> g (float[1,2] x) => (float[1,3] y) { y = MatMul (x, W) }'
    )
    model.graph.initializer.append(weight)
    return model


@pytest.mark.parametrize(
    ("size_bytes", "length", "offset", "parameters"),
    [(24, 24, 0, 6), (64, None, 8, 6), (31, 24, 8, 0), (24, 20, 0, 0)],
)
def test_external_data_is_measured(
    tmp_path: Path, size_bytes: int, length: int | None, offset: int, parameters: int
) -> None:
    (tmp_path / "w.bin").write_bytes(bytes(size_bytes))
    (tmp_path / "w.bin").chmod(0)  # never opened
    facts = inspect_model(external_model("w.bin", length, offset), tmp_path)
    assert (facts.parameters, facts.depth, facts.macs) == (parameters, 1, 6)
    assert [(file.location, file.size_bytes) for file in facts.external_data] == [("w.bin", size_bytes)]
    assert bool(facts.warnings) == (parameters == 0)


@pytest.mark.parametrize("location", ["../w.bin", "/etc/hostname", "link.bin", "", ".", "no\0pe", "a" * 5000])
def test_external_data_outside_the_folder_is_missing(tmp_path: Path, location: str) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "w.bin").write_bytes(bytes(24))
    (folder / "link.bin").symlink_to(tmp_path / "w.bin")
    facts = inspect_model(external_model(location), folder)
    assert [file.size_bytes for file in facts.external_data] == [None]
    assert facts.parameters == 0 and "not in the model's folder" in facts.warnings[0]


@pytest.mark.parametrize(("data_bytes", "parameters"), [(12, 3), (8, 0)])
def test_sparse_tensor_counts_its_non_zeros(tmp_path: Path, data_bytes: int, parameters: int) -> None:
    model = parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 17]> g (float[1,4] x) => (float[1,5] y) { y = MatMul (x, W) }'
    )
    sparse = model.graph.sparse_initializer.add(dims=[4, 5])
    sparse.values.CopyFrom(helper.make_tensor("W", onnx.TensorProto.FLOAT, [3], bytes(12), raw=True))
    sparse.values.raw_data = bytes(data_bytes)
    sparse.indices.CopyFrom(helper.make_tensor("i", onnx.TensorProto.INT64, [3], [1, 7, 19]))
    facts = inspect_model(model, tmp_path)
    assert (facts.parameters, facts.weight_bytes) == (parameters, 4 * parameters)
    assert (facts.depth, facts.weighted_layers, facts.macs) == (1, 1, 20)
    assert bool(facts.warnings) == (parameters == 0)


def test_values_of_other_types(tmp_path: Path) -> None:
    model = parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 17]> g (seq(float[2]) s, optional(float[2]) o, float x) '
        "=> (float[2] y) { i = Constant <value_int = 0> () y = SequenceAt (s, i) }"
    )
    assert inspect_model(model, tmp_path).inputs == (
        Value("s", "sequence(float32)", None),
        Value("o", "optional(float32)", None),
        Value("x", "float32", ()),
    )
