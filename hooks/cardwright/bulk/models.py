"""Which models the cards have: files beside them, and addresses that they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from cardwright.facts import Facts, NotInspectedError
from cardwright.load import as_written
from cardwright.problem import Mark, Problem
from cardwright.site import read_cards


@dataclass(frozen=True, slots=True)
class Model:
    """A model to inspect, once, however many cards have it."""

    place: str
    """Its path, or its address."""
    folder: str
    """The folder that a path may not leave; empty for an address."""
    dims: tuple[tuple[str, int], ...]
    """Sizes that the card gives to open dimensions."""
    cards: tuple[Problem, ...]
    """Where cards name it, as problems still without a message."""

    @property
    def is_address(self) -> bool:
        """Whether it lies elsewhere."""
        return not self.folder


def find_models(cards_dir: Path, shown_as: str) -> tuple[Model, ...]:
    """The models of the cards below a folder, in the order of the cards. No model is opened."""
    asked: list[tuple[str, str, tuple[tuple[str, int], ...]]] = []

    def note(model: Path | str, dims: Mapping[str, int], within: Path) -> Facts:
        folder = "" if isinstance(model, str) else str(within.absolute())
        asked.append((model if isinstance(model, str) else str(model.absolute()), folder, tuple(sorted(dims.items()))))
        raise NotInspectedError("", "")

    entries, _ = read_cards(cards_dir, shown_as, note)
    places: dict[tuple[str, str], list[Problem]] = {}
    for entry in entries:
        stated = list(entry.card.files)
        for file in entry.files:
            index = next((number for number, each in enumerate(stated) if each is file.stated), None)
            model = str((entry.source.folder / file.path).absolute()) if file.path else file.address
            key = "path" if file.path else "url"
            mark = entry.mark(("files", index, key)) if index is not None else Mark()
            field = f"files[{index}].{key}" if index is not None else "files"
            problem = as_written(Problem(f"{shown_as}/{mark.path or entry.path}", mark, field, ""), entry.raw)
            places.setdefault((model, str(entry.source.folder.absolute()) if file.path else ""), []).append(problem)
    return tuple(Model(*key, tuple(places.get(key[:2], ()))) for key in dict.fromkeys(asked))


def is_allowed(address: str, prefixes: Sequence[str]) -> bool:
    """Whether an address begins with one of the prefixes; without any, whether it is no file of the workers' disks."""
    if ".." in unquote(address).replace("\\", "/").split("/"):
        return False
    if not prefixes:
        return not address.lower().startswith("file:")
    return any(address == prefix or address.startswith(f"{prefix.rstrip('/')}/") for prefix in prefixes)
