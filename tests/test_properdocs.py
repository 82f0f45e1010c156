"""ProperDocs, which goes on with MkDocs under another name, runs the hook and the plugin as they are."""

import os
import re
from pathlib import Path

import pytest

from tests.pip_tools import run_python
from tests.sites import ROOT, build_well, files_of, make_project, write

GENERATOR = re.compile(rb'<meta name="generator"[^>]*>|<!--\s*(MkDocs|ProperDocs) version.*?-->', re.DOTALL)


def build(project: Path, *options: str) -> tuple[int, str]:
    done = run_python("properdocs", "-m", "properdocs", "build", "--quiet", *options, folder=project)
    return done.returncode, done.stdout + done.stderr


def test_the_site_is_that_of_mkdocs(tmp_path: Path) -> None:
    project = make_project(tmp_path, site_url="https://example.org/")
    assert build(project, "--strict", "--site-dir", "other") == (0, "")
    expected, made = files_of(build_well(project)), files_of(project / "other")
    assert b"ProperDocs" in made["index.html"]
    assert {name: GENERATOR.sub(b"", content) for name, content in made.items()} == {
        name: GENERATOR.sub(b"", content) for name, content in expected.items()
    }


def test_problems_are_said_and_end_a_strict_build(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    write(project / "cards", {"first/README.md": "---\nversion: [1, 2]\n---\nText.\n"})
    status, said = build(project, "--strict")
    assert status == 1 and "cards/first/README.md:2:10: version" in said
    assert not (project / "site").exists()
    assert build(project)[0] == 0 and (project / "site/models/first/index.html").is_file()


def test_the_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project(tmp_path / "site", hooks=[], plugins=["search", "cardwright"])
    entry_points = "[mkdocs.plugins]\ncardwright = cardwright.plugin:CardwrightPlugin\n"
    metadata = {"METADATA": "Metadata-Version: 2.1\nName: cardwright\nVersion: 0\n", "entry_points.txt": entry_points}
    write(tmp_path / "installed/cardwright-0.dist-info", {**metadata})
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "installed"), str(ROOT / "hooks")]))
    status, said = build(project, "--strict")
    assert (status, said) == (0, "")
    assert "Sorts letters." in (project / "site/models/first/index.html").read_text()
