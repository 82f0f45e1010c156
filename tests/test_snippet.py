"""The program on a card's page runs the card's file."""

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cardwright.card import ModelFile
from cardwright.entry import FileEntry
from cardwright.facts import Value, inspect
from cardwright.sections.usage import write_snippet

ROOT = Path(__file__).parent.parent
MODELS = sorted((ROOT / "cards").rglob("*.onnx"))


def entry(path: Path, *inputs: Value) -> FileEntry:
    facts = inspect(path)
    return FileEntry(ModelFile(), path.name, path.name, "", replace(facts, inputs=inputs) if inputs else facts)


@pytest.mark.parametrize("path", MODELS, ids=[path.parent.name for path in MODELS])
def test_snippet_runs(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", write_snippet(entry(path))], cwd=path.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [line.split(" ", 1)[0] for line in done.stdout.splitlines()] == [v.name for v in inspect(path).outputs]
    assert "(1, 1000)" in done.stdout


def test_names_of_a_file_stay_text() -> None:
    hostile = Value("x': 1}); import os  # ", "float32", ("n\nimport os", None, -3))
    program = write_snippet(entry(MODELS[0], hostile))
    assert [
        name.name for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Import) for name in node.names
    ] == [
        "numpy",
        "onnxruntime",
    ]


@pytest.mark.parametrize(
    ("dtype", "made"),
    [("bool", "np.bool_"), ("string", "dtype=object"), ("bfloat16", ""), ("sequence(float32)", "")],
)
def test_types(dtype: str, made: str) -> None:
    program = write_snippet(entry(MODELS[0], Value("x", dtype, (2,))))
    assert made in program if made else program == ""
