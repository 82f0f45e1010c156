"""The files of a cards folder: on disk, or at a commit. Which of two are the same is told without reading a card."""

from __future__ import annotations

import filecmp
import hashlib
import os
import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from cardwright.diff.repository import MAX_FILES, Repository, TreeFile
from cardwright.diff.values import DiffError
from cardwright.facts import Facts, Inspector
from cardwright.sources.files import MAX_FILE_BYTES, is_inside

MAX_TAKEN_BYTES = 8 * 1024**3
"""Of models, from one commit."""
MODEL = ".onnx"
_SKIPPED = {".git", "node_modules", "__pycache__"}
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-\S+ \S+\n)*oid sha256:([0-9a-f]{64})\nsize (\d{1,15})\n?"
)
_MAX_POINTER_BYTES = 1024


class Tree(ABC):
    """A cards folder."""

    root: Path
    """Where it is on disk, as far as `fill` put it there."""
    files: Mapping[str, TreeFile]
    """By path, with forward slashes."""

    @abstractmethod
    def fill(self, paths: Iterable[str], known: Callable[[str], Path | None]) -> None:
        """Put these files below `root`. `known` names a file on disk that is the same, where there is one."""

    @abstractmethod
    def read(self, path: str) -> bytes:
        """The bytes of a small file."""

    @abstractmethod
    def inspect(self, inspector: Inspector, path: Path, dims: Mapping[str, int], folder: Path) -> Facts:
        """What a model file holds. Raises `FactsError`."""

    def find_pointer(self, path: str) -> tuple[str, int] | None:
        """SHA-256 and size of the file for which a Git LFS pointer stands; None for what is none."""
        if self.files[path].size > _MAX_POINTER_BYTES:
            return None
        match = _POINTER.fullmatch(self.read(path))
        return (match[1].decode(), int(match[2])) if match else None


class Folder(Tree):
    """A folder on disk."""

    def __init__(self, root: Path) -> None:
        """Raises `DiffError` when it holds more files than can be compared."""
        self.root = root
        self.files = {}
        for path in _walk(root):
            with suppress(OSError):
                self.files[path.relative_to(root).as_posix()] = TreeFile(path.stat().st_size)
            if len(self.files) > MAX_FILES:
                raise DiffError(f"more than {MAX_FILES:,} files in the folder of the cards")

    def fill(self, paths: Iterable[str], known: Callable[[str], Path | None]) -> None:
        """They are there."""

    def read(self, path: str) -> bytes:
        try:
            with (self.root / path).open("rb") as file:
                return file.read(_MAX_POINTER_BYTES + 1)
        except OSError:
            return b""

    def inspect(self, inspector: Inspector, path: Path, dims: Mapping[str, int], folder: Path) -> Facts:
        return inspector.inspect(path, dims, folder)


class Snapshot(Tree):
    """A folder at a commit. Only what is asked for is taken out of git; of what is only looked at, just the size."""

    def __init__(self, repository: Repository, tree: str, root: Path) -> None:
        self.root = root
        self.root.mkdir()
        self.files = repository.list_files(tree) if tree else {}
        self._repository = repository
        self._elsewhere: dict[Path, Path] = {}
        self._taken_bytes = 0

    def fill(self, paths: Iterable[str], known: Callable[[str], Path | None]) -> None:
        for path in sorted(paths):
            target = self.root / path
            with suppress(OSError, ValueError):  # no file system has such a name, or another file has it
                if not target.exists():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    self._place(path, target, known)

    def _place(self, path: str, target: Path, known: Callable[[str], Path | None]) -> None:
        file, is_model = self.files[path], path.lower().endswith(MODEL)
        pointer = self.find_pointer(path)
        size = pointer[1] if pointer else file.size
        same = known(path) if is_model and size > MAX_FILE_BYTES else None
        stored = self._find_stored(pointer) if pointer and is_model and not same else None
        if stored:
            shutil.copyfile(stored, target)
        elif not same and (file.size <= MAX_FILE_BYTES or is_model):
            self._taken_bytes += file.size
            if self._taken_bytes > MAX_TAKEN_BYTES:
                raise DiffError(f"more than {MAX_TAKEN_BYTES // 1024**3} GB of models changed: compare folders instead")
            self._repository.write(file.id, target)
        else:
            with target.open("xb") as empty:
                empty.truncate(size)  # takes no room on disk
            if same:
                self._elsewhere[target] = same.resolve()

    def _find_stored(self, pointer: tuple[str, int]) -> Path | None:
        """Where Git LFS keeps the file in this clone."""
        sha256, size = pointer
        path = self._repository.lfs_objects / sha256[:2] / sha256[2:4] / sha256
        return path if is_inside(path, self._repository.lfs_objects) and path.stat().st_size == size else None

    def read(self, path: str) -> bytes:
        return self._repository.read(self.files[path].id)

    def inspect(self, inspector: Inspector, path: Path, dims: Mapping[str, int], folder: Path) -> Facts:
        same = self._elsewhere.get(path)
        return inspector.inspect(same or path, dims, same.parent if same else folder)


def is_same(one: Tree, path: str, other: Tree, other_path: str) -> bool:
    """Whether two files have the same bytes, or are a file and the Git LFS pointer to it."""
    first, second = one.files[path], other.files[other_path]
    if first.id and second.id:
        return first.id == second.id
    if first.size != second.size:
        return _is_pointed_at(one, path, other, other_path) or _is_pointed_at(other, other_path, one, path)
    try:
        if first.id:
            return _hash_blob(other.root / other_path, second.size, first.id) == first.id
        if second.id:
            return _hash_blob(one.root / path, first.size, second.id) == second.id
        return filecmp.cmp(one.root / path, other.root / other_path, shallow=False)
    except OSError:
        return False


def find_changed(one: Tree, other: Tree) -> frozenset[str]:
    """Paths of files that are in one of them, or not the same."""
    both = one.files.keys() & other.files.keys()
    return frozenset((one.files.keys() ^ other.files.keys()) | {p for p in both if not is_same(one, p, other, p)})


def _is_pointed_at(pointing: Tree, pointer_path: str, tree: Tree, path: str) -> bool:
    pointer = pointing.find_pointer(pointer_path)
    if not pointer or tree.files[path].id or tree.files[path].size != pointer[1]:
        return False
    try:
        with (tree.root / path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == pointer[0]
    except OSError:
        return False


def _hash_blob(path: Path, size: int, like: str) -> str:
    """Git's name for the bytes of a file, by the hash that its other names have."""
    digest = hashlib.new("sha1" if len(like) == 40 else "sha256", f"blob {size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as file:
        while piece := file.read(1024 * 1024):
            digest.update(piece)
    return digest.hexdigest()


def _walk(root: Path) -> Iterator[Path]:
    """Regular files, also links to such in the folder; linked folders are not entered, as nowhere else."""
    for folder, names, files in os.walk(root, onerror=None, followlinks=False):
        names[:] = sorted(name for name in names if name not in _SKIPPED)
        yield from (path for name in files if is_inside(path := Path(folder, name), root))
