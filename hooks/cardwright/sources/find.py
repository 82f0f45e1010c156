"""Which files below the cards folder are cards, and what each is called in the site.

A folder with a README.md, or a modelhub `config.json`, is one card, named after the folder; any other `.md` file is a
card named after the file. A file with a model-index is a card for each of its models, named after them. A README.md of
the cards folder itself describes the collection and is no card, unless it is the only one.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from cardwright.fields import MAX_SLUG_BYTES
from cardwright.problem import Mark, Problem
from cardwright.sources import eval_results
from cardwright.sources.files import is_inside, is_nameable, read_file, readable_name
from cardwright.sources.huggingface import has_front_matter
from cardwright.sources.model_index import YAML_SUFFIXES, is_model_index, list_models
from cardwright.sources.modelhub import CONFIG_PLACES, is_modelhub_config
from cardwright.sources.onnx_hub import MANIFEST
from cardwright.sources.raw import SourceText

MAX_DEPTH = 12
COMPANION_TEXTS = ("README.md", "readme.md", "Readme.md", "init/init.json", *eval_results.PATTERNS)
"""Text files beside a card that its readers may ask for, as patterns of names."""
MAX_COMPANIONS = 100
"""Files that one pattern may find."""
SHARED_TEXTS = (MANIFEST,)
"""Companions of all cards below the folder in which they stand; of several above a card, the nearest counts."""
_SKIPPED = re.compile(r"[._].*|node_modules|__pycache__")
_README = re.compile(r"readme\.(md|mdx|markdown)", re.IGNORECASE)
_METAFILES = ("metafile.yml", "metafile.yaml", "model-index.yml", "model-index.yaml")
MARKDOWN = (".md", ".mdx", ".markdown")


@dataclass(frozen=True, slots=True)
class CardSource:
    """A card's place on disk and in the site."""

    path: Path
    folder: Path
    """Where the files of the card are looked for."""
    slug: str
    owns_folder: bool
    """False for a card that is a single file: only the files it names, or that share its name, are its own."""
    part: int | None = None
    """Which of the models that the file describes, counted from 0; None for a file that is one card."""
    name: str = ""
    """What files of its own are called, without ending: the file's own name, or the model's."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A card before it has a name in the site."""

    path: Path
    part: int | None = None
    model: str = ""
    """The model's name, when the file describes models."""
    alone: bool = True
    """Whether no other card stands in the file."""


def find_sources(root: Path) -> tuple[tuple[CardSource, ...], tuple[Problem, ...]]:
    """All cards below `root`, by slug, and what is wrong with how they are laid out. Raises nothing."""
    walked = list(_walk(root, root, 0))
    found = [path for path in walked if is_nameable(path.relative_to(root))]
    below = [path for path in found if path.parent != root or not _README.fullmatch(path.name)]
    cards = [place for path in below or found for place in _divide(path)]
    slugs, problems = _name_cards(root, cards)
    sources = (_make_source(place, slugs[place]) for place in cards)
    named = set(found)
    unnameable = tuple(_unnameable(path.relative_to(root)) for path in walked if path not in named)
    return tuple(sorted(sources, key=lambda source: source.slug)), (*unnameable, *problems)


def read_text(root: Path, source: CardSource) -> tuple[SourceText, tuple[Problem, ...]]:
    """The text of a card and of its companions; bytes that are no UTF-8 are replaced and reported."""
    path = source.path.relative_to(root).as_posix()
    text, problems = read_file(source.path, path)
    beside: dict[str, str] = {}
    for companion in _companions(source) if source.owns_folder else ():
        name = companion.relative_to(source.folder).as_posix()
        beside[name], said = read_file(companion, companion.relative_to(root).as_posix())
        problems += said
    for shared in SHARED_TEXTS:
        for place, (content, said) in _find_shared(root, source.folder, shared):
            beside[place] = content
            problems += said
    return SourceText(path, text, beside, source.part), problems


def _companions(source: CardSource) -> Iterator[Path]:
    for pattern in COMPANION_TEXTS:
        found = (path for path in sorted(source.folder.glob(pattern)) if is_inside(path, source.folder))
        yield from islice((path for path in found if path != source.path), MAX_COMPANIONS)


def _find_shared(root: Path, folder: Path, name: str) -> Iterator[tuple[str, tuple[str, tuple[Problem, ...]]]]:
    """The nearest file of this name in the folder or above, up to the cards folder: its path from there, its text."""
    steps = folder.relative_to(root).parts if folder.is_relative_to(root) else ()
    for up in range(len(steps) + 1):
        path = root.joinpath(*steps[: len(steps) - up], name)
        try:
            stamp = path.stat()
        except (OSError, ValueError):
            continue
        if is_inside(path, root):
            shown = path.relative_to(root).as_posix()
            yield "../" * up + name, _read_shared(path, shown, stamp.st_mtime_ns, stamp.st_size, stamp.st_ino)
            return


@lru_cache(maxsize=4)  # one file for all cards of a build; a change of it changes one of the numbers
def _read_shared(path: Path, name: str, *_stamp: int) -> tuple[str, tuple[Problem, ...]]:
    return read_file(path, name)


def _unnameable(path: Path) -> Problem:
    name = readable_name(path)
    return Problem(name, Mark(), "", f"the name of `{name}` is not UTF-8", "rename it, no page can have this name")


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
            path != card
            and ((_is_single(entry.name) and (card is None or folder == root)) or _has_models(path))
            and is_inside(path, root)
        ):
            yield path


def _is_single(name: str) -> bool:
    """Whether a file of this name is a card, when its folder is not one."""
    return name.lower().endswith(MARKDOWN) and not _README.fullmatch(name)


def _has_models(path: Path) -> bool:
    """Whether the file is YAML with models or collections."""
    return (
        path.suffix.lower() in YAML_SUFFIXES
        and path.is_file()
        and is_model_index(SourceText(path.name, read_file(path, path.name)[0]))
    )


def _divide(path: Path) -> list[_Place]:
    """The file's cards: one, or one for each of the models that it describes."""
    if path.suffix.lower() not in (*YAML_SUFFIXES, *MARKDOWN):
        return [_Place(path)]
    text = SourceText(path.name, read_file(path, path.name)[0])
    models = list_models(text) if is_model_index(text) and not has_front_matter(text) else ()
    return [_Place(path, part, name, len(models) == 1) for part, name in enumerate(models)] or [_Place(path)]


def is_one_card(path: Path) -> bool:
    """Whether a Markdown file is one card that is named after its place, whatever it says."""
    return _divide(path) == [_Place(path)]


def _main_file(folder: Path, root: Path) -> Path | None:
    for place in CONFIG_PLACES:
        path = folder / place
        if is_inside(path, root) and is_modelhub_config(SourceText(place, read_file(path, place)[0])):
            return path
    names = sorted(path.name for path in folder.iterdir() if _README.fullmatch(path.name))
    return next((folder / name for name in names if is_inside(folder / name, root)), None)


def _make_source(place: _Place, slug: str) -> CardSource:
    path = place.path
    owns = place.alone and (path.name.lower() == "config.json" or bool(_README.fullmatch(path.name)))
    folder = _card_folder(path) if owns else path.parent
    return CardSource(path, folder, slug, owns, place.part, place.model or path.stem)


def _card_folder(path: Path) -> Path:
    inner = path.as_posix().endswith("/contrib_src/model/config.json")
    return path.parents[2] if inner else path.parent


def _name_cards(root: Path, cards: list[_Place]) -> tuple[dict[_Place, str], tuple[Problem, ...]]:
    """A slug for each card; of several that would have the same, each gets its parent folder's name in front."""
    top = root.resolve().name or "cards"
    steps = {card: [*_steps(root, card), top] for card in cards}
    length = dict.fromkeys(cards, 1)
    problems: list[Problem] = []
    for _ in range(MAX_DEPTH + 2):
        groups: defaultdict[str, list[_Place]] = defaultdict(list)
        for card in cards:
            groups[_slug(steps[card], length[card]).casefold()].append(card)
        clashes = [group for name, group in groups.items() if len(group) > 1 or name in RESERVED_SLUGS]
        if not clashes:
            break
        for card in (card for group in clashes for card in group):
            length[card] = min(length[card] + 1, len(steps[card]))
    slugs = _number_equals({card: _slug(steps[card], length[card]) for card in cards})
    for card in cards:
        short = _slug(steps[card], 1)
        if slugs[card] != short:
            if short.casefold() in RESERVED_SLUGS:
                message = f"the catalogue needs the name `{short}`: this one becomes `{slugs[card]}`"
            else:
                message = f"another card is called `{short}` too: this one becomes `{slugs[card]}`"
            place = card.path.relative_to(root).as_posix()
            hint = f"rename one of the {'models' if card.model else 'folders'}"
            problems.append(Problem(place, Mark(), "", message, hint, "warning"))
    return slugs, tuple(problems)


def _number_equals(slugs: dict[_Place, str]) -> dict[_Place, str]:
    """The slugs, with a number behind each that even its parent folders do not tell from another."""
    natural = {slug.casefold() for slug in slugs.values()}
    taken = set(RESERVED_SLUGS)
    for card, slug in slugs.items():
        names = (f"{slug}-{number}" for number in range(2, len(slugs) * 2 + 3))
        free = (name for name in names if name.casefold() not in taken and name.casefold() not in natural)
        slugs[card] = slug if slug.casefold() not in taken else next(free)
        taken.add(slugs[card].casefold())
    return slugs


RESERVED_SLUGS = frozenset({"index", "index.html", "index.json", "feed.xml"})
"""Names that the catalogue and the exports need."""


def _steps(root: Path, card: _Place) -> list[str]:
    """Folder names from the card outwards up to the cards folder, the card's own name first."""
    path = card.path
    named_after_folder = ("config.json", *(_METAFILES if card.model else ()))
    is_file = not _README.fullmatch(path.name) and path.name.lower() not in named_after_folder
    inner = path if is_file else _card_folder(path)
    parts = list(inner.relative_to(root).with_suffix("").parts if is_file else inner.relative_to(root).parts)
    return [*([card.model] if card.model else []), *reversed(parts)]


def _slug(steps: list[str], length: int) -> str:
    slug = "-".join(slugify(step) for step in reversed(steps[:length]))
    return slug.encode()[:MAX_SLUG_BYTES].decode("utf-8", "ignore").rstrip("-.")


def slugify(name: str) -> str:
    """A folder name as part of an address: letters and digits of any script, `.`, `_` and `-`."""
    kept = re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFC", name)).strip("-.")
    return kept or "card"
