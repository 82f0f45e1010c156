"""Netron's viewer for the site: its files from the installed package, what opens ONNX only, without its telemetry.

As it comes it asks a service where the reader is, shows a cookie notice, reports to an analytics service, and locks
itself 180 days after its release. Each change to it must match exactly once: a newer Netron may look otherwise, and
then nothing of it may go out as it is.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

FOLDER_URI: Final = "netron"
"""Where the viewer stands in the site."""

FILES: Final = (
    "index.html index.js view.js base.js browser.js grapher.js grapher.css dagre.js worker.js onnx.js onnx-proto.js"
    " onnx-schema.js protobuf.js text.js json.js xml.js flatbuffers.js zip.js tar.js favicon.ico icon.png"
    " onnx-metadata.json"
).split()
"""All that opening an ONNX file asks for, of some 160 files."""

POLICY: Final = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; img-src 'self' data: blob:;"
    " style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
"""Content-Security-Policy of the viewer: whatever a model or an address says, nothing leaves the site."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A change to one file of Netron."""

    file: str
    what: str
    """What is changed, for the message when it cannot be."""
    pattern: str
    """A regular expression that matches exactly once; a dot is any character."""
    replacement: str = ""


def _function(name: str) -> Patch:
    pattern = rf"\n        const {name} = async \(\) => {{\n.*?\n        }};"
    return Patch("browser.js", f"the function `{name}`", pattern)


PATCHES: Final[tuple[Patch, ...]] = (
    # 0.0.0 is what Netron calls a version in development: it reports nothing and offers no updates.
    Patch(
        "index.html", "the version", r'<meta name="version" content="[^"]*">', '<meta name="version" content="0.0.0">'
    ),
    Patch("index.html", "the date", r'<meta name="date" content="[^"]*">', '<meta name="date" content="">'),
    Patch(
        "index.html",
        "the policy",
        r'<meta http-equiv="Content-Security-Policy" content="[^"]*">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
    ),
    Patch("index.html", "the link that closes the sidebar", r'href="javascript:void\(0\)"', 'href="#"'),
    Patch(
        "browser.js",
        "the calls of the age check, consent, telemetry and capabilities",
        r"\n +await age\(\);\n +await consent\(\);\n +await telemetry\(\);\n +await capabilities\(\);",
    ),
    *map(_function, ("age", "consent", "telemetry", "capabilities")),
    Patch(
        "base.js",
        "the report to the analytics service",
        r"\n *const url = `https://analytics\.google\.com/[^`\n]*`;\n *this\._navigator\.sendBeacon\(url, body\);",
    ),
    Patch("index.js", "the preloaded `hdf5`", r", 'hdf5'"),
    Patch("index.js", "the preloaded `flexbuffers`", r" 'flexbuffers',"),
    Patch("index.js", "the preloaded `python`", r",\s+'python'"),
    Patch(
        "view.js",
        "the preloaded formats",
        r"const modules = \['\./message', '\./onnx', [^\]]*\];",
        "const modules = ['./onnx', './onnx-proto', './onnx-schema'];",
    ),
    Patch(
        "view.js",
        "the preloaded tables of formats",
        r"const assets = \['onnx-metadata\.json', [^\]]*\];",
        "const assets = ['onnx-metadata.json'];",
    ),
)

NEVER: Final = ("ipinfo.io", "google-analytics", "analytics.google", "googletagmanager", "sendBeacon(")
"""What must be in no file afterwards."""

_KEPT: Final = frozenset(
    "name module version category status attributes inputs outputs inputs_range outputs_range min_input max_input"
    " min_output max_output type_constraints type required default option list type_param_str allowed_type_strs".split()
)
"""Of the table of operators; descriptions and examples are five sixths of it."""


class ViewerError(Exception):
    """Netron cannot be put into the site: one plain sentence, and a hint what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class ViewerFile:
    """A file of the viewer."""

    uri: str
    """From the root of the site."""
    content: bytes


def netron_files() -> tuple[ViewerFile, ...]:
    """The viewer, made once a process; nothing when Netron is not installed. Raises `ViewerError`."""
    folder = find_package()
    return _make_files(folder) if folder else ()


def has_viewer() -> bool:
    """Whether Netron is installed."""
    return find_package() is not None


def netron_url(model_uri: str, name: str) -> str:
    """The address, from the root of the site, that opens the model at `model_uri` under a name that ends in `.onnx`."""
    # Quoted twice: the viewer takes the parameter as an address.
    address = quote(f"../{quote(model_uri)}", safe="/")
    return f"{FOLDER_URI}/index.html?url={address}&identifier={quote(name, safe='')}"


def find_package() -> Path | None:
    """The folder of the installed package `netron`, which is not imported."""
    try:
        spec = importlib.util.find_spec("netron")
    except (ImportError, ValueError):
        return None
    places = spec.submodule_search_locations if spec else None
    return next((folder for place in places or () if (folder := Path(place)).is_dir()), None)


@cache
def _make_files(folder: Path) -> tuple[ViewerFile, ...]:
    return make_files({name: _read(folder / name) for name in FILES})


def make_files(originals: Mapping[str, bytes]) -> tuple[ViewerFile, ...]:
    """The viewer from Netron's files by name. Raises `ViewerError` unless every patch matches exactly once."""
    contents = dict(originals)
    for patch in PATCHES:
        contents[patch.file] = _apply(patch, contents[patch.file])
    contents["onnx-metadata.json"] = _shorten_metadata(contents["onnx-metadata.json"])
    contents["LICENSE.txt"] = LICENSE.encode()
    for name, content in contents.items():
        for word in NEVER:
            if word.encode() in content:
                raise _changed(name, f"`{word}` is still in it")
    return tuple(ViewerFile(f"{FOLDER_URI}/{name}", contents[name]) for name in sorted(contents))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise _changed(path.name, "there is no such file") from None


def _apply(patch: Patch, content: bytes) -> bytes:
    try:
        text = content.decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise _changed(patch.file, "it is not UTF-8") from None
    changed, count = re.subn(patch.pattern, lambda match: patch.replacement, text, flags=re.DOTALL)
    if count != 1:
        raise _changed(patch.file, f"{patch.what} occurs {count} times, not once")
    return changed.encode()


def _changed(name: str, what: str) -> ViewerError:
    return ViewerError(
        f"Netron's viewer cannot be put into the site: {name}: {what}.",
        "The installed netron has another form than the one Cardwright knows: install the version of requirements.txt.",
    )


def _shorten_metadata(content: bytes) -> bytes:
    try:
        return json.dumps(_keep(json.loads(content)), ensure_ascii=False, separators=(",", ":")).encode()
    except ValueError:
        raise _changed("onnx-metadata.json", "it is not JSON") from None


def _keep(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _keep(item) for key, item in value.items() if key in _KEPT}
    return [_keep(item) for item in value] if isinstance(value, list) else value


LICENSE: Final = """\
This folder holds parts of Netron, changed by Cardwright: it opens ONNX files only, asks no other host for anything
and reports nothing. What is changed stands in cardwright/structure/netron.py.

MIT License

Copyright (c) Lutz Roeder

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""
