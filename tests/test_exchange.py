"""The site changes whole or not at all: whatever ends a build early leaves the one that stood there."""

import errno
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cardwright import exchange
from tests.sites import build_well, files_of, make_project

GOOD: dict[str, str | bytes] = {"wren/README.md": "# Wren\nSings.\n"}


def fill(target: Path, files: dict[str, str]) -> None:
    beside = exchange.open_beside(target)
    for name, text in files.items():
        (beside.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (beside.folder / name).write_text(text)
    exchange.put_in_place(beside)


def no_swap(one: bytes, other: bytes) -> None:
    raise OSError(errno.ENOSYS, "no such call here")


@pytest.fixture(params=["swap", "two steps", "inside"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ways to exchange: that of the system, that of systems without one, and that of a folder nobody may move."""
    if request.param == "two steps":
        monkeypatch.setattr(exchange, "_SWAP", no_swap)
    if request.param == "inside":
        monkeypatch.setattr(Path, "is_mount", lambda path: path.name == "site")


@pytest.mark.usefixtures("way")
def test_a_folder_takes_the_place_of_another(tmp_path: Path) -> None:
    fill(tmp_path / "site", {"index.html": "old", "gone/page.html": "old", "assets/a.css": "old", "plain": "file"})
    fill(tmp_path / "site", {"index.html": "new", "assets/b.css": "new", "plain/page.html": "a folder now"})
    assert files_of(tmp_path) == {
        "site/index.html": b"new",
        "site/assets/b.css": b"new",
        "site/plain/page.html": b"a folder now",
    }


@pytest.mark.usefixtures("way")
def test_hidden_files_of_the_site_stay(tmp_path: Path) -> None:
    fill(tmp_path / "site", {"index.html": "old"})
    (tmp_path / "site/.nojekyll").touch()
    (tmp_path / "site/.git").mkdir()
    (tmp_path / "site/.git/HEAD").write_text("ref: refs/heads/pages\n")
    fill(tmp_path / "site", {"index.html": "new"})
    assert sorted(files_of(tmp_path)) == ["site/.git/HEAD", "site/.nojekyll", "site/index.html"]


def test_what_a_killed_build_left_goes_and_what_another_fills_stays(tmp_path: Path) -> None:
    other = exchange.open_beside(tmp_path / "site")
    left = tmp_path / ".site.00c0ffee.new"
    left.mkdir()
    (left / "half.html").touch()
    mine = exchange.open_beside(tmp_path / "site")
    assert not left.exists() and other.folder.is_dir()
    (other.folder / "index.html").write_text("other")
    (mine.folder / "index.html").write_text("mine")
    exchange.put_in_place(other)
    exchange.put_in_place(mine)
    assert files_of(tmp_path) == {"site/index.html": b"mine"}


def test_a_build_killed_between_the_two_steps_is_mended_by_the_next(tmp_path: Path) -> None:
    fill(tmp_path / "site", {"index.html": "old"})
    (tmp_path / "site").rename(tmp_path / ".site.00c0ffee.old")
    exchange.close(exchange.open_beside(tmp_path / "site"))
    assert files_of(tmp_path) == {"site/index.html": b"old"}


def test_a_link_to_a_folder_leads_to_the_new_site(tmp_path: Path) -> None:
    fill(tmp_path / "www/site", {"index.html": "old"})
    (tmp_path / "site").symlink_to("www/site")
    fill(tmp_path / "site", {"index.html": "new"})
    assert (tmp_path / "site").is_symlink() and (tmp_path / "www/site/index.html").read_text() == "new"


def small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def run_build(
    project: Path, *options: str, before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", *options]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False, preexec_fn=before)


def break_by_warning(project: Path) -> None:
    (project / "docs/index.md").write_text("# Home\n[nowhere](nowhere.md)\n")


def break_by_card(project: Path) -> None:
    (project / "cards/wren/README.md").write_text("---\nlicense: [mit\n---\n# Wren\n")


@pytest.mark.parametrize("damage", [break_by_warning, break_by_card])
def test_a_strict_build_with_warnings_changes_nothing(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    project = make_project(tmp_path, GOOD, {"index.md": "# Home\n"})
    before = files_of(build_well(project))
    damage(project)
    done = run_build(project, "--strict")
    assert done.returncode == 1 and "in strict mode!" in done.stdout and "Traceback" not in done.stderr
    assert files_of(project / "site") == before
    assert [path.name for path in project.glob(".site*")] == []


def test_a_disk_that_refuses_is_one_line_and_the_site_stays(tmp_path: Path) -> None:
    project = make_project(tmp_path, GOOD, {"index.md": "# Home\n"})
    before = files_of(build_well(project))
    done = run_build(project, "--quiet", before=small_files)
    said = [line for line in (done.stdout + done.stderr).splitlines() if line]
    assert done.returncode == 1 and len(said) == 1
    assert said[0].startswith(f"{project / 'site'}") and said[0].endswith(
        f": File too large. The site in {project / 'site'} stays as it was."
    )
    assert files_of(project / "site") == before and not list(project.glob(".site*"))


def test_a_killed_build_leaves_the_site_and_the_next_one_is_right(tmp_path: Path) -> None:
    project = make_project(tmp_path, GOOD, {"index.md": "# Home\n"})
    before = files_of(build_well(project))
    (project / "cards/wren/README.md").write_text("# Wren\nSings at night.\n")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    with subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as building:
        while not any(any(folder.iterdir()) for folder in project.glob(".site.*.new")):
            assert building.poll() is None, "it ended before it wrote anything"
            time.sleep(0.002)
        building.send_signal(signal.SIGKILL)
    assert files_of(project / "site") == before
    after = files_of(build_well(project))
    assert b"Sings at night." in after["models/wren/index.html"] and not list(project.glob(".site*"))


def test_a_site_that_may_not_be_written_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "site")
    with pytest.raises(PermissionError, match="site"):
        exchange.open_beside(tmp_path / "site")
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
