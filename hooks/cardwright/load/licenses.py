"""The licences of a card: what it states, and the licence files beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cardwright.card import Card
from cardwright.entry import LicenseFile
from cardwright.licenses import identify_license_text, suggest_license
from cardwright.load.beside import Beside
from cardwright.nodes import find_mark
from cardwright.problem import Problem
from cardwright.sources import RawCard
from cardwright.sources.raw import heading_key

MAX_LICENSE_BYTES = 100_000

SUBJECTS = {"model": "Model", "sample_data": "Sample data"}
"""What a licence file is about, by its name; modelhub.ai has one for each below `contrib_src/license/`."""


def load_licenses(
    folder: Path, beside: Beside, raw: RawCard, card: Card
) -> tuple[tuple[LicenseFile, ...], list[Problem]]:
    """The licence files of a card, and what is wrong with the licences that it states."""
    read = (_read_license(folder, path) for path in beside.licenses)
    files = tuple(file for file in read if file)
    return files, list(_check_stated(raw, card, has_text=bool(files)))


def _read_license(folder: Path, path: Path) -> LicenseFile | None:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_LICENSE_BYTES)
    except OSError:
        return None
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").strip()
    if not text or "\0" in text:
        return None
    subject = SUBJECTS.get(path.stem.lower(), "")
    return LicenseFile(path.relative_to(folder).as_posix(), subject, identify_license_text(text), text)


def _check_stated(raw: RawCard, card: Card, has_text: bool) -> Iterator[Problem]:
    """Licences that are nearly an identifier, or none. What stands in the card's text is a sentence, and is let be."""
    if raw.derived:
        return
    for index, name in enumerate(card.license):
        mark = find_mark(raw.fields, ("license", index))
        suggested = suggest_license(name)
        if suggested:
            hint = f"did you mean `{suggested}`?"
            yield Problem("", mark, "license", f"`{name}` is not a licence identifier", hint, "warning")
        named = card.license_name or card.license_link or has_text
        if name.lower() == "other" and not named and not _has_license_heading(raw):
            hint = "add license_name and license_link, or a LICENSE file"
            yield Problem("", mark, "license", "the card does not say which other licence", hint, "warning")


def _has_license_heading(raw: RawCard) -> bool:
    words = ("license", "licence", "licensing", "licenses", "licences")
    return any(block.level and set(heading_key(block.text).split()) & set(words) for block in raw.body.blocks)
