"""The `cardwright` command: what it prints, where, and with which exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from onnx import parser

from cardwright import __version__
from cardwright.cli import main
from tests.sites import MODEL, ROOT, write

GOOD = "---\nmodel_name: Good net\nversion: 1.10\n---\n# Good net\n\nIts text.\n"
BAD = "---\nmodel_name: Bad net\nversion: [1]\nlicence: mit\nfiles:\n  - {sha256: abc}\n---\n"
ERRORS = [
    "cards/bad/README.md:3:10: version: a list stands here, one value is expected (write one value on the line of the"
    " key)",
    "cards/bad/README.md:6:14: files[0].sha256: not a SHA-256: 64 hexadecimal digits are expected (run `sha256sum"
    " FILE`)",
]
WARNING = "cards/bad/README.md:4:1: licence: not a field of a card (did you mean `license`?) [warning]"
SLIP = "---\nlicence: mit\n---\n# Slip\n"
KEYS = (
    "size_bytes sha256 ir_version producer opset_imports inputs outputs nodes operators weighted_layers depth"
    " attention_layers parameters buffers macs weight_bytes dtypes quantisation external_data warnings"
    " embeddings metadata_props doc_string layers diagram"
).split()
SYMBOLIC = """\
<ir_version: 8, opset_import: ["": 13]>
g (float[N, 4] x) => (float[N, 2] y) <float[4, 2] w = {1, 2, 3, 4, 5, 6, 7, 8}> { y = MatMul(x, w) }
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_check_prints_every_problem(folder: Path) -> None:
    write(folder, {"cards/bad/README.md": BAD, "cards/good/README.md": GOOD})
    result = run("check")
    assert (result.exit_code, result.stdout.splitlines()) == (1, [ERRORS[0], WARNING, ERRORS[1]])
    assert result.stderr == "2 cards: 2 errors, 1 warning\n"
    assert run("check", "cards").stdout == run("check", "cards/").stdout == result.stdout


@pytest.mark.parametrize("path", ["cards/bad", "cards/bad/README.md"])
def test_check_one_card(folder: Path, path: str) -> None:
    write(folder, {"cards/bad/README.md": BAD, "cards/worse.md": BAD})
    result = run("check", path)
    assert (result.exit_code, result.stdout.splitlines()) == (1, [ERRORS[0], WARNING, ERRORS[1]])
    assert result.stderr == "1 card: 2 errors, 1 warning\n"


def test_check_a_card_that_is_a_file(folder: Path) -> None:
    write(folder, {"cards/bad/README.md": BAD, "cards/slip.md": SLIP, "cards/good.md": GOOD})
    assert run("check", "cards/good.md").stdout == ""
    result = run("check", "cards/slip.md")
    assert (result.exit_code, result.stdout) == (0, f"cards/slip.md:{WARNING.split(':', 1)[1]}\n".replace("4:1", "2:1"))


@pytest.mark.parametrize(
    ("cards", "code", "strict_code"),
    [({"good.md": GOOD}, 0, 0), ({"slip.md": SLIP}, 0, 1), ({"bad.md": BAD}, 1, 1), ({"other.txt": ""}, 0, 1)],
)
def test_check_exit_code(folder: Path, cards: dict[str, str | bytes], code: int, strict_code: int) -> None:
    write(folder / "cards", cards)
    assert run("check").exit_code == code
    assert run("check", "--strict").exit_code == strict_code
    assert run("check", "cards").stdout.splitlines() == run("check", "--strict").stdout.splitlines()


def test_check_reads_the_metrics_of_the_site(folder: Path) -> None:
    site = "extra: {cardwright: {metrics: more.toml}}\nmarkdown_extensions: [x: {slugify: !!python/name:a.b {}}]\n"
    write(folder, {"cards/good.md": GOOD, "mkdocs.yml": site, "more.toml": '[[metric]]\nname = "Squeak"\n'})
    result = run("check")
    assert (result.exit_code, len(result.stdout.splitlines())) == (1, 1)
    assert result.stdout.startswith("more.toml:1:1: ")


def test_check_without_cards(folder: Path) -> None:
    result = run("check")
    assert result.exit_code == 2 and "'cards' does not exist" in result.stderr and not result.stdout
    (folder / "cards").mkdir()
    assert run("check").stdout == "cards:1:1: no card in it (add <name>/README.md) [warning]\n"


def test_what_is_no_card_is_refused(folder: Path) -> None:
    write(folder, {"cards/net/README.md": GOOD, "cards/net/model.onnx": MODEL})
    for command in ("check", "show"):
        result = run(command, "cards/net/model.onnx")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("Error: cards/net/model.onnx is no card") and result.stderr.count("\n") == 1


def test_line_is_one_line_whatever_the_card_holds(folder: Path) -> None:
    write(folder, {"cards/a/README.md": '---\nfiles: [{path: "/a\\nb\\e[31m\u202e"}]\n---\n'})
    lines = run("check").stdout.split("\n")
    assert len(lines) == 2 and lines[1] == ""
    assert "/a b\\u001b[31m\\u202e` leaves the card's folder" in lines[0]


def test_show(folder: Path) -> None:
    write(folder, {"cards/good/README.md": GOOD, "cards/slip.md": SLIP})
    shown = {
        "format": "huggingface",
        "source": "README.md",
        "name": "Good net",
        "model_name": "Good net",
        "version": "1.10",
        "body": "# Good net\n\nIts text.\n",
    }
    for path in ("cards/good", "cards/good/README.md"):
        assert json.loads(run("show", path, "--json").stdout) == shown
    both = run("show", "cards", "--json")
    assert [card["name"] for card in json.loads(both.stdout)] == ["Good net", "Slip"]
    assert both.exit_code == 0 and "cards/slip.md:2:1: licence" in both.stderr
    assert run("show", "nothing", "--json").exit_code == 2


def test_show_has_the_same_names_for_every_format() -> None:
    titles = {"resnet50": "marketplace", "resnet50-modelhub": "modelhub", "resnet50-v2": "onnx-zoo"}
    for name, form in titles.items():
        card = json.loads(run("show", ROOT / "cards" / name, "--json").stdout)
        assert card["format"] == form
        assert "license" in card or "structure" in card


def test_schema_describes_the_fields() -> None:
    schema = json.loads(run("schema").stdout)
    assert schema["$schema"].endswith("2020-12/schema")
    assert {"model_name", "model-index", "publication", "files", "api", "support"} <= schema["properties"].keys()
    assert schema.get("additionalProperties", True) is True


def test_inspect_json(folder: Path) -> None:
    write(folder, {"model.onnx": MODEL})
    result = run("inspect", "model.onnx", "--json")
    facts = json.loads(result.stdout)
    assert (result.exit_code, list(facts)) == (0, KEYS)
    assert (facts["size_bytes"], facts["nodes"], facts["operators"]) == (len(MODEL), 1, {"Relu": 1})
    assert (facts["ir_version"], facts["opset_imports"], facts["depth"]) == (8, {"ai.onnx": 13}, 0)


def test_inspect_text(folder: Path) -> None:
    write(folder, {"model.onnx": parser.parse_model(SYMBOLIC).SerializeToString()})
    result = run("inspect", "model.onnx")
    rows = dict(line.split("  ", 1) for line in result.stdout.splitlines())
    found = {label: value.strip() for label, value in rows.items()}
    expected = {"Depth": "1", "Parameters": "8", "Operators": "MatMul × 1", "Inputs": "x: float32 [N × 4]"}
    assert found.items() >= expected.items()
    assert result.exit_code == 0 and "SHA-256" in found


def test_inspect_counts_macs_for_given_sizes(folder: Path) -> None:
    write(folder, {"model.onnx": parser.parse_model(SYMBOLIC).SerializeToString()})
    assert json.loads(run("inspect", "model.onnx", "--json", "--dim", "N=3").stdout)["macs"] == 24
    assert json.loads(run("inspect", "model.onnx", "--json", "--dim", "N=5").stdout)["macs"] == 40
    for wrong in ("N", "N=", "=3", "N=x", "N=-1"):
        result = run("inspect", "model.onnx", "--dim", wrong)
        assert result.exit_code == 2 and "is not NAME=N" in result.stderr and not result.stdout


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.onnx", None),
        ("empty.onnx", b""),
        ("text.onnx", b"no model at all"),
        ("cut.onnx", MODEL[: len(MODEL) // 2]),
        ("model.txt", MODEL),
        ("pointer.onnx", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
        ("folder.onnx", "folder"),
    ],
)
def test_inspect_of_a_bad_file_is_one_line(folder: Path, name: str, content: str | bytes | None) -> None:
    if content == "folder":
        (folder / name).mkdir()
    elif content is not None:
        write(folder, {name: content})
    for options in ([], ["--json"]):
        result = run("inspect", name, *options)
        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
        assert result.stderr.startswith(f"{name}: ") and result.stderr.endswith(")\n")


def test_version_and_help() -> None:
    assert run("--version").stdout == f"cardwright, version {__version__}\n"
    for option in ("--help", "-h"):
        text = run(option).stdout
        assert all(f"\n  {command} " in text for command in ("check", "inspect", "schema", "show"))
    for command in main.commands:
        assert run(command, "--help").exit_code == 0


def test_runs_as_a_module(folder: Path) -> None:
    write(folder, {"cards/bad/README.md": BAD})
    command = [sys.executable, "-m", "cardwright", "check"]
    done = subprocess.run(
        command, env={"PYTHONPATH": str(ROOT / "hooks")}, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.splitlines()) == (1, [ERRORS[0], WARNING, ERRORS[1]])
