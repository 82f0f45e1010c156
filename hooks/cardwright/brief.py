"""A card in two forms: what the pages of others are made from, and what only its own page needs.

Ten thousand cards do not fit into memory with all their text. So of each the brief stays at hand, and the rest is put
away until its own page is made.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from cardwright.card import Card, ModelFile, Part
from cardwright.claims import CLAIMS, CheckedClaim
from cardwright.claims.rules import Outcome
from cardwright.claims.statements import Statement
from cardwright.entry import Entry, FileEntry, LicenseFile
from cardwright.facts import Facts
from cardwright.facts.diagram_values import Diagram
from cardwright.gfm import Body
from cardwright.nodes import List, Map, Node, Path, Text
from cardwright.packing import make_model, pack, unpack
from cardwright.problem import START
from cardwright.sources import RawCard

P = TypeVar("P", bound=Part)

NO_BODY = Body("", "", ())
NO_TEXT = Text("")
NO_FILE = ModelFile()
NO_STATEMENT = Statement("", "", START)

CARD_FIELDS = tuple(
    "model_name pipeline_tag library_name license license_name language tags datasets base_model new_version id version"
    " aliases collection".split()
)
FILE_FIELDS = tuple("name path url sha256 format".split())
"""What is kept of what a card states. Whoever asks a brief for another field gets an `AttributeError`."""


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
    paths: list[Path] = [(*result.path, "value") for result in entry.results]
    paths += [("aliases", index) for index in range(len(entry.card.aliases))]
    fields = _prune(entry.raw.fields, paths)
    assert isinstance(fields, Map)
    stated = {id(file): _pick(file, FILE_FIELDS) for file in entry.card.files}
    return replace(
        entry,
        raw=RawCard(entry.raw.format, fields, NO_BODY, body_path=entry.raw.body_path),
        card=_brief_card(entry.card, tuple(stated[id(file)] for file in entry.card.files)),
        misfits={},
        files=tuple(_brief_file(file, stated.get(id(file.stated), NO_FILE)) for file in entry.files),
        bibtex_blocks={},
        license_files=tuple(map(_brief_license, entry.license_files)),
        prose=(),
    )


def open_whole(kept: Kept, known: Entry) -> Entry:
    """The whole card, with what was found out about it beside the others: `known` is its brief from then."""
    whole: Entry = unpack(zlib.decompress(kept.packed))
    return replace(whole, results=known.results, related=known.related, change=known.change, problems=known.problems)


def _prune(node: Node, paths: Sequence[Path]) -> Node:
    """What is needed to say where the values at these paths stand, and no values."""
    inner: dict[str | int, list[Path]] = defaultdict(list)
    for path in paths:
        if path:
            inner[path[0]].append(path[1:])
    match node:
        case Map(items, mark):
            pairs = ((key, value) for key, value in items if key.text in inner)
            return Map(tuple((Text(key.text), _prune(value, inner[key.text])) for key, value in pairs), mark)
        case List(items, mark):
            last = max((step for step in inner if isinstance(step, int)), default=-1)
            kept = (_prune(item, inner[at]) if at in inner else NO_TEXT for at, item in enumerate(items[: last + 1]))
            return List(tuple(kept), mark)
    return replace(NO_TEXT, mark=node.mark)


def _brief_card(card: Card, files: tuple[ModelFile, ...]) -> Card:
    values = {name: getattr(card, name) for name in CARD_FIELDS}
    indexed = tuple(_pick(index, ("name",)) for index in card.model_index)
    return make_model(Card, {**values, "model_index": indexed, "files": files}, card.model_extra)


def _pick(part: P, names: Sequence[str]) -> P:
    """A part with some of its fields alone."""
    return make_model(type(part), {name: getattr(part, name) for name in names})


def _brief_file(file: FileEntry, stated: ModelFile) -> FileEntry:
    claims = tuple(dict.fromkeys(map(_brief_claim, file.claims)))
    return replace(file, stated=stated, facts=_brief_facts(file.facts) if file.facts else None, claims=claims)


def _brief_claim(claim: CheckedClaim) -> CheckedClaim:
    """Whether it is so, and not what it is."""
    return replace(claim, claim=CLAIMS[0], statement=NO_STATEMENT, outcome=Outcome(claim.verdict))


def _brief_facts(facts: Facts) -> Facts:
    return replace(facts, layers=(), diagram=Diagram(), operators={}, metadata_props={}, doc_string="", warnings=())


def _brief_license(file: LicenseFile) -> LicenseFile:
    return replace(file, text="")
