"""A second build takes all facts from the cache: it opens no model file and starts no process."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

PROGRAM = """
import sys
from pathlib import Path

opened = []

def watch(event, arguments):
    if event == "open" and str(arguments[0]).endswith(".onnx"):
        opened.append(str(arguments[0]))
    elif event == "subprocess.Popen":
        opened.append("a process")

sys.addaudithook(watch)
from cardwright.addresses import Addresses
from cardwright.facts import Inspector
from cardwright.pages import PageStyle
from cardwright.site import build_site

cards, cache = map(Path, sys.argv[1:])
with Inspector(cache) as inspector:
    site = build_site(cards, "cards", Addresses("models"), PageStyle(), inspector.inspect)
print(len(opened), sum(len(page.html) for page in site.pages), sum(entry.facts is not None for entry in site.entries))
"""


def build(folder: Path) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder / "cards"), str(folder / "cache")],
        env={**os.environ, "PYTHONPATH": str(ROOT / "hooks")},
        capture_output=True,
        text=True,
        check=True,
    )
    return [int(number) for number in done.stdout.split()]


def test_a_warm_build_opens_no_model(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "cards", tmp_path / "cards")
    for path in (tmp_path / "cards").rglob("*.onnx"):
        os.utime(path, (1_000_000_000, 1_000_000_000))  # a change of the last two seconds is looked at again
    cold_opened, *cold = build(tmp_path)
    warm_opened, *warm = build(tmp_path)
    assert cold_opened > 4 and cold[-1] == 4
    assert (warm_opened, warm) == (0, cold)
