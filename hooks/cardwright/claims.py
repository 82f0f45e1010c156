"""What a card states of its model file, by the fact it is about: a row each in CLAIMS."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cardwright.card import Card, ModelFile


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of the card that the file can be held against."""

    fact: str
    """Key of the fact, as in FACTS."""
    find: Callable[[Card, ModelFile, str], str | None]
    """The statement as written, from the card, the file's own row, and the card's text."""


def find_claims(card: Card, file: ModelFile, text: str) -> Mapping[str, str]:
    """Everything the card says of this file, by fact."""
    found = ((claim.fact, claim.find(card, file, text)) for claim in CLAIMS)
    return {fact: said for fact, said in found if said}


_LAYERS = re.compile(r"(?<![\w.-])(\d{1,4})(?:[ -]layers?\b(?: deep\b)?)", re.IGNORECASE)
"""`50 layer`, `50-layer`, `50 layers deep`; the number in a name such as ResNet-50 is none."""


def _find_layers(card: Card, file: ModelFile, text: str) -> str | None:
    if file.layers:
        return file.layers
    for said in (card.summary or "", text):
        if match := _LAYERS.search(said):
            return match.group()
    return None


CLAIMS: tuple[Claim, ...] = (
    Claim("size_bytes", lambda card, file, text: file.size),
    Claim("sha256", lambda card, file, text: file.sha256),
    Claim("opset_imports", lambda card, file, text: file.opset and f"opset {file.opset}"),
    Claim("ir_version", lambda card, file, text: file.ir_version),
    Claim("parameters", lambda card, file, text: file.parameters),
    Claim("depth", _find_layers),
    Claim("dtypes", lambda card, file, text: file.precision),
)
