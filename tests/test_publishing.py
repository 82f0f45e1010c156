"""The guides on publishing: their files are read, and their commands run, as they stand there."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sites import ROOT, build_well, make_project, write

GUIDES = ROOT / "docs/guide"


def shown(page: str, title: str) -> str:
    """The file that a guide shows under this title, each time that it does, as one."""
    text = (GUIDES / page).read_text()
    found = re.findall(rf'^```\w+ title="{re.escape(title)}"\n(.*?)^```$', text, re.DOTALL | re.MULTILINE)
    assert found
    return "".join(found)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make site` needs of this repository, with the packages of these tests in place of those of the lock."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("cards", "docs", "hooks"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "mkdocs.yml", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, folder)
    python = write(folder, {".venv/bin/python": f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'}) / ".venv/bin/python"
    python.chmod(0o755)
    (folder / ".venv/.site-ready").touch()
    return folder


def run(folder: Path, *commands: str) -> None:
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MAKEFLAGS", "MAKELEVEL")}
    for command in commands:
        done = subprocess.run(["sh", "-ec", command], cwd=folder, env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr


def test_gitlab(clone: Path) -> None:
    jobs: dict[str, Any] = yaml.safe_load(shown("gitlab-pages.md", ".gitlab-ci.yml"))
    assert jobs["variables"]["GIT_DEPTH"] == "0"
    scripts = {name: job for name, job in jobs.items() if "script" in job}
    assert list(scripts) == ["check", "pages"]
    for job in scripts.values():
        run(clone, *job["script"])
        (folder,) = (clone / path for path in job["artifacts"]["paths"])
        assert (folder / "models/resnet50/index.html").is_file()
    assert folder.name == "public"  # which is what GitLab publishes
    assert (clone / jobs["default"]["cache"]["paths"][0]).is_dir()


def test_netlify_and_cloudflare(clone: Path) -> None:
    settings = tomllib.loads(shown("cloudflare-netlify.md", "netlify.toml"))["build"]
    version = shown("cloudflare-netlify.md", ".python-version").strip()
    assert settings["environment"] == {"PYTHON_VERSION": version}
    assert f"| `{version}` |" in (GUIDES / "cloudflare-netlify.md").read_text()
    write(clone / "docs", {"_headers": shown("cloudflare-netlify.md", "docs/_headers")})
    run(clone, settings["command"])
    assert (clone / settings["publish"] / "_headers").read_text().startswith("/*\n")


def test_a_server_never_has_a_mixture(tmp_path: Path) -> None:
    script = shown("web-server.md", "publish.sh").replace("root=/srv/models", f"root={tmp_path}/models")
    script = script.replace("%H%M%S", "%H%M%S-%N")  # here it is run twice in a second
    (tmp_path / "models").mkdir()
    for text in ("old", "new"):
        run(write(tmp_path, {"site/index.html": text}), script)
        assert (tmp_path / "models/current/index.html").read_text() == text
    assert len(list((tmp_path / "models").iterdir())) == 3


@pytest.mark.parametrize("door", ["plugins", "hooks"])
def test_existing_site(tmp_path: Path, door: str) -> None:
    documents = re.split(r"(?=^plugins:|^hooks:|^nav:)", shown("existing-site.md", "mkdocs.yml"), flags=re.MULTILINE)
    plugin, hook, nav = (yaml.safe_load(document) for document in documents if document)
    settings = {"plugins": plugin, "hooks": hook}[door]
    if door == "hooks":
        assert settings["hooks"] == ["../cardwright/hooks/model_cards.py"]
        settings["hooks"] = [str(ROOT / "hooks/model_cards.py")]
    entry_points = "[mkdocs.plugins]\ncardwright = cardwright.plugin:CardwrightPlugin\n"
    metadata = {"METADATA": "Metadata-Version: 2.1\nName: cardwright\nVersion: 0\n", "entry_points.txt": entry_points}
    write(tmp_path / "installed/cardwright-0.dist-info", {**metadata})
    path = os.pathsep.join([str(tmp_path / "installed"), str(ROOT / "hooks")] if door == "plugins" else [])
    project = make_project(tmp_path / "web", **{"hooks": [], **settings, **nav})
    site = build_well(project, PYTHONPATH=path)
    assert "Sorts letters." in (site / "models/first/index.html").read_text()
    assert '<a href="models/"' in (site / "index.html").read_text()
