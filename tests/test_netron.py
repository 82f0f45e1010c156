"""Netron's files for the site: every change applies, nothing that reports is left, and another Netron is refused."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

from cardwright.structure import netron
from cardwright.structure.netron import FILES, NEVER, PATCHES, Patch, ViewerError, make_files, netron_files, netron_url


@pytest.fixture(scope="module")
def originals() -> dict[str, bytes]:
    folder = netron.find_package()
    assert folder is not None
    return {name: (folder / name).read_bytes() for name in FILES}


def test_files_are_small_and_the_same_each_time(originals: dict[str, bytes]) -> None:
    files = netron_files()
    assert netron_files() is files
    assert files == make_files(originals)
    assert [file.uri for file in files] == sorted(f"netron/{name}" for name in [*FILES, "LICENSE.txt"])
    assert sum(len(file.content) for file in files) < 3_000_000


INERT = {
    # Hosts whose names may stand in the viewer, and why nothing is asked of them.
    "www.w3.org": "names of XML namespaces",
    "github.com": "links, comments, and addresses a reader types; the policy forbids to fetch them",
    "raw.githubusercontent.com": "the same",
    "media.githubusercontent.com": "the same",
    "api.github.com": "the same",
    "huggingface.co": "the same",
    "git-lfs.github.com": "the beginning of a pointer file",
    "www.lutzroeder.com": "a link",
    "lutzroeder.github.io": "a link",
}
COMMENTS = {"dagre.js", "view.js"}
"""Files in which addresses stand in comments too."""


def test_no_host_is_left_that_is_asked() -> None:
    for file in netron_files():
        name = file.uri.rpartition("/")[2]
        if name.endswith((".ico", ".png")):
            continue
        text = file.content.decode()
        assert not [word for word in NEVER if word in text]
        assert "_setCookie('" not in text and "document.cookie = '" not in text
        if name in COMMENTS:
            text = re.sub(r"(?m)(^|\s)//.*$", "", text)
        hosts = set(re.findall(r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)", text))
        assert hosts <= INERT.keys(), f"{file.uri}: {hosts - INERT.keys()}"


def test_page_has_version_date_and_policy() -> None:
    page = next(file.content.decode() for file in netron_files() if file.uri == "netron/index.html")
    assert '<meta name="version" content="0.0.0">' in page
    assert '<meta name="date" content="">' in page
    assert re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page) == [netron.POLICY]
    assert "unsafe-eval" not in page and "javascript:" not in page
    assert set(re.findall(r'(?:src|href)="([a-z0-9.-]+\.[a-z]+)"', page)) <= set(FILES)


def test_all_that_is_preloaded_is_there() -> None:
    files = {file.uri.rpartition("/")[2]: file.content for file in netron_files()}
    preloaded = re.search(r"var modules = \[(.*?)\];", files["index.js"].decode(), re.DOTALL)
    assert preloaded
    modules = re.findall(r"'(\w+)'", preloaded[1])
    assert len(modules) > 8 and {f"{module}.js" for module in modules} <= files.keys()
    imported = {
        name for content in files.values() for name in re.findall(rb"^import .* from '\./(.*)';", content, re.M)
    }
    assert imported and {name.decode() for name in imported} <= files.keys()


def test_metadata_keeps_what_the_viewer_computes_with(originals: dict[str, bytes]) -> None:
    content = next(file.content for file in netron_files() if file.uri == "netron/onnx-metadata.json")
    whole, short = json.loads(originals["onnx-metadata.json"]), json.loads(content)
    assert len(short) == len(whole) > 800
    for before, after in zip(whole, short, strict=True):
        assert [before.get(key) for key in ("name", "module", "version")] == [after[key] for key in after][:3]
        assert [item["name"] for item in before.get("inputs", [])] == [item["name"] for item in after.get("inputs", [])]
    assert b"description" not in content and b"examples" not in content


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: f"{patch.file}: {patch.what}")
@pytest.mark.parametrize("change", ["gone", "twice"])
def test_another_netron_is_refused(patch: Patch, change: str, originals: dict[str, bytes]) -> None:
    text = originals[patch.file].decode()
    found = re.search(patch.pattern, text, re.DOTALL)
    assert found
    changed = text.replace(found[0], "" if change == "gone" else found[0] * 2)
    with pytest.raises(ViewerError) as caught:
        make_files({**originals, patch.file: changed.encode()})
    assert f"{patch.file}: " in caught.value.message and "times, not once" in caught.value.message
    assert "\n" not in caught.value.message and "requirements.txt" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("grapher.js", b"fetch('https://ipinfo.io/json')", "grapher.js: `ipinfo.io` is still in it"),
        ("index.html", b"\xff\xfe", "index.html: it is not UTF-8"),
        ("onnx-metadata.json", b"[", "onnx-metadata.json: it is not JSON"),
    ],
)
def test_odd_files_are_refused(name: str, content: bytes, message: str, originals: dict[str, bytes]) -> None:
    with pytest.raises(ViewerError, match=re.escape(message)):
        make_files({**originals, name: content})


def test_missing_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(netron, "find_package", lambda: tmp_path)
    with pytest.raises(ViewerError, match=r"index\.html: there is no such file"):
        netron_files()


def test_without_the_package_there_is_no_viewer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert netron_files() == ()


def test_address_is_quoted_for_the_viewer() -> None:
    assert netron_url("models/net/structure.onnx", "net.onnx") == (
        "netron/index.html?url=../models/net/structure.onnx&identifier=net.onnx"
    )
    # As a part of an address, and once more as a parameter.
    assert netron_url("models/a b*&c/structure.onnx", "a&b.onnx") == (
        "netron/index.html?url=../models/a%2520b%252A%2526c/structure.onnx&identifier=a%26b.onnx"
    )
