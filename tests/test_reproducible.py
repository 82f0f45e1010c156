"""The same cards give the same bytes, wherever, whenever and however they are built.

File modes do not count: they are those of the umask, as they are for every program.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.sites import CARDS, MODEL, ROOT, files_of, make_project, write

BUILDS: list[dict[str, Any]] = tomllib.loads((ROOT / "tests/data/reproducible/builds.toml").read_text())["build"]

BIBTEX = "@misc{same, title={The %s title}, author={Lovelace, Ada}, year={1843}}\n"
RESULT = "- dataset: {id: example/cifar10}\n  task: {id: image-classification}\n  metric: accuracy\n  value: %s\n"
MANY: dict[str, str | bytes] = {
    "many/README.md": "---\nmodel_name: Many\nlicense: mit\n---\nA card with several files of each kind.\n",
    "many/LICENSE": "Licence one\n",
    "many/LICENSE.txt": "Licence two\n",
    "many/one.onnx": MODEL,
    "many/two.onnx": MODEL,
    "many/a.bib": BIBTEX % "first",
    "many/b.bib": BIBTEX % "second",
    "many/.eval_results/a.yaml": RESULT % "91.0",
    "many/.eval_results/b.yaml": RESULT % "92.0",
    "misfits/README.md": "---\nid: [a]\nversion: [b]\nsummary: [c]\nthumbnail: [d]\nlicense_link: [e]\n---\n",
    "same name/README.md": "---\nlicense: mit\n---\n# The same name\n",
    "same-name/README.md": "---\nlicense: mit\n---\n# The same name\n",
}
"""Cards in which the order of files could count; some of it is a problem, which must be the same one too."""

SHIM = """
import datetime, os, time

days = int(os.environ["SHIM_DAYS"])
shift, now = 86_400 * days, time.time
time.time = lambda: now() + shift

class Wrong(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + datetime.timedelta(days)

if days:
    datetime.datetime = Wrong

os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(os.environ["SHIM_PROCESSORS"])])

class Turned:
    def __init__(self, found):
        self.found, self.close = iter(list(found)[::-1]), found.close
    def __iter__(self):
        return self.found
    def __next__(self):
        return next(self.found)
    def __enter__(self):
        return self
    def __exit__(self, *error):
        self.close()

if os.environ["SHIM_ORDER"] == "turned":
    scandir, listdir = os.scandir, os.listdir
    os.scandir = lambda path=".": Turned(scandir(path))
    os.listdir = lambda path=".": listdir(path)[::-1]
"""
"""`sitecustomize.py` of the builds, which Python runs first: another clock, order of files, number of processors."""


def make_site(folder: Path) -> Path:
    """A site with all that could differ: previews, a feed, dates of git, models, boards, the search index."""
    cards = write(folder / "cards", CARDS | MANY)
    shutil.copytree(ROOT / "cards", cards, dirs_exist_ok=True)
    config: dict[str, Any] = {"site_url": "https://models.example.org/zoo/", "repo_url": "https://git.example.org/zoo"}
    make_project(folder, {}, {"index.md": "# Home – größe\n", "b.md": "# B\n", "a/c.md": "# C\n"}, **config)
    git = ["git", "-c", "user.name=Zoë", "-c", "user.email=z@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "All"]):
        subprocess.run([*git, *command], cwd=folder, check=True)
    return folder


def build(scratch: Path, original: Path, number: int, given: dict[str, Any]) -> dict[str, bytes]:
    """The site, built as `given` says."""
    project = scratch / str(number) / given.get("folder", "site")
    subprocess.run(["git", "clone", "--quiet", original, project], check=True)
    for path in project.rglob("*"):
        if "old" in given:
            os.utime(path, (given["old"], given["old"]))
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "SOURCE_DATE_EPOCH")}
    env |= {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(scratch / "shim"), "SHIM_ORDER": given.get("order", "")}
    env |= {"SHIM_DAYS": str(given.get("clock", 0)), "SHIM_PROCESSORS": str(given.get("processors", 99))}
    env |= given.get("env", {})
    command, umask = [sys.executable, "-m", "mkdocs", "build"], int(given.get("umask", "022"), 8)
    caches = {"cold": (), "warm": ("",), "broken": ("broken",)}[given.get("cache", "cold")]
    for after in (*caches, None):
        done = subprocess.run(command, cwd=project, env=env, umask=umask, capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, (given["name"], done.stderr)
        if after == "broken":
            for path in (project / ".cache").rglob("*"):
                if path.is_file():
                    path.write_bytes(path.read_bytes()[:-9])
    problems = [line for line in done.stderr.splitlines() if line.startswith((b"WARNING", b"ERROR"))]
    return {"(problems)": b"\n".join(problems)} | files_of(project / "site")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """All builds by name, two at a time."""
    scratch = tmp_path_factory.mktemp("builds")
    original = make_site(scratch / "original")
    write(scratch / "shim", {"sitecustomize.py": SHIM})
    with ThreadPoolExecutor(2) as pool:
        sites = pool.map(lambda pair: build(scratch, original, *pair), enumerate(BUILDS))
        return dict(zip((given["name"] for given in BUILDS), sites, strict=True))


def digest(files: dict[str, bytes]) -> str:
    """One sha256 over names and contents."""
    return hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()


def test_the_site_has_all_that_could_differ(built: dict[str, dict[str, bytes]]) -> None:
    site = built["plain"]
    wanted = "models/first/preview.png models/feed.xml sitemap.xml.gz search/search_index.json references.bib"
    assert not [name for name in wanted.split() if name not in site]
    assert "Zoë".encode() in site["models/first/index.html"]
    assert len(site["(problems)"].splitlines()) > 1
    assert len(BUILDS) >= 10


@pytest.mark.parametrize("name", [given["name"] for given in BUILDS][1:])
def test_the_same_bytes(built: dict[str, dict[str, bytes]], name: str) -> None:
    plain, other = built["plain"], built[name]
    assert sorted(plain) == sorted(other)
    assert not [path for path in plain if plain[path] != other[path]]
    assert digest(plain) == digest(other)
