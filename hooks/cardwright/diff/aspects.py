"""ASPECTS: what of a card is compared, in the order in which it is told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cardwright.benchmarks import Vocabulary, spell
from cardwright.benchmarks.names import flatten
from cardwright.claims import CheckedClaim
from cardwright.diff.files import STATED, compare_files
from cardwright.diff.results import compare_results
from cardwright.diff.values import Change, How
from cardwright.diff.versions import Version
from cardwright.entry import Entry, FileEntry
from cardwright.licenses import find_license
from cardwright.prose import Prose
from cardwright.sources.raw import heading_key


@dataclass(frozen=True, slots=True)
class Aspect:
    """One way to look at a card twice."""

    kind: str
    """What its changes are called in JSON; those of files have kinds of their own."""
    compare: Callable[[Version, Version, Vocabulary], Iterator[Change]]


LABELS: Mapping[str, str] = {
    "pipeline_tag": "Task",
    "library_name": "Library",
    "license_link": "Address of the license",
    "base_model": "Base model",
    "base_model_relation": "Relation to the base model",
    "new_version": "Newer version",
    "co2_eq_emissions": "Emissions",
    "io": "Inputs and outputs",
    "api": "API",
    "dataset_links": "Addresses of datasets",
    "general": "Metadata",
    "structure": "Links to drawings",
}
"""Fields whose name is no word for readers."""

TOLD_ELSEWHERE = frozenset("model-index files publication model_name license license_name aliases".split())


def compare_fields(old: Version, new: Version, vocabulary: Vocabulary) -> Iterator[Change]:
    """Name, licence, datasets, base model, tags and every other field."""
    one, two = old.entry, new.entry
    if one.name != two.name:
        yield Change("field", "name", "Name", "changed", one.name, two.name)
    named = [[index.name for index in entry.card.model_index] for entry in (one, two)]
    if len(named[0]) == len(named[1]) == 1 and named[0] != named[1]:
        yield Change("field", "model-index", "Name in the results", "changed", named[0][0] or "", named[1][0] or "")
    if _license(one.license) != _license(two.license):
        yield Change("field", "license", "License", _how(one.license, two.license), one.license, two.license)
    dumps = [entry.card.model_dump(mode="json", by_alias=True, exclude_defaults=True) for entry in (one, two)]
    for key in dict.fromkeys([*dumps[0], *dumps[1]]):
        if key not in TOLD_ELSEWHERE:
            yield from _compare_values(key, dumps[0].get(key), dumps[1].get(key), vocabulary)


def _compare_values(key: str, before: Any, after: Any, vocabulary: Vocabulary) -> Iterator[Change]:
    label = LABELS.get(key) or key[:1].upper() + key[1:].replace("_", " ")
    lists = [value for value in (before, after) if isinstance(value, list) and all(isinstance(v, str) for v in value)]
    if lists and len(lists) == sum(value is not None for value in (before, after)):
        meant = [{_meaning(key, text, vocabulary): text for text in value or ()} for value in (before, after)]
        gone = [text for name, text in meant[0].items() if name not in meant[1]]
        come = [text for name, text in meant[1].items() if name not in meant[0]]
        if gone or come:
            yield Change("field", key, label, _how(gone, come), ", ".join(gone), ", ".join(come))
        return
    texts = flatten(before), flatten(after)
    if before != after and texts[0].split() != texts[1].split():
        yield Change("field", key, label, _how(*texts), *texts)


def _meaning(key: str, text: str, vocabulary: Vocabulary) -> str:
    if key == "datasets":
        kind = vocabulary.name_dataset(text)[0]
        return spell(kind.name) if kind else text
    return text.casefold() if key in ("tags", "language", "metrics") else text


def _license(text: str) -> str:
    found = find_license(text)
    return found.id if found else " ".join(text.split()).casefold()


def _how(before: object, after: object) -> How:
    return "changed" if before and after else "removed" if before else "added"


def compare_claims(old: Version, new: Version, vocabulary: Vocabulary) -> Iterator[Change]:
    """What the card says of its files: contradicted by them now, or no more."""
    before, after = dict(_contradicted(old.entry)), dict(_contradicted(new.entry))
    for key, (file, claim) in after.items():
        if key not in before:
            yield _claim_change("contradicted", file, claim)
    for key, (file, claim) in before.items():
        if key not in after:
            yield _claim_change("resolved", file, claim)


def _claim_change(how: How, file: FileEntry, claim: CheckedClaim) -> Change:
    label = STATED.get(claim.claim.name) or claim.claim.name.capitalize()
    what = f"{label} of {file.name}"
    return Change("claim", claim.claim.name, what, how, claim.statement.text, claim.outcome.measured)


def _contradicted(entry: Entry) -> Iterator[tuple[tuple[str, str, str], tuple[FileEntry, CheckedClaim]]]:
    for file in entry.files:
        for claim in file.claims:
            if claim.verdict == "contradicted" and not claim.accepted:
                named = claim.statement.text if claim.claim.name in ("inputs", "outputs") else ""
                yield (claim.claim.name, file.path, named), (file, claim)


_PLACES = re.compile(r' data-sourcepos="[^"]*"')


def compare_sections(old: Version, new: Version, vocabulary: Vocabulary) -> Iterator[Change]:
    """Parts of the text that came or went, by their heading, else their role, and those that say something else."""
    before, after = _sections(old.entry), _sections(new.entry)
    pairs: list[tuple[Key, Key | None]] = [(key, key) for key in before if key in after]
    come = [key for key in after if key not in before]
    for key in (key for key in before if key not in after):
        same = next((other for other in come if after[other].role and after[other].role == before[key].role), None)
        if same:
            come.remove(same)
        pairs.append((key, same))
    found: list[tuple[Prose | None, Prose | None]]
    found = [(before[one], after[two] if two else None) for one, two in pairs]
    for first, second in [*found, *((None, after[key]) for key in come)]:
        unchanged = first and second and heading_key(first.heading) == heading_key(second.heading)
        texts = [_read(part, bool(unchanged)) if part else "" for part in (first, second)]
        if texts[0] != texts[1]:
            part = second or first
            heading = part.heading if part else ""
            sizes = [_count_words(_read(part, with_heading=False)) if part else "" for part in (first, second)]
            name = (part.role if part else "") or heading_key(heading)
            what, note = heading or "Text before the first heading", "other words" if sizes[0] == sizes[1] else ""
            yield Change("section", name, what, _how(*texts), sizes[0], sizes[1], note)


Key = tuple[str, int]
"""A heading, and how many such there were before."""


def _sections(entry: Entry) -> dict[Key, Prose]:
    """Parts of the text, in their order."""
    seen: Counter[str] = Counter()
    found: dict[Key, Prose] = {}
    for part in entry.prose:
        key = heading_key(part.heading)
        found[key, seen[key]] = part
        seen[key] += 1
    return found


def _read(part: Prose, with_heading: bool) -> str:
    """What a part says, without the places of its words in the file; a heading alone is a part too."""
    heading = part.heading_html if with_heading else ""
    text = " ".join(_PLACES.sub("", f"{heading}{part.before}{part.after}").split())
    return text or (" " if part.heading else "")


def _count_words(html: str) -> str:
    count = len(re.sub(r"<[^>]*>", " ", html).split())
    return f"{count} word{'' if count == 1 else 's'}"


def compare_publications(old: Version, new: Version, vocabulary: Vocabulary) -> Iterator[Change]:
    """Publications that came or went, or are told of in other words."""
    before, after = _publications(old.entry), _publications(new.entry)
    for key in sorted(before.keys() | after.keys()):
        (one, first), (two, second) = before.get(key, ("", None)), after.get(key, ("", None))
        if first is None or second is None:
            yield Change("publication", key, "Publication", _how(one, two), one, two)
        elif first != second:
            yield Change("publication", key, "Publication", "changed", one, two, "other details")


def _publications(entry: Entry) -> dict[str, tuple[str, object]]:
    """Title by the same as plain words, and all that is said of it."""
    found: dict[str, tuple[str, object]] = {}
    for each in entry.publications:
        title = each.reference.title or each.key or each.reference.authors
        found[spell(title)] = title, (each.reference, each.links, each.abstract.split(), each.bibtex_source.split())
    return found


def compare_problems(old: Version, new: Version, vocabulary: Vocabulary) -> Iterator[Change]:
    """Errors and warnings that are new, or are gone; what files contradict is told as claims."""
    before, after = _problems(old.entry), _problems(new.entry)
    for severity, said in (after - before).elements():
        yield Change("problem", severity, severity.capitalize(), "added", "", said)
    for severity, said in (before - after).elements():
        yield Change("problem", severity, severity.capitalize(), "resolved", said)


def _problems(entry: Entry) -> Counter[tuple[str, str]]:
    said = {("the card says " + claim.statement.text) for file in entry.files for claim in file.claims}
    return Counter(
        (problem.severity, ": ".join(filter(None, (problem.field, problem.message))))
        for problem in entry.problems
        if not any(problem.message.startswith(begin) for begin in said)
    )


ASPECTS: tuple[Aspect, ...] = (
    Aspect("metric", lambda old, new, vocabulary: compare_results(old.entry, new.entry, vocabulary)),
    Aspect("claim", compare_claims),
    Aspect("field", compare_fields),
    Aspect("file", compare_files),
    Aspect("section", compare_sections),
    Aspect("publication", compare_publications),
    Aspect("problem", compare_problems),
)
