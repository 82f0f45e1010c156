"""Which files below the cards folder are cards, and what each is called in the site.

A folder with a README.md, or a modelhub `config.json`, is one card, named after the folder; any other `.md` file is a
card named after the file. A README.md of the cards folder itself describes the collection and is no card, unless it
is the only one.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cardwright.problem import Mark, Problem
from cardwright.sources.modelhub import CONFIG_PLACES, is_modelhub_config
from cardwright.sources.raw import SourceText

MAX_FILE_BYTES = 4_000_000
MAX_DEPTH = 12
MAX_SLUG_BYTES = 200
"""A slug is the name of a folder of the site, and file systems allow 255 bytes."""
COMPANION_TEXTS = ("README.md", "readme.md", "Readme.md", "init/init.json")
_SKIPPED = re.compile(r"[._].*|node_modules|__pycache__")
_README = re.compile(r"readme\.(md|mdx|markdown)", re.IGNORECASE)
_MARKDOWN = (".md", ".mdx", ".markdown")


@dataclass(frozen=True, slots=True)
class CardSource:
    """A card's place on disk and in the site."""

    path: Path
    folder: Path
    """Where the files of the card are looked for."""
    slug: str
    owns_folder: bool
    """False for a card that is a single file: only the files it names, or that share its name, are its own."""


def find_sources(root: Path) -> tuple[tuple[CardSource, ...], tuple[Problem, ...]]:
    """All cards below `root`, by slug, and what is wrong with how they are laid out. Raises nothing."""
    found = list(_walk(root, root, 0))
    below = [path for path in found if path.parent != root or not _README.fullmatch(path.name)]
    cards = below or found
    slugs, problems = _name_cards(root, cards)
    sources = (_make_source(root, path, slugs[path]) for path in cards)
    return tuple(sorted(sources, key=lambda source: source.slug)), problems


def read_text(root: Path, source: CardSource) -> tuple[SourceText, tuple[Problem, ...]]:
    """The text of a card and of its companions; bytes that are no UTF-8 are replaced and reported."""
    path = source.path.relative_to(root).as_posix()
    text, problems = _read_file(source.path, path)
    beside = {
        name: _read_file(source.folder / name, name)[0]
        for name in COMPANION_TEXTS
        if source.owns_folder
        and (source.folder / name) != source.path
        and is_inside(source.folder / name, source.folder)
    }
    return SourceText(path, text, beside), problems


def is_inside(path: Path, folder: Path) -> bool:
    """Whether `path` is a regular file that, links followed, lies in `folder`."""
    try:
        return path.is_file() and path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        return False


def _walk(root: Path, folder: Path, depth: int) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    card = _main_file(folder, root)
    if card:
        yield card
    for entry in entries:
        path = folder / entry.name
        if _SKIPPED.fullmatch(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth < MAX_DEPTH and not (card and card.is_relative_to(path)):
                yield from _walk(root, path, depth + 1)
        elif (
            entry.name.lower().endswith(_MARKDOWN)
            and path != card
            and (card is None or folder == root)
            and not _README.fullmatch(entry.name)
            and is_inside(path, root)
        ):
            yield path


def _main_file(folder: Path, root: Path) -> Path | None:
    for place in CONFIG_PLACES:
        path = folder / place
        if is_inside(path, root) and is_modelhub_config(SourceText(place, _read_file(path, place)[0])):
            return path
    names = sorted(path.name for path in folder.iterdir() if _README.fullmatch(path.name))
    return next((folder / name for name in names if is_inside(folder / name, root)), None)


def _make_source(root: Path, path: Path, slug: str) -> CardSource:
    owns = path.name.lower() == "config.json" or bool(_README.fullmatch(path.name))
    return CardSource(path, _card_folder(path) if owns else path.parent, slug, owns)


def _card_folder(path: Path) -> Path:
    inner = path.as_posix().endswith("/contrib_src/model/config.json")
    return path.parents[2] if inner else path.parent


def _name_cards(root: Path, cards: list[Path]) -> tuple[dict[Path, str], tuple[Problem, ...]]:
    """A slug for each card; of several that would have the same, each gets its parent folder's name in front."""
    steps = {path: _steps(root, path) for path in cards}
    length = dict.fromkeys(cards, 1)
    problems: list[Problem] = []
    for _ in range(MAX_DEPTH + 2):
        groups: defaultdict[str, list[Path]] = defaultdict(list)
        for path in cards:
            groups[_slug(steps[path], length[path]).casefold()].append(path)
        clashes = [group for name, group in groups.items() if len(group) > 1 or name in RESERVED_SLUGS]
        if not clashes:
            break
        for path in (path for group in clashes for path in group):
            length[path] = min(length[path] + 1, len(steps[path]))
    slugs = _number_equals({path: _slug(steps[path], length[path]) for path in cards})
    for path in cards:
        short = _slug(steps[path], 1)
        if slugs[path] != short:
            if short.casefold() in RESERVED_SLUGS:
                message = f"the catalogue needs the name `{short}`: this one becomes `{slugs[path]}`"
            else:
                message = f"another card is called `{short}` too: this one becomes `{slugs[path]}`"
            place = path.relative_to(root).as_posix()
            problems.append(Problem(place, Mark(), "", message, "rename one of the folders", "warning"))
    return slugs, tuple(problems)


def _number_equals(slugs: dict[Path, str]) -> dict[Path, str]:
    """The slugs, with a number behind each that even its parent folders do not tell from another."""
    natural = {slug.casefold() for slug in slugs.values()}
    taken = set(RESERVED_SLUGS)
    for path, slug in slugs.items():
        names = (f"{slug}-{number}" for number in range(2, len(slugs) * 2 + 3))
        free = (name for name in names if name.casefold() not in taken | natural)
        slugs[path] = slug if slug.casefold() not in taken else next(free)
        taken.add(slugs[path].casefold())
    return slugs


RESERVED_SLUGS = frozenset({"index"})
"""Names that the catalogue needs."""


def _steps(root: Path, path: Path) -> list[str]:
    """Folder names from the card outwards, the card's own name first, the cards folder last."""
    is_file = not _README.fullmatch(path.name) and path.name.lower() != "config.json"
    inner = path if is_file else _card_folder(path)
    parts = list(inner.relative_to(root).with_suffix("").parts if is_file else inner.relative_to(root).parts)
    return [*reversed(parts), root.resolve().name or "cards"]


def _slug(steps: list[str], length: int) -> str:
    slug = "-".join(_slugify(step) for step in reversed(steps[:length]))
    return slug.encode()[:MAX_SLUG_BYTES].decode("utf-8", "ignore").rstrip("-.")


def _slugify(name: str) -> str:
    """A folder name as part of an address: letters and digits of any script, `.`, `_` and `-`."""
    kept = re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFC", name)).strip("-.")
    return kept or "card"


def _read_file(path: Path, name: str) -> tuple[str, tuple[Problem, ...]]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        return "", (Problem(name, Mark(), "", f"cannot be read: {error.strerror}", "check its permissions"),)
    if len(data) > MAX_FILE_BYTES:
        return "", (Problem(name, Mark(), "", f"larger than {MAX_FILE_BYTES:,} bytes", "shorten the card"),)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = Problem(name, Mark(line), "", "not UTF-8 here", "save the file as UTF-8", "warning")
        return data.decode("utf-8", "replace"), (problem,)
