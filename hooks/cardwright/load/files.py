"""The model files of a card: those it names, and the .onnx files beside it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from cardwright.card import Card, ModelFile
from cardwright.claims import Subject, check_claims, find_contradictions
from cardwright.entry import FileEntry
from cardwright.facts import Facts, FactsError, NotInspectedError
from cardwright.load.beside import MAX_BESIDE, Beside
from cardwright.nodes import find_mark
from cardwright.problem import Mark, Problem, Severity
from cardwright.sources import CardSource, RawCard
from cardwright.sources.files import is_inside

Inspect = Callable[[Path | str, Mapping[str, int], Path], Facts]
"""From a file, sizes of its open dimensions, and the folder it may not leave, to what it holds.

A text is the address of a file that lies elsewhere, of which a build knows what the facts store has, or nothing: then
`NotInspectedError` is raised.
"""


def load_files(
    source: CardSource, beside: Beside, raw: RawCard, card: Card, name: str, inspect: Inspect
) -> tuple[tuple[FileEntry, ...], list[Problem]]:
    """The files the card names, then the .onnx files beside it that it does not; each held against the card."""
    problems = [
        Problem("", Mark(), "files", f"the name of `{bad}` is not UTF-8", "rename the file", "warning")
        for bad in beside.unnameable
    ]
    for suffix in beside.cut:
        message = f"more than {MAX_BESIDE} {suffix} files beside the card: the rest is not read"
        problems.append(Problem("", Mark(), "files", message, "give them cards of their own", "warning"))
    entries: list[FileEntry] = []
    for stated, index in _list_files(source, beside, card):
        path = posixpath.normpath(stated.path) if stated.path else ""
        here = bool(path) and is_inside(source.folder / path, source.folder)
        key = "path" if here or not stated.url else "url"
        place = find_mark(raw.fields, ("files", index, key)) if index is not None else Mark()
        field = f"files[{index}].{key}" if index is not None else "files"
        facts, error = _inspect(source, path if here else "", stated, inspect)
        read = sum(entry.facts is not None for entry in entries)
        is_main = not read
        structure = ("structure.onnx" if is_main else f"structure-{read + 1}.onnx") if facts and here else ""
        subject = Subject(card, raw, stated, index, is_main, name)
        claims = check_claims(subject, facts)
        label = stated.name or path.rsplit("/", 1)[-1] or stated.url or "file"
        address = path if here else stated.url or ""
        entries.append(FileEntry(stated, label, path if here else "", address, facts, error, structure, claims))
        if path and not here and not stated.url:
            message = f"`{stated.path}` is not in the card's folder"
            problems.append(Problem("", place, field, message, "add the file, or give its url", "warning"))
        if error:
            problems.append(_unreadable(path if here else "", error, place, field))
        problems += find_contradictions(claims, subject)
    return tuple(entries), problems


def _list_files(source: CardSource, beside: Beside, card: Card) -> Iterator[tuple[ModelFile, int | None]]:
    """Files as the card states them, with their position, then those that it does not name."""
    named = {posixpath.normpath(stated.path) for stated in card.files if stated.path}
    yield from ((stated, index) for index, stated in enumerate(card.files) if stated != ModelFile())
    for found in beside.paths[".onnx"]:
        path = found.relative_to(source.folder).as_posix()
        if path not in named:
            yield ModelFile(path=path), None


def _inspect(
    source: CardSource, path: str, stated: ModelFile, inspect: Inspect
) -> tuple[Facts | None, FactsError | None]:
    model = source.folder / path if path.lower().endswith(".onnx") else find_address(stated) if not path else None
    if not model:
        return None, None
    dims = {name: int(size) for name, size in stated.dims.items() if size and size.isdecimal() and len(size) < 10}
    try:
        return inspect(model, dims, source.folder), None
    except NotInspectedError:
        return None, None
    except FactsError as error:
        return None, error


def find_address(stated: ModelFile) -> str:
    """The address of an ONNX file that is not beside its card; empty when it is none, or not said to be one."""
    url = stated.url or ""
    names = (url.partition("?")[0].partition("#")[0], stated.path or "", f".{stated.format or ''}")
    return url if any(name.lower().endswith(".onnx") for name in names) else ""


def _unreadable(path: str, error: FactsError, place: Mark, field: str) -> Problem:
    folder = path.rpartition("/")[0]
    message = f"{folder}/{error.message}" if folder else error.message  # which begins with the file's name
    # A clone without the large files is no fault of the card, and neither is what happens at an address.
    severity: Severity = "warning" if not path or "Git LFS pointer" in message else "error"
    return Problem("", place, field, message.rstrip("."), error.hint.rstrip("."), severity)
