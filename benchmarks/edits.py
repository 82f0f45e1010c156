"""A site that follows its edits, held against the same site built anew after each: `python benchmarks/edits.py [500]`.

Cards, models, bibliographies, pages, options and templates change at random; what is served has to be, byte for byte,
what a build makes that knows nothing of the last. Exits with 1 at the first difference.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "hooks")]

from tests.edits import EditedSite  # noqa: E402

EDITS_A_SITE = 100


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    os.environ["SOURCE_DATE_EPOCH"] = "1000000000"  # MkDocs' own theme writes the time of the build into a page
    logging.getLogger("mkdocs").setLevel(logging.CRITICAL)
    kinds: Counter[str] = Counter()
    seconds = refreshed = 0.0
    for number in range(count):
        if number % EDITS_A_SITE == 0:
            folder = tempfile.TemporaryDirectory()
            site = EditedSite(Path(folder.name) / "project", seed=number)
        kind = site.edit()
        kinds[kind] += 1
        before = site.refreshed
        began = time.perf_counter()
        site.follow()
        seconds += time.perf_counter() - began
        refreshed += site.refreshed > before
        if wrong := site.differences():
            sys.exit(f"edit {number}, {kind}: {wrong}")
    for kind, times in sorted(kinds.items()):
        print(f"{times:6} {kind}")
    print(f"{count} edits, 0 differences: {refreshed:.0f} followed without MkDocs, {count - refreshed:.0f} with it")
    print(f"{seconds / count:.2f} s an edit")


if __name__ == "__main__":
    main()
