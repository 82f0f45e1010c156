"""Cards as files of other formats: TARGETS. Text only; who writes it where is the command line's.

A new target is a file beside this one and a row here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cardwright.convert.cyclonedx import to_cyclonedx
from cardwright.convert.huggingface import to_huggingface, to_readme
from cardwright.convert.model_index import to_model_index
from cardwright.convert.modelhub import to_modelhub
from cardwright.entry import Entry
from cardwright.references import merge_publications, write_bibtex


@dataclass(frozen=True, slots=True)
class Target:
    """A format that cards can be written in."""

    name: str
    label: str
    file_name: str
    """What such a file is called."""
    write: Callable[[tuple[Entry, ...]], str]
    """From cards to the text; empty when they have nothing of the kind."""
    one: bool = False
    """Whether such a file holds one card alone."""


def _to_bibtex(entries: tuple[Entry, ...]) -> str:
    return write_bibtex(cited.publication for cited in merge_publications(entries))


TARGETS: tuple[Target, ...] = (
    Target("huggingface", "Hugging Face model card", "README.md", lambda entries: to_huggingface(entries[0]), one=True),
    Target("modelhub", "modelhub.ai configuration", "config.json", lambda entries: to_modelhub(entries[0]), one=True),
    Target("model-index", "Papers with Code model-index", "metafile.yml", to_model_index),
    Target("cyclonedx", "CycloneDX 1.6 bill of materials", "bom.cdx.json", to_cyclonedx),
    Target("bibtex", "BibTeX", "references.bib", _to_bibtex),
)

__all__ = ["TARGETS", "Target", "to_readme"]
