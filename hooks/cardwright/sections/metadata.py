"""The metadata table: the card's fields, its own rows, and every key that no other section shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cardwright.entry import Entry
from cardwright.nodes import Path, find_mark
from cardwright.sections.files import unused_reasons

FIELDS: tuple[tuple[str, str], ...] = (
    ("id", "Identifier"),
    ("version", "Version"),
    ("developers", "Developed by"),
    ("pipeline_tag", "Task"),
    ("library_name", "Library"),
    ("license", "Licence"),
    ("license_name", "Licence name"),
    ("license_link", "Licence text"),
    ("language", "Language"),
    ("datasets", "Datasets"),
    ("metrics", "Metrics"),
    ("tags", "Tags"),
    ("base_model", "Base model"),
    ("base_model_relation", "Relation to the base model"),
    ("new_version", "Newer version"),
    ("aliases", "Earlier names in addresses"),
    ("co2_eq_emissions", "CO₂ emissions"),
    ("thumbnail", "Thumbnail"),
)
"""Fields of the card that have a row here, in order, with their labels."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table."""

    label: str
    key: str
    """The key as the card writes it, where that is not the label; else empty."""
    value: Any
    """Text, or lists and mappings of it; texts are inline Markdown when `markdown`."""
    field: str = ""
    markdown: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that stand together under a caption of the card's own."""

    caption: str
    rows: tuple[Row, ...]
    header: tuple[str, ...] = ()


def list_metadata(entry: Entry) -> tuple[Group, ...]:
    """The groups of the metadata table, empty ones left out."""
    groups = (
        Group("", tuple(_field_rows(entry))),
        *_general_groups(entry),
        Group("Other metadata", tuple(_other_rows(entry))),
    )
    return tuple(group for group in groups if group.rows)


def _field_rows(entry: Entry) -> Iterator[Row]:
    """Fields that no row of the card's own states already."""
    stated = {entry.mark(("general", i)) for i in range(len(entry.card.general))}
    stated |= {entry.mark(("general", i, key)) for i, row in enumerate(entry.card.general) for key in row}
    for name, label in FIELDS:
        value = getattr(entry.card, name)
        if value and not {entry.mark(path) for path in _places(name, value)} & stated:
            yield Row(label, "", value, field=name)


def _places(name: str, value: Any) -> list[Path]:
    return [(name,), *((name, index) for index in range(len(value)) if isinstance(value, tuple))]


def _general_groups(entry: Entry) -> Iterator[Group]:
    """The card's own rows, those of one lifted table together."""
    # A config.json holds plain text, front matter and READMEs hold Markdown.
    is_markdown = entry.raw.derived or entry.raw.format != "modelhub"
    rows: dict[int | None, list[Row]] = {}
    for index, pairs in enumerate(entry.card.general):
        for key, value in pairs.items():
            label = humanise(key)
            row = Row(label, "" if label == key else key, value, markdown=is_markdown)
            rows.setdefault(_lift_of(entry, ("general", index)), []).append(row)
    for index_of_lift, group in rows.items():
        lift = entry.raw.lifts[index_of_lift] if index_of_lift is not None else None
        yield Group(lift.caption, tuple(group), lift.header) if lift else Group("", tuple(group))


def _lift_of(entry: Entry, path: Path) -> int | None:
    line = find_mark(entry.raw.fields, path).line - entry.raw.body_line + 1
    inside = (i for i, lift in enumerate(entry.raw.lifts) if lift.first_line <= line <= lift.last_line)
    return next(inside, None) if entry.raw.derived else None


def _other_rows(entry: Entry) -> Iterator[Row]:
    """What no section shows: keys that are no field, values that do not fit, results without a value."""
    yield from _unshown_results(entry)
    if " ".join((entry.card.model_name or entry.name).split()) != entry.name:  # too long for a title
        yield Row("model_name", "", entry.card.model_name)
    named = {*entry.card.datasets, *(result.dataset for result in entry.results)}
    links = {name: url for name, url in entry.card.dataset_links.items() if name not in named and url}
    if links:
        yield Row("Dataset links", "", links)
    if accepted := unused_reasons(entry.card.accept, entry.files):
        yield Row("accept", "", accepted)
    for key, value in (entry.card.model_extra or {}).items():
        if value not in (None, "", [], {}):
            yield Row(key, "", value)
    for key, value in entry.misfits.items():
        yield Row(key, "", value)


def _unshown_results(entry: Entry) -> Iterator[Row]:
    shown = {result.path[:4] for result in entry.results}
    shown_models = {path[:2] for path in shown}
    for i, indexed in enumerate(entry.card.model_index):
        parts: list[Any] = [indexed.model_extra or {}]
        if ("model-index", i) not in shown_models and indexed.name not in (None, entry.name):
            parts.append({"name": indexed.name})
        for j, result in enumerate(indexed.results):
            if ("model-index", i, "results", j) not in shown:
                parts.append(result.model_dump(by_alias=True, exclude_defaults=True))
        yield from (Row("model-index", "", part) for part in parts if part)


def humanise(key: str) -> str:
    """`application_area` as words: `Application area`. A key that is no such name stays as it is."""
    if not key.islower() or not key.replace("_", "").isalnum() or " " in key:
        return key
    words = key.replace("_", " ").strip() or key
    return words[:1].upper() + words[1:]


def show_task(task: str) -> str:
    """A task for readers: Hugging Face's identifiers in words, all else as it is written."""
    return task.replace("-", " ") if re.fullmatch(r"[a-z0-9-]+", task) else task
