"""Git, asked for what it stores and nothing else: no checkout, so no hooks, filters or attributes of anybody's.

`ls-tree` and `cat-file` give names and bytes as they were committed. Nothing is fetched, and git's own settings that
name programs are turned off, so that a repository that means harm is only read.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Self

from cardwright.diff.values import DiffError

MAX_SECONDS = 60.0
MAX_FILES = 200_000
"""Files of a cards folder; of more, none is compared."""
MAX_LIST_BYTES = 64 * 1024 * 1024
_PIECE = 1024 * 1024

_SAFE = (
    "-c core.fsmonitor=false -c core.hooksPath=/dev/null -c protocol.allow=never -c safe.bareRepository=explicit"
    " --no-optional-locks --no-replace-objects --literal-pathspecs"
).split()
_UNSET = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF", "GIT_TRACE")
"""What git sets for its own hooks: the repository is the one of the folder."""
_SET = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"}


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A file of a cards folder."""

    size: int
    id: str = ""
    """Git's name of its content; empty for a file on disk."""


class Repository:
    """The git repository in which a folder lies; a context manager, which ends git when it is left."""

    def __init__(self, folder: Path) -> None:
        """Raises `DiffError` when the folder is in no repository."""
        self._folder = folder
        self._reader: subprocess.Popen[bytes] | None = None
        found = self._run("rev-parse", "--show-toplevel", "--git-common-dir")
        lines = os.fsdecode(found.stdout).split("\n")
        if found.returncode or len(lines) < 2:
            if b"dubious ownership" in found.stderr:
                raise DiffError(f"git does not read the repository of {folder}, which is another user's")
            raise DiffError(f"{folder} is in no git repository")
        self.top = Path(lines[0])
        self.lfs_objects = (folder / lines[1] / "lfs/objects").resolve()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._reader:
            self._reader.kill()
            self._reader.communicate()
        self._reader = None

    def find_commit(self, revision: str) -> str:
        """The commit that a revision names; empty when there is none."""
        return self._find(f"{revision}^{{commit}}")

    def find_folder(self, commit: str, path: str) -> str:
        """The tree of a folder at a commit, by its path from the top; empty when there is none."""
        found = self._find(f"{commit}:{path}") if path else commit
        return self._find(f"{found}^{{tree}}") if found else ""

    def read_text(self, commit: str, path: str, most: int) -> str | None:
        """A text at a commit; None when there is none, or it is longer than `most` bytes."""
        line = self._run("ls-tree", "-z", "-l", "--full-tree", commit, "--", path).stdout
        found = _read_entries(line)
        file = next(iter(found.values()), None) if set(found) == {path} else None
        if file is None or file[0] not in _FILES or file[1].size > most:
            return None
        return self.read(file[1].id).decode("utf-8-sig", "replace")

    def list_files(self, tree: str) -> Mapping[str, TreeFile]:
        """Every regular file below a tree by its path; a link to one of them is that file. Raises `DiffError`."""
        process = self._start("ls-tree", "-r", "-z", "-l", "--full-tree", tree)
        with process:
            listed = process.stdout.read(MAX_LIST_BYTES + 1) if process.stdout else b""
            if len(listed) > MAX_LIST_BYTES:
                process.kill()
        if len(listed) > MAX_LIST_BYTES or listed.count(b"\0") > MAX_FILES:
            raise DiffError(f"more than {MAX_FILES:,} files in the folder of the cards")
        if process.returncode or _BAD.search(listed):
            raise DiffError("this clone lacks files of that revision: fetch them, a clone with --filter has not all")
        entries = _read_entries(listed)
        links = {path: file for path, (mode, file) in entries.items() if mode == _LINK and file.size < 4096}
        files = {path: file for path, (mode, file) in entries.items() if mode in _FILES}
        for path, link in links.items():
            target = os.path.normpath(PurePosixPath(path).parent / os.fsdecode(self.read(link.id)))
            if (mode_file := entries.get(target)) and mode_file[0] in _FILES:
                files[path] = mode_file[1]
        return files

    def read(self, id: str) -> bytes:
        """The bytes of a small file."""
        return b"".join(self._pieces(id))

    def write(self, id: str, path: Path) -> None:
        """Write the bytes of a file to `path`. Raises `OSError` and `DiffError`."""
        with path.open("xb") as file:
            for piece in self._pieces(id):
                file.write(piece)

    def _pieces(self, id: str) -> _Pieces:
        self._reader = self._reader or self._start("cat-file", "--batch")
        asked, answers = self._reader.stdin, self._reader.stdout
        assert asked
        assert answers
        try:
            asked.write(f"{id}\n".encode())
            asked.flush()
        except OSError:
            raise DiffError("git stopped") from None
        head = answers.readline().split()
        if len(head) != 3:
            raise DiffError(f"this clone lacks the content {id}: fetch it, a clone with --filter has not all")
        return _Pieces(answers, int(head[2]))

    def _find(self, name: str) -> str:
        if "\n" in name or "\0" in name:
            return ""
        found = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", name)
        return found.stdout.decode().strip() if not found.returncode else ""

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                ["git", "-C", str(self._folder), *_SAFE, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=MAX_SECONDS,
                env=_environment(),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DiffError(f"git took more than {MAX_SECONDS:.0f} seconds") from None
        except OSError as error:
            raise DiffError(f"git cannot be run: {error.strerror}") from None

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["git", "-C", str(self._folder), *_SAFE, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )


class _Pieces:
    """An answer of `cat-file --batch`, which must be read to its end: `size` bytes and a line feed."""

    def __init__(self, answers: IO[bytes], size: int) -> None:
        self.answers, self.left = answers, size

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if not self.left:
            self.answers.read(1)
            raise StopIteration
        piece = self.answers.read(min(self.left, _PIECE))
        if not piece:
            raise DiffError("git stopped in the middle of a file")
        self.left -= len(piece)
        return piece


_FILES, _LINK = (b"100644", b"100755", b"100664"), b"120000"
_BAD = re.compile(rb"\d+ blob [0-9a-f]+ +BAD\t")
"""A file that is named and not there."""
_ENTRY = re.compile(rb"(\d+) blob ([0-9a-f]+) +(\d+)\t(.+)", re.DOTALL)


def _read_entries(listed: bytes) -> dict[str, tuple[bytes, TreeFile]]:
    """Mode and file by path. Names that a checkout would refuse are left out, and so are submodules."""
    entries: dict[str, tuple[bytes, TreeFile]] = {}
    for line in listed.split(b"\0"):
        if match := _ENTRY.fullmatch(line):
            path = os.fsdecode(match[4])
            steps = path.split("/")
            if not any(step in ("", ".", "..") or step.casefold() == ".git" for step in steps):
                entries[path] = (match[1], TreeFile(int(match[3]), match[2].decode()))
    return entries


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _UNSET} | _SET
