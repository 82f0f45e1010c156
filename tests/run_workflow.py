"""Runs a workflow of GitHub Actions on this machine: every `run:` step as it stands, a stub for each action.

Knows of expressions and conditions what our workflows use. Every job gets a folder of its own, as if it were a machine.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

BASH = ["bash", "--noprofile", "--norc", "-e"]
"""As GitHub runs a step that names no shell."""


@dataclass
class Run:
    """A workflow run: what goes in, and what came of it."""

    workflow: Path
    github: dict[str, Any]
    checkout: Path
    """What `actions/checkout` gives."""
    folder: Path
    environment: Mapping[str, str]
    deploy: Callable[[Path], str] = lambda site: ""
    """Publishes a site, and gives its address."""
    artifacts: dict[str, Path] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    log: str = ""

    def start(self) -> str:
        """Run all jobs, in their order, and give the conclusion of the run."""
        for name, job in read_workflow(self.workflow)["jobs"].items():
            needs = [job.get("needs", [])] if isinstance(job.get("needs"), str) else job.get("needs", [])
            well = all(self.results[need] == "success" for need in needs)
            condition = str(job.get("if", "true"))
            if not ((well or "cancelled()" in condition) and self.evaluate(condition, {})):
                self.results[name] = "skipped"
                continue
            self.results[name] = self.run_job(name, job)
        found = set(self.results.values())
        return "failure" if "failure" in found else "skipped" if found == {"skipped"} else "success"

    def run_job(self, name: str, job: dict[str, Any]) -> str:
        machine = self.folder / name
        context: dict[str, Any] = {"runner": {"temp": str(machine / "temp")}, "steps": {}, "name": name}
        (machine / "temp").mkdir(parents=True)
        (machine / "work").mkdir()
        for step in job["steps"]:
            if not self.evaluate(str(step.get("if", "true")), context):
                continue
            inputs = {key: self.fill(value, context) for key, value in step.get("with", {}).items()}
            try:
                if "uses" in step:
                    outputs = ACTIONS[step["uses"].partition("@")[0]](self, machine / "work", inputs)
                    context["steps"][step.get("id", "")] = {"outputs": outputs or {}}
                else:
                    self.run_step(step, machine, context)
            except (subprocess.CalledProcessError, LookupError, OSError) as error:
                self.log += f"{name}: {step['name']}: {error}\n"
                if not step.get("continue-on-error"):
                    return "failure"
        self.outputs[name] = {key: self.fill(value, context) for key, value in job.get("outputs", {}).items()}
        return "success"

    def run_step(self, step: dict[str, Any], machine: Path, context: dict[str, Any]) -> None:
        assert "${{" not in step["run"], f"{step['name']}: an expression in a script"
        env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        env |= {"CI": "true", "RUNNER_TEMP": context["runner"]["temp"], **self.environment}
        env |= {key: self.fill(value, context) for key, value in step.get("env", {}).items()}
        done = subprocess.run(
            [*BASH, "-c", step["run"]],
            cwd=machine / "work",
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        self.log += f"--- {context['name']}: {step['name']}\n{done.stdout}"
        done.check_returncode()

    def fill(self, text: object, context: dict[str, Any]) -> str:
        """A value with its expressions filled in."""
        return re.sub(r"\$\{\{(.*?)\}\}", lambda match: str(self.evaluate(match[1], context)), str(text))

    def evaluate(self, expression: str, context: dict[str, Any]) -> Any:
        """The value of an expression: names with dots, texts, `==`, `!=`, `&&`, `||`, `!` and `cancelled()`."""
        known = {
            "github": self.github | {"token": f"token of {context.get('name')}"},
            "needs": {
                name: {"result": result, "outputs": self.outputs.get(name, {})} for name, result in self.results.items()
            },
            **context,
        }

        def find(match: re.Match[str]) -> str:
            value: Any = known
            for part in match[0].split("."):
                value = (value or {}).get(part)
            return repr(value)

        text = expression.strip().removeprefix("${{").removesuffix("}}").strip()
        text = text.replace("cancelled()", "False").replace("&&", " and ").replace("||", " or ")
        text = re.sub(r"!(?!=)", " not ", text)
        text = re.sub(r"\b(?:github|needs|steps|runner)(?:\.[\w-]+)+", find, text)
        return eval(text.strip(), {"__builtins__": {}, "true": True})


def read_workflow(path: Path) -> dict[str, Any]:
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    read["on"] = read.pop(True)  # what YAML 1.1 makes of `on`
    assert isinstance(read, dict)
    return read


# Actions -------------------------------------------------------------------------------------------------------------


def _checkout(run: Run, work: Path, inputs: dict[str, str]) -> None:
    assert inputs["persist-credentials"] == "False"
    shutil.copytree(run.checkout, work, symlinks=True, dirs_exist_ok=True)


def _make_python(run: Run, work: Path, inputs: dict[str, str]) -> None:
    """What `make` would install is there already. Tests end as the event says, and main, once built, is not again."""
    python = work / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(
        "#!/bin/sh\n"
        'case "$2" in ruff|mypy) exit 0;; pytest) exit "${TESTS_END_WITH:-0}";; esac\n'
        'if [ "$2" = mkdocs ] && [ -n "$BUILT_SITE" ]; then cp -r "$BUILT_SITE" site; exit 0; fi\n'
        f'exec "{sys.executable}" "$@"\n'
    )
    python.chmod(0o755)
    for stamp in (".site-ready", ".dev-ready"):
        (work / ".venv" / stamp).touch()


def _upload(run: Run, work: Path, inputs: dict[str, str]) -> None:
    """As the action does it: a folder without itself, a file alone, nothing but regular files with plain names."""
    source, target = work / inputs["path"], run.folder / "artifacts" / inputs["name"]
    assert inputs["name"] not in run.artifacts
    target.mkdir(parents=True)
    found = [source] if source.is_file() else sorted(path for path in source.rglob("*") if not path.is_dir())
    if inputs.get("include-hidden-files") != "True":
        base = source if source.is_dir() else source.parent
        found = [path for path in found if not any(part[0] == "." for part in path.relative_to(base).parts)]
    if not found:
        raise LookupError(f"{source}: no file")
    for path in found:
        place = target / (path.relative_to(source) if source.is_dir() else path.name)
        if re.search(r'["*:<>?\\|\r\n]', str(place.relative_to(target))):
            raise LookupError(f"{path}: not a name for an artifact")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    run.artifacts[inputs["name"]] = target


def _download(run: Run, work: Path, inputs: dict[str, str]) -> None:
    shutil.copytree(run.artifacts[inputs["name"]], work / inputs["path"], dirs_exist_ok=True)


def _upload_pages(run: Run, work: Path, inputs: dict[str, str]) -> None:
    for path in (work / inputs["path"]).rglob("*"):
        assert stat.S_ISREG(path.lstat().st_mode) or path.is_dir(), f"Pages takes no {path}"
    _upload(run, work, inputs | {"name": "github-pages"})


def _deploy(run: Run, work: Path, inputs: dict[str, str]) -> dict[str, str]:
    return {"page_url": run.deploy(run.artifacts["github-pages"])}


ACTIONS: dict[str, Callable[[Run, Path, dict[str, str]], dict[str, str] | None]] = {
    "actions/checkout": _checkout,
    "actions/setup-python": _make_python,
    "actions/upload-artifact": _upload,
    "actions/download-artifact": _download,
    "actions/upload-pages-artifact": _upload_pages,
    "actions/deploy-pages": _deploy,
}
