"""Parts of a file on the web, by HTTP Range requests over one connection. Only `cardwright inspect` comes here."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import SplitResult, unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from .blocks import BLOCK_BYTES, Blocks
from .files import FileError, TransientError, shown
from .values import FactsError

TIMEOUT_SECONDS = 20
"""For a connection, and for each piece of an answer."""
_MAX_REDIRECTS = 5
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")
_DOWNLOAD = "Download the file, and inspect it then."
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers of servers that are busy."""
_CONNECTIONS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


@contextmanager
def open_url(url: str) -> Iterator[tuple[str, Blocks]]:
    """The name of the file at an http(s) address for messages, and its blocks. Raises `FactsError`.

    `Blocks.read` raises `OSError` when the connection fails, or the file is not the same any more.
    """
    try:
        name = shown(unquote(urlsplit(url).path.rpartition("/")[2]) or "the file")
    except ValueError as error:
        raise FileError(f"{shown(url)} is no address: {_reason(error)}.", "Check the address.") from error
    source = _Source(url, name)
    try:
        yield name, Blocks(source.size_bytes, source.fetch, source.version or "", source.first)
    finally:
        source.close()


class _Source:
    """One file on the web, its address after all redirects, and the connection to there."""

    def __init__(self, url: str, name: str) -> None:
        self.name = name
        self.connection: http.client.HTTPConnection | None = None
        self.size_bytes, self.version, self.first = self._open(url)

    def close(self) -> None:
        if self.connection:
            self.connection.close()
        self.connection = None

    def fetch(self, offset: int, length: int) -> bytes:
        try:
            return self._part(offset, length)
        except http.client.HTTPException as error:
            raise OSError(f"the connection failed: {_reason(error)}") from error

    def _part(self, offset: int, length: int) -> bytes:
        response = self._get(offset, length)
        if response.status != 206:
            raise OSError(f"the server answers {response.status} to a part of the file")
        start, size_bytes = _read_range(response)
        if (size_bytes, _version(response)) != (self.size_bytes, self.version):
            raise OSError("it was changed while it was read")
        content = _read(response, length)
        if start != offset or len(content) != length:
            raise OSError("the server gives another part than asked for")
        return content

    def _open(self, url: str) -> tuple[int, str | None, bytes]:
        """Follow redirects up to the file: its size, what tells its state, and its first block."""
        for _ in range(_MAX_REDIRECTS + 1):
            try:
                self._aim(url)
                response = self._get(0, BLOCK_BYTES)
                if response.status == 206:
                    start, size_bytes = _read_range(response)
                    content = _read(response, BLOCK_BYTES)
                    if start != 0 or len(content) != min(BLOCK_BYTES, size_bytes):
                        raise OSError("the server gives another part than asked for")
                    return size_bytes, _version(response), content
            except (OSError, ValueError, http.client.HTTPException) as error:
                kind = FileError if isinstance(error, ValueError) else TransientError
                raise kind(f"{self.name} cannot be had: {_reason(error)}.", "Check the address.") from error
            location = response.headers.get("Location")
            if response.status not in (301, 302, 303, 307, 308) or not location:
                raise self._refused(response.status, response.reason)
            url = urljoin(url, location)
        raise FileError(f"{self.name} cannot be had: there are too many redirects.", "Check the address.")

    def _refused(self, status: int, reason: str) -> FactsError:
        if status == 200:
            return FileError(
                f"{self.name} cannot be read in parts: the server has no Range requests, only the whole file.",
                _DOWNLOAD,
            )
        if status == 416:
            return FileError(f"{self.name} is empty.", "Check the address.")
        kind = TransientError if status in _TRANSIENT else FileError
        return kind(
            f"{self.name} cannot be had: the server answers {status} {shown(reason)}".rstrip() + ".",
            "Check the address; what needs a login has to be downloaded first.",
        )

    def _aim(self, url: str) -> None:
        """Connect to where `url` leads."""
        parts = urlsplit(url)
        if parts.scheme not in _CONNECTIONS or not parts.hostname:
            raise ValueError("only http and https addresses are read")
        self.close()
        self.connection, self.target = _connect(parts)

    def _get(self, offset: int, length: int) -> http.client.HTTPResponse:
        headers = {
            "Range": f"bytes={offset}-{offset + length - 1}",
            "Accept-Encoding": "identity",
            "User-Agent": "cardwright",
        }
        assert self.connection is not None
        for attempt in (0, 1):  # servers close connections that they have kept for long
            try:
                self.connection.request("GET", self.target, headers=headers)
                return self.connection.getresponse()
            except (http.client.HTTPException, ConnectionError):
                self.connection.close()
                if attempt:
                    raise
        raise AssertionError


def _connect(parts: SplitResult) -> tuple[http.client.HTTPConnection, str]:
    """A connection, through the proxy that the environment names if it does, and what to ask it for."""
    assert parts.hostname is not None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kind, host, port = _CONNECTIONS[parts.scheme], parts.hostname, parts.port
    proxy = "" if proxy_bypass(host) else getproxies().get(parts.scheme, "")
    if not proxy:
        return kind(host, port, timeout=TIMEOUT_SECONDS), _quoted(target)
    via = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    connection = kind(via.hostname or "", via.port or 80, timeout=TIMEOUT_SECONDS)
    if parts.scheme == "https":
        connection.set_tunnel(host, port or 443)
        return connection, _quoted(target)
    return connection, _quoted(f"http://{parts.netloc.rpartition('@')[2]}{target}")


def _quoted(target: str) -> str:
    """An address as it may stand in a request: what is no ASCII, a space or a control is escaped."""
    return "".join(c if "!" <= c <= "~" else "".join(f"%{byte:02X}" for byte in c.encode()) for c in target)


def _read_range(response: http.client.HTTPResponse) -> tuple[int, int]:
    """Where the part begins, and the size of the whole file."""
    match = _RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    if not match:
        raise OSError("the server does not say which part of the file it gives")
    return int(match[1]), int(match[3])


def _version(response: http.client.HTTPResponse) -> str | None:
    return response.headers.get("ETag") or response.headers.get("Last-Modified")


def _read(response: http.client.HTTPResponse, most: int) -> bytes:
    """At most `most` bytes of the answer, which must end there: the connection is used again."""
    content = response.read(most)
    if response.read(1):
        raise OSError("the server gives more than asked for")
    return content


def _reason(error: Exception) -> str:
    return shown(getattr(error, "strerror", None) or str(error) or type(error).__name__)
