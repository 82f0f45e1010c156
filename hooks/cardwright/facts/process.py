"""The build's end of the child process: start it, ask it, and end it when it takes too long."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from .files import TransientError
from .worker import OUT_OF_MEMORY, READY, read_frame, write_frame

START_SECONDS = 60
"""For Python and onnx to be loaded, on a slow disk too."""
TICK_SECONDS = 0.2
BOOT = f"from {__package__}.worker import serve; serve({{memory_bytes}})"
_PACKAGE_PARENT = str(Path(__file__).resolve().parents[2])
"""Of the package `cardwright`; MkDocs has it on the path only while it loads the hook."""


class DeadError(Exception):
    """The child process ended, or was ended: a job "takes longer than 20 s".

    `lasting` says whether the same job would end it again, on any machine.
    """

    def __init__(self, reason: str, lasting: bool) -> None:
        super().__init__(reason)
        self.lasting = lasting


class Child:
    """A running child process. `boot` is its Python code, in which `{memory_bytes}` is filled in."""

    def __init__(self, memory_bytes: int, boot: str = BOOT) -> None:
        path = sys.path if _PACKAGE_PARENT in sys.path else [_PACKAGE_PARENT, *sys.path]
        code = f"import json, sys; sys.path[:] = json.loads(sys.argv[1]); {boot.format(memory_bytes=memory_bytes)}"
        self.memory_bytes = memory_bytes
        try:
            self.process = subprocess.Popen(
                # -I: neither the environment nor the working folder says what is imported, the path given here does.
                [sys.executable, "-I", *(["-B"] if sys.dont_write_bytecode else []), "-c", code, json.dumps(path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # Each thread of numpy's BLAS would take address space for itself.
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except (OSError, ValueError) as error:
            raise _not_started() from error
        assert self.process.stdin and self.process.stdout
        self.jobs: IO[bytes] = self.process.stdin
        self.answers: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        # A thread, because not every system can wait for a pipe with a time limit.
        self.thread = threading.Thread(target=_collect, args=(self.process.stdout, self.answers), daemon=True)
        self.thread.start()
        self.ready = False

    def ask(self, job: Mapping[str, Any], seconds: float, tick: Callable[[], None]) -> bytes:
        """The answer to a job; `tick` is called about five times a second until then.

        Raises `DeadError` when there is none within `seconds`; this object is of no use any more then.
        """
        if not self.ready:
            self._wait_until_ready(tick)
        try:
            write_frame(self.jobs, json.dumps({**job, "seconds": seconds}).encode())
            answer = self._wait(seconds, tick)
        except TimeoutError:
            self.close()
            raise DeadError(f"takes longer than {seconds:g} s", lasting=False) from None
        except OSError:  # it reads no more
            answer = None
        if answer is None:
            raise self._bury()
        return answer

    def close(self) -> None:
        """End the process, whatever it does, and leave nothing of it."""
        self.process.kill()
        self.process.wait()
        self.thread.join()
        with contextlib.suppress(OSError):  # a job nobody took is still in the buffer
            self.jobs.close()

    def _wait_until_ready(self, tick: Callable[[], None]) -> None:
        with contextlib.suppress(TimeoutError):
            self.ready = self._wait(START_SECONDS, tick) == READY
        if not self.ready:
            self.close()
            raise _not_started()

    def _wait(self, seconds: float, tick: Callable[[], None]) -> bytes | None:
        """The next frame, or None when there will be none. Raises `TimeoutError`."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                return self.answers.get(timeout=min(left, TICK_SECONDS))
            except queue.Empty:
                tick()
        raise TimeoutError

    def _bury(self) -> DeadError:
        try:
            code = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:  # alive, but what it says is no answer
            code = 0
        self.close()
        if code == OUT_OF_MEMORY:
            return DeadError(f"takes more than {self.memory_bytes / 2**30:.2g} GiB of memory", lasting=True)
        # SIGKILL is what systems send that are short of memory; every other end has its cause in the file.
        return DeadError("ends the process that does it", lasting=code != -9)


def _collect(stream: IO[bytes], answers: queue.SimpleQueue[bytes | None]) -> None:
    with stream:
        while (frame := read_frame(stream)) is not None:
            answers.put(frame)
    answers.put(None)


def _not_started() -> TransientError:
    return TransientError(
        "The process that reads models does not start.",
        f"Try `{Path(sys.executable or 'python').name} -c 'import onnx'` with the Python of this site.",
    )
