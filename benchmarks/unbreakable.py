"""What ends builds early, over and over, against a good site: each time it has to be whole, and the next build right.

    python benchmarks/unbreakable.py [kills=200] [pairs=50] [disk=5] [readonly=1] [cache=10]

kills     a rebuild is killed at a random moment
pairs     two builds of one site at once
disk      a rebuild on a full disk; needs to be root, and mounts a small tmpfs
readonly  a rebuild over a site that nobody may write; needs to be root, for `chattr`
cache     a rebuild with 1,000 flipped bytes in the cache
A name alone runs only that. Exits with 1 when a site is found broken.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "hooks")]

from tests.sites import files_of, make_project  # noqa: E402

CARDS = 12
ROUNDS = {"kills": 200, "pairs": 50, "disk": 5, "readonly": 1, "cache": 10}
COMMAND = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict"]
ENVIRONMENT = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}

Site = dict[str, bytes]


def start(project: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        COMMAND, cwd=project, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def finish(building: subprocess.Popen[str]) -> list[str]:
    """What it printed."""
    said, _ = building.communicate()
    return [line for line in said.splitlines() if line.strip()]


def build_clean(project: Path) -> Site:
    """The site as a build makes it that finds nothing there, in another folder."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(project, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("site", ".*"))
        said = finish(start(Path(folder)))
        assert not said, said
        return files_of(Path(folder) / "site")


def change(project: Path, round_: int) -> None:
    path = project / f"cards/net-{round_ % CARDS}/README.md"
    path.write_text(path.read_text().partition("\n\nRound")[0] + f"\n\nRound {round_}.\n")


def is_left(project: Path) -> bool:
    return bool(list(project.glob(".site*")))


def kills(project: Path, rounds: int) -> Iterator[str]:
    """Killed at any moment: the old site, or already the new one."""
    finish(start(project))
    before = files_of(project / "site")
    began = time.monotonic()
    finish(start(project))
    seconds = time.monotonic() - began
    dice, old, half = random.Random(1), 0, 0
    for round_ in range(rounds):
        change(project, round_)
        building = start(project)
        time.sleep(dice.uniform(0, seconds * 1.1))
        building.send_signal(signal.SIGKILL)
        building.communicate()
        half += is_left(project)
        found = files_of(project / "site")
        said = finish(start(project))
        after = files_of(project / "site")
        old += found == before
        if found not in (before, after):
            yield f"kill {round_}: neither the old nor the new site"
        if said or is_left(project) or (round_ % 20 == 0 and after != build_clean(project)):
            yield f"kill {round_}: the next build is not right: {said}"
        before = after
    print(f"  {old} kills left the old site, {rounds - old} came after the exchange, {half} left a half one beside it")


def pairs(project: Path, rounds: int) -> Iterator[str]:
    """Two at once: both succeed, and the site is that of one of them."""
    for round_ in range(rounds):
        change(project, round_)
        both = [start(project), start(project)]
        said = [line for building in both for line in finish(building)]
        if said or is_left(project):
            yield f"pair {round_}: {said}"
        if round_ % 10 == 0 and files_of(project / "site") != build_clean(project):
            yield f"pair {round_}: not the site of the cards"


def disk(project: Path, rounds: int) -> Iterator[str]:
    """No room: one line, and the old site."""
    place = project / "small"
    place.mkdir()
    need = sum(map(len, build_clean(project).values()))
    with run_as_root(f"mount -t tmpfs -o size={need * 3 // 2} none small", "umount small", project):
        (project / "mkdocs.yml").write_text(
            (project / "mkdocs.yml").read_text().replace("{", '{"site_dir": "small/site", ', 1)
        )
        finish(start(project))
        before = files_of(place / "site")
        for round_ in range(rounds):
            change(project, round_)
            said = finish(start(project))
            print("  " + "\n  ".join(said))
            if len(said) != 1 or "No space left" not in said[0] or files_of(place / "site") != before:
                yield f"disk {round_}: {said}"
            if list(place.glob(".site*")):
                yield f"disk {round_}: something is left"


def readonly(project: Path, rounds: int) -> Iterator[str]:
    """A site that may not be written: one line, and the old site."""
    finish(start(project))
    before = files_of(project / "site")
    with run_as_root("chattr +i site", "chattr -i site", project):
        for round_ in range(rounds):
            change(project, round_)
            said = finish(start(project))
            print("  " + "\n  ".join(said))
            if len(said) != 1 or files_of(project / "site") != before or is_left(project):
                yield f"readonly {round_}: {said}"


def cache(project: Path, rounds: int) -> Iterator[str]:
    """A damaged cache: the same site, or it is counted anew."""
    finish(start(project))
    dice = random.Random(2)
    for round_ in range(rounds):
        change(project, round_)
        for path in [path for path in sorted((project / ".cache").rglob("*")) if path.is_file()]:
            data = bytearray(path.read_bytes())
            for _ in range(1000 if len(data) > 1000 else len(data) // 4):
                data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
            path.write_bytes(data)
        said = finish(start(project))
        if said or files_of(project / "site") != build_clean(project):
            yield f"cache {round_}: {said}"


@contextmanager
def run_as_root(before: str, after: str, folder: Path) -> Iterator[None]:
    subprocess.run(before.split(), cwd=folder, check=True)
    try:
        yield
    finally:
        subprocess.run(after.split(), cwd=folder, check=True)


TRIALS: dict[str, Callable[[Path, int], Iterator[str]]] = {
    "kills": kills,
    "pairs": pairs,
    "disk": disk,
    "readonly": readonly,
    "cache": cache,
}


def main() -> None:
    asked = dict(argument.partition("=")[::2] for argument in sys.argv[1:])
    if not asked.keys() <= TRIALS.keys() or not all(count.isdecimal() for count in asked.values() if count):
        sys.exit(__doc__)
    wrong = []
    for name, count in (asked or dict.fromkeys(TRIALS, "")).items():
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                [sys.executable, str(ROOT / "benchmarks/make_cards.py"), str(CARDS), "made"],
                cwd=folder,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            made = sorted(Path(folder, "made").iterdir())
            project = make_project(Path(folder) / "project", {}, {"index.md": "# Home\n"})
            shutil.rmtree(project / "cards", ignore_errors=True)
            for number, card in enumerate(made):
                shutil.copytree(card, project / f"cards/net-{number}")
            rounds = int(count or ROUNDS[name])
            found = list(TRIALS[name](project, rounds))
        print(f"{name}: {rounds} rounds, {len(found)} broken" + "".join(f"\n  {line}" for line in found))
        wrong += found
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
