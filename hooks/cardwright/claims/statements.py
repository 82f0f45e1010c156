"""Where a card says something that its model file can be held against."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cardwright.card import Card, ModelFile
from cardwright.nodes import Path, find_mark, show_path
from cardwright.problem import Mark
from cardwright.sources import RawCard


@dataclass(frozen=True, slots=True)
class Statement:
    """Something the card says, in its own words."""

    text: str
    field: str
    """The field it stands in, as its author writes it."""
    mark: Mark
    path: str = ""
    """The file it stands in; empty for the card's own."""
    value: Any = None
    """For an input or output: the stated `Input` or `Output`."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A card and one of its files."""

    card: Card
    raw: RawCard
    file: ModelFile
    index: int | None
    """Position in `files`; None for a file that the card does not name."""
    is_main: bool
    """Whether what the card says of the model as a whole is said of this file."""
    name: str
    """The card's name."""


def find_field(name: str) -> Callable[[Subject], Iterator[Statement]]:
    """The statement in the file's field `name`."""

    def find(subject: Subject) -> Iterator[Statement]:
        value = getattr(subject.file, name)
        if value and subject.index is not None:
            yield _field_statement(subject, ("files", subject.index, name), value)

    return find


def _field_statement(subject: Subject, path: Path, text: str, value: Any = None) -> Statement:
    return Statement(text, show_path(path), find_mark(subject.raw.fields, path), value=value)


LAYERS = re.compile(r"(?<![\w.-])(?P<count>\d{1,4})[ -]layers?\b(?: deep\b)?", re.IGNORECASE)
"""`50 layer`, `50-layer`, `50 layers deep`; the number in a name such as ResNet-50 is none."""
_OTHERS = re.compile(r"\b(?:up to|than|from|between|to|first|last|additional|more|extra|every|each)\s*$", re.IGNORECASE)
"""Before the number: it is not said of the whole network."""
_SUBJECT = re.compile(
    r"(?:^(?:this|the|our) (?:model|network|net|architecture)\b|^it\b"
    r"|\b(?:it|(?:this|the|our) (?:model|network|net|architecture)) (?:is|has|uses|contains|consists)\b[^.;]{0,30}$)",
    re.IGNORECASE,
)
"""Before the number: the sentence is about the model."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n\n|:\s*\n")


def find_layers(subject: Subject) -> Iterator[Statement]:
    """The field `layers`, and `50 layers` in the summary or in a sentence about the model in the card's text."""
    yield from find_field("layers")(subject)
    if subject.is_main:
        sources = (_layers_in_summary(subject), _layers_in_text(subject))
        # A summary that was found in the text has its better place there.
        found = [s for source in (reversed(sources) if subject.raw.derived else sources) for s in source]
        counts = [match["count"] for s in found if (match := LAYERS.search(s.text))]
        yield from (s for index, s in enumerate(found) if counts[index] not in counts[:index])


def _layers_in_summary(subject: Subject) -> Iterator[Statement]:
    if match := _count_layers(subject.card.summary or ""):
        yield _field_statement(subject, ("summary",), match.group())


def _layers_in_text(subject: Subject) -> Iterator[Statement]:
    for block in subject.raw.body.blocks:
        for sentence in _SENTENCE.split(block.text) if block.tag == "p" else ():
            match = _count_layers(sentence)
            if match and _is_about(sentence[: match.start()].strip(), subject):
                yield _text_statement(subject.raw, match.group(), block.first_line)


def _count_layers(text: str) -> re.Match[str] | None:
    return next((m for m in LAYERS.finditer(text) if not _OTHERS.search(text[: m.start()])), None)


def _is_about(before: str, subject: Subject) -> bool:
    """Whether the words before a number of layers speak of the model itself."""
    plain = re.sub(r"[\W_]+", "", before).casefold()
    name = re.sub(r"[\W_]+", "", subject.name).casefold()
    return bool(name and plain.startswith(name)) or bool(_SUBJECT.search(before))


def _text_statement(raw: RawCard, text: str, first_line: int) -> Statement:
    """A statement in the body: its place is where its words stand, at or after `first_line`."""
    lines = raw.body.markdown.split("\n")
    for number in range(first_line, len(lines) + 1):
        column = lines[number - 1].find(text)
        if column >= 0:
            break
    else:
        number, column = first_line, 0
    return Statement(text, "text", Mark(number + raw.body_line - 1, column + 1), raw.body_path)


def find_inputs(subject: Subject) -> Iterator[Statement]:
    """The named inputs of the file, or of the card when the file is its main one."""
    yield from _find_values(subject, "inputs")


def find_outputs(subject: Subject) -> Iterator[Statement]:
    """The named outputs of the file, or of the card when the file is its main one."""
    yield from _find_values(subject, "outputs")


def _find_values(subject: Subject, kind: str) -> Iterator[Statement]:
    path: Path = ("files", subject.index, "io", kind) if subject.index is not None else ()
    values = getattr(subject.file.io, kind)
    # modelhub's names are labels of its own interface, not those of the file.
    if not values and subject.is_main and subject.raw.format != "modelhub":
        path, values = ("io", kind), getattr(subject.card.io, kind)
    for index, value in enumerate(values):
        if value.name:
            yield _field_statement(subject, (*path, index, "name"), value.name, value)


_ACCEPT = re.compile(r"<!--\s*cardwright:\s*accept\s+(\w+(?:\s*,\s*\w+)*)\s*:\s*(.+?)\s*-->", re.DOTALL)


def find_accepted(subject: Subject) -> Mapping[str, str]:
    """Differences the card accepts, with the reason: `accept` in the file's row, in the card, or in a comment."""
    comments = {
        name.strip(): " ".join(reason.split())
        for names, reason in _ACCEPT.findall(subject.raw.body.markdown)
        for name in names.split(",")
    }
    stated = {**subject.card.accept, **subject.file.accept}
    return {**comments, **{name: reason for name, reason in stated.items() if reason}}
