"""The child process: what dies or hangs in it costs a card some facts, never the build."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardwright.facts import FactsError, Inspector, inspect, lean_model
from cardwright.facts.inspection import inspect_here
from cardwright.facts.inspector import Limits
from cardwright.facts.process import BOOT
from cardwright.facts.progress import Progress
from cardwright.facts.reader import make_lean_copy

ROOT = Path(__file__).parent.parent
CARDS = ROOT / "cards"
MODEL = CARDS / "mobilenetv2/model.onnx"
HARM = """
import os, sys, time
from cardwright.facts import {module} as module
def harm(*arguments):
    print("noise"); print("noise", file=sys.stderr); os.write(1, b"x" * 99); os.write(2, b"x" * 99)
    {what}
module.{function} = harm
"""
LOOP, ABORT, EXIT = "re.fullmatch('(a|a)*b', 'a' * 99)", "os.abort()", "os._exit(0)"
FILL = "[bytearray(2**20) for _ in range(4096)]"
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and process tables of POSIX")


def harmed(what: str, module: str = "inspection", function: str = "infer_shapes", seconds: float = 20) -> Limits:
    """A child in which working out the shapes, or another function, does harm. LOOP never lets go of Python's lock."""
    code = HARM.format(module=module, function=function, what=what) + "import re\n"
    boot = f"exec({code!r}); {BOOT}".replace("{", "{{").replace("}", "}}").replace("{{memory_bytes}}", "{memory_bytes}")
    return Limits(seconds=seconds, memory_bytes=256 * 2**20, boot=boot)


@pytest.fixture
def inspector() -> Iterator[Inspector]:
    with Inspector() as made:
        yield made


def test_child_counts_the_same(inspector: Inspector) -> None:
    for path in sorted(CARDS.rglob("*.onnx")):
        assert inspector.inspect(path) == inspect_here(path, {})
        assert inspector.lean_model(path) == make_lean_copy(path)


def test_dims_reach_the_child(inspector: Inspector) -> None:
    once, twice = inspector.inspect(MODEL), inspector.inspect(MODEL, {"batch": 2})
    assert once.macs and twice.macs == 2 * once.macs
    assert "no dimension `none`" in inspector.inspect(MODEL, {"none": 2}).warnings[0]


def test_one_file(tmp_path: Path) -> None:
    assert inspect(MODEL) == inspect(str(MODEL)) == inspect_here(MODEL, {})
    assert lean_model(MODEL) == make_lean_copy(MODEL)
    with pytest.raises(FactsError, match="no file"):
        inspect(tmp_path / "none.onnx")


def test_one_child_starts_with_the_first_model(inspector: Inspector) -> None:
    assert inspector._child is None
    inspector.inspect(MODEL)
    child = inspector._child
    assert child
    inspector.inspect(MODEL)
    assert inspector._child is child
    inspector.close()
    assert child.process.returncode is not None and not child.thread.is_alive()


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (LOOP, "takes longer than 1 s"),
        (ABORT, "ends the process that does it"),
        (EXIT, "ends the process that does it"),
        ("os.kill(os.getpid(), 11)", "ends the process that does it"),
        pytest.param(FILL, "takes more than 0.25 GiB of memory", marks=posix),
    ],
)
def test_what_kills_the_shapes_costs_the_shapes(what: str, words: str, capfd: pytest.CaptureFixture[str]) -> None:
    known = inspect_here(MODEL, {})
    with Inspector(limits=harmed(what, seconds=1 if what == LOOP else 20)) as inspector:
        facts = inspector.inspect(MODEL)
        pid = inspector._child and inspector._child.process.pid
        assert (facts.macs, facts.warnings) == (None, (f"MACs: working out the shapes {words}",))
        assert (facts.parameters, facts.depth, facts.sha256) == (known.parameters, known.depth, known.sha256)
        assert inspector.lean_model(MODEL) == make_lean_copy(MODEL)
        assert inspector._child and inspector._child.process.pid == pid
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("what", "words"), [(LOOP, "takes longer than 1 s"), (ABORT, "ends the process")])
def test_what_kills_the_reading_costs_all_of_it(what: str, words: str) -> None:
    with Inspector(limits=harmed(what, function="read_model", seconds=1)) as inspector:
        with pytest.raises(FactsError, match=f"model.onnx cannot be counted: looking at it {words}"):
            inspector.inspect(MODEL)
        assert inspector.lean_model(MODEL) == make_lean_copy(MODEL)


def test_fault_of_ours_is_said_so() -> None:
    with Inspector(limits=harmed("1 / 0")) as inspector, pytest.raises(FactsError) as caught:
        inspector.inspect(MODEL)
    assert "ZeroDivisionError" in caught.value.message and "report" in caught.value.hint


@pytest.mark.parametrize("boot", ["import no_such_module", "print('x')", "1 / 0"])
def test_child_that_does_not_start(boot: str) -> None:
    with Inspector(limits=Limits(boot=boot)) as inspector:
        for _ in range(2):
            with pytest.raises(FactsError, match="does not start"):
                inspector.inspect(MODEL)


def test_package_that_is_found_through_the_path_alone(tmp_path: Path) -> None:
    """As under MkDocs, which takes the folder from the path again once the hook is loaded."""
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'hooks')!r}); import cardwright.facts; sys.path.pop(0);"
        f"print(cardwright.facts.inspect({str(MODEL)!r}).depth, 'onnx' in sys.modules)"
    )
    (tmp_path / "json.py").write_text("raise SystemExit('the working folder is imported from')")
    done = subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("53 False\n", "")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except ProcessLookupError:
        return False
    except OSError:  # no /proc here
        return True


@posix
@pytest.mark.parametrize("busy", [False, True])
def test_child_does_not_outlive_its_build(busy: bool, tmp_path: Path) -> None:
    """Also not when the build is killed, idle or in the middle of a job that never ends."""
    ask = "i.lean_model(MODEL)" if not busy else "threading.Thread(target=i.inspect, args=(MODEL,)).start()"
    code = (
        "import os, sys, threading, time; sys.path[:0] = ['hooks', '.']\n"
        "from tests.test_facts_worker import *\n"
        f"i = Inspector(limits=harmed({LOOP if busy else '1 / 0'!r}, seconds=1.5)); i.lean_model(MODEL); {ask}\n"
        "time.sleep(0.2); print(i._child.process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    pid = int(done.stdout)
    end = time.monotonic() + 30
    while is_running(pid) and time.monotonic() < end:
        time.sleep(0.1)
    assert not is_running(pid)


def test_links_out_of_the_folder_are_refused(tmp_path: Path, inspector: Inspector) -> None:
    card = tmp_path / "card"
    (card / "inner").mkdir(parents=True)
    (tmp_path / "out.onnx").write_bytes(MODEL.read_bytes())
    (card / "in.onnx").write_bytes(MODEL.read_bytes())
    (card / "link.onnx").symlink_to(tmp_path / "out.onnx")
    (card / "inner/link.onnx").symlink_to("../in.onnx")
    (card / "up").symlink_to(tmp_path)
    for path in (card / "link.onnx", card / "../out.onnx", card / "up/out.onnx"):
        for look in (inspector.inspect, inspector.lean_model):
            with pytest.raises(FactsError, match="outside its folder"):
                look(path, within=card)
    assert inspector.inspect(card / "inner/link.onnx", within=card).depth == 53
    assert inspector.inspect(card / "link.onnx").depth == 53


@posix
def test_file_is_looked_at_before_it_is_opened(tmp_path: Path, inspector: Inspector) -> None:
    os.mkfifo(tmp_path / "fifo.onnx")
    (tmp_path / "zero.onnx").symlink_to("/dev/zero")
    (tmp_path / "folder.onnx").mkdir()
    for name in ("fifo", "zero", "folder"):
        with pytest.raises(FactsError, match="not a regular file"):
            inspector.inspect(tmp_path / f"{name}.onnx")
    assert inspector._child is None


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_after_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    for stream in (Terminal(), io.StringIO()):
        progress, now[0] = Progress(stream), 0.0
        for number in range(3):
            progress.begin(f"card{number}/model.onnx")
            now[0] += 0.9
            progress.tick()
            progress.end()
            now[0] += 100  # spent on something else
        shown = [text for text in stream.getvalue().split("\r") if text.strip()]
        assert shown == (["Reading model 3: card2/model.onnx (3 s)"] if stream.isatty() else [])
        assert stream.getvalue().endswith("\r") or not shown


def test_progress_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, seen in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setattr("cardwright.facts.progress.QUIET_SECONDS", 0.1)
        with Inspector(limits=harmed("time.sleep(0.5)")) as inspector, pytest.raises(FactsError):
            inspector.inspect(MODEL)
        assert ("mobilenetv2/model.onnx" in stream.getvalue()) == seen
        assert bool(stream.getvalue()) == seen
