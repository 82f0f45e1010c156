"""ONNX Model Zoo READMEs: a Model table with downloads, opsets and accuracies, and sections of known names.

Format: the contribution template of the ONNX Model Zoo, and what its cards do with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cardwright.benchmarks.datasets import find_datasets, find_evaluated, is_held_out, is_training_split
from cardwright.gfm import Block, Body, read_body
from cardwright.nodes import List, Map, Node, Text, make_map
from cardwright.sources.onnx_hub import add_manifest
from cardwright.sources.onnx_zoo_table import find_training_data, is_model_table, read_files
from cardwright.sources.raw import (
    Lift,
    Part,
    RawCard,
    Reader,
    SourceText,
    find_summary,
    find_title,
    first_link,
    heading_key,
    links_in,
    source_lines,
    split_parts,
    text_node,
)

ROLES = {
    **dict.fromkeys(("model", "models", "model zoo", "model files", "pretrained models", "downloads"), "files"),
    **dict.fromkeys(("validation accuracy", "accuracy", "results accuracy on test set", "results"), "benchmarks"),
    **dict.fromkeys(("paper", "papers", "attribution", "references attribution"), "publication"),
    **dict.fromkeys(("inference", "running inference", "model input and output", "how to run"), "usage"),
    **dict.fromkeys(("authors", "maintainers", "maintainer"), "contributors"),
}
"""Heading (lower case, words only) to page section, beyond those every format has."""

SECTIONS: Mapping[str, str] = {
    "summary": r"descriptions?|use cases?|overview|introduction|about",
    "license": r"licen[sc](e|es|ing)( information)?",
    "datasets": r"(train(ing)? )?data ?sets?\b.*|training data",
    "contributors": r"contributors?|authors?|maintainers?|contributed by",
    "validation": r"(?!data ?set).*\b(validation|evaluation|accuracy|accuracies|results?|performance|metrics?)\b.*",
}
"""What is read from a section, and the headings that sections of its kind have."""


def is_onnx_zoo(source: SourceText) -> bool:
    """Whether the text holds a table with a download column and an ONNX or opset version."""
    if not re.search(r"opset|onnx", source.text, re.IGNORECASE):
        return False
    return any(is_model_table(block) for block in read_body(source.text).blocks)


def read_onnx_zoo(source: SourceText) -> RawCard:
    """A card in the form of the ONNX Model Zoo."""
    body = read_body(source.text.removeprefix("\ufeff"))
    parts = split_parts(body)
    title = find_title(body)
    tables = [(block, block.table) for block in body.blocks if block.table and is_model_table(block)]
    datasets = list(_find_datasets(body, parts)) or [
        (name, Text("")) for name in _distinct(name for _, table in tables for name in find_training_data(table))
    ]
    on = _find_evaluated(parts) or _dataset_of_all(parts, datasets)
    files = [file for _, table in tables for file in read_files(table, on)]
    fields = make_map(
        [
            ("model_name", text_node(title.text, title.first_line, 1) if title else None),
            ("summary", _find_summary(title.text if title else "", parts)),
            ("license", _find_license(body, parts)),
            ("datasets", List(tuple(name for name, _ in datasets)) if datasets else None),
            ("dataset_links", Map(tuple(pair for pair in datasets if pair[1].text)) if datasets else None),
            ("files", List(tuple(files)) if files else None),
            ("contributors", _find_contributors(body, parts)),
        ]
    )
    lifts = tuple(Lift(block.first_line, block.last_line, "files", whole=False) for block, _ in tables)
    return RawCard("onnx-zoo", fields, body, lifts=lifts, roles=ROLES, derived=True)


ONNX_ZOO = Reader("onnx-zoo", "ONNX Model Zoo", is_onnx_zoo, lambda source: add_manifest(read_onnx_zoo(source), source))


def _find_parts(parts: tuple[Part, ...], kind: str) -> Iterator[Part]:
    """The sections of a kind."""
    return (part for part in parts if re.fullmatch(SECTIONS[kind], heading_key(part.heading.text)))


def _find_summary(name: str, parts: tuple[Part, ...]) -> Text | None:
    found = (find_summary(name, part.blocks) for part in _summary_parts(parts))
    return next((text_node(summary[0], summary[1], 1) for summary in found if summary), None)


def _summary_parts(parts: tuple[Part, ...]) -> list[Part]:
    """What is described comes before what it is used for."""
    return sorted(_find_parts(parts, "summary"), key=lambda part: heading_key(part.heading.text).startswith("use"))


_SPDX_COMMENT = re.compile(r"<!-+\s*SPDX-License-Identifier:\s*([\w.+-]+)")


def _find_license(body: Body, parts: tuple[Part, ...]) -> Text | None:
    """What stands below `License`; without such a section, the SPDX identifier of the file's first comment."""
    sections = list(_find_parts(parts, "license"))
    for block in (block for part in sections for block in part.blocks if block.text):
        return text_node(block.text, block.first_line, 1) if len(block.text) <= 80 else None
    comment = None if sections else _SPDX_COMMENT.search(body.markdown[:2000])
    return text_node(comment[1], body.markdown.count("\n", 0, comment.start()) + 1, 1) if comment else None


_DATASET_NAME = re.compile(r"(?i)\w+ data ?set\b|imagenet|coco\b|mnist|pascal|voc ?20|cifar|squad|wikitext|cityscapes")
"""Link texts in a dataset section that name a dataset, where "here" and "this script" do not."""
_PREPARING = re.compile(r"download|set ?up|prepar\w*|validation|test\w*|evaluation")
"""Headings in a dataset section below which no training data is named."""


def _find_datasets(body: Body, parts: tuple[Part, ...]) -> Iterator[tuple[Text, Text]]:
    """Name and address of the datasets of the first dataset section that names any: by links, else by known names."""
    for part in _find_parts(parts, "datasets"):
        blocks = list(_own_blocks(part))
        linked = [pair for block in blocks for pair in _linked_datasets(body, block)]
        known = [
            (text_node(name, block.first_line, 1), Text(""))
            for block in blocks
            for name in find_datasets(block.text)
            if not is_held_out(name)
        ]
        if linked or known:
            yield from linked or [(name, Text("")) for name in _distinct(name for name, _ in known)]
            return


def _own_blocks(part: Part) -> Iterator[Block]:
    for block in part.blocks:
        if block.level and _PREPARING.fullmatch(heading_key(block.text)):
            return
        if block.tag in ("p", "ul", "ol") and block.text:
            yield block


def _linked_datasets(body: Body, block: Block) -> Iterator[tuple[Text, Text]]:
    for at, line in enumerate(source_lines(body, block.first_line, block.last_line).split("\n"), block.first_line):
        for name, address in links_in(line):
            first = re.match(r"\s*(?:[*+-]\s+|\d+[.)]\s+)?\[", line) and name == links_in(line)[0][0]
            named = (first and (at == block.first_line or block.tag != "p")) or _DATASET_NAME.search(name)
            if address.startswith("http") and named:
                yield text_node(name, at, 1), text_node(address, at, 1)


def _distinct(names: Iterator[Text]) -> Iterator[Text]:
    seen: set[str] = set()
    for name in names:
        if name.text.casefold() not in seen:
            seen.add(name.text.casefold())
            yield name


_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])|\n")


def _find_evaluated(parts: tuple[Part, ...]) -> Text | None:
    """The dataset that the sections on accuracy say was measured on, or else a sentence with a percentage elsewhere.

    None when they name none, or more than one.
    """
    for kind, needed in (("validation", ""), ("summary", r"\d\s?%")):
        found = [
            text_node(name, block.first_line, 1)
            for part in _find_parts(parts, kind)
            for block in part.blocks
            if block.tag in ("p", "ul", "ol")
            for sentence in _SENTENCE_END.split(block.text)
            if re.search(needed, sentence) and not re.search(r"\btrain(ed|ing)?\b(?! and )", sentence)
            for name in find_evaluated(sentence)
        ]
        distinct = list(_distinct(iter(found)))
        if distinct:
            return distinct[0] if len(distinct) == 1 else None
    return None


def _dataset_of_all(parts: tuple[Part, ...], datasets: list[tuple[Text, Text]]) -> Text | None:
    """The card's only dataset, unless what is said of it is that the model had its first training on it."""
    if len(datasets) != 1:
        return None
    (name, _), *_ = datasets
    texts = [block.text for part in _find_parts(parts, "datasets") for block in part.blocks if name.text in block.text]
    first_training = any(re.search(r"(?i)\bpre-?train|\binitiali[sz]ed", text) for text in texts)
    return None if not texts or first_training or is_training_split(name.text) else name


def _find_contributors(body: Body, parts: tuple[Part, ...]) -> List | None:
    part = next(_find_parts(parts, "contributors"), None)
    block = next((block for block in part.blocks if block.tag in ("ul", "ol", "p")), None) if part else None
    if block is None:
        return None
    lines = source_lines(body, block.first_line, block.last_line).split("\n")
    pieces = [(piece, at) for at, line in enumerate(lines, block.first_line) for piece in _BETWEEN.split(line)]
    people = [person for piece, at in pieces if (person := _read_person(piece, at))]
    return List(tuple(people)) if people else None


_BETWEEN = re.compile(r"\s*(?:,|;|&|\band\b)\s*(?=\[)")
"""What stands between two people on a line who both have a link."""
MAX_NAME_WORDS = 6


def _read_person(line: str, at: int) -> Map | None:
    """`* [Ada](https://...) (Example Lab)`, `Ada Example ([ada](https://...))`, `Ada Example`; None for a sentence."""
    text = re.sub(r"^\s*(?:[*+-]|\d+[.)])\s+", "", line).strip()
    link = first_link(text)
    org = re.search(r"\)\s*\(([^()]+)\)\s*$", text)
    before = text.partition("[")[0].strip(" (,:-") if link else text
    name = before if before and not re.match(r"(?i)(?:by|and|contributed)\b", before) else link[0] if link else ""
    if not name or len(name.split()) > MAX_NAME_WORDS or name.startswith("<"):
        return None
    address = link[1] if link and link[1].startswith("http") else ""
    pairs: list[tuple[str, Node | None]] = [
        ("name", text_node(name, at, 1)),
        ("url", text_node(address, at, 1) if address else None),
        ("org", text_node(org.group(1), at, 1) if org else None),
    ]
    return make_map(pairs)
