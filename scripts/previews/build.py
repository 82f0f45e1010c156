"""Render each pull request's cards and docs with main's own code, theme and settings.

    python -m scripts.previews.build PULLS OUT

PULLS is what fetch wrote. OUT gets `pr/<number>/`, a site each, and `reports/<number>.json`. Cards are made safe by the
hook, as everywhere; so are the docs, because the hook is told that this is a preview. What could run code in a build or
in a reader's browser stays main's: mkdocs.yml, hooks, theme, scripts, styles, Markdown extensions, plugins.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from html import escape
from pathlib import Path

from scripts.previews.archive import FOLDERS
from scripts.previews.place import UnfitError, list_files
from scripts.previews.pulls import DATA, PLAN, Pull, Report, one_line, read_plan, write_report

PASSIVE = frozenset(".md .png .jpg .jpeg .gif .webp .avif .bib .csv .json .pdf .txt".split())
"""Endings of the docs that a preview takes from the pull request; no browser runs them. All others are main's."""

EXTENSIONS: list[object] = [
    "admonition", "attr_list", "def_list", "footnotes", "tables", {"toc": {"permalink": True}},
    {"pymdownx.highlight": {"anchor_linenums": True}}, "pymdownx.superfences",
]  # fmt: skip
"""None of them reads a file or runs anything."""

ROBOTS = '<meta name="robots" content="noindex, nofollow">'

CONFIG = "mkdocs.preview.yml"
"""Stands beside mkdocs.yml, so that its paths are the same."""

SECONDS = 300
"""For one preview."""
SECONDS_ALL = 2400
MAX_LINES = 30
MAX_DIFF_CHARS = 30_000
MAX_OUTPUT_CHARS = 1_000_000
UNWANTED = ("404.html", "sitemap.xml", "sitemap.xml.gz")


def build_all(pulls: Path, out: Path, root: Path) -> Iterator[tuple[Pull, Report]]:
    """Build every pull request that is ready, the newest first, while there is time."""
    end = time.monotonic() + SECONDS_ALL
    for pull in read_plan(pulls / PLAN).pulls:
        if pull.state == "ready":
            site = out / "pr" / str(pull.number)
            if time.monotonic() < end:
                report = build_preview(pull, pulls / DATA / str(pull.number), site, root)
            else:
                report = Report(False, ("there was no time left for it in this run",))
            if not report.built:
                shutil.rmtree(site, ignore_errors=True)
                site.mkdir(parents=True)
                (site / "index.html").write_text(make_failed_page(pull, report.problems), encoding="utf-8")
            (site / "preview.json").write_text(json.dumps({"number": pull.number, "sha": pull.sha}), encoding="utf-8")
            write_report(report, out / "reports" / f"{pull.number}.json")
            yield pull, report


def build_preview(pull: Pull, data: Path, site: Path, root: Path) -> Report:
    """Build one preview into `site`. Raises nothing for what the pull request holds."""
    project = data.with_name(f"{data.name}-project")
    try:
        make_project(pull, data, project, root, site)
        code, output = run("mkdocs", "build", "--config-file", CONFIG, folder=project, root=root)
        problems = find_problems(output)
        if code:
            return Report(False, problems or (f"the build ended with {code}",))
        for name in UNWANTED:
            (site / name).unlink(missing_ok=True)
        hide(site)
        list(list_files(site))  # what cannot be published costs this preview, and not the job that carries all of them
        return Report(True, problems, find_changes(project / "cards", root))
    except (OSError, UnfitError, ValueError) as error:
        return Report(False, (one_line(str(error)),))
    finally:
        shutil.rmtree(project, ignore_errors=True)


def make_project(pull: Pull, data: Path, project: Path, root: Path, site: Path) -> None:
    """Put main's project together with the cards and docs of the pull request, all where settings look for it."""
    project.mkdir()
    for path in root.iterdir():
        if path.name not in FOLDERS and path.name[0] != ".":
            (project / path.name).symlink_to(path)
    for name in FOLDERS:
        (data / name).mkdir(parents=True, exist_ok=True)
    (data / "cards").rename(project / "cards")
    for folder, is_theirs in ((root / "docs", False), (data / "docs", True)):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and (path.suffix.lower() in PASSIVE) is is_theirs:
                target = project / "docs" / path.relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
    (project / "docs").mkdir(exist_ok=True)
    settings = {
        "INHERIT": "mkdocs.yml",
        "site_dir": str(site),
        "site_url": "",
        "edit_uri": "",
        "strict": False,
        "plugins": ["search"],
        "markdown_extensions": EXTENSIONS,
        "extra": {"cardwright": {"preview_of": pull.url}},
    }
    (project / CONFIG).write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML


def hide(site: Path) -> None:
    """Have search engines leave out what is no page of MkDocs', such as a viewer."""
    for path in site.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        if 'name="robots"' not in html:
            path.write_text(html.replace("<head>", f"<head>{ROBOTS}", 1), encoding="utf-8")


def run(*arguments: str, folder: Path, root: Path, seconds: float = SECONDS) -> tuple[int, str]:
    """What a Python module ends with and says. It has no token, no git repository, and ends with all it started."""
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    env |= {"PYTHONPATH": str(root / "hooks"), "NO_MKDOCS_2_WARNING": "1", "GIT_DIR": os.devnull, "NO_COLOR": "1"}
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = 1
            said.write(f"\nERROR   -  it took longer than {seconds:.0f} seconds\n")
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        said.seek(0)
        return code, said.read(MAX_OUTPUT_CHARS)


def find_problems(output: str) -> tuple[str, ...]:
    """The lines that say what is wrong."""
    starts = ("WARNING", "ERROR", "CRITICAL", "Error:", "Config value")
    lines = [one_line(line) for line in output.splitlines() if line.startswith(starts)]
    more = [f"and {len(lines) - MAX_LINES} more"] if len(lines) > MAX_LINES else []
    return (*lines[:MAX_LINES], *more)


def find_changes(cards: Path, root: Path) -> str:
    """Markdown that says what changed in meaning; nothing when that cannot be told."""
    code, output = run("cardwright", "diff", "./cards", str(cards), "--markdown", folder=root, root=root)
    return output if code == 0 and len(output) <= MAX_DIFF_CHARS else ""


def make_failed_page(pull: Pull, problems: tuple[str, ...]) -> str:
    """The one page of a preview that could not be built."""
    lines = "".join(f"<li><code>{escape(line)}</code></li>" for line in problems)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">\n'
        f"{ROBOTS}\n<title>Pull request {pull.number}</title>\n</head>\n<body>\n"
        f'<h1>The preview of <a href="{escape(pull.url)}">pull request {pull.number}</a> could not be built</h1>\n'
        f'<ul>{lines}</ul>\n<p><a href="../../">The published site</a></p>\n</body>\n</html>\n'
    )


def main() -> None:
    pulls, out = (Path(argument).resolve() for argument in sys.argv[1:3])
    (out / "reports").mkdir(parents=True)
    built = {}
    for pull, report in build_all(pulls, out, Path.cwd()):
        built[pull.number] = report.built
        print(f"pull request {pull.number}: {'built' if report.built else 'not built'}", *report.problems, sep="\n    ")
    # Also when there is none: a folder without a file is not handed over.
    (out / "reports/all.json").write_text(json.dumps(built), encoding="utf-8")


if __name__ == "__main__":
    main()
