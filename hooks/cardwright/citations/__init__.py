"""Citations: BibTeX as it stands in real cards, and references for people to read.

`parse_bibtex` reads a text and never raises; `format_reference` and `pretty_bibtex` show an entry;
`publication_to_reference` does the same for a publication stated without BibTeX. `read_work` and `state_work` take
either apart for the formats of reference managers, one file each: `to_ris`, `to_csl`, `to_cff`. No I/O, no network.
"""

from .bibtex import MAX_TEXT_BYTES, parse_bibtex
from .cff import list_names, to_cff
from .checks import is_bibtex
from .csl import to_csl
from .entry import Bibliography, Entry, Finding
from .latex import delatex
from .names import Name
from .plain import to_plain
from .publication import format_authors, publication_to_reference, read_authors
from .ris import to_ris
from .styles import Reference, format_reference, pretty_bibtex
from .work import Work, fill_gaps, read_work, state_work

__all__ = [
    "MAX_TEXT_BYTES",
    "Bibliography",
    "Entry",
    "Finding",
    "Name",
    "Reference",
    "Work",
    "delatex",
    "fill_gaps",
    "format_authors",
    "format_reference",
    "is_bibtex",
    "list_names",
    "parse_bibtex",
    "pretty_bibtex",
    "publication_to_reference",
    "read_authors",
    "read_work",
    "state_work",
    "to_cff",
    "to_csl",
    "to_plain",
    "to_ris",
]
