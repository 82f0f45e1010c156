"""Work over the cores gives what work here gives, in its order, and nothing of it is lost."""

import gc
import io
import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cardwright import workers
from cardwright.facts import progress
from cardwright.workers import FEW, run

log = logging.getLogger("mkdocs.plugins.cardwright.test")
COUNT = FEW * 3
HERE = os.getpid()


def work(number: int) -> tuple[int, int]:
    if number % 50 == 7:
        log.warning("at %d", number)
    return number * number, os.getpid()


def test_results_and_log_come_in_order_from_other_processes(caplog: pytest.LogCaptureFixture) -> None:
    results = list(run(work, COUNT))
    assert [square for square, _ in results] == [number * number for number in range(COUNT)]
    assert caplog.messages == [f"at {number}" for number in range(7, COUNT, 50)]
    processes = {process for _, process in results}
    assert (HERE in processes) == (workers.count_workers(COUNT) == 1)


@pytest.mark.parametrize(("count", "may_fork"), [(FEW, True), (COUNT, False)])
def test_few_things_and_what_must_not_leave_are_done_here(count: int, may_fork: bool) -> None:
    assert {process for _, process in run(work, count, may_fork=may_fork)} == {HERE}


def die(number: int) -> int:
    if number == COUNT // 2 and os.getpid() != HERE:
        os._exit(9)
    return number


def fail(number: int) -> int:
    if number == COUNT - 1:
        raise ValueError("the last one")
    return number


def test_what_a_killed_worker_leaves_is_done_here() -> None:
    assert list(run(die, COUNT)) == list(range(COUNT))


def test_a_fault_is_raised_here() -> None:
    with pytest.raises(ValueError, match="the last one"):
        list(run(fail, COUNT))


@pytest.mark.parametrize(("count", "stays"), [(1000, False), (workers.MANY + 1000, True)])
def test_many_values_that_stay_are_not_looked_through_again(count: int, stays: bool) -> None:
    gc.unfreeze()
    gc.collect()
    with workers.uncollected():
        assert not gc.isenabled()
        made = [[number] for number in range(count)]
    assert gc.isenabled()
    assert (gc.get_freeze_count() >= len(made)) == stays
    gc.unfreeze()


def test_other_workers_take_over_after_some_things() -> None:
    results = list(run(work, COUNT, at_once=COUNT // 2))
    assert [square for square, _ in results] == [number * number for number in range(COUNT)]
    first, second = ({process for _, process in results[half:][: COUNT // 2]} for half in (0, COUNT // 2))
    assert not first & second or first == second == {HERE}
    assert list(run(die, COUNT, at_once=FEW)) == list(range(COUNT))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_how_far_it_is(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    if workers.count_workers(COUNT) == 1:
        return  # where nothing is shared, each model is told of by itself
    monkeypatch.setattr(progress, "QUIET_SECONDS", -1.0)
    monkeypatch.setattr(progress, "PAUSE_SECONDS", -1.0)
    for stream in (Terminal(), io.StringIO()):
        monkeypatch.setattr(sys, "stderr", stream)
        assert len(list(run(work, COUNT, "Making pages"))) == COUNT
        shown = [text for text in stream.getvalue().split("\r") if text.strip()]
        assert shown[-1:] == ([f"Making pages: {COUNT} of {COUNT}"] if stream.isatty() else [])
        assert stream.getvalue().endswith("\r") or not shown


SLOW = """
import os, sys, time
from cardwright.workers import FEW, run

def work(number):
    time.sleep(0.05)
    return os.getpid()

for process in run(work, FEW * 10):
    print(process, flush=True)
"""


def test_workers_end_with_a_process_that_is_killed() -> None:
    path = str(Path(workers.__file__).parents[1])
    command = [sys.executable, "-c", SLOW]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}) as killed:
        assert killed.stdout
        found = {int(killed.stdout.readline()) for _ in range(workers.CHUNK + 1)}
        killed.kill()
    end = time.monotonic() + 10
    while any(map(is_alive, found)):
        assert time.monotonic() < end, "they are still there"
        time.sleep(0.01)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    try:
        return " Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return True
