"""A reference for a card that states a publication in plain fields, without BibTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .links import arxiv_id, arxiv_url, doi_url, find_arxiv_id, web_url
from .names import Name, format_names, parse_name, parse_name_list, parse_names, split_names
from .styles import Reference

# Marks that point to footnotes on a title page: "Kaiming He*", "Jian Sun†".
_FOOTNOTES = re.compile(r"[*†‡§¶⁰¹²³⁴-⁹]+")
_AMPERSAND = re.compile(r",? & ")
_COMMA_AND = re.compile(r", and ", re.IGNORECASE)


def publication_to_reference(
    title: str,
    authors: str | Sequence[str] = "",
    *,
    source: str = "",
    year: str = "",
    url: str = "",
    doi: str = "",
    arxiv: str = "",
) -> Reference:
    """The same parts as `format_reference` gives, from plain text.

    What is no http(s) address, DOI or arXiv id is left out. Never raises.
    """
    identifier = arxiv_id(arxiv) or arxiv_id(url) or find_arxiv_id(source)
    container = " ".join(source.split())
    if identifier and container.lower() in ("", "arxiv", "arxiv preprint"):
        container = f"arXiv:{identifier}"
    return Reference(
        authors=format_authors(authors),
        year=" ".join(year.split()),
        title=" ".join(title.split()).rstrip("."),
        container=container,
        url=doi_url(doi) or web_url(url) or arxiv_url(identifier),
    )


def format_authors(authors: str | Sequence[str]) -> str:
    """`He, K., & Sun, J.` from a list of names, or a text in any usual form.

    `Kaiming He, Jian Sun`; `Kaiming He and Jian Sun`; `He, Kaiming; Sun, Jian`; `He, K., & Sun, J.`
    """
    return format_names(*read_authors(authors))


def read_authors(authors: str | Sequence[str]) -> tuple[list[Name], bool]:
    """The names, and whether there are others beyond them."""
    if not isinstance(authors, str):
        return [parse_name(_clean(name)) for name in authors if name.strip()], False
    chunks, has_others = split_names(_COMMA_AND.sub(" and ", _AMPERSAND.sub(" and ", _clean(authors))))
    return _parse_chunks(chunks), has_others


def _parse_chunks(chunks: list[str]) -> list[Name]:
    """Read what stands between the `and`s."""
    if any(";" in chunk for chunk in chunks):
        return parse_names([name.strip(" ,") for chunk in chunks for name in chunk.split(";") if name.strip(" ,")])
    commas = {chunk.count(",") for chunk in chunks}
    if commas == {1} and (len(chunks) > 1 or " " not in chunks[0].partition(",")[0]):
        return [parse_name(chunk) for chunk in chunks]  # BibTeX's `Last, First and Last, First`
    return parse_name_list([part.strip() for chunk in chunks for part in chunk.split(",") if part.strip()])


def _clean(text: str) -> str:
    return " ".join(_FOOTNOTES.sub("", text).split())
