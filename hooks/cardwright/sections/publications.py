"""The forms in which a publication can be copied from a page: COPIES."""

from __future__ import annotations

from collections.abc import Callable

from cardwright.citations import to_csl, to_plain, to_ris
from cardwright.entry import PublicationEntry
from cardwright.references import write_bibtex

MAX_PUBLICATIONS = 20
"""Of one list that have all forms; further ones have the first two, and the files beside the card have them all."""

COPIES: tuple[tuple[str, Callable[[PublicationEntry], str]], ...] = (
    ("BibTeX", lambda publication: publication.bibtex_source or write_bibtex([publication])),
    ("APA", lambda publication: publication.reference.text),
    ("Plain text", lambda publication: to_plain(publication.work)),
    ("RIS", lambda publication: to_ris(publication.work)),
    ("CSL-JSON", lambda publication: to_csl([publication.work])),
)


def list_copies(publication: PublicationEntry, number: int = 1) -> tuple[tuple[str, str], ...]:
    """Label and text of each form of the publication that is the `number`th of its list, from 1."""
    forms = COPIES if number <= MAX_PUBLICATIONS else COPIES[:2]
    known = publication.work.is_known
    return tuple(
        (label, text) for label, write in forms if (known or label == "BibTeX") and (text := write(publication))
    )
