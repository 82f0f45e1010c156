"""Zip files as nobody's ci makes them."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping

CARD = "# A card\n"


def pack(*members: tuple[str, bytes | str], mode: int = 0, of: int = -1) -> bytes:
    """A zip of these files; the one at `of` gets the mode."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # names that are there twice
        for index, (name, content) in enumerate(members):
            member = zipfile.ZipInfo(name)
            member.filename = name  # which ZipInfo would make safe
            member.compress_type = zipfile.ZIP_DEFLATED
            plain = (stat.S_IFDIR if name.endswith("/") else stat.S_IFREG) | 0o644
            wanted = mode if index == of % len(members) and mode else plain
            member.external_attr = wanted << 16
            archive.writestr(member, content)
    return buffer.getvalue()


def with_mode(kind: int) -> bytes:
    return pack(("cards/first/README.md", CARD), ("cards/first/file", "/etc/passwd"), mode=kind | 0o644)


def _patch(data: bytes, offset: int, value: bytes) -> bytes:
    """The zip with other bytes in the list of its first file."""
    at = data.index(b"PK\x01\x02") + offset
    return data[:at] + value + data[at + len(value) :]


def _card(name: str) -> bytes:
    return pack(("cards/first/README.md", CARD), (name, CARD))


POISONS: Mapping[str, Callable[[], bytes]] = {
    # The six of the workflow's events.
    "traversal": lambda: _card("cards/../../site/index.html"),
    "symlink": lambda: with_mode(stat.S_IFLNK),
    "device": lambda: with_mode(stat.S_IFCHR),
    "huge": lambda: pack(("cards/first/README.md", CARD), ("cards/first/zeros", bytes(100_000_001))),
    "wrong-number": lambda: pack(("cards/first/README.md", CARD), ("number", "1")),
    "newline": lambda: _card("cards/first/a\nb.md"),
    # And more.
    "pipe": lambda: with_mode(stat.S_IFIFO),
    "socket": lambda: with_mode(stat.S_IFSOCK),
    "folder that is none": lambda: with_mode(stat.S_IFDIR),
    "absolute": lambda: _card("/etc/cron.d/x"),
    "backslash": lambda: _card("cards\\..\\x"),
    "drive": lambda: _card("cards/C:/x"),
    "nothing between": lambda: _card("cards//x"),
    "dot": lambda: _card("cards/./x"),
    "top": lambda: _card("mkdocs.yml"),
    "folder as file": lambda: _card("cards"),
    "other case": lambda: _card("Cards/first/x"),
    "hooks": lambda: _card("hooks/model_cards.py"),
    "git": lambda: _card("cards/.git/config"),
    "git in capitals": lambda: _card("docs/.GIT/config"),
    "git with a dot": lambda: _card("docs/.git./config"),
    "twice": lambda: _card("cards/first/README.md"),
    "case": lambda: _card("cards/first/readme.md"),
    "case of a folder": lambda: _card("cards/First/x"),
    "composition": lambda: pack(("cards/é.md", CARD), ("cards/e\u0301.md", CARD)),
    "file and folder": lambda: _card("cards/first/README.md/x"),
    "escape": lambda: _card("cards/\x1b[31mred"),
    "turned": lambda: _card("cards/\u202egnp.md"),
    "unseen": lambda: _card("cards/a\u200bb.md"),
    "line end": lambda: _card("cards/a\u2028b.md"),
    "quote": lambda: _card('cards/a"b.md'),
    "star": lambda: _card("cards/a*b.md"),
    "long name": lambda: _card(f"cards/{'x' * 256}"),
    "long path": lambda: _card("cards/" + "x/" * 500),
    "too many": lambda: pack(*((f"cards/{number}", "") for number in range(20_001))),
    "bomb": lambda: pack(*((f"cards/{number}", bytes(90_000_000)) for number in range(6))),
    "encrypted": lambda: _patch(_card("cards/x"), 8, b"\x01\x00"),
    "packed otherwise": lambda: _patch(_card("cards/x"), 10, b"\x0e\x00"),
    "says less": lambda: _patch(pack(("cards/x", "x" * 1000)), 24, struct.pack("<I", 10)),
    "says more": lambda: _patch(pack(("cards/x", "x" * 1000)), 24, struct.pack("<I", 2000)),
    "no zip": lambda: b"PK no zip",
    "cut": lambda: _card("cards/x")[:-30],
    "empty": lambda: b"",
    "members without end": lambda: b"PK\x01\x02" * 200_001,
}
