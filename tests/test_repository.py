"""What holds for the repository as a whole: its locks, its layers, its commands."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt")
PYTHON_FOLDERS = ("hooks", "scripts", "tests", "benchmarks")
MAX_LINES = 300

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME = [Requirement(text) for text in PYPROJECT["project"]["dependencies"]]
DEVELOPMENT = [Requirement(text) for text in PYPROJECT["dependency-groups"]["dev"]]

PIN = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[0-9][0-9a-z.+!]*)(?: ; (?P<marker>[^\\]+?))?"
    r"(?P<hashes>(?: --hash=sha256:[0-9a-f]{64})+)"
)


def read_lock(name: str) -> list[re.Match[str]]:
    """The lock's requirements; one that is anything but `name==version ; marker --hash=...` fails."""
    joined = (ROOT / name).read_text().replace("\\\n", "")
    lines = [re.sub(r"\s+", " ", line) for line in joined.splitlines() if line and not line.startswith("#")]
    odd = [line for line in lines if not PIN.fullmatch(line)]
    assert not odd, f"{name}: not a plain pin with hashes: {odd[:3]}"
    return [match for line in lines if (match := PIN.fullmatch(line))]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_place(name: str) -> None:
    text = (ROOT / name).read_text()
    for sign in ("://", "index-url", "find-links", "trusted-host", "file:", " @ ", "-e ", "/"):
        assert sign not in text, f"{name} holds {sign!r}"


@pytest.mark.parametrize("name", LOCKS)
def test_lock_pins_with_hashes(name: str) -> None:
    assert len(read_lock(name)) > len(RUNTIME)


def test_locks_agree() -> None:
    runtime, development = ({pin["name"]: pin.groupdict() for pin in read_lock(name)} for name in LOCKS)
    assert {name: development.get(name) for name in runtime} == runtime


@pytest.mark.parametrize(("lock", "requirements"), [(LOCKS[0], RUNTIME), (LOCKS[1], RUNTIME + DEVELOPMENT)])
def test_lock_meets_pyproject(lock: str, requirements: list[Requirement]) -> None:
    pins = {pin["name"]: pin["version"] for pin in read_lock(lock)}
    for requirement in requirements:
        version = pins.get(canonicalize_name(requirement.name))
        assert version and requirement.specifier.contains(version), f"{lock}: {requirement}: run `make lock`"


def test_click_that_stops_live_reload_is_excluded() -> None:
    click = next(requirement for requirement in RUNTIME if requirement.name == "click")
    assert not [bad for bad in ("8.2.2", "8.3.0", "8.3.1", "8.3.3") if bad in click.specifier]


@pytest.mark.parametrize("name", [requirement.name for requirement in RUNTIME])
def test_dependency_is_justified(name: str) -> None:
    text = (ROOT / "docs/dev/decisions.md").read_text()
    assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.IGNORECASE), (
        f"docs/dev/decisions.md does not say why {name} is a dependency"
    )


def test_python_files_are_short() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for folder in PYTHON_FOLDERS
        for path in (ROOT / folder).rglob("*.py")
    }
    assert lengths
    assert not {path: length for path, length in lengths.items() if length > MAX_LINES}


def imports(path: Path) -> Iterator[str]:
    """Top-level names of the modules that a file imports, wherever in it, by statement or by call."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name.partition(".")[0] for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                yield module.partition(".")[0]


def importers(*modules: str) -> set[str]:
    hooks = ROOT / "hooks"
    paths = [path for path in hooks.rglob("*.py") if not set(modules).isdisjoint(imports(path))]
    return {path.relative_to(hooks).as_posix() for path in paths}


def test_only_the_edge_imports_mkdocs() -> None:
    edges = ("model_cards.py", "cardwright/plugin/")
    assert [path for path in importers("mkdocs", "material") if not path.startswith(edges)] == []


def test_only_facts_imports_onnx() -> None:
    assert {path for path in importers("onnx") if not path.startswith("cardwright/facts/")} == set()


def test_facts_import_onnx_only_when_asked() -> None:
    code = "import sys, cardwright.facts; sys.exit('onnx' in sys.modules and 'cardwright.facts imports onnx')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT / "hooks")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_hooks_holds_one_file_and_one_package() -> None:
    names = {path.name for path in (ROOT / "hooks").iterdir() if not path.name.startswith((".", "__"))}
    assert names == {"model_cards.py", "cardwright"}


def test_ci_runs_the_test_command_of_the_readme() -> None:
    command = "make test"
    fences = re.findall(r"^```[^\n]*\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    shown = {line.partition("#")[0].strip() for fence in fences for line in fence.splitlines()}
    assert command in shown, "README.md shows no `make test` in a code block"
    assert (ROOT / ".ci/run").read_text().splitlines()[-1] == command
    assert os.access(ROOT / ".ci/run", os.X_OK)
