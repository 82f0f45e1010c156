"""Files of a card before and after: those that came and went, and what changed in its models."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping

from cardwright.benchmarks import Vocabulary
from cardwright.diff.values import Change
from cardwright.diff.versions import Version
from cardwright.entry import Entry, FileEntry
from cardwright.facts import FACTS, Facts
from cardwright.sections.structure import format_bytes, format_fact
from cardwright.sources.find import COMPANION_TEXTS, MARKDOWN

MAX_TRIED = 20
"""Files of one size that may be another one under a new name."""

FACT_KEYS = (
    "sha256 size_bytes opset_imports ir_version parameters buffers depth weighted_layers attention_layers macs nodes"
    " inputs outputs dtypes weight_bytes quantisation external_data"
).split()
"""Facts that are compared, in this order."""

STATED: Mapping[str, str] = {
    "sha256": "SHA-256",
    "size": "Size",
    "format": "Format",
    "opset": "Opset",
    "ir_version": "IR version",
    "onnx_version": "ONNX version",
    "parameters": "Parameters",
    "layers": "Layers",
    "precision": "Precision",
}
"""What a card says of a file that is not there to be asked."""

_LABELS = {fact.key: fact.label for fact in FACTS}
_TEXTS = (*MARKDOWN, ".bib")
"""Endings of files that are read as part of the card: what changed in them is said by what they hold."""


def compare_files(old: Version, new: Version, vocabulary: Vocabulary) -> Iterator[Change]:
    """Files that came, went, have another name or other bytes, and what the models among them hold."""
    before, after = _list_files(old), _list_files(new)
    names = {path: path for path in before if path in after}
    gone, come = (sorted(one.keys() - two.keys()) for one, two in ((before, after), (after, before)))
    for path, found in _find_renamed(old, new, {p: before[p] for p in gone}, {p: after[p] for p in come}):
        names[path] = found
        yield Change("file", found, f"File {found}", "renamed", path, found)
    found_again = set(names.values())
    gone, come = [path for path in gone if path not in names], [path for path in come if path not in found_again]
    yield from (Change("file", path, f"File {path}", "removed", _size(old, path)) for path in gone)
    yield from (Change("file", path, f"File {path}", "added", "", _size(new, path)) for path in come)
    read = {side: {file.path: file.facts for file in version.entry.files} for side, version in ((0, old), (1, new))}
    for path, found in sorted(names.items(), key=lambda pair: pair[1]):
        if not old.has_same(path, new, found):
            facts = read[0].get(path), read[1].get(found)
            if facts[0] and facts[1]:
                yield from _compare_facts(facts[0], facts[1], found, len(new.entry.files) > 1)
            else:
                yield from _compare_bytes(old, path, new, found)
    yield from _compare_stated(old.entry, new.entry, names)


def _list_files(version: Version) -> dict[str, int]:
    """Files that are no text of the card's own, by path, with their size in bytes."""
    own = {version.entry.path, version.entry.raw.body_path}
    return {
        path: version.side.tree.files[whole].size
        for path, whole in sorted(version.files.items())
        if whole not in own and path not in COMPANION_TEXTS and path[0] != "." and not path.lower().endswith(_TEXTS)
    }


def _find_renamed(
    old: Version, new: Version, gone: Mapping[str, int], come: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    by_size: defaultdict[int, list[str]] = defaultdict(list)
    for path, size in come.items():
        by_size[size].append(path)
    for path, size in gone.items():
        near = by_size[size][:MAX_TRIED] if size else []
        same = next((other for other in near if old.has_same(path, new, other)), None)
        if same:
            by_size[size].remove(same)
            yield path, same


def _compare_facts(one: Facts, two: Facts, path: str, several: bool) -> Iterator[Change]:
    where = f" of {path}" if several else ""
    for key in FACT_KEYS:
        before, after = format_fact(key, one), format_fact(key, two)
        if before != after:
            yield Change("fact", key, f"{_LABELS[key]}{where}", "changed", before, after)


def _compare_bytes(old: Version, path: str, new: Version, found: str) -> Iterator[Change]:
    """A file of which no more is known than its bytes, or what Git LFS says of them."""
    pointers = old.side.tree.find_pointer(old.files[path]), new.side.tree.find_pointer(new.files[found])
    before, after = _size(old, path), _size(new, found)
    yield Change("file", found, f"File {found}", "changed", before, after, "other content" if before == after else "")
    if pointers[0] and pointers[1]:
        yield Change("fact", "sha256", f"SHA-256 of {found}", "changed", pointers[0][0], pointers[1][0])


def _size(version: Version, path: str) -> str:
    whole = version.files[path]
    pointer = version.side.tree.find_pointer(whole)
    return format_bytes(pointer[1] if pointer else version.side.tree.files[whole].size)


def _compare_stated(old: Entry, new: Entry, names: Mapping[str, str]) -> Iterator[Change]:
    """Files that cards name and do not have: which, and what is said of them."""
    before, after = ({n: file for n, file in enumerate(entry.files) if not file.facts} for entry in (old, new))
    ways: tuple[Callable[[FileEntry], str], ...] = (
        lambda file: file.path or file.stated.path or file.stated.url or "",
        lambda file: file.name,
        lambda file: (file.stated.sha256 or "").lower(),
    )
    pairs: list[tuple[FileEntry, FileEntry]] = []
    for way in ways:
        named: defaultdict[str, deque[int]] = defaultdict(deque)
        for index, two in after.items():
            named[way(two)].append(index)
        for index, one in list(before.items()):
            fitting = named[names.get(way(one), way(one))] if way(one) else ()
            if fitting:
                pairs.append((before.pop(index), after.pop(fitting.popleft())))
    # A file that is there was told of with the files of the folder.
    yield from (Change("file", _key(f), f"File {f.name}", "removed", _place(f)) for f in before.values() if not f.path)
    yield from (Change("file", _key(f), f"File {f.name}", "added", "", _place(f)) for f in after.values() if not f.path)
    for one, two in pairs:
        if _key(one) != _key(two) and not (one.path and two.path):
            yield Change("file", _key(two), f"File {two.name}", "changed", _key(one), _key(two), "another place")
        for key, label in STATED.items():
            said = getattr(one.stated, key) or "", getattr(two.stated, key) or ""
            if _squeeze(said[0]) != _squeeze(said[1]):
                yield Change("stated", key, f"{label} of {two.name}, as stated", "changed", *said)


def _key(file: FileEntry) -> str:
    return file.stated.path or file.stated.url or file.name


def _place(file: FileEntry) -> str:
    return _key(file) if _key(file) != file.name else "named, not there"


def _squeeze(text: str) -> str:
    return "".join(text.split()).casefold()
