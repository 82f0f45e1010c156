"""The corpus command finds what a page lacks, and what it has beyond its card."""

import subprocess
import sys
from pathlib import Path

import pytest

from cardwright.facts import inspect
from cardwright.site import read_cards
from scripts import round_trips
from scripts.compare_gfm import find_losses

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts" / "try_corpus.py"


def test_nothing_of_the_examples_is_lost() -> None:
    done = subprocess.run([sys.executable, SCRIPT, ROOT / "cards"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("4 cards in ") and done.stdout.endswith("nothing lost\n")
    assert "\nslowest: " in done.stdout


CARD = """---
version: '7'
---
# Wren

- one
  - two

|a|
|-|
|three|

```sh
sing
```

Sings twice.

Sings twice.
"""


def test_losses_are_found(tmp_path: Path) -> None:
    (tmp_path / "wren.md").write_text(CARD, encoding="utf-8")
    (entry,), _ = read_cards(tmp_path, "cards", inspect)
    page = "<h1>Wren</h1><ul><li>one</li><li>two</li></ul><p>a</p><pre>sing</pre><p>Sings twice.</p><p>more</p>"
    losses, lifted = find_losses(entry, CARD, page)
    assert lifted == 0
    assert [(loss.kind, loss.lost) for loss in losses] == [
        ("values", "not on the page: 7"),
        ("list items", "not on the page: 2 | - | two"),
        ("tables", "not on the page: a | three"),
        ("code blocks", "not on the page: sh | sing"),
        ("words", "not on the page: Sings twice."),
        ("list items", "not in the card: 1 | - | two"),
        ("words", "not in the card: a"),
        ("code blocks", "not in the card: sing"),
        ("words", "not in the card: more"),
    ]
    moved = CARD.split("---\n")[2].replace("- one\n  - two\n", "")
    (tmp_path / "wren.md").write_text(moved, encoding="utf-8")
    (entry,), _ = read_cards(tmp_path, "cards", inspect)
    page = "<h1>Wren</h1><pre><code class='language-sh'>sing</code></pre><table><tr><td>a<tr><td>three</table>"
    page = page.replace("<tr><td>three", "</td></tr><tr><td>three</td></tr>")
    losses, _ = find_losses(entry, moved, f"{page}<p>Sings twice.</p><p>Sings twice.</p>")
    assert [(loss.kind, loss.lost) for loss in losses] == [("order", "elsewhere than in the card: sh | sing")]


def test_changes_of_round_trips_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    entries, _ = read_cards(ROOT / "tests/data/convert/cards", "cards", inspect)
    assert list(round_trips.find_changes(entries)) == []
    spoil = {
        "huggingface": lambda write, cards: write(cards).replace("75.80", "75.8").replace("*songs*", "songs"),
        "modelhub": lambda write, cards: write(cards).replace("1.50", "1.5"),
        "model-index": lambda write, cards: write(cards).replace("0.90", "0.9"),
    }
    spoiled = {
        name: lambda cards, name=name, write=write: spoil[name](write, cards) if name in spoil else write(cards)
        for name, write in round_trips.WRITE.items()
    }
    monkeypatch.setattr(round_trips, "WRITE", spoiled)
    assert [(change.slug, change.trip, change.what) for change in round_trips.find_changes(entries)] == [
        ("duck-s", "model-index and back", "the models"),
        ("heron", "modelhub and back", "meta"),
        ("wren", "huggingface and back", "model-index, the text"),
        ("duck-l", "to model-index and back", "general"),
        ("heron", "to modelhub and back", "general"),
        ("wren", "to huggingface and back", "model-index, the text"),
        ("zoo", "to huggingface and back", "license, model-index, files, cardwright, the text"),
    ]
