"""A card in two forms: what the pages of others are made from, and what only its own page needs.

Ten thousand cards do not fit into memory with all their text. So of each the brief stays at hand, and the rest is put
away until its own page is made.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cardwright.entry import Entry, FileEntry, LicenseFile
from cardwright.facts import Facts
from cardwright.facts.diagram_values import Diagram
from cardwright.gfm import Body
from cardwright.nodes import Map, Path
from cardwright.packing import pack, unpack
from cardwright.sources import RawCard

NO_BODY = Body("", "", ())


@dataclass(frozen=True, slots=True)
class Kept:
    """A card that was read."""

    brief: Entry
    """Without its text: for views, exports and relations."""
    packed: bytes
    """All of it."""
    contents: str = ""
    """A digest of the files that it was read from."""


def keep(entry: Entry) -> Kept:
    """The card in both forms."""
    whole = replace(entry, raw=replace(entry.raw, body=replace(entry.raw.body, html="", blocks=())))
    return Kept(make_brief(entry), zlib.compress(pack(whole), 1))


def make_brief(entry: Entry) -> Entry:
    """The card without what is only shown on its own page."""
    marked = [result.path for result in entry.results] + [("aliases",)]
    fields = _prune(entry.raw.fields, marked)
    raw = RawCard(entry.raw.format, fields, NO_BODY, body_path=entry.raw.body_path)
    return replace(
        entry,
        raw=raw,
        misfits={},
        files=tuple(map(_brief_file, entry.files)),
        bibtex_blocks={},
        license_files=tuple(map(_brief_license, entry.license_files)),
        prose=(),
    )


def open_whole(kept: Kept, known: Entry) -> Entry:
    """The whole card, with what was found out about it beside the others: `known` is its brief from then."""
    whole: Entry = unpack(zlib.decompress(kept.packed))
    return replace(whole, results=known.results, related=known.related, change=known.change, problems=known.problems)


def _prune(fields: Map, paths: Sequence[Path]) -> Map:
    """The fields at these paths and nothing else, in their places: what a page says the line of."""
    tops = {path[0] for path in paths}
    return Map(tuple((key, value) for key, value in fields.items if key.text in tops), fields.mark)


def _brief_file(file: FileEntry) -> FileEntry:
    return replace(file, facts=_brief_facts(file.facts)) if file.facts else file


def _brief_facts(facts: Facts) -> Facts:
    return replace(facts, layers=(), diagram=Diagram(), operators={}, metadata_props={}, doc_string="", warnings=())


def _brief_license(file: LicenseFile) -> LicenseFile:
    return replace(file, text="")
