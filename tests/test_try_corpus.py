"""The corpus command finds what a page lacks."""

import runpy
import subprocess
import sys
from pathlib import Path

from cardwright.facts import inspect
from cardwright.site import read_cards

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts" / "try_corpus.py"


def test_nothing_of_the_examples_is_lost() -> None:
    done = subprocess.run([sys.executable, SCRIPT, ROOT / "cards"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("4 cards in ") and done.stdout.endswith("nothing lost\n")


def test_losses_are_found(tmp_path: Path) -> None:
    (tmp_path / "wren.md").write_text("---\nversion: '7'\n---\n# Wren\n\n- one\n\n|a|\n|-|\n|two|\n", encoding="utf-8")
    (entry,), _ = read_cards(tmp_path, "cards", inspect)
    find_losses = runpy.run_path(str(SCRIPT))["find_losses"]
    page = "<h1>Wren</h1><ul><li>one</li></ul><p>a</p>"
    assert [(loss.kind, loss.lost) for loss in find_losses(entry, page)] == [
        ("words", "1: two"),
        ("values", "1: 7"),
        ("tables", "1 in the card, 0 on the page"),
    ]
