"""Models on the web, read in parts from a server of our own."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cardwright.facts import Facts, FactsError, inspect_url, remote
from cardwright.facts.inspection import inspect_here, inspect_url_here
from tests.facts_wire import field, tensor

MODEL = Path(__file__).parent.parent / "cards/mobilenetv2/model.onnx"
LARGE = MODEL.read_bytes() + b"".join(field(7, field(5, tensor(field(9, bytes(1_000_000))))) for _ in range(40))
PARTS = re.compile(r"bytes=(\d+)-(\d+)")
Answer = Callable[["Handler", int, int], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5
    wbufsize = 1 << 20  # one packet an answer, or each waits for the last one to be acknowledged
    server: "Server"

    def do_GET(self) -> None:
        first, last = map(int, PARTS.fullmatch(self.headers["Range"]).groups())  # type: ignore[union-attr]
        self.server.requests.append((first, last))
        self.server.answer(self, first, last)

    def give(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def part(self, first: int, last: int, content: bytes = LARGE, **headers: str) -> None:
        given = content[first : last + 1]
        place = f"bytes {first}-{first + len(given) - 1}/{len(content)}"
        self.give(206, given, **{"Content_Range": place, "ETag": '"one"', **headers})

    def nonsense(self) -> None:
        self.wfile.write(b"nonsense\r\n\r\n")
        self.close_connection = True

    def log_message(self, format: str, *values: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.requests: list[tuple[int, int]] = []
        self.connections = 0

    def process_request(self, *given: object) -> None:
        self.connections += 1
        super().process_request(*given)  # type: ignore[arg-type]


@contextmanager
def serve(answer: Answer) -> Iterator[tuple[str, Server]]:
    server = Server(answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/some/model.onnx?x=1", server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


def expected(tmp_path: Path) -> Facts:
    path = tmp_path / "model.onnx"
    path.write_bytes(LARGE)
    return inspect_here(path, {})


def test_parts_are_enough(tmp_path: Path) -> None:
    known = expected(tmp_path)
    with serve(Handler.part) as (url, server):
        facts = inspect_url(url)
    assert (facts.depth, facts.parameters, facts.size_bytes) == (known.depth, known.parameters, len(LARGE))
    assert (facts.macs, facts.layers, facts.sha256) == (known.macs, known.layers, "")
    assert facts.warnings == ("SHA-256: not known, for that the whole file would have to be fetched", *known.warnings)
    assert len(server.requests) < 60 and server.connections == 1
    assert sum(last - first + 1 for first, last in server.requests) < len(LARGE) / 40


def test_dims_are_used() -> None:
    with serve(Handler.part) as (url, _):
        once, twice = inspect_url_here(url, {}), inspect_url_here(url, {"batch": 2})
    assert once.macs and twice.macs == 2 * once.macs


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(status: int) -> None:
    def answer(handler: Handler, first: int, last: int) -> None:
        if "moved" in handler.path:
            handler.part(first, last)
        else:
            handler.give(status, b"elsewhere", Location="/moved/it?a=b c")

    with serve(answer) as (url, server):
        assert inspect_url_here(url, {}).depth == 53
    assert server.requests[:2] == [(0, 16383)] * 2 and server.requests[2] != (0, 16383)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda h, a, b: h.give(200, LARGE), "no Range requests"),
        (lambda h, a, b: h.give(404, b"none"), "answers 404"),
        (lambda h, a, b: h.give(403, b"", X="\x1b"), "answers 403"),
        (lambda h, a, b: h.give(416, b"", Content_Range="bytes */0"), "is empty"),
        (lambda h, a, b: h.give(302, b"", Location=h.path), "too many redirects"),
        (lambda h, a, b: h.give(302, b"", Location="file:///etc/passwd"), "only http and https"),
        (lambda h, a, b: h.give(302, b"", Location="ftp://127.0.0.1/x"), "only http and https"),
        (lambda h, a, b: h.give(302, b""), "answers 302"),
        (lambda h, a, b: h.give(206, LARGE[a : b + 1]), "does not say which part"),
        (lambda h, a, b: h.part(a + 5, b + 5), "another part"),
        (lambda h, a, b: h.part(a, b + 9), "more than asked for"),
        (lambda h, a, b: h.part(a, b if a == 0 else b - 1), "another part"),
        (lambda h, a, b: h.part(a, b, ETag='"one"' if a == 0 else '"two"'), "was changed while it was read"),
        (lambda h, a, b: h.part(a, b, LARGE if a == 0 else LARGE[:-1]), "was changed while it was read"),
        (lambda h, a, b: h.part(a, b) if a == 0 else h.give(503), "answers 503"),
        (lambda h, a, b: h.nonsense(), "cannot be"),
        (lambda h, a, b: h.part(a, b, b"<!DOCTYPE html><html>"), "web page"),
        (lambda h, a, b: h.part(a, b, LARGE[:-1]), "not a readable ONNX model"),
    ],
)
def test_what_servers_do(answer: Answer, words: str) -> None:
    with serve(answer) as (url, _), pytest.raises(FactsError, match=words) as caught:
        inspect_url_here(url, {})
    assert caught.value.message.isprintable() and caught.value.hint


def test_connection_that_was_closed_is_opened_again() -> None:
    def answer(handler: Handler, first: int, last: int) -> None:
        handler.part(first, last)
        handler.close_connection = len(handler.server.requests) % 5 == 0  # without a word about it

    with serve(answer) as (url, server):
        assert inspect_url_here(url, {}).depth == 53
    assert server.connections > 3


def test_slow_server(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setattr(remote, "TIMEOUT_SECONDS", 0.2)
    with serve(lambda handler, first, last: [done.wait(10)].clear()) as (url, _):
        with pytest.raises(FactsError, match="timed out"):
            inspect_url_here(url, {})
        done.set()


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http://[::1",
        "http://127.0.0.1:1/x.onnx",
        "http://127.0.0.1:99999/",
        "http://a\0b/",
        "http://\ud800/x",
    ],
)
def test_no_address(url: str) -> None:
    with pytest.raises(FactsError) as caught:
        inspect_url_here(url, {})
    assert caught.value.message.isprintable()


def test_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(handler: Handler, first: int, last: int) -> None:
        asked.append(handler.path)
        handler.part(first, last)

    with serve(answer) as (url, _):
        monkeypatch.delenv("no_proxy")
        monkeypatch.setenv("http_proxy", url.partition("/some")[0])
        assert inspect_url_here("http://models.example/a/model.onnx", {}).depth == 53
    assert set(asked) == {"http://models.example/a/model.onnx"}
