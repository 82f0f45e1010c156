"""A card's text, cut into the parts that stand in the sections of its page, and the rest in its own order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cardwright.gfm import Block, Body
from cardwright.sources.raw import Lift, RawCard, find_title, heading_key

ROLES: Mapping[str, str] = {
    "benchmarking": "benchmarks",
    "benchmark": "benchmarks",
    "benchmarks": "benchmarks",
    "evaluation results": "benchmarks",
    "meta data": "metadata",
    "metadata": "metadata",
    "publication": "publication",
    "publications": "publication",
    "citation": "publication",
    "citations": "publication",
    "cite": "publication",
    "citing": "publication",
    "how to cite": "publication",
    "citation information": "publication",
    "bibtex": "publication",
    "bibtex entry and citation info": "publication",
    "publication attribution": "publication",
    "references": "publication",
    "reference": "publication",
    "usage": "usage",
    "how to use": "usage",
    "how to get started with the model": "usage",
    "run": "usage",
    "model support": "support",
    "support": "support",
    "contact": "support",
    "model card contact": "support",
    "contributors": "contributors",
    "contributor": "contributors",
    "model card authors": "contributors",
    "license": "license",
    "licence": "license",
    "licenses": "license",
}
"""Heading (lower case, words only) to the section of the page in which the text below it stands."""

REST = ""
"""The role of text that belongs to no section."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Text below one heading: unsafe HTML, as cut from `Body.html`."""

    role: str
    heading: str
    """The heading as plain text; empty for text without one."""
    heading_html: str
    """The heading as unsafe HTML."""
    heading_id: str
    before: str
    """Text up to what was lifted; all of it when nothing was."""
    after: str
    lifted: tuple[str, ...]
    """The originals that were lifted and are not wholly shown by their section."""
    has_lift: bool


def arrange(raw: RawCard, name: str) -> tuple[Prose, ...]:
    """The parts of the card's text in their own order; the first heading is left out where it is the card's name."""
    body, title = raw.body, find_title(raw.body)
    heads = _section_heads(body, title, {**ROLES, **raw.roles})
    starts = [*(head.start for head, _ in heads), len(body.html)]
    notes = next((block.start for block in body.blocks if block.tag == "section"), None)
    if notes is not None:
        starts[-1] = max(notes, starts[-2]) if len(starts) > 1 else notes
    parts = [_lead(body, starts[0], title, name)]
    for (head, role), end in zip(heads, starts[1:], strict=True):
        parts.append(_part(body, head, role, end, raw.lifts))
    if notes is not None:
        parts.append(Prose(REST, "", "", "", body.html[notes:], "", (), False))
    return tuple(part for part in parts if part.heading or part.before.strip() or part.has_lift)


def _section_heads(body: Body, title: Block | None, roles: Mapping[str, str]) -> list[tuple[Block, str]]:
    """The headings at which the text may be cut, with the role of each."""
    heads = [block for block in body.blocks if block.level and block is not title and not block.nested]
    top = max(2, min((head.level for head in heads), default=2))
    cuts: list[tuple[Block, str]] = []
    for head in heads:
        inside_section = cuts and cuts[-1][1] and head.level > cuts[-1][0].level
        if head.level <= top and not inside_section:
            cuts.append((head, roles.get(heading_key(head.text), REST)))
    return cuts


def _lead(body: Body, end: int, title: Block | None, name: str) -> Prose:
    """The text before the first cut. The title stays as its heading where the page's own does not say all of it."""
    html = body.html[:end]
    if not title or title.start >= end:
        return Prose(REST, "", "", "", html, "", (), False)
    identifier, inner, start = _read_heading(body, title, end)
    rest = html[: title.start] + html[start:]
    if " ".join(title.text.split()) == name and not re.search(r"<a [^>]*data-sourcepos|<img", inner):
        return Prose(REST, "", "", "", rest, "", (), False)
    return Prose(REST, title.text, inner, identifier, rest, "", (), False)


def _part(body: Body, head: Block, role: str, end: int, lifts: Iterable[Lift]) -> Prose:
    identifier, inner, start = _read_heading(body, head, end)
    # What its section shows word for word can go from anywhere; all else only where its section stands.
    pieces, originals = _take_out(body, start, end, [lift for lift in lifts if lift.whole or lift.role == role])
    return Prose(
        role,
        head.text,
        inner,
        identifier,
        pieces[0],
        "".join(pieces[1:]),
        tuple(originals),
        has_lift=len(pieces) > 1,
    )


_ID = re.compile(r' id="([^"]*)"')


def _read_heading(body: Body, head: Block, end: int) -> tuple[str, str, int]:
    """A heading's id, its unsafe inner HTML, and where the text after it begins."""
    opening = body.html.find(">", head.start) + 1
    close = body.html.find(f"</{head.tag}>", head.start)
    if not 0 < opening <= close < end:
        return "", "", head.start
    identifier = _ID.search(body.html[head.start : opening])
    return identifier.group(1) if identifier else "", body.html[opening:close], close + len(head.tag) + 3


def _take_out(body: Body, start: int, end: int, lifts: list[Lift]) -> tuple[list[str], list[str]]:
    """The HTML from `start` to `end` without what was lifted: the pieces between, and the originals to keep."""
    pieces: list[str] = []
    originals: list[str] = []
    at = start
    for lift in sorted(lifts, key=lambda lift: lift.first_line):
        span = _find_span(body, lift)
        if span and start <= span[0] and span[1] <= end:
            pieces.append(body.html[at : span[0]])
            if not lift.whole:
                originals.append(body.html[span[0] : span[1]])
            at = span[1]
    return [*pieces, body.html[at:end]], originals


def _find_span(body: Body, lift: Lift) -> tuple[int, int] | None:
    inside = [b for b in body.blocks if lift.first_line <= b.first_line and b.last_line <= lift.last_line]
    if not inside:
        return None
    last = inside[-1]
    closing = f"</{last.tag}>"
    end = body.html.find(closing, last.start)
    return (inside[0].start, end + len(closing)) if end >= 0 else None
