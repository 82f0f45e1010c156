"""Parts of a file in object storage or anywhere else that fsspec reads: s3, gs, Azure, Hugging Face, a disk.

Only `cardwright inspect` comes here, and only here is fsspec imported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .blocks import Blocks
from .files import FileError, TransientError, shown

_VERSIONS = ("ETag", "etag", "generation", "md5Hash", "blob_id", "last_commit", "mtime", "LastModified", "created")
"""What file systems call that which changes with a file, best first: S3, Azure, Google, Hugging Face, disks."""


@contextmanager
def open_object(address: str) -> Iterator[tuple[str, Blocks]]:
    """The name of the file at an address of fsspec for messages, and its blocks. Raises `FactsError`.

    `Blocks.read` raises `OSError` when a part cannot be had. The file must be the same at the beginning and the end.
    """
    name = shown(address.rstrip("/").rpartition("/")[2] or address)
    system, path = find_system(address, name)
    size_bytes, version = _look(system, path, name)

    def fetch(offset: int, length: int) -> bytes:
        try:
            content: bytes = system.cat_file(path, start=offset, end=offset + length)
        except MemoryError:
            raise
        except Exception as error:  # each kind of storage has its own
            raise OSError(_reason(error)) from error
        if len(content) != length:
            raise OSError("the storage gives another part than asked for")
        return content

    blocks = Blocks(size_bytes, fetch, version)
    yield name, blocks
    if blocks.bytes_read and _look(system, path, name) != (size_bytes, version):
        raise TransientError(f"{name} was changed while it was read.", "Try again when it is complete.")


def find_system(address: str, name: str) -> tuple[Any, str]:
    """fsspec's file system for an address, and the path in it. Raises `FileError`."""
    try:
        from fsspec.core import url_to_fs

        return url_to_fs(address)  # type: ignore[no-any-return]
    except ImportError as error:
        scheme = shown(address.partition("://")[0])
        hint = f"{_reason(error)}." if "fsspec" not in str(error) else _EXTRA
        raise FileError(
            f"{name} cannot be had: no package is installed that reads {scheme} addresses.", hint
        ) from error
    except Exception as error:
        raise FileError(f"{name} cannot be had: {_reason(error)}.", "Check the address and the login.") from error


_EXTRA = "Install `cardwright[distributed]`."


def _look(system: Any, path: str, name: str) -> tuple[int, str]:
    """The file's size, and what tells its state."""
    try:
        system.invalidate_cache()
        found: Mapping[str, Any] = system.info(path)
    except MemoryError:
        raise
    except FileNotFoundError as error:
        raise FileError(f"{name} cannot be had: there is no such file.", "Check the address.") from error
    except PermissionError as error:
        raise FileError(f"{name} cannot be had: {_reason(error)}.", "Check the login.") from error
    except Exception as error:
        raise TransientError(f"{name} cannot be had: {_reason(error)}.", "Check the address.") from error
    size = found.get("size")
    if found.get("type") == "directory" or not isinstance(size, int):
        raise FileError(f"{name} cannot be had: it is no file of a known size.", "Check the address.")
    return size, next((str(found[key]) for key in _VERSIONS if found.get(key)), "")


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return shown(text.rstrip("."))
