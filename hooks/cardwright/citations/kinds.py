"""What BibTeX's types of entry are called elsewhere: KINDS.

RIS: the format's specification of 2001 with the types that reference managers added since (DATA, CPAPER, EDBOOK, GEN).
CSL: https://docs.citationstyles.org/en/stable/specification.html, appendix III, version 1.0.2.
CFF: https://github.com/citation-file-format/citation-file-format, schema guide 1.2.0, definitions.reference.type.
"""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """Names of one type."""

    ris: str
    csl: str
    cff: str
    genre: str = ""
    """What a thesis is called, where the entry does not say it."""


KINDS: dict[str, Kind] = {
    "article": Kind("JOUR", "article-journal", "article"),
    "book": Kind("BOOK", "book", "book"),
    "booklet": Kind("PAMP", "pamphlet", "pamphlet"),
    "collection": Kind("EDBOOK", "book", "edited-work"),
    "conference": Kind("CPAPER", "paper-conference", "conference-paper"),
    "dataset": Kind("DATA", "dataset", "data"),
    "electronic": Kind("ELEC", "webpage", "website"),
    "inbook": Kind("CHAP", "chapter", "book"),
    "incollection": Kind("CHAP", "chapter", "edited-work"),
    "inproceedings": Kind("CPAPER", "paper-conference", "conference-paper"),
    "manual": Kind("GEN", "book", "manual"),
    "mastersthesis": Kind("THES", "thesis", "thesis", "Master’s thesis"),
    "misc": Kind("GEN", "document", "generic"),
    "online": Kind("ELEC", "webpage", "website"),
    "patent": Kind("PAT", "patent", "patent"),
    "phdthesis": Kind("THES", "thesis", "thesis", "Doctoral dissertation"),
    "proceedings": Kind("CONF", "book", "proceedings"),
    "report": Kind("RPRT", "report", "report"),
    "software": Kind("COMP", "software", "software"),
    "techreport": Kind("RPRT", "report", "report"),
    "thesis": Kind("THES", "thesis", "thesis", "Thesis"),
    "unpublished": Kind("UNPB", "manuscript", "unpublished"),
    "www": Kind("ELEC", "webpage", "website"),
}


def find_kind(kind: str) -> Kind:
    """The names of a type of entry; of `misc` for one that is not known."""
    return KINDS.get(kind, KINDS["misc"])
