"""Datasets named in a text: `LFW` in `LFW * accuracy (%)`, `2017 COCO val` in `computed over 2017 COCO val data`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

MAX_CHARACTERS = 2_000
"""Longer texts are cut: a dataset is named early or not at all."""

_YEAR = r"(?:19|20)\d\d"
_VERSION = r"v?\d+(?:\.\d+)*[kKmM]?(?![\w%]|\.\d)"
_SPLIT = r"(?:train(?:ing|val)?|val(?:idation)?|dev(?:elopment)?|minival|test(?:ing|-dev|-clean|-other)?)"
_ON = r"\b(?i:on|over|in|against)\s+(?:the\s+|a\s+)?"
_ANY_NAME = r"[A-Z][\w+.-]*(?:\s+(?:(?:of|and|for)\s+)?[A-Z\d][\w+.-]*){0,3}"
_DATA = r"\s+(?:(?:val(?:idation)?|dev|test|evaluation)\s+)?(?:data\s?set|benchmark|corpus)s?\b"


def find_datasets(text: str) -> tuple[str, ...]:
    """The datasets that a text names, each as written there, with the year, version and split beside its name."""
    return tuple(dict.fromkeys(match.group() for match in _known().finditer(text[:MAX_CHARACTERS])))


def find_evaluated(sentence: str) -> tuple[str, ...]:
    """The datasets on which a sentence says that something was measured.

    `on`, `over` or `in` stands before the name, or a percentage: `80.4% ImageNet top-1 accuracy`.
    """
    sentence = " ".join(sentence[:MAX_CHARACTERS].split())
    known = [match["name"] for match in _on_known().finditer(sentence)]
    other = [match["name"] for match in re.finditer(f"{_ON}(?P<name>{_ANY_NAME}){_DATA}", sentence)]
    return tuple(dict.fromkeys(known or other))


def split_dataset(name: str) -> tuple[str, str]:
    """A column's name without the dataset that it names, and that dataset: `COCO mAP` is `mAP` on `COCO`.

    A name of a dataset and nothing else is the metric that everybody means by it, where there is one.
    """
    found = find_datasets(name)
    if len(found) != 1:
        return name.strip(), ""
    rest = re.sub(r"\s*\*\s*|\s+(?:on|in)\s*$|\(\s*\)", " ", name.replace(found[0], " ", 1))
    rest = re.sub(r"^\W*(?:on|in)\s|^[\s:,*-]+|[\s:,*-]+$", "", " ".join(rest.split()))
    if re.search(r"[a-zA-Z]", rest):
        return rest, found[0]
    usual = next((metric for key, metric in _metrics().items() if key == _squeeze(found[0])), found[0])
    return f"{usual} {rest}".strip(), found[0]


def is_held_out(name: str) -> bool:
    """Whether a dataset's name says that it is no training data: `COCO val2017`."""
    return bool(re.search(r"(?i)(?<![a-z])(?:mini)?val|(?<![a-z])test|(?<![a-z])dev(?![a-z])", name))


def is_training_split(name: str) -> bool:
    """Whether a dataset's name says that it is a part for training: `COCO train2017`."""
    return bool(re.search(r"(?i)(?<![a-z])train(?!val)", name)) and not is_held_out(name)


@cache
def _rows() -> list[dict[str, object]]:
    text = resources.files("cardwright.benchmarks").joinpath("datasets.toml").read_text(encoding="utf-8")
    rows: list[dict[str, object]] = tomllib.loads(text)["dataset"]
    return rows


@cache
def _metrics() -> Mapping[str, str]:
    """Name of a dataset, squeezed, to the metric of a column that is called so."""
    return {_squeeze(name): str(row["metric"]) for row in _rows() if "metric" in row for name in _names(row)}


def _names(row: dict[str, object]) -> list[str]:
    names = row["names"]
    return [str(name) for name in names] if isinstance(names, list) else []


def _squeeze(name: str) -> str:
    return re.sub(r"[^a-z0-9+]", "", name.casefold())


@cache
def _name_pattern() -> str:
    """A known name with what may stand around it; longer names first, so that `CIFAR-100` is not `CIFAR-10`."""
    names = sorted((name for row in _rows() for name in _names(row)), key=len, reverse=True)
    flexible = "|".join(re.sub(r"(?:\\?[ -])+", "[ _-]?", re.escape(name)) for name in names)
    part = rf"(?:{_SPLIT}(?:[ _-]?{_YEAR})?|{_YEAR}|{_VERSION})(?![a-zA-Z])"
    around = rf"(?:(?:{_YEAR}|{_SPLIT})[ _-])?(?:{flexible})(?![a-zA-Z+]|\s+format)"
    return rf"(?i:(?<![\w+-]){around}(?:[ _-]?{part}|\s?\((?:ILSVRC|{_YEAR})[^()]{{0,20}}\))*)"


@cache
def _known() -> re.Pattern[str]:
    return re.compile(_name_pattern())


@cache
def _on_known() -> re.Pattern[str]:
    return re.compile(rf"(?:{_ON}(?:\S+\s+)??|\d\s?%\s+)(?P<name>{_name_pattern()})")
