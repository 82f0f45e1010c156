"""The parts of a card page, in order: SECTIONS.

A section is shown when its value or the card's own text for it is there. A new one is a template in
`templates/sections/` and a row here, and a function when it computes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cardwright.entry import Entry
from cardwright.sections.files import list_files
from cardwright.sections.metadata import list_metadata
from cardwright.sections.people import describe_licenses, list_contributors, list_publications, list_support
from cardwright.sections.related import list_related
from cardwright.sections.results import lay_out_results
from cardwright.sections.structure import describe_structure
from cardwright.sections.usage import describe_usage


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a card page."""

    id: str
    """Anchor, name of its template, and the role of the card's text that stands in it."""
    title: str
    """Its heading, where the card's text has none of its own for it."""
    build: Callable[[Entry], object]
    """What the template shows as `it`; empty for nothing."""
    text_first: bool = False
    """Whether the card's own text stands above it; where something was lifted, it stands in that place anyway."""


SECTIONS: tuple[Section, ...] = (
    Section("metadata", "Metadata", list_metadata),
    Section("benchmarks", "Benchmarks", lay_out_results),
    Section("files", "Files", list_files),
    Section("structure", "Model structure", describe_structure),
    Section("publication", "Publication", list_publications),
    Section("usage", "Usage", describe_usage, text_first=True),
    Section("related", "Related models", list_related),
    Section("support", "Support", list_support),
    Section("contributors", "Contributors", list_contributors),
    Section("license", "Licence", describe_licenses),
)
