"""The files of scripts/make_hostile_models.py, through the real child process."""

import importlib.util
import time
from pathlib import Path
from types import ModuleType

import pytest

from cardwright.facts import Facts, FactsError, Inspector
from cardwright.facts.inspection import inspect_here
from cardwright.facts.inspector import Limits
from cardwright.facts.process import BOOT
from tests.test_facts_worker import MODEL

ROOT = Path(__file__).parent.parent
SECONDS = 5.0
EXPECTED = {
    # Words of the error, or of one of the warnings.
    "empty": "is empty", "lfs-pointer": "Git LFS pointer", "html-page": "web page", "xml-error": "web page",
    "no-graph": "no ONNX graph", "truncated-50": "cut short", "overlong-tag": "cut short",
    "nested-ifs-20000": "cut short", "nested-types": "cut short", "nested-groups": "cut short",
    "function-bomb": "not expanded", "function-of-itself": "calls itself", "dims-negative": "impossible dimensions",
    "dims-overflow": "24 are stored", "external-parent": "not in the model's folder",
    "external-absolute": "not in the model's folder", "external-fifo": "not in the model's folder",
    "external-device": "not in the model's folder", "external-link-out": "not in the model's folder",
    "fifo": "not a regular file", "device": "outside its folder", "link-out": "outside its folder",
    "folder": "not a regular file", "many-nodes": "too large", "cycle": "cycle", "forged-payload": "24 are stored",
}  # fmt: skip


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_hostile_models", ROOT / "scripts/make_hostile_models.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def look(inspector: Inspector, path: Path) -> str:
    """What is said about the model, lines that a terminal may show."""
    try:
        facts = inspector.inspect(path, within=path.parent)
    except FactsError as error:
        lines = [error.message, error.hint]
    else:
        assert isinstance(facts, Facts) and Facts.from_json(facts.to_json()) == facts
        assert len(str(facts.to_json())) < 200_000
        lines = [*facts.warnings]
    for line in lines:
        assert line.isprintable() and 0 < len(line) < 400, line
    return "\n".join(lines)


def test_none_does_harm(script: ModuleType, tmp_path: Path) -> None:
    folders = script.make_all(tmp_path / "cards")
    assert len(folders) >= 60
    said = {}
    known = inspect_here(MODEL, {})
    with Inspector(tmp_path / "cache", Limits(seconds=SECONDS)) as inspector:
        for folder in folders:
            models = [path for path in folder.iterdir() if path.suffix == ".onnx"]
            assert len(models) <= 1
            for path in models:
                began = time.monotonic()
                said[folder.name] = look(inspector, path)
                assert time.monotonic() - began < 3 * SECONDS, folder.name
        assert inspector.inspect(MODEL) == known
        child = inspector._child
        assert {name: look(inspector, next(p for p in (tmp_path / "cards" / name).iterdir() if p.suffix == ".onnx"))
                for name in said} == said  # fmt: skip
        assert inspector._child is child, "a second look does harm"
    assert len(said) >= 60
    assert not {name: said.get(name) for name, words in EXPECTED.items() if words not in said.get(name, "")}
    assert not [line for lines in said.values() for line in lines.splitlines() if "fault of Cardwright" in line]


def test_onnx_dies_of_them_without_our_guard(script: ModuleType, tmp_path: Path) -> None:
    """What `shapes._is_safe` keeps away from onnx does end a process; a file it does not know of ends that one only."""
    code = "import cardwright.facts.shapes as shapes; shapes._is_safe = lambda *given: True; "
    with Inspector(limits=Limits(seconds=SECONDS, boot=code + BOOT)) as inspector:
        for name in ("crash-layer-norm", "crash-split"):
            path = tmp_path / f"{name}.onnx"
            path.write_bytes(script.CONTENTS[name]().SerializeToString())
            facts = inspector.inspect(path)
            assert facts.warnings == ("MACs: working out the shapes ends the process that does it",), name
            assert facts.nodes == 1
        assert inspector.inspect(MODEL).depth == 53


def test_script_gives_the_same_files_each_time(script: ModuleType) -> None:
    for name, make in script.CONTENTS.items():
        first, second = (made if isinstance(made, bytes) else made.SerializeToString() for made in (make(), make()))
        assert first == second, name
