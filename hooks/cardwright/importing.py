"""Every card of a folder as a README.md of our own form, with the files it uses, in a new folder of the same layout."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from cardwright.addresses import Addresses
from cardwright.convert import to_readme
from cardwright.entry import Entry
from cardwright.load.beside import find_beside
from cardwright.pages import PageStyle, make_card_page
from cardwright.problem import Mark, Problem
from cardwright.sources.eval_results import PATTERNS
from cardwright.sources.files import is_inside
from cardwright.sources.model_index import YAML_SUFFIXES


def import_cards(entries: tuple[Entry, ...], root: Path, output: Path) -> tuple[tuple[Path, ...], tuple[Problem, ...]]:
    """Write the cards, which were read below `root`, below `output`. No file that is there is changed.

    Gives the cards that were written, and a problem for each that was not, and for each of their files.
    """
    written: list[Path] = []
    problems: list[Problem] = []
    for entry in entries:
        path = output / find_place(entry, root)
        if problem := _write_card(entry, path):
            problems.append(problem)
            continue
        written.append(path)
        problems += [found for name in sorted(find_files(entry)) if (found := _copy(entry, name, path.parent))]
    return tuple(written), tuple(problems)


def find_place(entry: Entry, root: Path) -> Path:
    """Where the card goes: where it was, so that links between cards stay right and it keeps its address."""
    source = entry.source
    path = source.path.relative_to(root)
    folder = source.folder.relative_to(root)
    if source.path.suffix == ".json":
        return folder / "README.md"
    if source.path.suffix.lower() in YAML_SUFFIXES:
        return folder / entry.slug / "README.md"
    if source.part is None or source.owns_folder:
        return path
    # One of several models of a Markdown file: beside it, where the links of its text lead to the same files.
    return folder / f"{entry.slug}.md"


def find_files(entry: Entry) -> set[str]:
    """The files of the card's folder that it uses: those its page links to or shows, and those read with it."""
    _, needed = make_card_page(entry, Addresses("models"), PageStyle(), {})
    source = entry.source
    beside = {
        path.relative_to(source.folder).as_posix() for paths in find_beside(source).paths.values() for path in paths
    }
    external = {
        (Path(file.path).parent / data.location).as_posix()
        for file in entry.files
        if file.facts and file.path
        for data in file.facts.external_data
    }
    used = {*needed, *beside, *external, *(file.path for file in entry.files if file.path)}
    results = {path.relative_to(source.folder).as_posix() for glob in PATTERNS for path in source.folder.glob(glob)}
    used |= results if source.owns_folder else set()
    cards = {source.path.relative_to(source.folder).as_posix(), entry.raw.body_path.rpartition("/")[2]}
    return {name for name in used - cards if is_inside(source.folder / name, source.folder)}


def _write_card(entry: Entry, path: Path) -> Problem | None:
    try:
        text = to_readme(entry)
        if entry.raw.unreadable and entry.raw.format != "huggingface":
            return _problem(entry.path, "cannot be read, so it is not imported", "mend it first")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        return _problem(os.fspath(path), "is there already, and stays as it is", "remove it, or name another folder")
    except OSError as error:
        return _problem(os.fspath(path), f"cannot be written: {error.strerror}", "name another folder")
    return None


def _copy(entry: Entry, name: str, folder: Path) -> Problem | None:
    source, target = entry.source.folder / name, folder / name
    if target.exists():  # another card of the same folder brought it
        return None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
    except OSError as error:
        return _problem(os.fspath(target), f"cannot be copied: {error.strerror}", "copy it by hand")
    return None


def _problem(path: str, message: str, hint: str) -> Problem:
    return Problem(path, Mark(), "", message, hint)
