"""What changed between two states of a cards folder: in meaning, not in lines.

sides (a folder, or a commit)  →  trees: files, and which are the same  →  versions: cards, of those that are not
                               →  ASPECTS: what of each changed          →  text, JSON, Markdown
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

from cardwright.diff.compare import compare_sides
from cardwright.diff.sides import Sides
from cardwright.diff.values import CardChange, Change, Difference, DiffError
from cardwright.facts import Inspector


def find_difference(base: str, head: str | None, cache: Path | None = None, project: Path | None = None) -> Difference:
    """What changed from `base` to `head`, each a folder or a git revision; without `head`, the working tree.

    `project` is the folder in which names are looked up; `cache` has what was counted in models before. Raises
    `DiffError`, and nothing for what cards hold.
    """
    with (
        tempfile.TemporaryDirectory(prefix="cardwright-") as workspace,
        closing(Sides(project or Path(), Path(workspace))) as sides,
        Inspector(cache) as inspector,
    ):
        return compare_sides(sides.open(base), sides.open(head), inspector)


__all__ = ["CardChange", "Change", "DiffError", "Difference", "find_difference"]
