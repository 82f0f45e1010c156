"""What a card states of its model file is held against the file."""

import csv
import shutil
from pathlib import Path

import pytest
from onnx import helper

from cardwright.claims import CLAIMS, rules
from cardwright.claims.statements import LAYERS
from cardwright.entry import Entry
from cardwright.facts import Facts, inspect
from cardwright.site import read_cards

ROOT = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data" / "claims"
CHECKS = {
    "size": rules.check_size,
    "sha256": rules.check_sha256,
    "opset": rules.check_opset,
    "onnx_version": rules.check_onnx_version,
    "parameters": rules.check_parameters,
    "layers": rules.check_layers,
    "precision": rules.check_dtype,
}


@pytest.fixture(scope="module")
def resnet() -> Facts:
    return inspect(ROOT / "cards" / "resnet50" / "model.onnx")


def rows() -> list[list[str]]:
    with (DATA / "resnet50.tsv").open(encoding="utf-8") as file:
        return [row for row in csv.reader(file, delimiter="\t") if row and not row[0].startswith("#")]


@pytest.mark.parametrize(("claim", "stated", "verdict"), rows())
def test_verdict(resnet: Facts, claim: str, stated: str, verdict: str) -> None:
    assert CHECKS[claim](stated, resnet).verdict == verdict


def test_releases_are_those_of_onnx() -> None:
    table = {row[0]: (row[1], row[2]) for row in helper.VERSION_TABLE}
    for release, known in rules.RELEASES.items():
        named = next((table[name] for name in (release, f"{release}.0", f"{release}.1") if name in table), None)
        assert named in (None, known), release
    assert sum(release in table or f"{release}.0" in table for release in rules.RELEASES) > 15


def load(folder: Path, text: str, name: str = "README.md") -> Entry:
    card = folder / "wren"
    card.mkdir()
    (card / name).write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "cards" / "resnet50" / "model.onnx", card / "model.onnx")
    entries, _ = read_cards(folder, "cards", inspect)
    return entries[0]


WRONG = """---
model_name: Wren
summary: Wren is a 101 layer network.
files:
  - path: model.onnx
    size: 80 MB
    sha256: "0000000000000000000000000000000000000000000000000000000000000000"
    opset: 7
---
# Wren
"""


def test_contradictions_are_warnings_with_their_place(tmp_path: Path) -> None:
    entry = load(tmp_path, WRONG)
    said = {(p.field, p.mark.line, p.mark.column, p.severity) for p in entry.problems}
    assert said == {
        ("summary", 3, 10, "warning"),
        ("files[0].size", 6, 11, "warning"),
        ("files[0].sha256", 7, 13, "warning"),
        ("files[0].opset", 8, 12, "warning"),
    }
    opset = next(p for p in entry.problems if p.field == "files[0].opset")
    assert str(opset).startswith("cards/wren/README.md:8:12: files[0].opset: the card says 7, `model.onnx` holds 9 (")


@pytest.mark.parametrize(
    ("where", "line"),
    [("card", "accept: {layers: l, size: s, sha256: h, opset: o}\nfiles:"), ("file", "files:")],
)
def test_an_accepted_difference_is_no_problem(tmp_path: Path, where: str, line: str) -> None:
    text = WRONG.replace("files:", line)
    if where == "file":
        text = text.replace("    opset: 7", "    opset: 7\n    accept: {layers: l, size: s, sha256: h, opset: o}")
    entry = load(tmp_path, text)
    assert not entry.problems
    assert {c.accepted for c in entry.files[0].claims} == {"l", "s", "h", "o"}


def test_a_comment_accepts_several_differences(tmp_path: Path) -> None:
    comment = "<!-- cardwright: accept size, opset: the table is\nabout another file -->\n"
    entry = load(tmp_path, WRONG + comment)
    assert {p.field for p in entry.problems} == {"summary", "files[0].sha256"}
    accepted = {c.claim.name: c.accepted for c in entry.files[0].claims if c.accepted}
    assert accepted == dict.fromkeys(("size", "opset"), "the table is about another file")


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Wren is a 101 layer network.", "101 layer"),
        ("Wren is a deep\n101-layer network.", "101-layer"),
        ("This network is 101 layers deep.", "101 layers deep"),
        ("It has 101 layers.", "101 layers"),
        ("Like its elders it has a good 101 layers.", "101 layers"),
        ("Wren-101 is a network.", ""),
        ("Nets of up to 152 layers were tried before.", ""),
        ("This model beats nets with more than 152 layers.", ""),
        ("Others have 152 layers.", ""),
        ("```\nIt has 101 layers.\n```", ""),
    ],
)
def test_layers_in_the_text(tmp_path: Path, sentence: str, found: str) -> None:
    entry = load(tmp_path, f"# Wren\n\nA first line of text without numbers.\n\n{sentence}\n")
    said = [c.statement for c in entry.files[0].claims]
    assert [s.text for s in said] == ([found] if found else [])
    if said:
        lines = (tmp_path / "wren" / "README.md").read_text(encoding="utf-8").split("\n")
        assert lines[said[0].mark.line - 1][said[0].mark.column - 1 :].startswith(found)


def test_inputs_and_outputs(tmp_path: Path) -> None:
    entry = load(
        tmp_path,
        "---\nio:\n  inputs:\n    - {name: data, dtype: float, shape: [batch, 3, 224, 224]}\n"
        "  outputs:\n    - {name: logits, shape: [1, 999]}\n    - {name: mask}\n---\n# Wren\n",
    )
    verdicts = {c.statement.text: c.verdict for c in entry.files[0].claims}
    assert verdicts == {"data": "verified", "logits": "contradicted", "mask": "contradicted"}
    assert [(p.field, p.mark.line) for p in entry.problems] == [("io.outputs[0].name", 6), ("io.outputs[1].name", 7)]


def test_without_a_file_nothing_is_checked(tmp_path: Path) -> None:
    (tmp_path / "wren").mkdir()
    (tmp_path / "wren" / "README.md").write_text(WRONG, encoding="utf-8")
    entries, _ = read_cards(tmp_path, "cards", inspect)
    assert {c.verdict for c in entries[0].files[0].claims} == {"unchecked"}
    assert [p.field for p in entries[0].problems] == ["files[0].path"]


def test_claim_names_are_unique() -> None:
    assert len({claim.name for claim in CLAIMS}) == len(CLAIMS)
    assert not LAYERS.search("ResNet-50 layers")
