"""A publication as a reference of the Citation File Format, for `CITATION.cff`.

Format: https://github.com/citation-file-format/citation-file-format, schema guide 1.2.0, definitions.reference.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from .kinds import find_kind
from .names import Name
from .work import Work

# The schema's patterns: what does not match would make the file invalid.
_DOI = re.compile(r"10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+")
_ISBN = re.compile(r"[0-9\- ]{10,17}X?")
_ISSN = re.compile(r"\d{4}-\d{3}[\dxX]")


def to_cff(work: Work) -> dict[str, Any] | None:
    """The fields of a reference; None without a title or a name, for both are required."""
    return _to_cff(work) if work.title and (work.authors or work.editors) else None


@lru_cache(maxsize=2048)  # many cards of a site cite the same
def _to_cff(work: Work) -> dict[str, Any]:
    kind = find_kind(work.kind)
    maker = work.publisher or work.institution
    is_talk = kind.cff == "conference-paper"
    fields = {
        "type": kind.cff,
        "title": work.title,
        "authors": list_names(work.authors or work.editors, work.has_others),
        "editors": list_names(work.editors) if work.authors else [],
        "year": work.date[0] if work.date else work.year,
        "month": work.date[1] if len(work.date) > 1 else 0,
        "journal": work.journal,
        "collection-title": work.book or work.series,
        "conference": {"name": work.book} if is_talk and work.book else None,
        "volume": _as_number(work.volume),
        "issue": _as_number(work.number) if work.journal else "",
        "number": "" if work.journal else work.number,
        "start": _as_number(work.pages[0]) if work.pages else "",
        "end": _as_number(work.pages[1]) if len(work.pages) > 1 else "",
        "edition": work.edition,
        "section": work.chapter,
        "thesis-type": (work.genre or kind.genre) if kind.cff == "thesis" else "",
        "institution": {"name": maker} if kind.cff in ("thesis", "report") and maker else None,
        "publisher": {"name": maker} if kind.cff not in ("thesis", "report") and maker else None,
        "version": work.version,
        "doi": _match(_DOI, work.doi),
        "identifiers": [{"type": "other", "value": f"arXiv:{work.arxiv}"}] if work.arxiv else [],
        "url": work.url,
        "isbn": _match(_ISBN, work.isbn),
        "issn": _match(_ISSN, work.issn),
        "keywords": list(dict.fromkeys(work.keywords)),
        "notes": work.note,
        "abstract": work.abstract,
    }
    return {name: value for name, value in fields.items() if value}


def list_names(names: tuple[Name, ...], has_others: bool = False) -> list[dict[str, str]]:
    """Each name once, persons in parts, organisations whole."""
    written = [_make_name(name) for name in names]
    written += [{"name": "et al."}] if has_others else []
    return list({tuple(name.items()): name for name in written}.values())


def _make_name(name: Name) -> dict[str, str]:
    if not name.first and not name.von:
        return {"name": name.last}
    parts = {"family-names": name.last, "given-names": name.first, "name-particle": name.von}
    return {part: value for part, value in (parts | {"name-suffix": name.suffix}).items() if value}


def _as_number(text: str) -> int | str:
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,8}", text) else text


def _match(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) else ""
