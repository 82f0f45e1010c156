"""The folded block diagram. A case is a model, as text in data/diagrams or a real one, and the outline it must have.

In the texts, a declared float value that no node makes is a stored tensor of that shape.
"""

import json
import math
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

import onnx
import pytest
from onnx import TensorProto, helper, parser

from cardwright.facts.anatomy import Anatomy
from cardwright.facts.diagram import MAX_BOXES, find_blocks
from cardwright.facts.diagram_values import Block, Diagram, Endpoint
from cardwright.facts.inspection import open_model
from cardwright.facts.reader import read_model
from cardwright.structure.svg import draw_diagram

ROOT = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data/diagrams"
LIGHT = Path(onnx.__file__).parent / "backend/test/data/light"
TEXTS = sorted(DATA.glob("*.onnx.txt"))
REAL = {path.stem: path for path in LIGHT.glob("*.onnx")} | {
    f"card_{path.parent.name}": path for path in ROOT.glob("cards/*/*.onnx")
}
SVG = "{http://www.w3.org/2000/svg}"


def open_path(path: Path) -> Anatomy:
    return open_model(read_model(path), {})


def find(anatomy: Anatomy) -> Diagram:
    shapes = {"shape_of": anatomy.shapes.shape} if anatomy.shapes else {}
    return find_blocks(anatomy.flat, anatomy.constants, anatomy.weights, **shapes)


def open_proto(model: onnx.ModelProto, folder: Path) -> Anatomy:
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return open_path(path)


def store_declared(graph: onnx.GraphProto) -> None:
    """Make stored tensors of the declared values that no node makes."""
    made = {name for node in graph.node for name in node.output} | {value.name for value in graph.input}
    for value in [value for value in graph.value_info if value.name not in made]:
        tensor = value.type.tensor_type
        shape = [dim.dim_value for dim in tensor.shape.dim]
        zeros = bytes(4 * math.prod(shape))
        graph.initializer.append(helper.make_tensor(value.name, tensor.elem_type, shape, zeros, raw=True))
    for node in graph.node:
        for attribute in node.attribute:
            store_declared(attribute.g)


def parse(text: str) -> onnx.ModelProto:
    model = parser.parse_model(text)
    store_declared(model.graph)
    return model


def outline(blocks: Sequence[Block], indent: str = "") -> Iterator[str]:
    """A block a line: how often, title, layers and parameters, shape, and what else there is to say of it."""
    for block in blocks:
        parts = [
            (f"{block.count} × " if block.count > 1 else "") + (block.title or "frame"),
            f"{block.layers} layers, {block.parameters:,} parameters",
            "×".join("?" if dim is None else str(dim) for dim in block.shape or ()),
            "shortcut" * block.shortcut,
            "" if block.alike else "other widths",
        ]
        yield indent + " | ".join(filter(None, parts))
        yield from (f"{indent}- {line}" for line in block.lines)
        yield from outline(block.inside, f"{indent}  ")


def expected(name: str) -> list[str]:
    return (DATA / f"{name}.outline").read_text().splitlines()


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name.partition(".")[0])
def test_case(path: Path, tmp_path: Path) -> None:
    anatomy = open_proto(parse(path.read_text()), tmp_path)
    diagram = find(anatomy)
    assert list(outline(diagram.blocks)) == expected(path.name.partition(".")[0])
    assert sum(block.parameters for block in diagram.blocks) == (anatomy.weights.parameters if diagram.blocks else 0)


@pytest.mark.parametrize("name", sorted(REAL))
def test_real_model(name: str) -> None:
    anatomy = open_path(REAL[name])
    diagram = find(anatomy)
    assert list(outline(diagram.blocks)) == expected(name)
    assert sum(block.layers for block in diagram.blocks) == anatomy.weighted_layers
    assert sum(block.parameters for block in diagram.blocks) == anatomy.weights.parameters
    svg = re.findall(r"<svg.*?</svg>", draw_diagram(diagram), re.DOTALL)
    assert len(svg) == 1 and 2_500 < len(svg[0].encode()) < 12_000


def test_every_outline_has_its_model() -> None:
    models = {path.name.partition(".")[0] for path in TEXTS} | REAL.keys()
    assert {path.stem for path in DATA.glob("*.outline")} == models


def test_json_goes_both_ways() -> None:
    diagram = find(open_path(REAL["light_resnet50"]))
    data = json.loads(json.dumps(diagram.to_json()))
    assert Diagram.from_json(data) == diagram
    with pytest.raises(ValueError, match="titel"):
        Diagram.from_json(data | {"blocks": [{**data["blocks"][0], "titel": ""}]})
    with pytest.raises(ValueError, match="blocks"):
        Diagram.from_json({})


def make_resnet(counts: Sequence[int]) -> onnx.ModelProto:
    """A network of bottleneck blocks, 64 channels at first."""
    nodes: list[onnx.NodeProto] = []
    weights: dict[str, list[int]] = {}

    def conv(source: str, name: str, out: int, before: int, kernel: int, relu: bool = True) -> str:
        weights[f"{name}.w"] = [out, before, kernel, kernel]
        pads = [kernel // 2] * 4
        nodes.append(helper.make_node("Conv", [source, f"{name}.w"], [f"{name}.c"], pads=pads))
        nodes.extend([helper.make_node("Relu", [f"{name}.c"], [f"{name}.r"])] if relu else [])
        return f"{name}.{'r' if relu else 'c'}"

    value, before = conv("x", "stem", 64, 3, 7), 64
    for stage, count in enumerate(counts):
        width = 64 * 2**stage
        for number in range(count):
            name = f"s{stage}b{number}"
            inner = conv(conv(value, f"{name}a", width, before, 1), f"{name}b", width, width, 3)
            inner = conv(inner, f"{name}c", 4 * width, width, 1, relu=False)
            past = conv(value, f"{name}p", 4 * width, before, 1, relu=False) if before != 4 * width else value
            nodes.append(helper.make_node("Add", [inner, past], [f"{name}.s"]))
            nodes.append(helper.make_node("Relu", [f"{name}.s"], [f"{name}.y"]))
            value, before = f"{name}.y", 4 * width
    tensors = [
        TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape, raw_data=b"") for name, shape in weights.items()
    ]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3, 8, 8]) for name in ("x", value)]
    return helper.make_model(helper.make_graph(nodes, "g", ends[:1], ends[1:], tensors))


@pytest.mark.parametrize("counts", [(3, 4, 6, 3), (3, 4, 23, 3), (3, 8, 36, 3)], ids=["50", "101", "152"])
def test_deeper_nets_look_alike(counts: tuple[int, ...], tmp_path: Path) -> None:
    diagram = find(open_proto(make_resnet(counts), tmp_path))
    assert [block.count for block in diagram.blocks] == [1, *(n for count in counts for n in (1, count - 1))]
    assert [block.shortcut for block in diagram.blocks] == [False, *[False, True] * 4]


def chain_of(operators: Sequence[str]) -> onnx.ModelProto:
    nodes = [helper.make_node(name, [f"v{i}"], [f"v{i + 1}"]) for i, name in enumerate(operators)]
    ends = [helper.make_tensor_value_info(f"v{i}", TensorProto.FLOAT, [1]) for i in (0, len(operators))]
    return helper.make_model(helper.make_graph(nodes, "g", ends[:1], ends[1:]))


def test_five_thousand_blocks_are_one(tmp_path: Path) -> None:
    began = time.perf_counter()
    diagram = find(open_proto(make_resnet((5001,)), tmp_path))
    assert [block.count for block in diagram.blocks] == [1, 1, 5000]
    assert "×5,000" in draw_diagram(diagram)
    assert time.perf_counter() - began < 30


@pytest.mark.parametrize("pattern", ["random", "fibonacci", "period"])
def test_long_chains_stay_short(pattern: str, tmp_path: Path) -> None:
    letters = "0"
    while pattern == "fibonacci" and len(letters) < 20_000:
        letters = letters.replace("0", "a").replace("1", "0").replace("a", "01")
    if pattern != "fibonacci":
        modulus = 20_011 if pattern == "random" else 411
        letters = "".join(str((i % modulus) ** 2 * 7 % 9 % 2) for i in range(20_000))
    names = ["Softmax" if letter == "0" else "GlobalMaxPool" for letter in letters]
    diagram = find(open_proto(chain_of(names), tmp_path))
    assert 0 < len(diagram.blocks) <= MAX_BOXES
    assert sum(block.nodes for block in diagram.blocks) == len(names)
    assert len(draw_diagram(diagram)) < 60_000


def test_many_outputs_are_bounded(tmp_path: Path) -> None:
    model = chain_of(["Relu"] * 2_000)
    model.graph.output.extend(helper.make_tensor_value_info(f"v{i}", TensorProto.FLOAT, [1]) for i in range(1, 2_000))
    diagram = find(open_proto(model, tmp_path))
    assert (len(diagram.outputs), diagram.more_outputs) == (4, 1_996)
    assert "1,999 more" in draw_diagram(diagram)


HOSTILE = '</text></svg><script>alert("1")</script>\u202eevil\u0007\n&amp;' + "w" * 5_000


def test_hostile_names_are_text(tmp_path: Path) -> None:
    model = chain_of([HOSTILE, "Softmax", HOSTILE, HOSTILE])
    model.graph.input[0].name = model.graph.node[0].input[0] = HOSTILE
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_param = HOSTILE
    diagram = find(open_proto(model, tmp_path))
    html = str(draw_diagram(diagram))
    root = ElementTree.fromstring(f"<body>{html}</body>")
    assert len(html) < 12_000 and len(json.dumps(diagram.to_json())) < 12_000
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= set(
        "body div svg title desc g path rect text p details summary ol ul li bdi".split()
    )
    said = "".join(root.itertext())
    assert "<script>" in said and not {"\u202e", "\u0007", "\n"} & set(said)


def test_drawing_stands_alone() -> None:
    html = str(draw_diagram(find(open_path(REAL["light_inception_v1"])), key="first"))
    assert not re.search(r"(?i)<script|<style|<image|<use|href|url\(|\bon[a-z]+=|@import", html)
    assert re.findall(r"https?://[^\"]*", html) == ["http://www.w3.org/2000/svg"]
    root = ElementTree.fromstring(html)
    svg = root.find(f"{SVG}svg")
    assert svg is not None and svg.get("role") == "img"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert ids == (svg.get("aria-labelledby") or "").split() == ["first-title", "first-desc"]
    width = float((svg.get("viewBox") or "").split()[2])
    assert width <= 320, "on a phone its text would be small"
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x") or -1) <= width


def test_list_says_what_the_drawing_says(tmp_path: Path) -> None:
    path = DATA / "transformer.onnx.txt"
    root = ElementTree.fromstring(str(draw_diagram(find(open_proto(parse(path.read_text()), tmp_path)))))
    listed = root.find("details/ol")
    assert listed is not None
    items = [" ".join("".join(item.itertext()).split()) for item in listed.iter("li")]
    assert items[0] == "Input: ids, 1 × sequence"
    assert items[2].startswith("These blocks, 3 times in a row: 18 layers, 9,312 parameters (3,104 each)")
    assert items[3] == (
        "3 × MatMul 16→16, Softmax, MatMul 16→16, with a shortcut past it: 4 layers, 1,040 parameters, gives 1 × ? × 16"
    )
    assert items[-1] == "Output: logits, 1 × ? × 100"


def test_nothing_to_draw() -> None:
    assert draw_diagram(Diagram()) == ""
    assert draw_diagram(Diagram(inputs=(Endpoint("x", None),))) == ""


def test_same_bytes_each_time() -> None:
    code = (
        "import sys; sys.path.insert(0, 'hooks'); sys.path.insert(0, '.');"
        "from tests.test_diagram import *; diagram = find(open_path(REAL['light_shufflenet']));"
        "print(json.dumps(diagram.to_json()), draw_diagram(diagram))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
