"""`cardwright new`: what it asks, writes and refuses.

A case is `data/starter/<case>.json`: arguments, what is typed, the model, and what is printed. The card it writes is
`<case>.md`.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner, Result
from onnx import TensorProto, helper, numpy_helper, parser, save_model

from cardwright.cli import main
from cardwright.doctor.topics import strip_filler
from cardwright.facts import inspect
from cardwright.licenses import find_license
from cardwright.starter import LICENSE_NAME, SECTIONS
from cardwright.starter.known import DESCRIBE_INPUT, DESCRIBE_OUTPUT
from cardwright.tasks import ALSO, TASKS, find_task, suggest_tasks
from tests.sites import MODEL, ROOT, write

DATA = Path(__file__).parent / "data" / "starter"
CASES = sorted(path.stem for path in DATA.glob("*.json"))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, typed: str = "") -> Result:
    result = CliRunner().invoke(main, arguments, input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def files() -> set[str]:
    return {path.as_posix() for path in Path().rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", CASES)
def test_card_is_started(name: str, folder: Path) -> None:
    case = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    if "model" in case:
        write(folder, {"exported/model.onnx": parser.parse_model(case["model"]).SerializeToString()})
    result = run("new", *case["arguments"], typed=case.get("input", ""))
    assert result.exit_code == 0, result.output
    assert not [text for text in case["printed"] if text not in result.output], result.output
    text = Path(case["folder"], "README.md").read_text(encoding="utf-8")
    assert text == (DATA / f"{name}.md").read_text(encoding="utf-8")
    assert isinstance(yaml.safe_load(text.split("---\n")[1]), dict)
    checked = run("check", "--strict", "cards")
    assert (checked.exit_code, checked.stdout) == (0, "")
    if "model" in case:
        made, source = Path(case["folder"], "model.onnx"), Path("exported/model.onnx")
        assert made.read_bytes() == source.read_bytes()
        assert made.samefile(source) == ("--link" in case["arguments"])


def test_what_the_page_reads_from_the_file_is_not_repeated() -> None:
    for name in CASES:
        front = yaml.safe_load((DATA / f"{name}.md").read_text(encoding="utf-8").split("---\n")[1])
        assert not {"opset", "sha256", "size", "parameters"} & {key for file in front.get("files", ()) for key in file}
        assert not {"shape", "dtype"} & {key for value in front.get("io", {}).get("inputs", ()) for key in value}


def test_all_that_waits_for_words_is_taken_for_nothing() -> None:
    for text in (*dict(SECTIONS).values(), DESCRIBE_INPUT, DESCRIBE_OUTPUT, LICENSE_NAME):
        assert strip_filler(text) == ""


def test_nothing_is_overwritten() -> None:
    assert run("new", "net", "-y").exit_code == 0
    Path("cards/net/README.md").write_text("mine")
    for arguments in (["net"], ["cards/net"], ["--name", "Net"]):
        result = run("new", *arguments, "-y")
        assert result.exit_code == 1
        assert result.output.startswith("Error: `cards/net/README.md` is there already")
    assert Path("cards/net/README.md").read_text() == "mine"


def test_another_model_is_not_overwritten(folder: Path) -> None:
    write(folder, {"net.onnx": MODEL, "cards/net/net.onnx": b"mine"})
    result = run("new", "net", "--from", "net.onnx", "-y")
    assert result.exit_code == 1 and "`cards/net/net.onnx` is there already" in result.output
    assert files() == {"net.onnx", "cards/net/net.onnx"} and Path("cards/net/net.onnx").read_bytes() == b"mine"


def test_a_model_in_its_place_stays_there(folder: Path) -> None:
    write(folder, {"cards/net/model.onnx": MODEL})
    result = run("new", "--from", "cards/net/model.onnx", "-y")
    assert result.exit_code == 0 and "Wrote cards/net/README.md" in result.output
    assert files() == {"cards/net/model.onnx", "cards/net/README.md"}
    assert "model_name: net\n" in Path("cards/net/README.md").read_text()


def test_weights_beside_the_model_come_along(folder: Path) -> None:
    weight = numpy_helper.from_array(np.ones(300, np.float32), "w")
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [300]) for name in "xy")
    graph = helper.make_graph([helper.make_node("Mul", ["x", "w"], ["y"])], "g", [x], [y], [weight])
    (folder / "out").mkdir()
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    save_model(model, "out/letters.onnx", save_as_external_data=True, location="net.data", size_threshold=0)
    assert run("new", "--from", "out/letters.onnx", "-y").exit_code == 0
    assert files() >= {"cards/letters/letters.onnx", "cards/letters/net.data", "cards/letters/README.md"}
    facts = inspect(Path("cards/letters/letters.onnx"))
    assert [file.size_bytes for file in facts.external_data] == [1200]


def test_nothing_is_left_behind_when_it_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, {"letters.onnx": MODEL})

    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    result = run("new", "--from", "letters.onnx", "--link", "-y")
    assert result.exit_code == 1
    assert result.output == "Error: `cards/letters` cannot be written: invalid cross-device link (leave out --link)\n"
    assert files() == {"letters.onnx"} and not Path("cards/letters").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--yes"], "Invalid value for --name: a card needs a name"),
        (["net", "-y", "--task", "image-clasification"], "did you mean `image-classification`?"),
        (["net", "-y", "--task", "sorting of letters"], "all are on https://huggingface.co/tasks"),
        (["net", "-y", "--license", "apach-2.0"], "did you mean `apache-2.0`?"),
        (["net", "-y", "--license", "Our own"], "or write `other`"),
        (["net", "-y", "--summary", "word " * 99], "longer than 300 characters"),
        (["net", "-y", "--from", "none.onnx"], "does not exist"),
    ],
)
def test_what_cannot_be_taken_is_said(arguments: list[str], said: str) -> None:
    result = run("new", *arguments)
    assert result.exit_code == 2 and said in result.output and not files()


def test_a_file_that_is_no_model_is_said(folder: Path) -> None:
    write(folder, {"net.onnx": b"no model at all"})
    result = run("new", "--from", "net.onnx")
    assert result.exit_code == 1 and result.output.startswith("net.onnx: ") and files() == {"net.onnx"}


def test_end_of_input_writes_nothing() -> None:
    result = run("new", typed="Net\n")
    assert result.exit_code == 1 and "Aborted!" in result.output and not files()


@pytest.mark.parametrize(
    ("folder_asked", "made"),
    [
        ("Big Net", "Big-Net"),
        ("_a", "a"),
        ("index", "index-model"),
        ("../../etc", "etc"),
        ("/tmp/x", "tmp/x"),
        ("*", "card"),
    ],
)
def test_folder_is_a_good_address_below_the_cards(folder_asked: str, made: str) -> None:
    assert run("new", folder_asked, "-y", "--name", "Net").exit_code == 0
    assert files() == {f"cards/{made}/README.md"}
    assert run("check", "cards", "--strict").exit_code == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Apache-2.0", "apache-2.0"), ("Apache License, Version 2.0", "apache-2.0"), ("MIT License", "mit"),
        ("The MIT License (MIT)", "mit"), ("BSD 3-Clause", "bsd-3-clause"), ("CC BY 4.0", "cc-by-4.0"),
        ("AGPL-3.0 License (https://example.org/license)", "agpl-3.0"), ("GPLv3", "gpl-3.0"), ("llama3.1", "llama3.1"),
        ("mit OR apache-2.0", "MIT OR Apache-2.0"), ("0BSD", "0BSD"), ("", ""), ("ours", ""),
        ("Apache", ""), ("(" * 5000, ""),
    ],
)  # fmt: skip
def test_licence_is_found(text: str, found: str) -> None:
    license = find_license(text)
    assert (license.hub_id if license else "") == found


def test_names_of_tasks_are_found() -> None:
    assert [find_task(name) for name in TASKS] == TASKS and set(ALSO.values()) <= set(TASKS)
    assert find_task("Image classification") == find_task("image_classification") == "image-classification"
    assert suggest_tasks("visual answering") == ("visual-question-answering",) and suggest_tasks("to") == ()
    assert {"image-classification", "text-classification"} < set(suggest_tasks("Classification"))


def test_example_cards_of_the_site_start_the_same_way() -> None:
    model = ROOT / "cards/mobilenetv2/model.onnx"
    assert run("new", "--from", str(model), "-y").exit_code == 0
    text = Path("cards/mobilenetv2/README.md").read_text()
    assert "- name: logits" in text and "library_name: onnx" in text
