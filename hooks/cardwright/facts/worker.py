"""The child process that looks into models: what a hostile file crashes or hangs is this process, not the build.

It reads jobs from its standard input and writes answers to its standard output, each a frame: eight bytes of length,
then the bytes. A job is a JSON object, an answer one byte that says which kind it is, then JSON or a model. It ends
when its input does, so that it never outlives the build.
"""

from __future__ import annotations

import faulthandler
import gc
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from .files import FileError, Stamp, State, TransientError
from .values import FactsError

READY, RESULT, CONTENT_ERROR, FILE_ERROR, TRANSIENT_ERROR = b"R", b"+", b"-", b"!", b"~"
OUT_OF_MEMORY = 77
"""Exit code."""
SLACK_SECONDS = 2
"""A job that takes so much longer than allowed ends the process; by then the build has ended it, or is gone."""
MAX_FRAME_BYTES = 256 * 1024 * 1024


def write_frame(stream: IO[bytes], content: bytes) -> None:
    """Raises `OSError` when nobody reads any more."""
    stream.write(len(content).to_bytes(8, "big") + content)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next frame, None at the end of the stream or when what comes is none."""
    head = stream.read(8)
    length = int.from_bytes(head, "big")
    if len(head) < 8 or length > MAX_FRAME_BYTES:
        return None
    content = stream.read(length)
    return content if len(content) == length else None


def serve(memory_bytes: int) -> None:
    """Answer jobs until there are no more. Runs in the child process alone."""
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):  # what libraries print must neither mix with answers nor reach the terminal
        os.dup2(null, descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the build ends this process
    importlib.import_module(f"{__package__}.inspection")
    gc.freeze()  # what onnx brings along stays
    _set_limits(memory_bytes)
    write_frame(answers, READY)
    while (frame := read_frame(jobs)) is not None:
        job = json.loads(frame)
        # A thread of C: it also ends what hangs inside a library, and on every system.
        faulthandler.dump_traceback_later(job["seconds"] + SLACK_SECONDS, exit=True, file=null)
        answer = _answer(job)
        faulthandler.cancel_dump_traceback_later()
        write_frame(answers, answer)


def _answer(job: Mapping[str, Any]) -> bytes:
    try:
        return RESULT + _TASKS[job["task"]](job)
    except FactsError as error:
        kind = TRANSIENT_ERROR if isinstance(error, TransientError) else FILE_ERROR
        kind = kind if isinstance(error, FileError) else CONTENT_ERROR
        message, hint = error.message, error.hint
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception as error:  # the bytes are hostile until proven otherwise: a page must still be built
        kind = CONTENT_ERROR
        message = f"The model could not be read: {type(error).__name__} while counting."
        hint = "This is a fault of Cardwright, please report it with the file."
    return kind + json.dumps([message, hint]).encode()


def _count(job: Mapping[str, Any]) -> bytes:
    from .inspection import inspect_here

    facts = inspect_here(
        Path(job["path"]),
        job["dims"],
        stamp=Stamp(*job["stamp"]),
        sha256=job["sha256"],
        no_shapes_because=job["no_shapes_because"],
    )
    return json.dumps(facts.to_json()).encode()


def _count_url(job: Mapping[str, Any]) -> bytes:
    from .inspection import look_here

    known = State(*job["known"]) if job["known"] else None
    facts, found = look_here(job["url"], job["dims"], job["no_shapes_because"], known, job["whole"])
    state = [found.state.size_bytes, found.state.version]
    answer = {"facts": facts.to_json() if facts else None, "state": state, "bytes_read": found.bytes_read}
    return json.dumps(answer).encode()


def _copy(job: Mapping[str, Any]) -> bytes:
    from .reader import make_lean_copy

    return make_lean_copy(Path(job["path"]), Stamp(*job["stamp"]))


_TASKS: Mapping[str, Callable[[Mapping[str, Any]], bytes]] = {
    "facts": _count,
    "facts of url": _count_url,
    "lean copy": _copy,
}


def _set_limits(memory_bytes: int) -> None:
    """No more address space than `memory_bytes` above today's, and no core dumps; where the system can."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + memory_bytes
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (OSError, ValueError):  # macOS: its address spaces begin far above any limit
        return
