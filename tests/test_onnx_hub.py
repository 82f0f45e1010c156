"""The ONNX Hub's manifest above the cards of a zoo. What is read of it is in `data/sources/zoo-manifest`."""

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardwright.addresses import Addresses
from cardwright.facts import inspect
from cardwright.nodes import to_plain
from cardwright.pages import PageStyle
from cardwright.site import build_site, read_cards
from cardwright.sources import SourceText, files, find, onnx_hub, read_source

MODEL = Path(__file__).parent.parent / "cards" / "resnet50-v2" / "resnet50-v2-7.onnx"
MANIFEST = onnx_hub.MANIFEST
README = """# Wren

|Model|Download|Opset version|
|---|---|---|
|Wren|[here](model/wren-7.onnx)|9|
"""


def make_model(path: str, **metadata: Any) -> dict[str, Any]:
    return {"model": "Wren", "model_path": path, "opset_version": 9, "metadata": metadata}


def make_card(root: Path, folder: str, readme: str = README) -> None:
    (root / folder).mkdir(parents=True, exist_ok=True)
    (root / folder / "README.md").write_text(readme, encoding="utf-8")


def write_manifest(folder: Path, *models: dict[str, Any]) -> None:
    (folder / MANIFEST).write_text(json.dumps(models, indent=1), encoding="utf-8")


def test_what_the_manifest_says_is_held_against_the_file(tmp_path: Path) -> None:
    make_card(tmp_path, "vision/wren")
    (tmp_path / "vision/wren/model").mkdir()
    shutil.copy(MODEL, tmp_path / "vision/wren/model/wren-7.onnx")
    facts = inspect(MODEL, {}, MODEL.parent)
    ports = {
        "inputs": [{"name": facts.inputs[0].name, "shape": ["N", 3, 224, 225], "type": "tensor(float)"}],
        "outputs": [{"name": "nothing", "shape": ["N"], "type": "tensor(float)"}],
    }
    model = make_model("vision/wren/model/wren-7.onnx", model_sha="0" * 64, model_bytes=5, io_ports=ports)
    write_manifest(tmp_path, model)
    lines = (tmp_path / MANIFEST).read_text(encoding="utf-8").splitlines()
    (entry,), problems = read_cards(tmp_path, "cards", inspect)
    said = {problem.field: problem for problem in problems}
    for field, word in (
        ("files[0].sha256", "0000"),
        ("files[0].size", '"model_bytes": 5'),
        ("files[0].io.inputs[0].name", f'"{facts.inputs[0].name}"'),
        ("files[0].io.outputs[0].name", '"nothing"'),
    ):
        assert said[field].path == f"cards/{MANIFEST}"
        assert word in lines[said[field].mark.line - 1]
        assert "the card says" in said[field].message
    assert {claim.claim.name for claim in entry.files[0].claims if claim.verdict == "verified"} == {"opset"}


def test_true_statements_are_verified(tmp_path: Path) -> None:
    make_card(tmp_path, "wren")
    (tmp_path / "wren/model").mkdir()
    shutil.copy(MODEL, tmp_path / "wren/model/wren-7.onnx")
    facts = inspect(MODEL, {}, MODEL.parent)
    ports = {
        kind: [{"name": value.name, "shape": list(value.shape or ()), "type": "tensor(float)"} for value in values]
        for kind, values in (("inputs", facts.inputs), ("outputs", facts.outputs))
    }
    known = {"model_sha": facts.sha256.upper(), "model_bytes": facts.size_bytes, "io_ports": ports}
    write_manifest(tmp_path, make_model("vision/zoo/wren/model/wren-7.onnx", **known))
    (entry,), problems = read_cards(tmp_path, "cards", inspect)
    assert problems == ()
    verified = {claim.claim.name for claim in entry.files[0].claims if claim.verdict == "verified"}
    assert verified == {"size", "sha256", "opset", "inputs", "outputs"}


def test_the_nearest_manifest_counts(tmp_path: Path) -> None:
    root = tmp_path / "cards"
    make_card(root, "a/wren")
    make_card(root, "b/wren")
    write_manifest(tmp_path, make_model("wren/model/wren-7.onnx", model_bytes=1))
    write_manifest(root, make_model("wren/model/wren-7.onnx", model_bytes=2))
    write_manifest(root / "b", make_model("wren/model/wren-7.onnx", model_bytes=3))
    entries, _ = read_cards(root, "cards", inspect)
    assert {entry.slug: entry.card.files[0].size for entry in entries} == {"a-wren": "2 bytes", "b-wren": "3 bytes"}


@pytest.mark.parametrize(
    ("file", "models", "found"),
    [
        ("model/wren-7.onnx", ["a/b/wren/model/wren-7.onnx"], "0"),
        ("model/wren-7.onnx", ["wren-7.onnx"], "0"),
        ("wren-7.onnx", ["birds/other/model/wren-7.onnx"], "0"),
        ("model/wren-7.onnx", ["x/model/wren-8.onnx"], None),
        ("model/wren-7.onnx", ["x/model/wren-7.onnx", "zoo/wren/model/wren-7.onnx"], "1"),
        ("model/wren-7.onnx", ["x/model/wren-7.onnx", "y/model/wren-7.onnx"], None),
        ("model.onnx", ["x/model.onnx"], None),
        ("model_fp16.onnx", ["x/model_fp16.onnx"], None),
        ("onnx/model_fp16.onnx", ["zoo/wren/onnx/model_fp16.onnx"], "0"),
        ("https://hub.example/raw/main/zoo/wren/model/wren-7.onnx?raw=true", ["zoo/wren/model/wren-7.onnx"], "0"),
        ("./model/wren-7.onnx", ["zoo/wren/model/wren-7.onnx"], "0"),
    ],
)
def test_a_file_is_found_by_the_end_of_its_path(file: str, models: list[str], found: str | None) -> None:
    manifest = json.dumps([make_model(path, tags=[str(index)]) for index, path in enumerate(models)])
    readme = README.replace("model/wren-7.onnx", file)
    raw = read_source(SourceText("wren/README.md", readme, {f"../{MANIFEST}": manifest}))
    assert to_plain(raw.fields).get("tags") == ([found] if found else None)


def test_a_manifest_elsewhere_is_not_read(tmp_path: Path) -> None:
    root = tmp_path / "cards"
    make_card(root, "wren")
    write_manifest(tmp_path, make_model("wren/model/wren-7.onnx", model_bytes=1))
    (root / MANIFEST).symlink_to(tmp_path / MANIFEST)
    (entry,), _ = read_cards(root, "cards", inspect)
    assert entry.card.files[0].size is None


def test_a_manifest_is_read_and_parsed_once_for_all_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        make_card(tmp_path, f"zoo/wren{number}")
    write_manifest(
        tmp_path, *(make_model(f"wren{number}/model/wren-7.onnx", model_bytes=number) for number in range(20))
    )
    read: Counter[str] = Counter()
    opened = files.read_file
    parsed = onnx_hub.read_manifest.cache_info().misses

    def count(path: Path, name: str) -> Any:
        read[path.name] += 1
        return opened(path, name)

    monkeypatch.setattr(find, "read_file", count)
    entries, _ = read_cards(tmp_path, "cards", inspect)
    assert [entry.card.files[0].size for entry in entries] == [
        f"{entry.slug.removeprefix('wren')} bytes" for entry in entries
    ]
    assert read[MANIFEST] == 1
    assert onnx_hub.read_manifest.cache_info().misses == parsed + 1
    write_manifest(tmp_path, *(make_model(f"wren{number}/model/wren-7.onnx", model_bytes=7) for number in range(20)))
    entries, _ = read_cards(tmp_path, "cards", inspect)
    assert {entry.card.files[0].size for entry in entries} == {"7 bytes"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[", "1:2: not valid JSON: a value is expected here (mend the JSON at this place)"),
        ("{}", "1:1: not a list of models (wrap it in [ ])"),
        ("[1]", "1:2: model_path: a model without a path: it belongs to no card (state its file)"),
        ("[]", ""),
    ],
)  # fmt: skip
def test_a_broken_manifest_is_said_once(tmp_path: Path, text: str, problem: str) -> None:
    make_card(tmp_path, "a")
    make_card(tmp_path, "b")
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    _, problems = read_cards(tmp_path, "cards", inspect)
    expected = [f"cards/{MANIFEST}:{problem}"] if problem else []
    assert [str(each) for each in problems if MANIFEST in str(each)] == expected


def test_files_with_the_same_ports_stand_together(tmp_path: Path) -> None:
    rows = "".join(f"|Wren {name}|[here](model/{name}.onnx)|7|\n" for name in "abc")
    make_card(tmp_path, "wren", README + rows)
    ports = {"inputs": [{"name": "data", "shape": [1], "type": "tensor(float)"}]}
    other = {"inputs": [{"name": "pixels", "shape": [2], "type": "tensor(float)"}]}
    named = {"a": ports, "b": other, "c": ports}
    write_manifest(tmp_path, *(make_model(f"wren/model/{name}.onnx", io_ports=of) for name, of in named.items()))
    site = build_site(tmp_path, "cards", Addresses("models"), PageStyle(), inspect)
    page = str(next(page.html for page in site.pages if page.entry))
    assert "<caption>Inputs and outputs of Wren a, Wren c as the card states them</caption>" in page
    assert "<caption>Inputs and outputs of Wren b as the card states them</caption>" in page


KEYS = "model_path metadata model_sha model_bytes tags io_ports inputs outputs name type shape opset_version".split()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.sampled_from(["wren-7.onnx", "../..", "a/b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=12,
)


@given(VALUES, st.lists(VALUES, max_size=3))
@settings(max_examples=300, deadline=None)
def test_any_manifest_is_read(metadata: Any, others: list[Any]) -> None:
    model = {"model_path": "zoo/model/wren-7.onnx", "metadata": metadata, "model_with_data_path": metadata}
    beside = {f"../{MANIFEST}": json.dumps([model, *others])}
    raw = read_source(SourceText("zoo/README.md", README, beside))
    assert raw.format == "onnx-zoo"
