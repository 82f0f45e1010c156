"""A folder that changes whole or not at all: it is filled beside its place, and exchanged with what stands there.

    site/              what readers see, until the last moment
    .site.3f9a.new/    what a build fills; gone at its end, or when the next build finds it without a build

Whoever fills such a folder holds a lock on it, which ends with the process. So a build that was killed leaves a folder
that the next one may remove, and two builds at once never touch each other's.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: what a killed build leaves stays until somebody removes it
    fcntl = None  # type: ignore[assignment]

_NEW, _OLD = ".new", ".old"


@dataclass(frozen=True, slots=True)
class Beside:
    """A folder in the making."""

    folder: Path
    target: Path
    """Where it will stand; no link."""
    inside: bool
    """Whether it stands in the target, because that cannot be exchanged itself: then its entries are, one by one."""
    lock: int
    """A file descriptor."""


def open_beside(target: Path) -> Beside:
    """An empty folder that can take the place of `target`; what builds that were killed left is removed.

    Raises `OSError` when neither can be written.
    """
    target = target.resolve()
    _recover(target)
    if target.exists() and not os.access(target, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    inside = target.is_dir() and (target.is_mount() or not os.access(target.parent, os.W_OK | os.X_OK))
    parent = target if inside else target.parent
    parent.mkdir(parents=True, exist_ok=True)
    for left in _find(parent, target, _NEW):
        _remove_if_left(left)
    while True:
        folder = parent / f".{target.name}.{secrets.token_hex(4)}{_NEW}"
        folder.mkdir()
        with suppress(OSError):  # another build took it for one that was left: once more
            lock = _lock(folder)
            if os.fstat(lock).st_ino == folder.stat().st_ino:
                return Beside(folder, target, inside, lock)
            os.close(lock)


def put_in_place(beside: Beside) -> None:
    """Have the folder stand at its target, with the hidden files of what stood there, and remove the rest of that.

    Raises `OSError`; the target is then what it was.
    """
    target = beside.target
    if beside.inside:
        _put_entries_in_place(beside)
    elif not target.exists():
        beside.folder.rename(target)
    else:
        for hidden in _hidden(target):  # `.git`, `.nojekyll`: MkDocs leaves them where they are
            if not (beside.folder / hidden.name).exists():
                _link(hidden, beside.folder / hidden.name)
        _exchange(beside.folder, target)
    close(beside)


def close(beside: Beside) -> None:
    """Remove what is left beside the target."""
    shutil.rmtree(beside.folder, ignore_errors=True)
    with suppress(OSError):
        os.close(beside.lock)


def _put_entries_in_place(beside: Beside) -> None:
    """What can be done where the folder itself cannot be moved: its entries, each in one step."""
    new = {path.name: path for path in beside.folder.iterdir()}
    for path in new.values():
        place = beside.target / path.name
        if place.exists() or place.is_symlink():
            _exchange(path, place)
        else:
            path.rename(place)
    for path in beside.target.iterdir():
        if path.name not in new and not path.name.startswith("."):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _hidden(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.name.startswith("."))


def _link(source: Path, target: Path) -> None:
    """A copy that shares its files with the source, where that can be: the source is about to go."""
    if source.is_symlink():
        target.symlink_to(source.readlink())
    elif source.is_dir():
        shutil.copytree(source, target, symlinks=True, copy_function=link_file)
    else:
        link_file(source, target)


def link_file(source: Path | str, target: Path | str) -> str:
    """A second name for a file; a copy where there can be none. Raises `OSError`."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return str(target)


def _find(parent: Path, target: Path, ending: str) -> Iterator[Path]:
    return (path for path in parent.glob(f".{target.name}.*{ending}") if path.is_dir())


def _lock(folder: Path) -> int:
    """A descriptor with a lock that ends with the process. Raises `OSError` when another process has it."""
    lock = os.open(folder, os.O_RDONLY)
    if fcntl:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise
    return lock


def _remove_if_left(folder: Path) -> None:
    """Remove a folder that nobody fills any more."""
    if fcntl:
        with suppress(OSError):
            lock = _lock(folder)
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _recover(target: Path) -> None:
    """Put back what a build moved away that was killed before it put the new one there; see `_move_both`."""
    for old in sorted(_find(target.parent, target, _OLD)):
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(target)


def _exchange(folder: Path, target: Path) -> None:
    """Have two folders change places."""
    try:
        _SWAP(os.fsencode(folder), os.fsencode(target))
    except OSError as error:
        if error.errno not in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
            raise
        _move_both(folder, target)


def _move_both(folder: Path, target: Path) -> None:
    """The same in two steps. A build that is killed between them leaves no target: the next one puts the old back."""
    old = folder.with_suffix(_OLD)
    target.rename(old)
    try:
        folder.rename(target)
    except OSError:
        old.rename(target)
        raise
    old.rename(folder)


def _find_swap() -> Callable[[bytes, bytes], None]:
    """The system's own exchange of two paths in one step: Linux `renameat2`, macOS `renamex_np`."""
    if sys.platform == "win32":
        return _no_swap
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        name, before, between, flag = "renamex_np", (), (), 2  # RENAME_SWAP
    else:
        name, before, between, flag = "renameat2", (-100,), (-100,), 2  # AT_FDCWD, RENAME_EXCHANGE
    call = getattr(library, name, None)
    if call is None:
        return _no_swap

    def swap(one: bytes, other: bytes) -> None:
        if call(*before, one, *between, other, flag):
            raise OSError(number := ctypes.get_errno(), os.strerror(number), os.fsdecode(other))

    return swap


def _no_swap(one: bytes, other: bytes) -> None:
    raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))


_SWAP = _find_swap()
