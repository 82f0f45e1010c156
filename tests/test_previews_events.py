"""What happens to the published site: events of GitHub, and each `run:` step of both workflows, on this machine.

A file of `tests/data/workflows/` is the history of a repository, an event after the other:

- `event`, `pull`, `files`: what happened, to which pull request, and the files of its head over those of main
- `with`: other pull requests that are opened at the same time
- `tests`: how `make test` ends in ci; `artifact`: the zip of `tests/poisoned.py` in the place of ci's
- `lost`: pages.yml does not run; `github: broken`: it runs, and the API answers nothing but 500
- `published`, `gone`: files of the site with texts in them, and what is not there; `comments`: texts in the one comment
- `same`: nothing at all has changed

After each event, all that is not below `pr/` is what main alone makes.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fake_github import BOT, REPOSITORY, GitHub, serve
from tests.poisoned import POISONS, pack
from tests.run_workflow import Run, read_workflow
from tests.sites import ROOT, files_of, make_project, write

WORKFLOWS = ROOT / ".github/workflows"
HISTORIES = sorted((ROOT / "tests/data/workflows").glob("*.yml"))


@pytest.fixture(scope="module")
def main_branch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a site of two cards."""
    folder = make_project(tmp_path_factory.mktemp("main"), hooks=["hooks/model_cards.py"])
    (folder / "hooks").symlink_to(ROOT / "hooks")
    shutil.copytree(
        ROOT / "scripts/previews", folder / "scripts/previews", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def main_site(main_branch: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the workflow publishes of it alone."""
    world = World(main_branch, tmp_path_factory.mktemp("first"))
    with serve(world.folder / "pages") as world.github:
        world.run_pages({"event_name": "schedule"})
    return world.folder / "pages"


class World:
    """A repository on a GitHub."""

    def __init__(self, main: Path, folder: Path, built: Path | None = None) -> None:
        self.main, self.folder, self.built = main, folder, built
        self.github = GitHub(folder)
        self.count = 0
        self.ends: dict[int, dict[str, Any]] = {}

    def run(self, name: str, event: dict[str, Any], checkout: Path, **environment: str) -> tuple[Run, str]:
        self.count += 1
        jobs = read_workflow(WORKFLOWS / name)["jobs"]
        self.github.rights = {f"token of {job}": each["permissions"] for job, each in jobs.items()}
        host = {"GITHUB_API_URL": self.github.url, "GITHUB_REPOSITORY": REPOSITORY, "PREVIEWS_PAUSE": "0"}
        built = {"BUILT_SITE": str(self.built)} if self.built else {}
        run = Run(WORKFLOWS / name, event, checkout, self.folder / str(self.count), host | built | environment)
        run.deploy = self.deploy
        return run, run.start()

    def deploy(self, site: Path) -> str:
        for path in self.github.pages.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(site, self.github.pages, dirs_exist_ok=True)
        return f"{self.github.url}/pages/"

    def run_pages(self, event: dict[str, Any]) -> str:
        run, conclusion = self.run("pages.yml", event, self.main)
        print(run.log)
        return conclusion

    def run_ci(self, number: int, action: str, step: dict[str, Any]) -> None:
        """What GitHub does when something happens to a pull request, as far as it is ci's."""
        pull = self.github.pulls[number]
        head = self.folder / f"head-{self.count}"
        shutil.copytree(self.main, head, symlinks=True)
        if any(name.startswith("hooks/") for name in pull["files"]):
            (head / "hooks").unlink()
        write(head, pull["files"])
        event = {"event_name": "pull_request", "event": {"action": action, "pull_request": {"number": number}}}
        run, conclusion = self.run("ci.yml", event, head, TESTS_END_WITH=str(step.get("tests", 0)))
        assert "cards-and-docs" in run.artifacts or conclusion == "skipped", run.log
        identifier = 100 + self.count
        ids = {"id": identifier, "head_sha": pull["sha"]}
        url = f"https://github.com/{REPOSITORY}/actions/runs/{identifier}"
        made = {
            "html_url": url,
            "status": "completed",
            "conclusion": conclusion,
            "head_repository": {"id": pull["repo"]},
        }
        self.github.runs.append(ids | made)
        if conclusion != "skipped":
            poison = step.get("artifact")
            packed = POISONS[poison]() if poison else pack(*files_of(run.artifacts["cards-and-docs"]).items())
            self.github.zips[identifier] = packed
            about = {"name": "cards-and-docs", "expired": False, "size_in_bytes": len(packed), "workflow_run": ids}
            self.github.artifacts.append({"id": identifier} | about)

    def happen(self, step: dict[str, Any]) -> str:
        """An event, and all that follows from it; gives how pages.yml ended."""
        action = step["event"]
        changes = {step["pull"]: step, **step.get("with", {})} if "pull" in step else {}
        for number, change in changes.items():
            pull = self.github.pulls.setdefault(number, {"repo": 2 if change.get("fork") else 1, "files": {}})
            pull["open"] = action != "closed"
            if action in ("opened", "synchronize"):
                pull["files"] = change.get("files", {})
                pull["changed"] = list(pull["files"]) or ["cards/first/README.md"]
                pull["sha"] = hashlib.sha1(f"{number} {self.count}".encode()).hexdigest()
            self.run_ci(number, action, step)
        if step.get("lost"):
            return "lost"
        self.github.broken = step.get("github") == "broken"
        name = {"push": "workflow_run", "schedule": "schedule"}.get(action, "workflow_run")
        return self.run_pages({"event_name": name, "event": {}})


@pytest.fixture
def world(main_branch: Path, main_site: Path, tmp_path: Path) -> Iterator[World]:
    """A repository whose site was published once."""
    world = World(main_branch, tmp_path, main_site)
    with serve(tmp_path / "pages") as world.github:
        world.deploy(main_site)
        yield world


@pytest.mark.parametrize("history", HISTORIES, ids=lambda path: path.stem)
def test_events(history: Path, world: World, main_site: Path) -> None:
    github = world.github
    if history.stem == "life":  # main is built again after each event; in the others, once before all
        world.built = None
    for index, step in enumerate(yaml.safe_load(history.read_text(encoding="utf-8"))):
        where = f"{history.name}, {index}: {step['event']} {step.get('pull', '')}"
        before = (files_of(github.pages), repr(github.comments))
        assert world.happen(step) == ("lost" if step.get("lost") else step.get("ends", "success")), where
        published = files_of(github.pages)
        production = {name: data for name, data in published.items() if not name.startswith("pr/")}
        assert production == files_of(main_site), where
        for name, texts in step.get("published", {}).items():
            assert not [text for text in texts if text not in published[name].decode()], (where, name)
        assert not [name for name in step.get("gone", []) if (github.pages / name).exists()], where
        for number, texts in step.get("comments", {}).items():
            comments = github.comments[number]
            assert len(comments) == 1 and comments[0]["user"] == BOT, where
            assert not [text for text in texts if text not in comments[0]["body"]], (where, comments[0]["body"])
        if step.get("same"):
            changed = [
                name for name in published.keys() | before[0].keys() if published.get(name) != before[0].get(name)
            ]
            assert (changed, repr(github.comments)) == ([], before[1]), where
        sitemaps = [name for name in published if name.startswith("pr/") and "sitemap" in name]
        assert not sitemaps and b"/pr/" not in published["sitemap.xml"], where


def test_histories_have_the_events_that_matter() -> None:
    """Also counted here, so that none is lost: twelve events and more, and each of the six poisoned artifacts."""
    steps = [step for history in HISTORIES for step in yaml.safe_load(history.read_text(encoding="utf-8"))]
    assert len(steps) >= 12
    assert {step["event"] for step in steps} >= {"push", "opened", "synchronize", "closed", "reopened", "schedule"}
    poisons = {step["artifact"] for step in steps if "artifact" in step}
    assert poisons == {"traversal", "symlink", "device", "huge", "wrong-number", "newline"}


def test_only_regular_files_are_packed(world: World) -> None:
    """A link of a pull request leads out of it, on the machine that packs."""
    head = world.folder / "head"
    shutil.copytree(world.main, head, symlinks=True)
    (head / "cards/first/link.md").symlink_to("/etc/passwd")
    (head / "docs/folder").symlink_to("/etc")
    (head / "cards/first/.eval_results").mkdir()
    (head / "cards/first/.eval_results/a.yaml").write_text("- x")
    event = {"event_name": "pull_request", "event": {"action": "opened", "pull_request": {"number": 1}}}
    run, conclusion = world.run("ci.yml", event, head)
    assert conclusion == "success", run.log
    packed = set(files_of(run.artifacts["cards-and-docs"]))
    assert packed == {*(f"cards/{name}" for name in files_of(world.main / "cards")), "docs/index.md",
                      "cards/first/.eval_results/a.yaml"}  # fmt: skip
    assert "index.html" in files_of(run.artifacts["site"])


def test_nothing_is_packed_of_a_push(world: World) -> None:
    run, conclusion = world.run("ci.yml", {"event_name": "push", "event": {}}, world.main)
    assert (conclusion, set(run.artifacts)) == ("success", {"site"})
