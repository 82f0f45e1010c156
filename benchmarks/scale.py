"""How long sites of many cards take, beside other generators: `python benchmarks/scale.py [N ...] [NAME ...]`.

N is 1000 if absent. With NAMEs (`Material`, `Hugo`, `none`), only these others run beside Cardwright.

The same made-up cards go through each: Cardwright with their models and bibliographies, and once with their Markdown
alone, as the others have it, as pages outside of the nav. Others are installed into `.cache/scale` from the package
index; what cannot be installed is left out and named. Prints a table for each N:

    s       from start to end
    cpu s   of all processes
    MB      most memory of all processes at once, shared pages counted once (Linux)
    site    MB of files

Everything happens in a folder of TMPDIR: on a slow disk its making of files is what is measured.
"""

from __future__ import annotations

import json
import os
import platform
import random
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".cache/scale"
EDITS = 20
ENVIRONMENT = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONHASHSEED": "0"}

# What Material's own documentation tells to switch on for such pages: tables, code in colours, task lists, notes.
EXTENSIONS = (
    "abbr admonition attr_list def_list footnotes md_in_html tables pymdownx.betterem pymdownx.caret pymdownx.details"
    " pymdownx.emoji pymdownx.highlight pymdownx.inlinehilite pymdownx.keys pymdownx.magiclink pymdownx.mark"
    " pymdownx.smartsymbols pymdownx.superfences pymdownx.tabbed pymdownx.tasklist pymdownx.tilde"
).split()
MATERIAL = {
    "site_name": "Site",
    "theme": {"name": "material", "font": False},
    "nav": ["index.md"],
    "not_in_nav": "/models/",
    "markdown_extensions": EXTENSIONS,
}


@dataclass(frozen=True)
class Cost:
    seconds: float
    cpu: float
    megabytes: float


@dataclass(frozen=True)
class Tool:
    """Another generator."""

    name: str
    packages: Sequence[str]
    prepare: Callable[[Path], None]
    command: Sequence[str]
    """In its venv."""


def prepare_mkdocs(folder: Path) -> None:
    (folder / "mkdocs.yml").write_text(json.dumps(MATERIAL))


def prepare_sphinx(folder: Path) -> None:
    settings = 'extensions = ["myst_parser"]\nhtml_theme = "furo"\nsuppress_warnings = ["*"]\nproject = "Site"\n'
    (folder / "docs/conf.py").write_text(settings)
    (folder / "docs/index.md").write_text("# Home\n\n```{toctree}\n:glob:\n:hidden:\nmodels/*\n```\n")


def prepare_hugo(folder: Path) -> None:
    shutil.move(folder / "docs", folder / "content")
    (folder / "content/index.md").rename(folder / "content/_index.md")
    (folder / "hugo.toml").write_text('title = "Site"\nbaseURL = "https://example.org/"\n')
    for name, body in (("single", "{{ .Content }}"), ("list", "{{ range .Pages }}{{ .Title }}{{ end }}")):
        path = folder / f"layouts/_default/{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<!doctype html><title>{{{{ .Title }}}}</title>{body}")


SPHINX = ("sphinx-build", "-q", "-j", "auto", "docs", "site")
BUILD = [sys.executable, "-m", "mkdocs", "build", "-q"]

OTHERS: tuple[Tool, ...] = (
    Tool("Material for MkDocs", ("mkdocs-material",), prepare_mkdocs, ("mkdocs", "build", "-q")),
    Tool("ProperDocs, Material", ("properdocs", "mkdocs-material"), prepare_mkdocs, ("properdocs", "build", "-q")),
    Tool("Zensical", ("zensical",), prepare_mkdocs, ("zensical", "build")),
    Tool("Sphinx, furo", ("sphinx", "furo", "myst-parser"), prepare_sphinx, SPHINX),
    Tool("Hugo, bare theme", ("hugo",), prepare_hugo, ("hugo", "--quiet", "-d", "site")),
)


def run(command: Sequence[str], folder: Path) -> Cost:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stdout=output, stderr=output)
        most = [0.0]
        watching = threading.Thread(target=watch, args=(process.pid, most))
        watching.start()
        code = process.wait()
    seconds = time.perf_counter() - began
    watching.join()
    if code:
        raise subprocess.CalledProcessError(code, list(command), log.read_text()[-2000:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(seconds, cpu, most[0] / 1e6)


def watch(process: int, most: list[float]) -> None:
    """The most memory of a process and those below it: each page counts once, however many have it."""
    while Path(f"/proc/{process}/task").exists():
        began = time.perf_counter()
        total = sum(map(find_pss, list_below(process)))
        if not total:
            return
        most[0] = max(most[0], total)
        time.sleep(max(0.1, 50 * (time.perf_counter() - began)))  # looking takes time from what is looked at


def list_below(process: int) -> list[int]:
    found = [process]
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += list_below(int(child))
    return found


def find_pss(process: int) -> int:
    with suppress(OSError, ValueError):
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
        return int(text.partition("\nPss:")[2].split()[0]) * 1024
    return 0


def prepare_cardwright(folder: Path) -> None:
    (folder / "docs").mkdir()
    (folder / "docs/index.md").write_text("# Home\n\n[Models](models/index.md)\n")
    settings = {**MATERIAL, "nav": ["index.md", {"Models": "models/index.md"}], "not_in_nav": ""}
    settings["hooks"] = [str(ROOT / "hooks/model_cards.py")]
    (folder / "mkdocs.yml").write_text(json.dumps(settings))


def measure_texts(cards: Path, folder: Path, count: int) -> None:
    """What the other generators have, too."""
    shutil.copytree(cards, folder / "cards", ignore=shutil.ignore_patterns("*.onnx", "*.bib"))
    prepare_cardwright(folder)
    show(f"Cardwright, {count:,} texts alone, clean", run(BUILD, folder), folder / "site")


def measure_cardwright(cards: Path, folder: Path, count: int) -> None:
    shutil.copytree(cards, folder / "cards")
    prepare_cardwright(folder)
    show(f"Cardwright, {count:,} cards, clean", run(BUILD, folder), folder / "site")
    show("  again, nothing changed", run(BUILD, folder), folder / "site")
    readme = next(iter(sorted((folder / "cards").iterdir()))) / "README.md"
    readme.write_text(readme.read_text() + "\nOne more line.\n")
    show("  again, one card changed", run(BUILD, folder), folder / "site")
    index = (folder / "site/search/search_index.json").stat().st_size / 1e6
    print(f"  search index: {index:.2f} MB")
    measure_edits(folder)


def measure_edits(folder: Path) -> None:
    """From saving a card to its page over HTTP."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    for which in ("first time", "second time"):
        began = time.perf_counter()
        with (folder / "log").open("w") as log:
            command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "--dev-addr", f"127.0.0.1:{port}"]
            process = subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stdout=log, stderr=log)
        try:
            while not get(url):
                time.sleep(0.05)
            print(f"  mkdocs serve, {which}: {time.perf_counter() - began:.1f} s to the first page")
            if which == "second time":
                edit_cards(folder, url)
        finally:
            process.terminate()
            process.wait()


def edit_cards(folder: Path, url: str) -> None:
    time.sleep(5)
    dice = random.Random(1)
    cards = sorted(path.name for path in (folder / "cards").iterdir())
    for what, edit in (("text", add_line), ("summary", change_summary)):
        taken = [save(folder, url, dice.choice(cards), edit, f"edit-{what}-{number}") for number in range(EDITS)]
        print(f"  saved to seen, {what}: median {statistics.median(taken):.2f} s, worst {max(taken):.2f} s")


def add_line(text: str, mark: str) -> str:
    return f"{text}\n{mark}\n"


def change_summary(text: str, mark: str) -> str:
    changed, count = re.subn(r"^summary:.*$", f"summary: {mark}", text, count=1, flags=re.MULTILINE)
    return changed if count else f"---\nsummary: {mark}\n---\n{text}"


def save(folder: Path, url: str, card: str, edit: Callable[[str, str], str], mark: str) -> float:
    path = folder / "cards" / card / "README.md"
    path.write_text(edit(path.read_text(), mark))
    began = time.perf_counter()
    while mark not in get(f"{url}models/{card}/"):
        if time.perf_counter() - began > 60:
            sys.exit(f"{card}: not seen after a minute")
        time.sleep(0.01)
    return time.perf_counter() - began


def get(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=300) as answer:
            return str(answer.read().decode())
    except (urllib.error.URLError, ConnectionError):
        return ""


def measure_other(tool: Tool, cards: Path, folder: Path) -> None:
    place = TOOLS / tool.name.replace(" ", "-")
    if not (place / "ready").exists():
        venv.create(place, with_pip=True, clear=True)
        install = [str(place / "bin/python"), "-m", "pip", "install", "-q", *tool.packages]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{tool.name}: cannot be installed here")
            return
        (place / "ready").touch()
    (folder / "docs/models").mkdir(parents=True)
    (folder / "docs/index.md").write_text("# Home\n")
    for card in cards.iterdir():
        shutil.copy(card / "README.md", folder / f"docs/models/{card.name}.md")
    tool.prepare(folder)
    try:
        cost = run([str(place / "bin" / tool.command[0]), *tool.command[1:]], folder)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{tool.name}: fails here: {str(getattr(error, 'output', error)).strip()[-200:]}")
        return
    show(f"{tool.name} {find_version(place, tool.packages[0])}", cost, folder / "site")


def find_version(place: Path, package: str) -> str:
    code = f"import importlib.metadata; print(importlib.metadata.version({package!r}))"
    done = subprocess.run([place / "bin/python", "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def show(name: str, cost: Cost, site: Path) -> None:
    files = [path for path in site.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{name:40} {cost.seconds:7.1f} {cost.cpu:7.1f} {cost.megabytes:7.0f} {size:7.0f}  {len(files):,} files")


def main() -> None:
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{time.strftime('%Y-%m-%d')}, {machine}")
    names = [argument.lower() for argument in sys.argv[1:] if not argument.isdecimal()]
    others = [tool for tool in OTHERS if not names or any(name in tool.name.lower() for name in names)]
    for count in [int(argument) for argument in sys.argv[1:] if argument.isdecimal()] or [1000]:
        with tempfile.TemporaryDirectory() as folder:
            cards = Path(folder) / "cards"
            make = [sys.executable, str(ROOT / "benchmarks/make_cards.py"), str(count), str(cards)]
            subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
            print(f"\n{'':40} {'s':>7} {'cpu s':>7} {'MB':>7} {'site':>7}")
            measure_texts(cards, Path(folder, "texts").resolve(), count)
            measure_cardwright(cards, Path(folder, "cardwright").resolve(), count)
            for number, tool in enumerate(others):
                measure_other(tool, cards, Path(folder) / f"other-{number}")
                shutil.rmtree(Path(folder) / f"other-{number}", ignore_errors=True)


if __name__ == "__main__":
    main()
