"""Under which name a file of a card is published: as it is called, unless a browser would run it as a page."""

from __future__ import annotations

import posixpath
import re
import zlib
from html import unescape
from pathlib import Path

MAX_SVG_BYTES = 2_000_000
MAX_NAME_BYTES = 255

_AS_TEXT = tuple(
    ".md .mdx .html .htm .shtml .xhtml .xht .mht .mhtml .xml .xsl .xslt .xsd .rdf .owl .rss .atom .wsdl .xpdl .mathml"
    " .mml .kml .gpx .dae .rng .svgz".split()
)
"""What servers send as a kind of HTML or XML, in which a browser runs scripts."""

_ACTIVE_SVG = re.compile(
    r"<[\w:]*script|<[\w:]*foreignobject|<[\w:]*(?:iframe|embed|object|handler|listener)|<!doctype|<!entity|<\?xml-stylesheet"
    r"|[\s\"'/]on\w+\s*=|javascript:|vbscript:|data:(?!image/(?:png|jpe?g|gif|webp)[;,])|attributename\s*=\s*[\"']\s*(?:xlink:)?href",
    re.IGNORECASE,
)
"""Anything in an SVG by which it can run a script, or make one."""


def published_name(folder: Path, path: str) -> str:
    """The published name of the file at `path` in a card's folder; a page, XML, or an SVG with scripts becomes text."""
    path = posixpath.normpath(path)
    lower = path.lower()
    runs = lower.endswith(_AS_TEXT) or (lower.endswith(".svg") and not _is_still(folder / path))
    return _as_text(path) if runs else path


def _as_text(path: str) -> str:
    """The path with `.txt` behind it; a name that becomes longer than a file system allows is cut."""
    folder, slash, name = path.rpartition("/")
    kept = name.encode()
    if len(kept) + len(".txt") > MAX_NAME_BYTES:
        own = f"-{zlib.crc32(kept):08x}"  # tells it from another that is cut to the same
        name = kept[: MAX_NAME_BYTES - len(".txt") - len(own)].decode("utf-8", "ignore") + own
    return f"{folder}{slash}{name}.txt"


def _is_still(path: Path) -> bool:
    """Whether an SVG is a drawing and nothing else."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SVG_BYTES + 1)
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    declared = re.search(r"<\?xml[^>]*encoding\s*=\s*[\"']([^\"']+)", text)
    if len(data) > MAX_SVG_BYTES or (declared and declared.group(1).lower() not in ("utf-8", "us-ascii", "ascii")):
        return False
    # Tabs and line breaks inside an address do not stop a browser from reading `javascript:`.
    seen = unescape(text)
    return not (_ACTIVE_SVG.search(seen) or _ACTIVE_SVG.search(re.sub(r"[\t\r\n\0]", "", seen)))
