"""Files of the cards folder, which may be anything: whether they may be read, and their text."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path

from cardwright.problem import Mark, Problem

MAX_FILE_BYTES = 4_000_000


def is_inside(path: Path, folder: Path) -> bool:
    """Whether `path` is a regular file that, links followed, lies in `folder`."""
    plain = _is_plainly_inside(os.fspath(path), os.fspath(folder))
    if plain is not None:
        return plain
    try:
        return path.is_file() and path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        return False


def _is_plainly_inside(path: str, folder: str) -> bool | None:
    """The same where no link and no `..` is on the way from the folder to the file, as nearly always; else None."""
    if not path.startswith(f"{folder}/"):
        return None
    at = folder
    mode = 0
    for step in path[len(folder) + 1 :].split("/"):
        if step == "..":
            return None
        at = f"{at}/{step}"
        try:
            mode = os.lstat(at).st_mode
        except (OSError, ValueError):
            return False
        if stat.S_ISLNK(mode):
            return None
    return stat.S_ISREG(mode)


def is_nameable(path: Path) -> bool:
    """Whether an address can have this name: on Linux a name may be any bytes, in an address it is UTF-8."""
    try:
        path.as_posix().encode()
    except UnicodeEncodeError:
        return False
    return True


def readable_name(path: Path) -> str:
    """A name that is no UTF-8, as far as it can be written."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def read_file(path: Path, name: str) -> tuple[str, tuple[Problem, ...]]:
    """The text of a file, which messages call `name`; an empty one and a problem when it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        return "", (Problem(name, Mark(), "", f"cannot be read: {error.strerror}", "check its permissions"),)
    if len(data) > MAX_FILE_BYTES:
        return "", (Problem(name, Mark(), "", f"larger than {MAX_FILE_BYTES:,} bytes", "shorten the card"),)
    return decode_text(data, name)


def decode_text(data: bytes, name: str) -> tuple[str, tuple[Problem, ...]]:
    """The text of a file, which may be anything; what cannot be read of it is replaced and said."""
    hint = "save the file as UTF-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace"), (Problem(name, Mark(), "", "UTF-16 and not UTF-8", hint, "warning"),)
    try:
        text, bad = data.decode("utf-8"), data.find(b"\0")
    except UnicodeDecodeError as error:
        text, bad = data.decode("utf-8", "replace"), error.start
    if bad < 0:
        return text, ()
    line_start = data.rfind(b"\n", 0, bad) + 1
    mark = Mark(data.count(b"\n", 0, bad) + 1, len(data[line_start:bad].decode("utf-8", "replace")) + 1)
    return text, (Problem(name, mark, "", "not UTF-8 here", hint, "warning"),)
