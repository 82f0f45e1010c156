"""The cache of facts: never wrong, never in the way, and a warm build opens no model file."""

import errno
import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cardwright.facts import Facts, FactsError, Inspector
from cardwright.facts import cache as cache_module
from cardwright.facts.cache import Cache, content_key
from cardwright.facts.files import check_file
from cardwright.facts.inspector import Limits
from tests.test_facts import external_model
from tests.test_facts_worker import ABORT, CARDS, LOOP, harmed

ROOT = CARDS.parent
NO_CHILD = Limits(boot="raise SystemExit")
"""Whatever is asked of the child fails."""
OLD = time.time_ns() - 10**12


class Folder:
    """A folder with a model that was there for long, and a cache."""

    def __init__(self, path: Path) -> None:
        self.model, self.cache = path / "model.onnx", path / "cache"
        self.put((CARDS / "mobilenetv2/model.onnx").read_bytes())

    def put(self, content: bytes, mtime_ns: int = OLD) -> None:
        self.model.write_bytes(content)
        os.utime(self.model, ns=(mtime_ns, mtime_ns))

    def inspect(self, limits: Limits | None = None, **more: Any) -> Facts:
        with Inspector(self.cache, limits) as inspector:
            return inspector.inspect(self.model, **more)

    def entries(self) -> list[Path]:
        return sorted(self.cache.iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def forbid_opening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cardwright.facts.files.os.open", None)


def test_unchanged_file_is_not_opened(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = folder.inspect()
    with Inspector(folder.cache) as inspector:
        lean = inspector.lean_model(folder.model)
    code = (
        "import builtins, io, os, sys, pathlib; seen = []; sys.addaudithook(lambda name, given: name == 'open' and "
        "str(given[0]).endswith('.onnx') and seen.append(given[0]));"
        "from cardwright.facts import Inspector; i = Inspector(pathlib.Path(sys.argv[2]));"
        "facts = i.inspect(pathlib.Path(sys.argv[1])); i.lean_model(pathlib.Path(sys.argv[1]));"
        "print(facts.depth, seen, i._child, 'onnx' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder.model), str(folder.cache)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "hooks")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("53 [] None False False\n", "")
    forbid_opening(monkeypatch)
    assert folder.inspect(NO_CHILD) == facts
    with Inspector(folder.cache, NO_CHILD) as inspector:
        assert inspector.lean_model(folder.model) == lean


def test_same_content_elsewhere_is_not_counted_again(folder: Folder, tmp_path: Path) -> None:
    facts = folder.inspect()
    folder.put(folder.model.read_bytes(), OLD + 1)
    assert folder.inspect(NO_CHILD) == facts
    (tmp_path / "new").mkdir()
    moved = Folder(tmp_path / "new")
    moved.cache = folder.cache
    assert moved.inspect(NO_CHILD) == facts


def test_changed_content_is_counted(folder: Folder) -> None:
    depth = folder.inspect().depth
    content = (CARDS / "resnet50/model.onnx").read_bytes()
    folder.put(content)
    assert (depth, folder.inspect().depth) == (53, 50)
    # Of the same size, and in the place of the old file.
    folder.put(content.replace(b"cardwright-examples", b"cardwright-Examples"), OLD + 1)
    assert folder.inspect().producer == "cardwright-Examples"


def test_file_of_just_now_is_looked_at_again(folder: Folder) -> None:
    """Its next change may come within the same tick of the clock."""
    for offset, entries in ((0, 1), (10**12, 1), (-3 * 10**9, 2)):
        folder.put(folder.model.read_bytes(), time.time_ns() + offset)
        folder.inspect()
        assert len(folder.entries()) == entries, offset
        for entry in folder.entries():
            entry.unlink()


def test_dims_and_name_are_part_of_the_key(folder: Folder) -> None:
    once, twice = folder.inspect(), folder.inspect(dims={"batch": 2})
    assert once.macs and twice.macs == 2 * once.macs
    assert (folder.inspect(NO_CHILD), folder.inspect(NO_CHILD, dims={"batch": 2})) == (once, twice)
    folder.put(b"no model")
    other = folder.model.with_name("other.onnx")
    other.write_bytes(b"no model")
    for path in (folder.model, other):
        with Inspector(folder.cache) as inspector, pytest.raises(FactsError, match=path.name):
            inspector.inspect(path)


def test_folder_is_looked_at_whatever_is_cached(folder: Folder, tmp_path: Path) -> None:
    folder.inspect()
    (tmp_path / "card").mkdir()
    with pytest.raises(FactsError, match="outside its folder"):
        folder.inspect(within=tmp_path / "card")


def test_errors_of_content_are_kept(folder: Folder) -> None:
    folder.put(b"<html>")
    for limits in (None, NO_CHILD):
        with pytest.raises(FactsError, match="web page") as caught:
            folder.inspect(limits)
        assert caught.value.hint
    folder.model.unlink()
    with pytest.raises(FactsError, match="no file"):
        folder.inspect()


def test_errors_of_circumstances_are_not_kept(folder: Folder) -> None:
    with pytest.raises(FactsError, match="does not start"):
        folder.inspect(NO_CHILD)
    with pytest.raises(FactsError, match="takes longer"):
        folder.inspect(harmed(LOOP, function="read_model", seconds=0.3))
    assert folder.inspect(harmed(LOOP, seconds=1)).macs is None
    assert folder.inspect().macs


def test_what_crashes_is_not_tried_again(folder: Folder) -> None:
    facts = folder.inspect(harmed(ABORT))
    assert facts.macs is None and folder.inspect(NO_CHILD) == facts


def test_external_data_is_part_of_the_key(folder: Folder) -> None:
    folder.put(external_model("w.bin").SerializeToString())
    assert folder.inspect().parameters == 0
    (folder.model.parent / "w.bin").write_bytes(bytes(24))
    for limits in (None, NO_CHILD):
        assert folder.inspect(limits).parameters == 6
    (folder.model.parent / "w.bin").write_bytes(bytes(23))
    assert folder.inspect().parameters == 0
    (folder.model.parent / "w.bin").unlink()
    assert folder.inspect().external_data[0].size_bytes is None


def damages(entry: bytes) -> list[bytes]:
    lines = entry.split(b"\n", 1)
    return [
        b"", b"\n", b"null", b"\0" * 5000, entry[:-1], entry[: len(entry) // 2], entry + b" ", lines[0], lines[1],
        entry.replace(b"53", b"54"), b'["", {}]\n' + lines[1], json.dumps({"depth": 99}).encode(),
    ]  # fmt: skip


def test_damaged_entries_are_ignored(folder: Folder) -> None:
    facts = folder.inspect()
    entries = {path: path.read_bytes() for path in folder.entries()}
    assert len(entries) == 2
    with Inspector(folder.cache) as inspector:
        for path, content in entries.items():
            for damaged in damages(content):
                path.write_bytes(damaged)
                assert inspector.inspect(folder.model) == facts
                assert path.read_bytes() == content, "not mended"
        first, second = entries
        first.write_bytes(entries[second])  # a whole entry, of something else
        second.write_bytes(entries[first])
        assert inspector.inspect(folder.model) == facts
        for path in entries:
            path.unlink()
            path.mkdir()
        assert inspector.inspect(folder.model) == facts


def test_other_code_counts_again(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.inspect()
    version = cache_module.code_version()
    cache_module.code_version.cache_clear()
    assert cache_module.code_version() == version
    monkeypatch.setattr(cache_module, "code_version", lambda: "another")
    with pytest.raises(FactsError, match="does not start"):
        folder.inspect(NO_CHILD)


def test_version_follows_source_and_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {cache_module.code_version.__wrapped__()}
    monkeypatch.setattr(cache_module, "version", lambda name: "0" if name == "onnx" else "1")
    seen.add(cache_module.code_version.__wrapped__())
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b"#" * (path.name == "macs.py"))
    seen.add(cache_module.code_version.__wrapped__())
    assert len(seen) == 3


@pytest.mark.parametrize("kind", ["a file", "read-only", "full disk"])
def test_cache_that_cannot_be_written(
    kind: str, folder: Folder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*given: object, **named: object) -> None:
        raise OSError(errno.ENOSPC if kind == "full disk" else errno.EROFS, "no")

    if kind == "a file":
        folder.cache.write_text("in the way")
    elif kind == "read-only":
        monkeypatch.setattr(Path, "mkdir", fail)
    else:
        monkeypatch.setattr(Path, "replace", fail)
    with caplog.at_level(logging.DEBUG):
        assert folder.inspect().depth == 53
    assert [record.levelname for record in caplog.records] == ["DEBUG"]
    if kind == "full disk":
        assert folder.entries() == []


def test_two_builds_at_once(folder: Folder) -> None:
    """Four processes write and read the same entries for a while; none ever sees half of one."""
    code = (
        "import sys, pathlib; from cardwright.facts.cache import Cache\n"
        "cache = Cache(pathlib.Path(sys.argv[1])); seen = set()\n"
        "for turn in range(300):\n"
        "    cache.put({'k': turn % 7}, bytes([turn % 7]) * 50_000)\n"
        "    found = cache.get({'k': (turn + 3) % 7}); seen.add(found and (found[0], len(set(found)), len(found)))\n"
        "print(sorted(item for item in seen if item))"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT / "hooks")}
    command = [sys.executable, "-c", code, str(folder.cache)]
    started = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    outputs = {process.communicate()[0] for process in started}
    assert outputs == {str([(number, 1, 50_000) for number in range(7)]) + "\n"}
    assert len(folder.entries()) == 7


def test_keys_tell_contents_apart(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    keys = [content_key("facts", "ab", name="n", dims={}), content_key("facts", "ab", name="n", dims={"a": 1}),
            content_key("lean copy", "ab", name="n"), content_key("facts", "ac", name="n", dims={})]  # fmt: skip
    for number, key in enumerate(keys):
        cache.put(key, bytes([number]))
    assert [cache.get(key) for key in keys] == [bytes([number]) for number in range(4)]
    path = tmp_path / "m.onnx"
    path.write_bytes(b"x")
    os.utime(path, ns=(OLD, OLD))
    cache.keep_sha256(path, check_file(path), "abc")
    assert cache.known_sha256(path, check_file(path)) == "abc"
    os.utime(path, ns=(OLD, OLD + 1))
    assert cache.known_sha256(path, check_file(path)) is None
