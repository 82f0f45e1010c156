"""A GitHub to run workflows against: the calls of its REST API that ours make, and tokens that have rights."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

REPOSITORY = "owner/models"
BOT = {"login": "github-actions[bot]", "type": "Bot"}


@dataclass
class GitHub:
    """What one GitHub knows of the repository, and where it publishes Pages."""

    pages: Path
    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    runs: list[dict[str, Any]] = field(default_factory=list)
    zips: dict[int, bytes] = field(default_factory=dict)
    artifacts: list[dict[str, Any]] = field(default_factory=list)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    rights: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """Of each token: what its job may do."""
    broken: bool = False
    """Whether it answers nothing but 500."""
    url: str = ""

    def get_pull(self, number: int) -> dict[str, Any]:
        pull = self.pulls[number]
        return {
            "number": number,
            "html_url": f"https://github.com/{REPOSITORY}/pull/{number}",
            "head": {"sha": pull["sha"], "repo": {"id": pull["repo"]}},
        }

    def list_pulls(self, query: dict[str, str]) -> list[dict[str, Any]]:
        known = (number for number, pull in self.pulls.items() if pull["open"] == (query["state"] == "open"))
        return take_page([self.get_pull(number) for number in sorted(known, reverse=True)], query)

    def list_files(self, query: dict[str, str], number: str) -> list[dict[str, str]]:
        return take_page([{"filename": name} for name in self.pulls[int(number)]["changed"]], query)

    def list_runs(self, query: dict[str, str]) -> dict[str, Any]:
        return {"workflow_runs": [run for run in self.runs if run["head_sha"] == query["head_sha"]]}

    def list_artifacts(self, query: dict[str, str], run: str) -> dict[str, Any]:
        return {"artifacts": [each for each in self.artifacts if each["workflow_run"]["id"] == int(run)]}

    def list_comments(self, query: dict[str, str], number: str) -> list[dict[str, Any]]:
        return take_page(self.comments.get(int(number), []), query)

    def add_comment(self, query: dict[str, str], number: str, body: str) -> dict[str, Any]:
        comments = self.comments.setdefault(int(number), [])
        comments.append({"id": int(number) * 1000 + len(comments), "body": body, "user": BOT})
        return comments[-1]

    def change_comment(self, query: dict[str, str], identifier: str, body: str) -> dict[str, Any]:
        comment = next(each for some in self.comments.values() for each in some if each["id"] == int(identifier))
        assert comment["user"] == BOT, "a comment of someone else"
        comment["body"] = body
        return comment


def take_page(items: list[Any], query: dict[str, str]) -> list[Any]:
    """Lists come in pages."""
    size, page = int(query.get("per_page", 30)), int(query.get("page", 1))
    return items[size * (page - 1) : size * page]


CALLS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    # Method, path below the repository, right that the token needs, what answers.
    ("GET", r"", "", lambda github, query: {"default_branch": "main"}),
    ("GET", r"/pulls", "pull-requests: read", GitHub.list_pulls),
    ("GET", r"/pulls/(\d+)/files", "pull-requests: read", GitHub.list_files),
    ("GET", r"/actions/workflows/ci\.yml/runs", "actions: read", GitHub.list_runs),
    ("GET", r"/actions/runs/(\d+)/artifacts", "actions: read", GitHub.list_artifacts),
    ("GET", r"/issues/(\d+)/comments", "pull-requests: read", GitHub.list_comments),
    ("POST", r"/issues/(\d+)/comments", "pull-requests: write", GitHub.add_comment),
    ("PATCH", r"/issues/comments/(\d+)", "pull-requests: write", GitHub.change_comment),
)


class Handler(SimpleHTTPRequestHandler):
    def __init__(self, github: GitHub, *given: Any) -> None:
        self.github = github
        super().__init__(*given, directory=str(github.pages))

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def do_PATCH(self) -> None:
        self.answer()

    def log_message(self, format: str, *values: Any) -> None:
        pass

    def answer(self) -> None:
        address = urlsplit(self.path)
        if address.path.startswith("/pages/"):
            self.path = self.path.removeprefix("/pages")
            super().do_GET()
        elif address.path.startswith("/blobs/"):
            # GitHub keeps artifacts on another host, which must not get the token.
            leaked = "Authorization" in self.headers
            self.write(*((400, b"") if leaked else (200, self.github.zips[int(address.path.rpartition("/")[2])])))
        else:
            self.call(address.path.removeprefix(f"/repos/{REPOSITORY}"), parse_qs(address.query))

    def call(self, path: str, query: dict[str, list[str]]) -> None:
        rights = self.github.rights.get(self.headers.get("Authorization", "").removeprefix("Bearer "), {})
        if self.github.broken:
            return self.write(500, b"")
        if (artifact := re.fullmatch(r"/actions/artifacts/(\d+)/zip", path)) and "actions" in rights:
            port = urlsplit(self.github.url).port
            self.send_response(302)
            self.send_header("Location", f"http://localhost:{port}/blobs/{artifact[1]}")
            return self.end_headers()
        for method, pattern, right, call in CALLS:
            match = re.fullmatch(pattern, path)
            if match and method == self.command:
                name, _, level = right.partition(": ")
                if right and rights.get(name) not in (level, "write"):
                    return self.write(403, b"")
                length = int(self.headers.get("Content-Length") or 0)
                given = [json.loads(self.rfile.read(length))["body"]] if length else []
                plain = {key: values[0] for key, values in query.items()}
                return self.write(200, json.dumps(call(self.github, plain, *match.groups(), *given)).encode())
        return self.write(404, b"")

    def write(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serve(pages: Path) -> Iterator[GitHub]:
    """A GitHub that answers until the end of the block."""
    pages.mkdir(parents=True)
    github = GitHub(pages)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, github)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        github.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield github
        server.shutdown()
