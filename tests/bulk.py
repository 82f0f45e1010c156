"""Made-up models and cards by the thousand, and what a facts store holds of them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tests.sites import write

WEIGHTS = np.zeros((256, 256), np.float32)


def make_model(number: int) -> bytes:
    """Its number of layers, one after another, with 256 kB of weights each."""
    nodes = [helper.make_node("MatMul", [f"x{at}", f"w{at}"], [f"x{at + 1}"]) for at in range(number % 5 + 1)]
    weights = [numpy_helper.from_array(WEIGHTS + number, f"w{at}") for at in range(len(nodes))]
    values = [helper.make_tensor_value_info(f"x{at}", TensorProto.FLOAT, [1, 256]) for at in (0, len(nodes))]
    graph = helper.make_graph(nodes, f"net{number}", values[:1], values[1:], weights)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(made.SerializeToString())


def card(url: str, more: str = "") -> str:
    return f"---\nmodel_name: Net\nfiles:\n  - url: {url}\n{more}---\n"


def make_cards(folder: Path, urls: list[str]) -> Path:
    return write(folder, {f"net{number}/README.md": card(url) for number, url in enumerate(urls)})


def facts_in(folder: Path) -> dict[str, Any]:
    """What a store holds, by address."""
    entries = [json.loads(path.read_bytes()) for path in folder.iterdir()]
    return {entry["key"].get("address", entry["key"].get("name")): entry for entry in entries}


MODELS = {f"/m/net{number}.onnx": make_model(number) for number in range(60)}
