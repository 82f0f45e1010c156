"""The hook against the plugin, and what MkDocs' own pages may say of cards' files."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from cardwright.plugin import Door
from tests.sites import HOOK, make_project


def test_the_hook_has_every_event_of_the_plugin() -> None:
    events = {name for name in vars(Door) if name.startswith("on_")}
    named = re.findall(r"^(on_\w+) = _door\.(on_\w+)$", HOOK.read_text(), re.MULTILINE)
    assert sorted(named) == sorted((name, name) for name in events)


def test_only_links_to_files_of_cards_have_to_lead_somewhere(tmp_path: Path) -> None:
    text = "# Home\n\nAs `models/wren/x.onnx` or models/wren/y.onnx: `models/wren/`.\n\n```\n(models/wren/z)\n```\n"
    links = "[a](models/wren/card.json) <a href='models/wren/card.md'>b</a> [c][c]\n\n[c]: models/wren/card.json\n"
    cards: dict[str, str | bytes] = {"wren/README.md": "# Wren\n"}
    for name, index, code in (("well", text + links, 0), ("dead", "[x](models/wren/x.onnx)\n", 1)):
        project = make_project(tmp_path / name, cards, {"index.md": index})
        command = [sys.executable, "-m", "mkdocs", "build", "--strict"]  # --quiet counts no warnings
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == code, done.stderr
        assert ("A page links to models/wren/x.onnx, which no card has" in done.stderr) == bool(code)
