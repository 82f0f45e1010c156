"""Citations: BibTeX as it stands in real cards, and references for people to read.

`parse_bibtex` reads a text and never raises; `format_reference` and `pretty_bibtex` show an entry;
`publication_to_reference` does the same for a publication stated without BibTeX. No I/O, no network.
"""

from .bibtex import MAX_TEXT_BYTES, parse_bibtex
from .checks import is_bibtex
from .entry import Bibliography, Entry, Finding
from .latex import delatex
from .publication import format_authors, publication_to_reference
from .styles import Reference, format_reference, pretty_bibtex

__all__ = [
    "MAX_TEXT_BYTES",
    "Bibliography",
    "Entry",
    "Finding",
    "Reference",
    "delatex",
    "format_authors",
    "format_reference",
    "is_bibtex",
    "parse_bibtex",
    "pretty_bibtex",
    "publication_to_reference",
]
