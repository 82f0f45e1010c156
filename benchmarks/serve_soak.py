"""A long day of `mkdocs serve`: `python benchmarks/serve_soak.py [EDITS] [BREAKAGES] [CARDS]`; 500, 50, 20 if absent.

A reader's browser is played over HTTP: it has a page open, waits for the server to call for a reload, and loads the
page again. Cards are saved one after the other, some of them broken and then mended; each change must come to the
reader by such a call. All the while another reader asks for pages of other cards. Prints what was measured, and exits
with 1 when a reload was lost, memory grew by a tenth, or a page took a second while a card was broken.
"""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.sites import MODEL, make_project

DEADLINE_SECONDS = 30.0
MOST_GROWTH = 0.10
MOST_SECONDS = 1.0
GOOD = "---\nmodel_name: Net {number}\nversion: edit-{edit}\nlicense: mit\n---\nWhat was written at edit-{edit}.\n"
BROKEN = (
    "---\nmodel_name: Net {number}\nversion: [edit-{edit}, 2]\n---\nText.\n",
    "---\nmodel_name: 'Net {number}\nversion: edit-{edit}\n---\nText.\n",
    "---\nmodel_name: Net {number}\nmodel_name: edit-{edit}\n---\nText.\n",
    "---\n- edit-{edit}\n---\nText.\n",
)


@dataclass
class Reader:
    """A browser with one page open. What it shows follows the server's calls alone."""

    url: str
    shown: str = ""
    reloads: int = 0
    open_page: str = "models/"
    changed: threading.Condition = field(default_factory=threading.Condition)

    def load(self) -> int:
        """Show the open page, and give the number that its script waits to be passed."""
        text = get(f"{self.url}{self.open_page}")
        found = re.search(r"livereload\((\d+), \d+\)", text)
        with self.changed:
            self.shown = text
            self.reloads += 1
            self.changed.notify_all()
        return int(found[1]) if found else 0

    def follow(self, stop: threading.Event) -> None:
        epoch, asked = self.load(), 0
        while not stop.is_set():
            asked += 1
            try:
                called = int(get(f"{self.url}livereload/{epoch}/{asked}", 90) or 0)
            except (OSError, ValueError):
                time.sleep(0.1)
                continue
            if called > epoch and not stop.is_set():
                epoch = self.load()

    def wait_for(self, word: str) -> float | None:
        """Seconds until the page shows the word; None when it never does."""
        start = time.monotonic()
        with self.changed:
            seen = self.changed.wait_for(lambda: word in self.shown, DEADLINE_SECONDS)
        return time.monotonic() - start if seen else None


def get(url: str, timeout: float = DEADLINE_SECONDS) -> str:
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError:
        return ""


@contextmanager
def serve(project: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    env = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "--dev-addr", address]
    with (project / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=project, env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            end = time.monotonic() + DEADLINE_SECONDS
            while time.monotonic() < end and process.poll() is None:
                try:
                    if get(f"http://{address}/models/"):
                        break
                except OSError:
                    time.sleep(0.1)
            yield process, f"http://{address}/"
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def memory_bytes(pid: int) -> int:
    """What the process holds in memory, on Linux."""
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def ask_others(url: str, cards: int, is_broken: threading.Event, stop: threading.Event, took: list[float]) -> None:
    """Load pages of cards that are not edited, and keep how long each took while another card was broken."""
    for number in iter(lambda: random.randrange(cards // 2, cards), -1):
        if stop.wait(0.05):
            return
        broken, start = is_broken.is_set(), time.monotonic()
        try:
            good = "</html>" in get(f"{url}models/net-{number}/")
        except OSError:
            good = False
        if broken and is_broken.is_set():
            took.append(time.monotonic() - start if good else float("inf"))


def soak(project: Path, edits: int, breakages: int, cards: int) -> int:
    broken_at = set(random.Random(1).sample(range(1, edits), min(breakages, edits - 1)))
    waited: list[float] = []
    others: list[float] = []
    memory: list[int] = []
    lost: list[str] = []
    is_broken, stop = threading.Event(), threading.Event()
    with serve(project) as (process, url):
        reader = Reader(url)
        threads = [
            threading.Thread(target=reader.follow, args=(stop,), daemon=True),
            threading.Thread(target=ask_others, args=(url, cards, is_broken, stop, others), daemon=True),
        ]
        for thread in threads:
            thread.start()
        for edit in range(edits):
            number = edit % (cards // 2)
            reader.open_page = f"models/net-{number}/"
            texts = [GOOD.format(number=number, edit=f"{edit}-good")]
            if edit in broken_at:
                texts.insert(0, BROKEN[edit % len(BROKEN)].format(number=number, edit=f"{edit}-broken"))
            for text in texts:
                broken = "-broken" in text
                if broken:
                    is_broken.set()
                (project / f"cards/net-{number}/README.md").write_text(text, encoding="utf-8")
                took = reader.wait_for(f"edit-{edit}-{'broken' if broken else 'good'}")
                if took is None:
                    lost.append(f"edit {edit}{' (broken)' if broken else ''}")
                    reader.load()
                else:
                    waited.append(took)
                if broken:
                    time.sleep(1)  # the others ask on, while the card stays broken
                    is_broken.clear()
            memory.append(memory_bytes(process.pid))
        alive = process.poll() is None
        stop.set()
    settled = memory[len(memory) // 10]
    growth = statistics.median(memory[-max(edits // 20, 1) :]) / settled - 1
    slowest = max(others, default=0.0)
    print(f"{edits} edits and {len(broken_at)} breakages of {cards} cards, {reader.reloads} reloads")
    print(f"  from saving to seeing  {statistics.median(waited):.2f} s in the median, {max(waited):.2f} s at most")
    print(f"  reloads lost           {len(lost)}{': ' + ', '.join(lost[:5]) if lost else ''}")
    print(f"  other pages, meanwhile {len(others)} loads, {slowest:.2f} s at most")
    print(f"  memory                 {settled / 1e6:.0f} MB, {growth:+.1%} at the end")
    return 0 if alive and not lost and growth < MOST_GROWTH and slowest < MOST_SECONDS else 1


def main(edits: int = 500, breakages: int = 50, cards: int = 20) -> int:
    with tempfile.TemporaryDirectory() as folder:
        files: dict[str, str | bytes] = {}
        for number in range(cards):
            files[f"net-{number}/README.md"] = GOOD.format(number=number, edit="none")
            files[f"net-{number}/model.onnx"] = MODEL
        return soak(make_project(Path(folder) / "project", files), edits, breakages, cards)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:4])))
