"""What fsspec reads and writes, and what site builds make of a facts store."""

import contextlib
import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from cardwright.bulk import Wish, inspect_all, work
from cardwright.cli import main
from cardwright.facts import Kept, Store, address_key, code_version, store
from tests.bulk import MODELS, card, make_cards
from tests.cluster import serve_models
from tests.sites import build, files_of, make_project, said, write

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.chdir(tmp_path)  # where no cache is


def problems_of(project: Path) -> list[str]:
    """What `cardwright check` says in the folder of a site."""
    with contextlib.chdir(project):
        lines = CliRunner().invoke(main, ["check"]).stdout.splitlines()
    return [line.removesuffix(" [warning]") for line in lines]


def test_site_shows_models_that_lie_elsewhere(tmp_path: Path) -> None:
    with serve_models({"/big.onnx": MODELS["/m/net4.onnx"]}) as (address, served):
        url = f"{address}/big.onnx"
        more = "    opset: 9\n    layers: 5\n    sha256: " + "ab" * 32 + "\n"
        project = make_project(
            tmp_path / "site",
            {"net/README.md": card(url, more), "s3/README.md": card("s3://zoo/deep/x.onnx")},
            extra={"cardwright": {"facts": "facts"}},
        )
        wish = Wish(project / "cards", str(project / "facts"), "local:1", within=(address,))
        inspect_all(wish)
        asked = served.asked.copy()
        build(project)
        assert served.asked == asked, "a build asks nothing of the network"
    assert problems_of(project) == [
        "cards/net/README.md:5:12: files[0].opset: the card says 9, `big.onnx` holds 17 (correct it, or accept it:"
        " `accept: {opset: why}`)",
        "cards/s3/README.md:4:10: files[0].url: x.onnx is not in the facts store (Run `cardwright inspect --all`"
        " again)",
    ]
    page = (project / "site/models/net/index.html").read_text()
    assert f"What <code>{url}</code> holds" in page and "327,680" in page
    assert "cw-how" in page
    assert "structure.onnx" not in page
    assert "InferenceSession('big.onnx')" in (project / "site/models/net/card.md").read_text()
    assert "s3://zoo/deep/x.onnx" in (project / "site/models/s3/index.html").read_text()
    assert url in json.loads((project / "site/models/net/facts.json").read_text())
    first = files_of(project / "site")
    build(project)
    assert files_of(project / "site") == first


def test_store_of_other_code_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://models.example.org/x.onnx"
    model = ROOT / "cards/resnet50/model.onnx"
    facts = work.inspect_model(work.Job(str(model), code_version(), folder=str(ROOT))).facts
    options = {"cardwright": {"facts": "facts"}}
    project = make_project(tmp_path / "site", {"net/README.md": card(url)}, extra=options)
    with monkeypatch.context() as older:
        older.setattr(store, "code_version", lambda: "older")
        Store(project / "facts").put(address_key(url, {}), Kept(None, facts))
    assert problems_of(project) == [
        "cards/net/README.md:4:10: files[0].url: x.onnx was counted by another version of Cardwright (Run `cardwright"
        " inspect --all` again)"
    ]


def test_files_beside_cards_come_from_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cards = write(tmp_path / "cards", {"a/README.md": "# A\n", "a/model.onnx": MODELS["/m/net0.onnx"]})
    inspect_all(Wish(cards, str(tmp_path / "facts")))
    shutil.copytree(cards, tmp_path / "elsewhere")
    monkeypatch.setattr("cardwright.facts.inspector.Child", None)  # nothing is counted
    wish = Wish(tmp_path / "elsewhere", str(tmp_path / "facts"))
    assert inspect_all(wish)[0].outcomes == {"unchanged": 1}


def test_store_that_is_no_folder_is_refused_by_a_build(tmp_path: Path) -> None:
    project = make_project(tmp_path, extra={"cardwright": {"facts": "s3://zoo/facts"}})
    (line,) = said(build(project))
    assert (
        line == "Error: cardwright: facts: a build asks nothing of the network: copy the facts, and name their folder"
    )


def test_files_through_fsspec(tmp_path: Path) -> None:
    models = write(tmp_path / "models", {"a.onnx": MODELS["/m/net2.onnx"], "b.onnx": b"<html>"})
    cards = make_cards(tmp_path / "cards", [f"file://{models}/{name}.onnx" for name in "abc"])
    wish = Wish(cards, f"file://{tmp_path}/facts", "local:1", within=(f"file://{models}",))
    report, said = inspect_all(wish)
    assert said.startswith("3 models: 1 inspected, 0 unchanged, 2 failed") and report.bytes_read < 150_000
    assert [str(each).split(": ", 2)[2] for each in report.problems] == [
        "b.onnx is a web page, not an ONNX model (The download gave an error page: fetch the file again)",
        "c.onnx cannot be had: there is no such file (Check the address)",
    ]
    report, _ = inspect_all(wish)
    assert report.outcomes == {"unchanged": 1, "content": 1, "failed": 1} and report.bytes_read == 0
    os.utime(models / "a.onnx", ns=(1, 1))
    assert inspect_all(wish)[0].outcomes["found"] == 1
