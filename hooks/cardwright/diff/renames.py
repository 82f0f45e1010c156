"""Cards that have another name and are the same: as the card says, by its model, by its id or by its text."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from cardwright.diff.versions import Version
from cardwright.sources import RawCard

MIN_SIMILARITY = 0.5
"""Share of the text that is the same, as git has it."""
MAX_SHARED_BY = 20
"""A line of more cards than these is their template's, and tells nothing."""

Keys = Callable[[Version], Iterable[str]]


def _text(version: Version) -> Iterable[str]:
    source = version.entry.source
    with suppress(OSError):
        yield f"{source.part} {hashlib.sha256(source.path.read_bytes()).hexdigest()}"


def _models(version: Version) -> Iterable[str]:
    return {file.facts.sha256 for file in version.entry.files if file.facts}


def _id(version: Version) -> Iterable[str]:
    return filter(None, [version.entry.card.id])


def _name(version: Version) -> Iterable[str]:
    return {version.entry.name} - {version.entry.slug}


WAYS: tuple[tuple[Keys, Keys], ...] = (
    (lambda old: [old.entry.slug.casefold()], lambda new: {alias.casefold() for alias in new.entry.card.aliases}),
    (_text, _text),
    (_models, _models),
    (_id, _id),
    (_name, _name),
)
"""What the card had and what it has now, when it is the same card; the surest way first."""


def find_renamed(gone: Sequence[Version], come: Sequence[Version]) -> list[tuple[Version, Version]]:
    """The cards of `gone` that are in `come`, each once."""
    old, new = dict(enumerate(gone)), dict(enumerate(come))
    pairs: list[tuple[Version, Version]] = []
    for old_keys, new_keys in WAYS:
        having = _index(old, old_keys), _index(new, new_keys)
        for key, fitting in having[0].items():
            others = having[1].get(key, [])
            # Of several that one name or model fits, their texts decide; the same text is as good as itself.
            if len(fitting) == len(others) == 1 or old_keys is _text:
                for index, other in zip(fitting, others, strict=False):
                    if index in old and other in new:
                        pairs.append((old.pop(index), new.pop(other)))
    for _, index, other in sorted(_find_similar(old, new), key=lambda found: (-found[0], *found[1:])):
        if index in old and other in new:
            pairs.append((old.pop(index), new.pop(other)))
    return pairs


def _index(versions: dict[int, Version], keys: Keys) -> dict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for index, version in versions.items():
        for key in keys(version):
            found[key].append(index)
    return found


def _find_similar(old: dict[int, Version], new: dict[int, Version]) -> Iterator[tuple[float, int, int]]:
    """Pairs whose text is at least half the same: how much, and which they are."""
    having: defaultdict[str, list[int]] = defaultdict(list)
    lines = {other: _lines(two.entry.raw) for other, two in new.items()}
    for other, some in lines.items():
        for line in some:
            having[line].append(other)
    for index, one in old.items():
        mine = _lines(one.entry.raw)
        near = {other for line in mine if len(having[line]) <= MAX_SHARED_BY for other in having[line]}
        for other in sorted(near):
            theirs = lines[other]
            shared = sum(len(line) * count for line, count in (mine & theirs).items())
            similarity = shared / max(_length(mine), _length(theirs), 1)
            if similarity >= MIN_SIMILARITY:
                yield similarity, index, other


def _lines(raw: RawCard) -> Counter[str]:
    """Lines that have words."""
    text = f"{raw.written}\n{raw.body.markdown}"
    return Counter(line.strip() for line in text.split("\n") if re.search(r"\w{2}", line))


def _length(lines: Counter[str]) -> int:
    return sum(len(line) * count for line, count in lines.items())
