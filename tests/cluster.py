"""A Dask cluster of real processes, and a server of models that answers Range requests and can be made to fail."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from distributed import Client

ROOT = Path(__file__).parent.parent
_PART = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass
class Cluster:
    """A scheduler, and workers by the order in which they were started."""

    address: str
    workers: list[subprocess.Popen[bytes]]

    def kill(self, number: int) -> None:
        """End a worker as a machine that loses power does."""
        self.workers[number].send_signal(signal.SIGKILL)


@contextmanager
def start_cluster(folder: Path, workers: int = 2, threads: int = 1, **environment: str) -> Iterator[Cluster]:
    """A scheduler and workers, each a process without anything that would start it again."""
    env = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT / "hooks"), *sys.path)), **environment}
    told = folder / "scheduler.json"

    def start(kind: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--no-dashboard", *options]
        return subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    given = ("--scheduler-file", str(told), "--host", "127.0.0.1")
    started = [start("scheduler", *given, "--port", "0")]
    try:
        quick = ("--no-nanny", "--nthreads", str(threads), "--death-timeout", "60", "--local-directory", str(folder))
        started += [start("worker", *given, *quick) for _ in range(workers)]
        _wait(told.is_file)
        with Client(scheduler_file=str(told), set_as_default=False, timeout=60) as client:
            client.wait_for_workers(workers, timeout=60)
            address = client.scheduler_info()["address"]
        yield Cluster(f"dask://{address.partition('://')[2]}", started[1:])
    finally:
        for process in started:
            process.kill()
        for process in started:
            process.wait()


def _wait(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.02)


@dataclass
class Models:
    """What the server has, by path, and what was asked of it."""

    files: dict[str, bytes]
    asked: Counter[str] = field(default_factory=Counter)
    bytes_sent: int = 0
    before: Callable[[str], int] = lambda path: 0
    """Called before each answer: the status to fail with, or 0."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    etags: dict[str, str] = field(default_factory=dict)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 20
    models: Models

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        models = self.models
        with models.lock:
            models.asked[path] += 1
        status = models.before(path)
        content = models.files.get(path)
        if status or content is None:
            return self._give(status or 404, b"", {})
        part = _PART.fullmatch(self.headers.get("Range", ""))
        assert part, "only parts are asked for"
        first = int(part[1])
        given = content[first : int(part[2]) + 1]
        with models.lock:
            models.bytes_sent += len(given)
            if path not in models.etags:
                models.etags[path] = sha256(content).hexdigest()[:16]
        place = f"bytes {first}-{first + len(given) - 1}/{len(content)}"
        self._give(206, given, {"Content-Range": place, "ETag": f'"{models.etags[path]}"'})

    def _give(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *values: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: who asks may be killed at any time."""


@contextmanager
def serve_models(files: dict[str, bytes]) -> Iterator[tuple[str, Models]]:
    """An address, and what stands behind it."""
    models = Models(files)
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"models": models}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", models
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
