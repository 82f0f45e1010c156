"""One card with all that is known of it: the value that sections, views and exports are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cardwright.benchmarks import Result
from cardwright.card import Card, ModelFile
from cardwright.citations import Reference, Work
from cardwright.claims import CheckedClaim
from cardwright.facts import Facts, FactsError
from cardwright.licenses import License
from cardwright.nodes import Path, find_mark
from cardwright.problem import Mark, Problem
from cardwright.prose import Prose
from cardwright.sources import CardSource, RawCard


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A model file: what the card states of it, and what it holds."""

    stated: ModelFile
    """Empty for an .onnx file beside the card that the card does not name."""
    name: str
    path: str
    """Relative to the card's folder; empty when the file is not there."""
    address: str
    """Where readers get it: an address in the site or on the web; empty when there is none."""
    facts: Facts | None = None
    error: FactsError | None = None
    structure_name: str = ""
    """Its copy without weights, beside the card's page; empty for what is no readable ONNX file."""
    claims: tuple[CheckedClaim, ...] = ()
    """What the card says of it, and whether that is so."""

    @property
    def place(self) -> str:
        """Where its facts were counted: its path in the card's folder, else its address."""
        return self.path or self.address

    @property
    def file_name(self) -> str:
        """Its name alone."""
        return (self.path or self.address.partition("?")[0].rstrip("/")).rpartition("/")[2]

    @property
    def sha256(self) -> str:
        """As counted, else as the card states it, in lower case."""
        return (self.facts and self.facts.sha256) or (self.stated.sha256 or "").lower()


@dataclass(frozen=True, slots=True)
class PublicationEntry:
    """A publication: how it is cited, and its BibTeX."""

    reference: Reference
    links: tuple[tuple[str, str], ...]
    """Label and address."""
    abstract: str
    bibtex_source: str
    """As written in the card or its .bib file, byte for byte."""
    bibtex_pretty: str
    details: tuple[tuple[str, Any], ...] = ()
    """What else the card states of it."""
    key: str = ""
    """The key of its BibTeX; empty when there is none."""
    path: str = ""
    """The file in which it stands, relative to the cards folder."""
    line: int = 1
    is_in_text: bool = False
    """Whether its BibTeX is a code block of the card's text, which shows it where its author put it."""
    work: Work = field(default_factory=Work)
    """The publication in parts."""

    @property
    def is_named(self) -> bool:
        """Whether there is a reference to show."""
        return bool(self.reference.title or self.reference.authors)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another card of the site."""

    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class Related:
    """Cards of the site that stand to this one in one relation."""

    label: str
    """What they are to it: `Newer version`, `Made from`."""
    cards: tuple[Neighbour, ...]
    more: int = 0
    """How many there are beyond these."""


@dataclass(frozen=True, slots=True)
class Change:
    """The last change of a card."""

    time: str
    """As RFC 3339 has it: `2024-05-01T00:00:00Z`."""
    editors: tuple[str, ...] = ()
    """Who changed it, those with the most commits first; names only."""

    @property
    def day(self) -> str:
        """`2024-05-01`."""
        return self.time[:10]


@dataclass(frozen=True, slots=True)
class LicenseFile:
    """A file beside the card with the text of a licence."""

    path: str
    """Relative to the card's folder."""
    subject: str
    """What it is about, as modelhub.ai tells apart: `Model`, `Sample data`; else empty."""
    license: License | None
    """The licence, when its text is a well-known one."""
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A card of the site."""

    source: CardSource
    path: str
    """The source, relative to the cards folder, with forward slashes."""
    raw: RawCard
    card: Card
    misfits: Mapping[str, Any]
    """Values that do not fit their field, by field: shown, not lost."""
    name: str
    summary: str
    results: tuple[Result, ...] = ()
    files: tuple[FileEntry, ...] = ()
    prototxts: tuple[str, ...] = ()
    """Caffe networks beside the card, relative to its folder."""
    publications: tuple[PublicationEntry, ...] = ()
    bibtex_blocks: Mapping[str, tuple[PublicationEntry, ...]] = field(default_factory=dict)
    """The code blocks of the text that have BibTeX, and the publications in each."""
    license_files: tuple[LicenseFile, ...] = ()
    prose: tuple[Prose, ...] = ()
    related: tuple[Related, ...] = ()
    """Other cards; found when all are read."""
    change: Change | None = None
    """When it changed last; None where neither card nor git tell."""
    problems: tuple[Problem, ...] = ()

    @property
    def slug(self) -> str:
        """The card's name in addresses."""
        return self.source.slug

    @property
    def facts(self) -> Facts | None:
        """What the card's main model file holds: the first that could be read."""
        return next((file.facts for file in self.files if file.facts), None)

    @property
    def license(self) -> str:
        """The model's licence in a word or two: as the card states it, else as the licence files tell.

        A card that only says in which file its licence is, as modelhub.ai's READMEs do, has the licence of that file.
        """
        stated = self.card.license_name or ", ".join(self.card.license)
        files = [file for file in self.license_files if file.license and file.subject != "Sample data"]
        told = [file for file in files if not stated or file.path in stated]
        return ", ".join(dict.fromkeys(file.license.id for file in told if file.license)) or stated

    def mark(self, path: Path) -> Mark:
        """Where the value of a field stands in its file."""
        return find_mark(self.raw.fields, path)

    def is_in_text(self, path: Path) -> bool:
        """Whether the value was found in the card's text, which shows it already where its author put it."""
        mark = self.mark(path)
        line = mark.line - self.raw.body_line + 1
        if not self.raw.derived or line < 1 or mark.path:
            return False
        return not any(lift.first_line <= line <= lift.last_line for lift in self.raw.lifts)
