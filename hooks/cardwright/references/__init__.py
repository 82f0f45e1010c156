"""The publications of several cards: each once, with the cards that cite it, and as one BibTeX file."""

from cardwright.references.bibtex import has_items, write_bibtex
from cardwright.references.merge import CitedWork, merge_publications, sort_works

__all__ = ["CitedWork", "has_items", "merge_publications", "sort_works", "write_bibtex"]
