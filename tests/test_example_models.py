"""The example models of cards/: the committed files are those that the script makes, and models that run."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import onnx
import onnxruntime
import pytest

from cardwright.facts import inspect

ROOT = Path(__file__).parent.parent
EXPECTED = {
    # Path: parameters, buffers, depth, weighted layers, MACs.
    "cards/resnet50/model.onnx": (25_557_032, 53_120, 50, 54, 3_857_973_248),
    "cards/resnet50-modelhub/model.onnx": (25_557_032, 53_120, 50, 54, 3_857_973_248),
    "cards/resnet50-v2/resnet50-v2-7.onnx": (25_549_486, 45_574, 50, 54, 4_089_184_256),
    "cards/mobilenetv2/model.onnx": (3_504_872, 34_112, 53, 53, 300_774_272),
}
INTERFACES = {
    "cards/resnet50/model.onnx": ("data", (1, 3, 224, 224), "logits", 9),
    "cards/resnet50-modelhub/model.onnx": ("data", (1, 3, 224, 224), "logits", 9),
    "cards/resnet50-v2/resnet50-v2-7.onnx": ("data", (1, 3, 224, 224), "resnetv24_dense0_fwd", 9),
    "cards/mobilenetv2/model.onnx": ("input", ("batch", 3, 224, 224), "logits", 13),
}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_example_models", ROOT / "scripts/make_example_models.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_committed_files_are_what_the_script_makes(script: ModuleType, tmp_path: Path) -> None:
    script.main(["--out", str(tmp_path)])
    made = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*.onnx")}
    assert set(made) == set(EXPECTED)
    for name, content in made.items():
        assert (ROOT / name).read_bytes() == content, f"{name}: run `python scripts/make_example_models.py`"
        assert len(content) < 60_000


def test_both_resnets_are_one_network() -> None:
    names = ("cards/resnet50/model.onnx", "cards/resnet50-modelhub/model.onnx")
    assert len({(ROOT / name).read_bytes() for name in names}) == 1


@pytest.mark.parametrize("name", EXPECTED)
def test_example_model(name: str) -> None:
    facts = inspect(ROOT / name)
    counted = (facts.parameters, facts.buffers, facts.depth, facts.weighted_layers, facts.macs)
    assert counted == EXPECTED[name]
    assert (facts.producer, facts.warnings) == ("cardwright-examples", ())
    (data,), (result,) = facts.inputs, facts.outputs
    assert (data.name, data.shape, result.name, facts.opset_imports["ai.onnx"]) == INTERFACES[name]


@pytest.mark.parametrize("name", sorted(set(EXPECTED) - {"cards/resnet50-modelhub/model.onnx"}))
def test_example_model_runs(name: str) -> None:
    onnx.checker.check_model(str(ROOT / name), full_check=True)
    session = onnxruntime.InferenceSession(str(ROOT / name), providers=["CPUExecutionProvider"])
    (data,) = session.get_inputs()
    (scores,) = session.run(None, {data.name: np.ones((1, 3, 224, 224), np.float32)})
    assert scores.shape == (1, 1000)
    assert np.isfinite(scores).all() and scores.any()
