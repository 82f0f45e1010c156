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

TOOLS = ("cffconvert==2.0.0", "jsonschema==3.2.0", "setuptools<81")
"""cffconvert wants jsonschema 3, which wants pkg_resources; ours is jsonschema 4."""

FOLDER = ROOT / ".cache/pip-tools"


@cache
def tools_folder() -> Path:
    """The folder to import the tools from; made once for each list of them."""
    stamp = FOLDER / "installed.txt"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != "\n".join(TOOLS):
        shutil.rmtree(FOLDER, ignore_errors=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(FOLDER), *TOOLS]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        if done.returncode:
            pytest.fail(f"pip install: {done.stderr[-2000:]}", pytrace=False)
        stamp.write_text("\n".join(TOOLS), encoding="utf-8")
    return FOLDER


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A program that imports the tools, with its output."""
    env = os.environ | {"PYTHONPATH": str(tools_folder())}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)
