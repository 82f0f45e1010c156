"""Files beside a card."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from cardwright.facts import inspect
from cardwright.site import read_cards

MODEL = Path(__file__).parent.parent / "cards" / "mobilenetv2" / "model.onnx"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no file names that are not Unicode")
def test_a_file_name_that_is_no_text_costs_only_that_file(tmp_path: Path) -> None:
    folder = tmp_path / "wren"
    folder.mkdir()
    (folder / "README.md").write_text("# Wren\n", encoding="utf-8")
    shutil.copy(MODEL, folder / "model.onnx")
    shutil.copy(os.fsencode(MODEL), os.fsencode(folder) + b"/b\xffd.onnx")
    (entry,), problems = read_cards(tmp_path, "cards", inspect)
    assert [file.path for file in entry.files] == ["model.onnx"] and entry.facts
    assert [str(problem) for problem in problems] == [
        "cards/wren/README.md:1:1: files: the name of `b\ufffdd.onnx` is not UTF-8 (rename the file)"
    ]
