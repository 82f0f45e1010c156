"""The model files of a card: those it names, and the .onnx files beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cardwright.card import Card, ModelFile
from cardwright.claims import find_claims
from cardwright.entry import FileEntry
from cardwright.facts import Facts, FactsError
from cardwright.load.beside import list_beside
from cardwright.nodes import find_mark
from cardwright.problem import Mark, Problem
from cardwright.sources import CardSource, RawCard
from cardwright.sources.find import is_inside

Inspect = Callable[[Path], Facts]


def load_files(
    source: CardSource, raw: RawCard, card: Card, inspect: Inspect
) -> tuple[tuple[FileEntry, ...], list[Problem]]:
    """The files the card names, then the .onnx files beside it that it does not."""
    problems: list[Problem] = []
    entries: list[FileEntry] = []
    for index, stated in enumerate(card.files):
        if stated == ModelFile():
            continue
        entry, problem = _load_stated(source, card, raw, stated, inspect)
        entries.append(entry)
        if problem:
            mark = find_mark(raw.fields, ("files", index, "path"))
            problems.append(replace(problem, mark=mark, field=f"files[{index}].path"))
    named = {entry.path for entry in entries}
    for path in (found.relative_to(source.folder).as_posix() for found in list_beside(source, ".onnx")):
        if path not in named:
            facts, error = _inspect(source.folder / path, inspect)
            claims = find_claims(card, ModelFile(), raw.body.markdown) if not entries else {}
            entries.append(FileEntry(ModelFile(), path, path, path, facts, error, claims))
            if error:
                problems.append(_unreadable(path, error))
    return tuple(entries), problems


def _load_stated(
    source: CardSource, card: Card, raw: RawCard, stated: ModelFile, inspect: Inspect
) -> tuple[FileEntry, Problem | None]:
    path = (stated.path or "").removeprefix("./")
    name = stated.name or path.rsplit("/", 1)[-1] or stated.url or "file"
    claims = find_claims(card, stated, raw.body.markdown)
    if not path:
        return FileEntry(stated, name, "", stated.url or "", claims=claims), None
    if not is_inside(source.folder / path, source.folder):
        problem = Problem(
            "",
            Mark(),
            "",
            f"`{path}` is not in the card's folder",
            "add the file, or give its url",
            "warning",
        )
        return FileEntry(stated, name, "", stated.url or "", claims=claims), problem
    if not path.lower().endswith(".onnx"):
        return FileEntry(stated, name, path, path, claims=claims), None
    facts, error = _inspect(source.folder / path, inspect)
    return FileEntry(stated, name, path, path, facts, error, claims), _unreadable(path, error) if error else None


def _inspect(path: Path, inspect: Inspect) -> tuple[Facts | None, FactsError | None]:
    try:
        return inspect(path), None
    except FactsError as error:
        return None, error


def _unreadable(path: str, error: FactsError) -> Problem:
    folder = path.rpartition("/")[0]
    message = f"{folder}/{error.message}" if folder else error.message  # which begins with the file's name
    return Problem("", Mark(), "files", message.rstrip("."), error.hint.rstrip("."))
