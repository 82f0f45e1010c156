"""Convert cards, read what was written, and say which values are not what they were; part of `try_corpus.py`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from cardwright.convert import TARGETS
from cardwright.convert.huggingface import OWN_FIELDS
from cardwright.entry import Entry
from cardwright.sources import SourceText, read_source
from cardwright.sources.eval_results import FOLDER as EVAL_RESULTS
from cardwright.sources.find import read_text
from cardwright.sources.huggingface import split_front_matter
from cardwright.validate import validate_card

READ_AS = {"huggingface": "README.md", "modelhub": "config.json", "model-index": "metafile.yml"}
"""Formats that are read again, by the name of such a file."""
WRITE = {target.name: target.write for target in TARGETS}


@dataclass(frozen=True, slots=True)
class Change:
    """A card that came back otherwise than it went out."""

    slug: str
    trip: str
    what: str


def find_changes(entries: Iterable[Entry]) -> Iterator[Change]:
    """Each card through its own format, as a file, and through each that can be read, as a card."""
    cards = [entry for entry in entries if not entry.raw.unreadable and entry.raw.format != "unread"]
    for path, group in groupby(sorted(cards, key=lambda e: (str(e.source.path), e.source.part or 0)), _path):
        of_file = tuple(group)
        trip = OWN_TRIPS.get(of_file[0].raw.format)
        if trip and (what := trip(_read(path), of_file)):
            yield Change(of_file[0].slug, f"{of_file[0].raw.format} and back", what)
    for entry in cards:
        for name, file_name in READ_AS.items():
            beside = _find_eval_results(entry) if name == "huggingface" else {}
            back = read_source(SourceText(file_name, WRITE[name]((entry,)), beside, part=0))
            card, misfits, _ = validate_card(back.fields)
            pairs = ((entry.card, entry.misfits), (card, misfits))
            was, now = ({**card.model_dump(by_alias=True), "": misfits} for card, misfits in pairs)
            lost = [key for key in was | now if was.get(key) != now.get(key)]
            if name == "huggingface" and back.body.markdown.strip() != entry.raw.body.markdown.strip():
                lost.append("the text")
            if lost:
                yield Change(entry.slug, f"to {name} and back", ", ".join(lost))


def _find_eval_results(entry: Entry) -> dict[str, str]:
    """Hugging Face's results beside the card, which stay there."""
    source, _ = read_text(entry.source.folder, entry.source)
    return {name: text for name, text in source.beside.items() if name.startswith(EVAL_RESULTS)}


def _read(path: Path) -> str:
    """The text of a file, as far as a page can hold it."""
    return path.read_bytes().decode("utf-8-sig", "replace").replace("\0", "\ufffd")


def _path(entry: Entry) -> Any:
    return entry.source.path


def _try_huggingface(text: str, entries: tuple[Entry, ...]) -> str:
    if any(key.text in OWN_FIELDS for key, _ in entries[0].raw.fields.items):
        return ""  # a card of our own form, for which Hugging Face has other words
    written = WRITE["huggingface"](entries)
    fronts, bodies = zip(
        *((front, body) for front, _, body, _ in map(split_front_matter, (text, written))), strict=True
    )
    was, now = map(_load_yaml, fronts)
    changed = [key for key in was if now.get(key) != was[key]]
    same_text = "".join(bodies[0].split()) == "".join(bodies[1].split())
    return ", ".join(map(str, [*changed, *([] if same_text else ["the text"])]))


def _load_yaml(front: str) -> dict[Any, Any]:
    """Front matter as other readers have it, numbers by their spelling; empty when they refuse it."""
    try:
        typed, spelled = yaml.safe_load(front), yaml.load(front, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError):
        return {}
    if not isinstance(typed, dict):
        return {}
    return {key: (value, text) for (key, value), text in zip(typed.items(), spelled.values(), strict=False)}


def _try_modelhub(text: str, entries: tuple[Entry, ...]) -> str:
    if not text.lstrip().startswith("{"):  # the README alone
        return ""
    was, now = (json.loads(each, parse_float=str, parse_int=str) for each in (text, WRITE["modelhub"](entries)))
    if isinstance(now.get("modelhub"), dict) and now["modelhub"].pop("cardwright", None) and "modelhub" not in was:
        del now["modelhub"]
    return ", ".join(key for key in was if not _is_kept(was[key], now.get(key)))


def _is_kept(was: Any, now: Any) -> bool:
    """Whether nothing is lost or changed; the earlier values of a repeated key, which JSON drops, may be more."""
    if isinstance(was, dict) and isinstance(now, dict):
        return all(key in now and _is_kept(value, now[key]) for key, value in was.items())
    return bool(was == now)


def _try_model_index(text: str, entries: tuple[Entry, ...]) -> str:
    """All models of a file, against the YAML of it, wherever it stands."""
    now = yaml.load(WRITE["model-index"](entries), Loader=yaml.BaseLoader)
    start, end = (text.rfind("<!--"), text.rfind("-->")) if "<!--" in text else (-4, len(text))
    was = yaml.load(text[start + 4 : end], Loader=yaml.BaseLoader)
    return "" if _is_kept(_list_parts(was), _list_parts(now)) else "the models"


def _list_parts(data: dict[str, Any]) -> dict[str, Any]:
    """A metafile with its lists as lists, where one may stand alone; keys have no case, and order only among models."""
    lists = ("collections", "models")
    named = {key.lower() if key.lower() in lists else key: value for key, value in data.items()}
    found = {key: value if isinstance(value, list) else [value] for key, value in named.items() if key in lists}
    return named | {key: sorted(items, key=lambda item: not isinstance(item, dict)) for key, items in found.items()}


OWN_TRIPS: dict[str, Callable[[str, tuple[Entry, ...]], str]] = {
    "huggingface": _try_huggingface,
    "markdown": _try_huggingface,
    "modelhub": _try_modelhub,
    "model-index": _try_model_index,
}
"""Format to what the card's own file, written again, says otherwise."""
