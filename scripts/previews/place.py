"""Put previews into the published site, below `pr/<number>/`, and nowhere else.

    python3 -m scripts.previews.place SITE PREVIEWS PLAN PLACED

SITE was built from main alone, on a machine that no pull request's data has touched. PREVIEWS comes from one that it
has: of it nothing is trusted. Writes into PLACED the numbers of pull requests, each with why it has no place.
"""

from __future__ import annotations

import json
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.previews.pulls import is_plain_name, read_plan

FOLDER = "pr"
MAX_SITE_BYTES = 900_000_000
"""GitHub Pages takes 1 GB. https://docs.github.com/pages/getting-started-with-github-pages/github-pages-limits"""
MAX_FILES = 50_000
BLOCK = 512
"""The site travels as a tar file: each file has a header, and is filled up."""


class UnfitError(Exception):
    """A preview that cannot be published, and why."""


def place(site: Path, previews: Path, numbers: list[int], most_bytes: int = MAX_SITE_BYTES) -> dict[int, str]:
    """Copy the previews of these pull requests into the site, in this order while there is room.

    Gives for each that was built an empty text, or why it is left out.
    """
    placed: dict[int, str] = {}
    if (site / FOLDER).exists():
        return dict.fromkeys(numbers, f"the site has a page of its own at {FOLDER}/")
    left = most_bytes - sum(measure(path.stat().st_size) for path in site.rglob("*") if path.is_file())
    for number in numbers:
        source = previews / FOLDER / str(number)
        if not source.is_dir() or source.is_symlink():
            continue
        try:
            files = list(list_files(source))
            size = sum(size for _, size in files)
            if size > left:
                raise UnfitError(
                    f"it has {size / 1e6:,.0f} MB, and newer previews leave room for {max(left, 0) / 1e6:,.0f} MB"
                )
            left -= size
            for path, _ in files:
                target = site / FOLDER / str(number) / path.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target, follow_symlinks=False)
            placed[number] = ""
        except (UnfitError, OSError) as error:
            shutil.rmtree(site / FOLDER / str(number), ignore_errors=True)
            placed[number] = str(error)
    return placed


def measure(size: int) -> int:
    """The room that a file of so many bytes takes."""
    return BLOCK + -(-size // BLOCK) * BLOCK


def list_files(folder: Path) -> Iterator[tuple[Path, int]]:
    """Files below a folder with the room they take. Raises `UnfitError` for anything that is no plain file."""
    count = 0
    waiting = [folder]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            status = path.lstat()
            count += 1
            if count > MAX_FILES:
                raise UnfitError(f"it has more than {MAX_FILES:,} files")
            if not is_plain_name(path.name):
                raise UnfitError("a name in it has a character that is not taken")
            if stat.S_ISDIR(status.st_mode):
                waiting.append(path)
            elif stat.S_ISREG(status.st_mode):
                yield path, measure(status.st_size)
            else:
                raise UnfitError("something in it is no plain file")


def main() -> None:
    site, previews, plan, out = (Path(argument) for argument in sys.argv[1:5])
    ready = [pull.number for pull in read_plan(plan).pulls if pull.state == "ready"]
    placed = place(site, previews, ready)
    out.write_text(json.dumps(placed), encoding="utf-8")
    for number, why_not in placed.items():
        print(f"pull request {number}: {why_not or 'placed'}")


if __name__ == "__main__":
    main()
