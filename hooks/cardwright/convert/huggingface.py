"""A card as a README.md with front matter, by Hugging Face's names; our own reader gives the same fields back."""

from __future__ import annotations

from cardwright.card import Card
from cardwright.convert.hub import to_hub
from cardwright.entry import Entry
from cardwright.nodes import Map, Text
from cardwright.sources import SourceText
from cardwright.sources.huggingface import has_front_matter
from cardwright.sources.kept import KEY, note_rest
from cardwright.yamltext import write_yaml


def to_readme(entry: Entry) -> str:
    """The card in our own form, with every field as its author wrote it."""
    raw = entry.raw
    if raw.format == "huggingface" and (raw.unreadable or (raw.written.strip() and not raw.problems)):
        return _join(raw.written.replace("\r\n", "\n"), raw.body.markdown)
    return _write(raw.fields, raw.body.markdown)


def to_huggingface(entry: Entry) -> str:
    """The card for Hugging Face. One that has none of our own fields came from there, and stays as it is."""
    raw = entry.raw
    if raw.format == "huggingface" and not any(key.text in OWN_FIELDS for key, _ in raw.fields.items):
        return to_readme(entry)
    hub = to_hub(entry)
    rest = note_rest(raw.fields, hub)
    return _write(Map((*hub.items, (Text(KEY), rest))), raw.body.markdown) if rest else to_readme(entry)


OWN_FIELDS = {field.alias or name for name, field in Card.model_fields.items()} - Card.HUGGING_FACE


def _write(fields: Map, markdown: str) -> str:
    if fields.items:
        return _join(write_yaml(fields), markdown)
    # Text that begins like front matter is none.
    return _join("{}\n", markdown) if has_front_matter(SourceText("README.md", markdown)) else markdown


def _join(front: str, markdown: str) -> str:
    return f"---\n{front}---\n{markdown}"
