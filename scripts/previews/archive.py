"""The artifact of a pull request: a zip file that anyone may have made. Looked through whole before a byte is written.

Only regular files below `cards/` and `docs/` are taken. A zip with anything else in it is refused, and not repaired:
ours never has it.
"""

from __future__ import annotations

import io
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from scripts.previews.pulls import is_plain_name

FOLDERS = ("cards", "docs")
MAX_ZIP_BYTES = 250_000_000
MAX_BYTES = 500_000_000
"""Of all files when they are unpacked."""
MAX_FILE_BYTES = 100_000_000
"""GitHub itself takes no larger file into a repository."""
MAX_FILES = 20_000
MAX_NAME_BYTES = 255
MAX_PATH_BYTES = 1_000
MAX_PROBLEMS = 10

_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_CHUNK = 1 << 20
_MEMBER = b"PK\x01\x02"
"""Where a zip lists a member: counted first, since reading a list of millions takes all memory."""


class RefusedError(Exception):
    """A zip that is not taken; `args` are the reasons."""


def unpack(data: bytes, target: Path) -> None:
    """Write the files of a zip below `target`, a new folder. Raises `RefusedError`, and then nothing is there."""
    if (count := data.count(_MEMBER)) > 10 * MAX_FILES:  # those inside of zip files in it count too
        raise RefusedError(f"some {count:,} files, and at most {MAX_FILES:,} are taken")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if problems := list(find_problems(members)):
                raise RefusedError(*problems[:MAX_PROBLEMS], *["and more"] * (len(problems) > MAX_PROBLEMS))
            left = MAX_BYTES
            for member in members:
                if not member.is_dir():
                    left -= _write(archive, member, target / member.filename, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise RefusedError(f"cannot be unpacked: {error}") from None


def find_problems(members: list[zipfile.ZipInfo]) -> Iterator[str]:
    """Why a zip with these members is not taken."""
    if len(members) > MAX_FILES:
        yield f"{len(members):,} files, and at most {MAX_FILES:,} are taken"
        return
    if (total := sum(member.file_size for member in members)) > MAX_BYTES:
        yield f"{total:,} bytes when unpacked, and at most {MAX_BYTES:,} are taken"
    folders: dict[str, str] = {}
    files: dict[str, str] = {}
    for member in members:
        name = member.filename
        wrong = _find_problem(member)
        if wrong:
            yield f"{member.orig_filename!r} {wrong}"
            continue
        steps = name.rstrip("/").split("/")
        above = ["/".join(steps[:length]) for length in range(1, len(steps) + member.is_dir())]
        for folder in above:
            if folders.setdefault(_same(folder), folder) != folder:
                yield f"{name!r} differs from {folders[_same(folder)]!r} only in how it is written"
        if not member.is_dir() and files.setdefault(_same(name), name) is not name:
            yield f"{name!r} is there twice, or differs from {files[_same(name)]!r} only in how it is written"
    for key in files.keys() & folders.keys():
        yield f"{files[key]!r} is both a file and a folder"


def _find_problem(member: zipfile.ZipInfo) -> str:
    name = member.filename
    steps = name.removesuffix("/").split("/")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if name != member.orig_filename or not is_plain_name(name):
        return "has a character in its name that is not taken"
    if any(step in ("", ".", "..") for step in steps):
        return "is no plain path"
    if steps[0] not in FOLDERS or (len(steps) == 1 and not member.is_dir()):
        return "is not below cards/ or docs/"
    if any(step.rstrip(". ").casefold() == ".git" for step in steps):
        return "belongs to git"
    if len(name.encode()) > MAX_PATH_BYTES or any(len(step.encode()) > MAX_NAME_BYTES for step in steps):
        return "has a name that is too long"
    if kind not in ((0, stat.S_IFDIR) if member.is_dir() else (0, stat.S_IFREG)):
        return "is no regular file"
    if member.flag_bits & _ENCRYPTED or member.compress_type not in _COMPRESSIONS:
        return "is packed in a way that is not taken"
    if member.file_size > MAX_FILE_BYTES:
        return f"has {member.file_size:,} bytes, and at most {MAX_FILE_BYTES:,} are taken"
    return ""


def _same(path: str) -> str:
    """What file systems that ignore case or composition take for the same name."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", path).casefold())


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, most_bytes: int) -> int:
    """Unpack one file and give its size, which is counted here: what a zip says of it may be wrong."""
    path.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with archive.open(member) as source, path.open("xb") as file:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > min(most_bytes, MAX_FILE_BYTES):
                break
            file.write(chunk)
    if size != member.file_size:
        raise RefusedError(f"{member.filename!r} has another size than the zip says")
    return size
