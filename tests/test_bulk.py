"""Models of many cards, inspected by many workers: the same facts, nothing lost, nothing twice."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cardwright.bulk import BulkError, Wish, inspect_all, run, work
from cardwright.bulk.executors import Workers
from cardwright.bulk.meter import Meter
from cardwright.bulk.models import Model, is_allowed
from cardwright.cli import main
from cardwright.facts import Facts, Kept, Store, address_key, store
from cardwright.facts.inspection import inspect_url_here
from cardwright.problem import Mark, Problem
from tests.bulk import MODELS, card, facts_in, make_cards
from tests.cluster import serve_models, start_cluster
from tests.sites import files_of, write

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # where no cache is
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(run, "PAUSES", {"busy": (0.01, 0.01, 0.01), "slow": (0.01,)})


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each model was put into the store."""
    counted: Counter[str] = Counter()
    put = Store.put

    def count(self: Store, key: Any, value: Kept) -> None:
        counted[str(key.get("address"))] += 1
        put(self, key, value)

    monkeypatch.setattr(Store, "put", count)
    return counted


def test_cluster_that_loses_a_worker_finds_the_same(tmp_path: Path, kept: Counter[str]) -> None:
    with serve_models(dict(MODELS)) as (address, served), start_cluster(tmp_path) as cluster:
        cards = make_cards(tmp_path / "cards", [f"{address}{path}" for path in MODELS])
        report, said = inspect_all(Wish(cards, str(tmp_path / "local"), "local:2"))
        assert said.startswith("60 models: 60 inspected, 0 unchanged, 0 failed; read 5.9 MB of 47.2 MB")
        assert report.bytes_read == served.bytes_sent < report.size_bytes / 7
        kept.clear()
        half = threading.Event()

        def kill_at_half(path: str) -> int:
            if len(kept) >= 30 and not half.is_set():
                half.set()
                cluster.kill(0)
            return 0

        served.before = kill_at_half
        report, said = inspect_all(Wish(cards, str(tmp_path / "dask"), cluster.address))
        assert half.is_set() and cluster.workers[0].wait(10) == -signal.SIGKILL
    assert (report.problems, report.outcomes) == ((), {"found": 60})
    assert set(kept.values()) == {1} and len(kept) == 60
    assert facts_in(tmp_path / "dask") == facts_in(tmp_path / "local")


def test_processes_that_are_killed_cost_nothing(tmp_path: Path, kept: Counter[str]) -> None:
    """Each model's first process is killed while it reads."""
    with serve_models({path: MODELS[path] for path in list(MODELS)[:5]}) as (address, served):
        cards = make_cards(tmp_path / "cards", [f"{address}{path}" for path in served.files])

        def kill(path: str) -> int:
            if served.asked[path] == 2:
                for inspector in list(work._INSPECTORS.all):
                    if inspector._child:
                        inspector._child.process.kill()
            return 0

        served.before = kill
        report, _ = inspect_all(Wish(cards, str(tmp_path / "facts"), "local:1"))
        served.before = lambda path: 0
        assert report.problems == () and set(kept.values()) == {1} and len(kept) == 5
        found = facts_in(tmp_path / "facts")
        for path in served.files:
            facts = inspect_url_here(f"{address}{path}", {})
            assert Facts.from_json(found[f"{address}{path}"]["facts"]) == facts and facts.macs


def test_what_is_in_the_store_is_not_done_again(tmp_path: Path, kept: Counter[str]) -> None:
    with serve_models({path: MODELS[path] for path in list(MODELS)[:8]}) as (address, served):
        cards = make_cards(tmp_path / "cards", [f"{address}{path}" for path in served.files])
        wish = Wish(cards, str(tmp_path / "facts"), "local:2")
        inspect_all(wish)
        before = files_of(tmp_path / "facts")
        served.asked.clear()
        served.etags["/m/net3.onnx"] = "new"
        report, said = inspect_all(wish)
        assert said.startswith("8 models: 1 inspected, 7 unchanged, 0 failed")
        assert (kept.pop(f"{address}/m/net3.onnx"), set(kept.values())) == (2, {1})
        assert served.asked.pop("/m/net3.onnx") > 1 and set(served.asked.values()) == {1}
        broken = tmp_path / "facts" / store.file_name(address_key(f"{address}/m/net5.onnx", {}))
        broken.write_bytes(broken.read_bytes()[:-200])
        assert inspect_all(wish)[1].startswith("8 models: 1 inspected, 7 unchanged, 0 failed")
        after = files_of(tmp_path / "facts")
        assert [name for name in before if before[name] != after[name]] == [
            store.file_name(address_key(f"{address}/m/net3.onnx", {}))
        ]
        report, said = inspect_all(replace(wish, whole=True))
        assert report.outcomes == {"found": 8} and report.bytes_read >= report.size_bytes
        assert inspect_all(replace(wish, whole=True))[0].outcomes == {"unchanged": 8}
        assert all(len(entry["facts"]["sha256"]) == 64 for entry in facts_in(tmp_path / "facts").values())


def test_run_that_is_stopped_goes_on_where_it_was(
    tmp_path: Path, kept: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(self: Meter, done: int, failed: int) -> None:
        if done == 6:
            raise KeyboardInterrupt

    with serve_models({path: MODELS[path] for path in list(MODELS)[:30]}) as (address, served):
        wish = Wish(make_cards(tmp_path / "cards", [f"{address}{path}" for path in served.files]), "facts", "local:2")
        with monkeypatch.context() as impatient, pytest.raises(KeyboardInterrupt):
            impatient.setattr(Meter, "show", stop)
            inspect_all(wish)
        assert 6 <= len(kept) < 30 and not work._INSPECTORS.all
        before = len(kept)
        assert inspect_all(wish)[0].outcomes == {"unchanged": before, "found": 30 - before}
    assert len(kept) == len(facts_in(tmp_path / "facts")) == 30 and set(kept.values()) == {1}


def test_one_model_of_several_cards_is_read_once(tmp_path: Path, kept: Counter[str]) -> None:
    with serve_models({"/a.onnx": MODELS["/m/net1.onnx"]}) as (address, _):
        url = f"{address}/a.onnx"
        cards = make_cards(tmp_path / "cards", [url, url])
        write(cards, {"sized/README.md": card(url, "    dims: {batch: 2}\n")})
        assert inspect_all(Wish(cards, str(tmp_path / "facts")))[1].startswith("2 models: 2 inspected")
    assert kept == {url: 2}


FAULTS: dict[str, tuple[Callable[[int], int], bytes, str]] = {
    "/busy.onnx": (lambda asked: 503 * (asked < 3), MODELS["/m/net1.onnx"], ""),
    "/down.onnx": (lambda asked: 503, b"", "down.onnx cannot be had: the server answers 503 Service Unavailable"),
    "/none.onnx": (lambda asked: 404, b"", "none.onnx cannot be had: the server answers 404 Not Found"),
    "/page.onnx": (lambda asked: 0, b"<!doctype html>", "page.onnx is a web page, not an ONNX model"),
    "/bad.onnx": (lambda asked: 0, b"\x08\x08" * 99, "bad.onnx holds no ONNX graph"),
}


def test_every_failure_has_its_place(tmp_path: Path) -> None:
    with serve_models({path: content for path, (_, content, _) in FAULTS.items()}) as (address, served):
        served.before = lambda path: FAULTS[path][0](served.asked[path])
        cards = make_cards(tmp_path / "cards", [f"{address}{path}" for path in FAULTS])
        write(cards, {"here/README.md": card("https://a.example/x", "    path: lost.onnx\n"), "here/b.onnx": b"none"})
        done = cardwright("inspect", "--all", "--facts", str(tmp_path / "facts"), "--within", address, str(cards))
        assert served.asked["/down.onnx"] == 4 and served.asked["/none.onnx"] == 1
    lines = [line.removeprefix(f"{cards}/") for line in done.stdout.splitlines()]
    words = [words for _, _, words in FAULTS.values()]
    expected = [f"net{number}/README.md:4:10: files[0].url: {said}" for number, said in enumerate(words) if said]
    assert len(lines) == len(expected) + 1 and done.exit_code == 1
    assert lines[
        0
    ] == "here/README.md:1:1: files: b.onnx is not a readable ONNX model: it is cut short, damaged or of " + (
        "another format (Compare its size and sha256 with the original)"
    )
    assert all(line.startswith(start) for line, start in zip(lines[1:], expected, strict=True))
    assert "6 models: 1 inspected, 0 unchanged, 5 failed, 1 not asked for" in done.stderr
    assert set(facts_in(tmp_path / "facts")) == {f"{address}/{name}.onnx" for name in ("busy", "page", "bad")}


def cardwright(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--all",), "Name a FILE, or a folder of cards"),
        (("--all", "--facts", "x", "none"), "Name a FILE, or a folder of cards"),
        ((), "Name a FILE"),
        (("--all", "--facts", "x", "--executor", "ray", "."), "`ray` is no executor (write `local`"),
        (("--all", "--facts", "x", "--executor", "local:0", "."), "not one of 1 to 512"),
        (("--all", "--facts", "x", "--executor", "dask://127.0.0.1:1", "."), "no Dask scheduler answers there"),
        (("--all", "--facts", "none://x", "."), "Protocol not known: none"),
        (("--all", "--facts", "/dev/null/x", "."), "/dev/null/x cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    arguments: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"a/README.md": "# A\n", "a/model.onnx": MODELS["/m/net0.onnx"]})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cardwright.bulk.executors.CONNECT_SECONDS", 0.5)
    done = cardwright("inspect", *arguments)
    assert done.exit_code in (1, 2) and words in done.stderr and "Traceback" not in done.output
    assert len(done.stderr.splitlines()) <= 4


class Broken(Executor):
    """Answers every job with an error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def submit(self, *given: Any, **more: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(self.error)
        return future


KilledWorker = type("KilledWorker", (Exception,), {})
MODEL = Model("https://a.example/x.onnx", "", (), (Problem("c/README.md", Mark(3, 5), "files[0].url", ""),))


def run_broken(error: Exception, folder: Path, is_there: bool = True) -> run.Report:
    pool = Broken(error)
    workers = Workers(pool, 1, lambda: is_there, lambda: None)
    return run.inspect_models([MODEL], Store(folder), workers, pool, Meter(StringIO(), 1), "", False)


def test_model_that_ends_its_workers_is_a_message(tmp_path: Path) -> None:
    (problem,) = run_broken(KilledWorker("x"), tmp_path).problems
    assert str(problem) == "c/README.md:3:5: files[0].url: x.onnx ended every worker that took it (try it alone)"
    (problem,) = run_broken(OSError("no way"), tmp_path).problems
    assert "x.onnx got no answer of a worker: no way" in str(problem)


def test_cluster_that_is_of_no_use_ends_the_run(tmp_path: Path) -> None:
    for error in (ModuleNotFoundError("No module named 'cardwright'"), RuntimeError("Error during deserialization")):
        with pytest.raises(BulkError, match="The workers cannot run Cardwright: install this version there"):
            run_broken(error, tmp_path)
    with pytest.raises(BulkError, match="The cluster is gone"):
        run_broken(OSError(), tmp_path, is_there=False)


def test_worker_of_another_version_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert work.inspect_model(work.Job("x", "other")) == work.Answer("version")
    monkeypatch.setattr(run, "code_version", lambda: "newer")
    write(tmp_path, {"a/README.md": "# A\n", "a/model.onnx": MODELS["/m/net0.onnx"]})
    with pytest.raises(BulkError, match="another version of Cardwright, onnx, numpy or protobuf"):
        inspect_all(Wish(tmp_path, str(tmp_path / "facts")))
    assert not (tmp_path / "facts").exists()


@pytest.mark.parametrize(
    ("address", "prefixes", "allowed"),
    [
        ("https://a.example/x.onnx", (), True),
        ("s3://zoo/x.onnx", (), True),
        ("file:///etc/x.onnx", (), False),
        ("file:///models/x.onnx", ("file:///models",), True),
        ("file:///models/../etc/x.onnx", ("file:///models",), False),
        ("file:///models/%2e%2e/etc/x.onnx", ("file:///models/",), False),
        ("file:///models-2/x.onnx", ("file:///models",), False),
        ("https://a.example.org/x.onnx", ("https://a.example",), False),
        ("s3://zoo/x.onnx", ("https://a.example/", "s3://zoo/"), True),
    ],
)
def test_which_addresses_are_asked(address: str, prefixes: tuple[str, ...], allowed: bool) -> None:
    assert is_allowed(address, prefixes) == allowed


def test_nothing_of_it_is_imported_otherwise() -> None:
    code = (
        "import cardwright.cli, cardwright.plugin, sys;"
        "print([name for name in ('dask', 'distributed', 'fsspec') if name in sys.modules])"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT / "hooks")}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=False)
    assert done.stdout.strip() == b"[]", done.stderr


def test_progress_is_shown() -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    for stream, text in ((Terminal(), "\r7 of 9 models, "), (StringIO(), "7 of 9 models, ")):
        meter = Meter(stream, 9)
        meter.show(6, 0)
        assert stream.getvalue() == ""
        meter._shown -= 60
        meter.show(7, 2)
        meter.end()
        assert stream.getvalue().startswith(text) and "2 failed" in stream.getvalue()
