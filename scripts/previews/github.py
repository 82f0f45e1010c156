"""The few calls of GitHub's REST API that previews need: https://docs.github.com/rest. Standard library alone."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

TRIES = 4
SECONDS = 60
PER_PAGE = 100
MAX_JSON_BYTES = 20_000_000


class ApiError(Exception):
    """GitHub did not answer, or not as asked. The message has the address and never the token."""


class TooLargeError(ApiError):
    """The answer has more bytes than were asked for."""


@dataclass(frozen=True, slots=True)
class Api:
    """One repository on one GitHub."""

    url: str
    repository: str
    token: str
    pause: float = 1.0
    """Seconds before a second try; longer before each that follows."""

    def get(self, path: str, **query: str | int) -> Any:
        """The JSON at a path below the repository."""
        return json.loads(self._open("GET", _address(path, query), None, MAX_JSON_BYTES))

    def get_all(self, path: str, key: str = "", most: int = 3000, **query: str | int) -> Iterator[Any]:
        """The items of a list over all its pages, at most `most`; `key` is where an answer has its list."""
        for page in range(1, most // PER_PAGE + 1):
            answer = self.get(path, per_page=PER_PAGE, page=page, **query)
            items = answer[key] if key else answer
            yield from items
            if len(items) < PER_PAGE:
                return

    def download(self, path: str, most_bytes: int) -> bytes:
        """A file. Raises `TooLargeError` when it is larger than `most_bytes`."""
        return self._open("GET", path, None, most_bytes)

    def send(self, method: str, path: str, body: dict[str, str]) -> None:
        """Write something."""
        self._open(method, path, json.dumps(body).encode(), MAX_JSON_BYTES)

    def _open(self, method: str, path: str, body: bytes | None, most_bytes: int) -> bytes:
        address = f"{self.url.rstrip('/')}/repos/{self.repository}/{path}".rstrip("/")
        request = urllib.request.Request(address, data=body, method=method)
        request.add_header("Accept", "application/vnd.github+json")
        request.add_header("X-GitHub-Api-Version", "2022-11-28")
        request.add_header("User-Agent", "cardwright-previews")
        # Not sent along to where GitHub keeps files: that is another host.
        request.add_unredirected_header("Authorization", f"Bearer {self.token}")
        for left in reversed(range(TRIES)):
            try:
                with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                    data: bytes = answer.read(most_bytes + 1)
            except urllib.error.HTTPError as error:
                if not left or error.code not in (429, 500, 502, 503, 504):
                    raise ApiError(f"{method} {address}: {error.code} {error.reason}") from None
            except OSError as error:
                if not left or method == "POST":  # which may have been done: a second one would be a second comment
                    raise ApiError(f"{method} {address}: {error}") from None
            else:
                if len(data) > most_bytes:
                    raise TooLargeError(f"more than {most_bytes:,} bytes")
                return data
            time.sleep(self.pause * (TRIES - left))
        raise AssertionError("the last try returns or raises")


def _address(path: str, query: dict[str, str | int]) -> str:
    return f"{path}?{urllib.parse.urlencode(query)}" if query else path


def api_from_environment() -> Api:
    """The repository in which a workflow runs, with the token of its job."""
    return Api(
        os.environ["GITHUB_API_URL"],
        os.environ["GITHUB_REPOSITORY"],
        os.environ["GITHUB_TOKEN"],
        float(os.environ.get("PREVIEWS_PAUSE", "1")),
    )
