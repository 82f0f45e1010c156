"""Web addresses out of identifiers. Whatever a card says, the result is an http(s) URL or ""."""

from __future__ import annotations

import re
from urllib.parse import quote

_WEB = re.compile(r"https?://[^\s<>\"'{}\\^`|\x00-\x20\x7f-\x9f]+", re.IGNORECASE)
# DOI handbook, 2.2: `10.<registrant>/<suffix>`, the suffix being any printable characters.
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?\s*(10\.\d{4,9}(?:\.\d+)*/\S+)", re.IGNORECASE)
# https://info.arxiv.org/help/arxiv_identifier.html: 1512.03385v1 since 2007, hep-th/9901001 before.
_ARXIV_ID = r"(\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?)"
_ARXIV = re.compile(
    rf"(?:https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/|arxiv:\s*|abs/)?{_ARXIV_ID}(?:\.pdf)?", re.IGNORECASE
)
_ARXIV_MENTION = re.compile(rf"(?:arxiv\.org/(?:abs|pdf)/|arxiv:\s?|10\.48550/arxiv\.){_ARXIV_ID}", re.IGNORECASE)
_MAX_CHARS = 2000


def web_url(text: str) -> str:
    """`text` if it is one http(s) address, else ""."""
    text = text.strip()
    return text if len(text) <= _MAX_CHARS and _WEB.fullmatch(text) else ""


def find_web_url(text: str) -> str:
    """The first http(s) address in `text`, or ""."""
    found = _WEB.search(text[:_MAX_CHARS])
    return found[0].rstrip(".,;)") if found else ""


def doi_name(text: str) -> str:
    """The DOI if `text` is one, with or without `doi:` or a resolver in front, else ""."""
    found = _DOI.fullmatch(text.strip()) if len(text) <= _MAX_CHARS else None
    return found[1] if found else ""


def doi_url(text: str) -> str:
    """https://doi.org/<doi> for a DOI, with or without `doi:` or a resolver in front, else ""."""
    name = doi_name(text)
    return "https://doi.org/" + quote(name, safe="/:;()._-,+@!*") if name else ""


def arxiv_id(text: str) -> str:
    """The identifier if `text` is one, bare or as `arXiv:`, `abs/` or address, else ""."""
    found = _ARXIV.fullmatch(text.strip()) if len(text) <= _MAX_CHARS else None
    return found[1] if found else ""


def find_arxiv_id(text: str) -> str:
    """The first identifier that `text` mentions as `arXiv:<id>`, by address or by DOI, or ""."""
    found = _ARXIV_MENTION.search(text[:_MAX_CHARS])
    return found[1] if found else ""


def arxiv_url(identifier: str) -> str:
    """https://arxiv.org/abs/<id>, or "" for no identifier."""
    return f"https://arxiv.org/abs/{identifier}" if identifier else ""
