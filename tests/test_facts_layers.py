"""The table of layers, embedding lookups, and what a file says about itself."""

import math
from pathlib import Path

import pytest
from onnx import ModelProto, TensorProto, helper, parser

from cardwright.facts import Facts, Layer
from cardwright.facts.inspection import inspect_here
from cardwright.facts.reader import read_model

CARDS = Path(__file__).parent.parent / "cards"
MODELS = Path(__file__).parent / "data/facts/models"


def inspect_text(folder: Path, body: str, inputs: str = "int64[1,5] i, float[1,2] x", **tensors: list[int]) -> Facts:
    head = '<ir_version: 10, opset_import: ["" : 21, "com.microsoft" : 1]>'
    model = parser.parse_model(f"{head} g ({inputs}) => (float[1,3] y) {{ {body} }}")
    for name, dims in tensors.items():
        weight = helper.make_tensor(name, TensorProto.FLOAT, dims, bytes(4 * math.prod(dims)), raw=True)
        model.graph.initializer.append(weight)
    return inspect_model(folder, model)


def inspect_model(folder: Path, model: ModelProto) -> Facts:
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return inspect_here(path, {})


@pytest.mark.parametrize("path", sorted(CARDS.rglob("*.onnx")), ids=lambda path: path.parent.name)
def test_rows_add_up(path: Path) -> None:
    facts = inspect_here(path, {})
    assert sum(layer.parameters for layer in facts.layers) == facts.parameters
    assert sum(layer.macs or 0 for layer in facts.layers) == facts.macs
    weighted = [layer for layer in facts.layers if layer.operator in ("Conv", "Gemm")]
    assert len(weighted) == facts.weighted_layers and all(layer.macs for layer in weighted)
    assert {layer.operator for layer in facts.layers} <= {"Conv", "Gemm", "BatchNormalization"}


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.onnx.txt")), ids=lambda path: path.name.partition(".")[0])
def test_parameters_of_rows_add_up(path: Path, tmp_path: Path) -> None:
    facts = inspect_model(tmp_path, parser.parse_model(path.read_text()))
    assert sum(layer.parameters for layer in facts.layers) == facts.parameters


def test_first_rows_of_resnet() -> None:
    facts = inspect_here(CARDS / "resnet50/model.onnx", {})
    assert facts.layers[0] == Layer("conv_2", "Conv", (1, 64, 112, 112), 9408, 118_013_952)
    assert (facts.layers[-1].operator, facts.layers[-1].output_shape) == ("Gemm", (1, 1000))


def test_shared_weight_counts_for_its_first_node(tmp_path: Path) -> None:
    facts = inspect_text(tmp_path, "[one] a = MatMul (x, W) [two] y = MatMul (a, W)", W=[2, 2])
    assert facts.layers == (Layer("one", "MatMul", (1, 2), 4, 4), Layer("two", "MatMul", (1, 2), 0, 4))


def test_unknown_shape_costs_its_row_only(tmp_path: Path) -> None:
    facts = inspect_text(tmp_path, "a = MatMul (x, W) b = NonZero (a) c = MatMul (s, V) y = Add (c, a)",
                         "float[1,2] x, float[s,2] s", W=[2, 2], V=[2, 3])  # fmt: skip
    assert [(layer.operator, layer.output_shape, layer.macs) for layer in facts.layers] == [
        ("MatMul", (1, 2), 4), ("MatMul", (1, 3), 6)]  # fmt: skip
    facts = inspect_text(
        tmp_path, "a = MatMul (x, W) y = MatMul (s, V)", "float[1,2] x, float[1,s,2] s", W=[2, 2], V=[2, 3]
    )
    assert [(layer.output_shape, layer.macs) for layer in facts.layers] == [((1, 2), 4), ((1, "s", 3), None)]
    assert (facts.macs, facts.warnings) == (None, ("MACs: depends on `s`",))


def test_without_shapes_all_else_stays(tmp_path: Path) -> None:
    path = CARDS / "mobilenetv2/model.onnx"
    known, facts = inspect_here(path, {}), inspect_here(path, {}, no_shapes_because="it is Sunday")
    assert (facts.macs, facts.warnings) == (None, ("MACs: it is Sunday",))
    assert (facts.parameters, facts.depth, facts.operators) == (known.parameters, known.depth, known.operators)
    assert {(layer.output_shape, layer.macs) for layer in facts.layers} == {(None, None)}
    assert [layer.parameters for layer in facts.layers] == [layer.parameters for layer in known.layers]


def test_parameters_that_a_body_gives_back(tmp_path: Path) -> None:
    facts = inspect_text(tmp_path, "w = If (c) <then_branch = a () => (float[2,3] t) { t = Identity (V) }, "
                         "else_branch = b () => (float[2,3] e) { e = Add (W, z) }> y = MatMul (x, w)",
                         "bool c, float[1,2] x, float z", V=[2, 3], W=[2, 3])  # fmt: skip
    assert (facts.parameters, [(layer.operator, layer.parameters) for layer in facts.layers]) == (
        12,
        [("Add", 6), ("If", 6)],
    )


def test_long_tables_and_names_end(tmp_path: Path) -> None:
    model = parser.parse_model('<ir_version: 8, opset_import: ["" : 17]> g (float[2,2] x) => (float[2,2] y) {}')
    model.graph.initializer.append(helper.make_tensor("W", TensorProto.FLOAT, [2, 2], [0.0] * 4))
    for number in range(2500):
        out = f"v{number + 1}" if number < 2499 else "y"
        name = f"{'n' * 300}{number}"
        model.graph.node.add(op_type="MatMul", input=[f"v{number}" if number else "x", "W"], output=[out], name=name)
    facts = inspect_model(tmp_path, model)
    assert (len(facts.layers), len(facts.layers[0].name), facts.depth) == (2000, 201, 2500)
    assert facts.warnings == ("The table of layers has the first 2,000 of 2,500.",)


@pytest.mark.parametrize(
    ("body", "tensors", "embeddings"),
    [
        ("e = Gather (T, i) y = MatMul (e, W)", {"T": [9, 4], "W": [4, 3]}, 1),
        ("e = Gather (T, i) f = Gather (T, i) y = Add (e, f)", {"T": [9, 3]}, 2),
        ("t = Transpose (T) e = Gather (t, i) y = Identity (e)", {"T": [3, 9]}, 1),
        ("e = Gather (T, i) y = Identity (e)", {"T": [9]}, 0),
        ("e = Gather (x, i) y = Identity (e)", {}, 0),
        ("s = Shape (x) e = Gather (s, i) y = Identity (e)", {}, 0),
        ("z = Constant <value_float = 0.1> () q = QuantizeLinear (T, z) d = DequantizeLinear (q, z) "
         "e = Gather (d, i) y = Identity (e)", {"T": [9, 3]}, 1),
        ("e = com.microsoft.GatherBlockQuantized (T, i, T) y = Identity (e)", {"T": [9, 3]}, 1),
        ("y, m = com.microsoft.EmbedLayerNormalization (i, , T, P) ", {"T": [9, 3], "P": [5, 3]}, 1),
    ],
)  # fmt: skip
def test_embeddings(body: str, tensors: dict[str, list[int]], embeddings: int, tmp_path: Path) -> None:
    facts = inspect_text(tmp_path, body, "int64[1,5] i, float[1,2] x", **tensors)
    assert facts.embeddings == embeddings
    assert facts.weighted_layers == body.count("MatMul")


def test_what_the_file_says_about_itself(tmp_path: Path) -> None:
    model = parser.parse_model((MODELS / "loop.onnx.txt").read_text())
    model.doc_string = "A net.\n" * 1000
    model.metadata_props.add(key="names", value="{0: 'cat'}")
    model.metadata_props.add(key="k" * 300, value="v" * 3000)
    for number in range(100):
        model.metadata_props.add(key=f"{number}", value="")
    facts = inspect_model(tmp_path, model)
    assert facts.doc_string == ("A net.\n" * 1000)[:2000] + "…"
    assert facts.metadata_props["names"] == "{0: 'cat'}" and len(facts.metadata_props) == 50
    assert facts.metadata_props["k" * 200 + "…"] == "v" * 2000 + "…"
    assert Facts.from_json(facts.to_json()) == facts


def test_lists_and_names_of_a_hostile_model_end(tmp_path: Path) -> None:
    model = parser.parse_model((MODELS / "loop.onnx.txt").read_text())
    for number in range(1500):
        model.graph.input.add(name=f"{'i' * 1000}{number}").type.tensor_type.elem_type = 1
        model.graph.node.add(op_type=f"O{number}", input=[], output=[])
        model.opset_import.add(domain=f"{'d' * 1000}{number}", version=1)
    facts = inspect_model(tmp_path, model)
    assert len(facts.inputs) == len(facts.operators) == 1000 and facts.nodes > 1500
    assert len(str(facts.to_json())) < 500_000
    assert sum("are listed" in line for line in facts.warnings) == 2


def test_every_reading_has_a_key_of_its_own() -> None:
    path = CARDS / "mobilenetv2/model.onnx"
    assert read_model(path).payload_key != read_model(path).payload_key
