"""Files beside a card."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from cardwright.addresses import Addresses
from cardwright.exports import CARD_EXPORTS
from cardwright.facts import Inspector, inspect
from cardwright.pages import PageStyle
from cardwright.site import build_site, read_cards

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


@pytest.mark.parametrize("site_url", ["https://wren.example/zoo/", ""])
def test_a_caffe_network_is_linked(tmp_path: Path, site_url: str) -> None:
    (tmp_path / "wren").mkdir()
    (tmp_path / "wren" / "README.md").write_text("# Wren\n", encoding="utf-8")
    (tmp_path / "wren" / "deploy net.prototxt").write_text('name: "wren"\n', encoding="utf-8")
    addresses = Addresses("models", site_url=site_url)
    site = build_site(tmp_path, "cards", addresses, PageStyle(), inspect)
    page = next(page.html for page in site.pages if page.entry)
    assert 'href="deploy%20net.prototxt"' in page
    assert "models/wren/deploy net.prototxt" in {file.uri for file in site.files}
    drawn = f'href="https://dgschwend.github.io/netscope/#/url/{site_url}models/wren/deploy%20net.prototxt"'
    assert (drawn in page) == bool(site_url) == ("drawn by netscope" in page)


def test_a_git_lfs_pointer_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "wren").mkdir()
    (tmp_path / "wren" / "README.md").write_text("# Wren\n", encoding="utf-8")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    (tmp_path / "wren" / "model.onnx").write_text(pointer, encoding="utf-8")
    _, problems = read_cards(tmp_path, "cards", inspect)
    assert [(p.severity, p.hint) for p in problems] == [("warning", "Run `git lfs pull`")]


def test_what_we_make_leaves_the_files_of_a_card_alone(tmp_path: Path) -> None:
    (tmp_path / "wren").mkdir()
    (tmp_path / "wren" / "README.md").write_text("# Wren\n\n[mine](facts.json)\n", encoding="utf-8")
    (tmp_path / "wren" / "facts.json").write_text("{}", encoding="utf-8")
    shutil.copy(MODEL, tmp_path / "wren" / "structure.onnx")
    addresses = Addresses("models", viewer=True)
    with Inspector() as inspector:
        site = build_site(tmp_path, "cards", addresses, PageStyle(), inspector.inspect, inspector.lean_model)
    exports = {f"models/wren/{export.name}" for export in CARD_EXPORTS}
    made = {f.uri: f.copied_from for f in site.files if f.uri.startswith("models/wren/") and f.uri not in exports}
    assert made == {
        "models/wren/README.md.txt": tmp_path / "wren" / "README.md",
        "models/wren/facts.json": tmp_path / "wren" / "facts.json",
        "models/wren/facts.own.json": None,
        "models/wren/structure.onnx": tmp_path / "wren" / "structure.onnx",
        "models/wren/structure.own.onnx": None,
    }
