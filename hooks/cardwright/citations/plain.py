"""A publication as plain text for a README or a mail: full names, no abbreviations, no markup."""

from __future__ import annotations

from functools import lru_cache

from .links import arxiv_url, doi_url
from .names import Name
from .work import Work


@lru_cache(maxsize=2048)  # many cards of a site cite the same
def to_plain(work: Work) -> str:
    """`Ada Example and Bo van Beispiel. Title. Journal 12(3), pages 4-5, 2020. https://doi.org/…` in one line."""
    people = _join([_write_name(name) for name in work.authors or work.editors], work.has_others)
    volume = f"{work.volume}({work.number})" if work.volume and work.number else work.volume or work.number
    place = f"{work.journal or (work.book and f'In {work.book}')} {volume}".strip()
    pages = ("pages " if len(work.pages) > 1 else "page ") + "–".join(work.pages) if work.pages else ""
    maker = work.publisher or work.institution
    published = f"arXiv:{work.arxiv}" if work.arxiv and not work.container else ""
    if maker == "arXiv" and published:
        maker = ""
    where = ", ".join(filter(None, (place, pages, published, maker, work.year)))
    sentences = [part if part.endswith((".", "?", "!")) else f"{part}." for part in (people, work.title, where) if part]
    return " ".join(filter(None, (*sentences, doi_url(work.doi) or work.url or arxiv_url(work.arxiv))))


def _write_name(name: Name) -> str:
    written = " ".join(filter(None, (name.first, name.von, name.last)))
    return f"{written}, {name.suffix}" if name.suffix else written


def _join(names: list[str], has_others: bool) -> str:
    if has_others:
        return f"{', '.join(names)} et al."
    if len(names) > 2:
        return f"{', '.join(names[:-1])}, and {names[-1]}"
    return " and ".join(names)
