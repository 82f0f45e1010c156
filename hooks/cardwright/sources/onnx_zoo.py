"""ONNX Model Zoo READMEs: a Model table with downloads, opsets and accuracies, and sections of known names.

Format: the contribution template of the ONNX Model Zoo, and what its cards do with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardwright.benchmarks.quantity import split_values
from cardwright.gfm import Block, Body, Cell, Table, read_body
from cardwright.nodes import List, Map, Node, Text, make_map
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

COLUMNS: tuple[tuple[str, str], ...] = (
    (r"model( name)?|name", "name"),
    (r"download.*sample.*|sample.*data.*|.*test data.*", "sample_data"),
    (r"download.*|.*file.*", "download"),
    (r"onnx ?version|onnx", "onnx_version"),
    (r"opset.*", "opset"),
    (r"precision|dtype|data type", "precision"),
    (r"param(eter)?s.*", "parameters"),
    (r"checksum|sha ?256.*", "sha256"),
    (r"(note|comment|description|input|output|task|dataset)s?.*", "note"),
)
"""Header (lower case, words only) to the field of a file; any other column is a metric."""

ROLES = {"model": "files", "models": "files", "model zoo": "files", "pretrained models": "files"}
_SUMMARY_HEADINGS = ("description", "use cases", "use case", "overview")


def is_onnx_zoo(source: SourceText) -> bool:
    """Whether the text holds a table with a download column and an ONNX or opset version."""
    if not re.search(r"opset|onnx ?version", source.text, re.IGNORECASE):
        return False
    return any(_is_model_table(block) for block in read_body(source.text).blocks)


def read_onnx_zoo(source: SourceText) -> RawCard:
    """A card in the form of the ONNX Model Zoo."""
    body = read_body(source.text.removeprefix("\ufeff"))
    parts = {heading_key(part.heading.text): part for part in reversed(split_parts(body))}
    title = find_title(body)
    tables = [block for block in body.blocks if _is_model_table(block)]
    datasets = list(_find_datasets(body, parts))
    files = [file for block in tables if block.table for file in _read_files(block.table)]
    fields = make_map(
        [
            ("model_name", text_node(title.text, title.first_line, 1) if title else None),
            ("summary", _find_summary(title.text if title else "", parts)),
            ("license", _find_license(parts)),
            ("datasets", List(tuple(name for name, _ in datasets)) if datasets else None),
            ("dataset_links", Map(tuple(pair for pair in datasets if pair[1].text)) if datasets else None),
            ("files", List(tuple(files)) if files else None),
            ("contributors", _find_contributors(body, parts)),
        ]
    )
    lifts = tuple(Lift(block.first_line, block.last_line, "files", whole=False) for block in tables)
    return RawCard("onnx-zoo", fields, body, lifts=lifts, roles=ROLES, derived=True)


ONNX_ZOO = Reader("onnx-zoo", "ONNX Model Zoo", is_onnx_zoo, read_onnx_zoo)


def _column(header: Cell) -> str:
    key = heading_key(header.text)
    return next((field for pattern, field in COLUMNS if re.fullmatch(pattern, key)), "metric" if key else "note")


def _is_model_table(block: Block) -> bool:
    columns = {_column(cell) for cell in block.table.header} if block.table else set()
    return "download" in columns and bool(columns & {"opset", "onnx_version"})


def _read_files(table: Table) -> Iterator[Map]:
    columns = [_column(cell) for cell in table.header]
    above: Cell | None = None
    for row in table.rows:
        pairs: list[tuple[str, Node | None]] = []
        metrics: list[Node] = []
        notes: list[Text] = []
        for header, column, cell in zip(table.header, columns, row, strict=True):
            if column == "name":
                above = cell if cell.text else above
                pairs.append(("name", Text(above.text, above.mark) if above else None))
            elif not cell.text:
                continue
            elif column == "metric":
                metrics += _read_metrics(header, cell)
            elif column == "note" or (column == "sha256" and not re.fullmatch("[0-9a-fA-F]{64}", cell.text)):
                notes.append(Text(f"{header.text}: {cell.markdown}", cell.mark))
            else:
                pairs += READ_CELL.get(column, _read_plain)(column, cell)
        pairs.append(("metrics", List(tuple(metrics)) if metrics else None))
        pairs.append(("note", Text("; ".join(n.text for n in notes), notes[0].mark) if notes else None))
        yield make_map(pairs, row[0].mark)


def _read_metrics(header: Cell, cell: Cell) -> Iterator[Map]:
    """The values of a cell: usually one that the header names; `mAP of 0.36` names itself."""
    for name, value in split_values(cell.text, header.text):
        yield make_map([("name", Text(name, header.mark)), ("value", Text(value, cell.mark))])


def _read_plain(field: str, cell: Cell) -> list[tuple[str, Node | None]]:
    return [(field, Text(cell.text, cell.mark))]


def _read_download(_field: str, cell: Cell) -> list[tuple[str, Node | None]]:
    link = first_link(cell.markdown)
    if not link:
        return [("size", Text(cell.text, cell.mark))]
    text, address = link
    where = "url" if re.match(r"https?://", address) else "path"
    size = "size" if re.search(r"\d\s*[KMGT]?i?B\b", text, re.IGNORECASE) else "download_text"
    return [(where, Text(address, cell.mark)), (size, Text(text, cell.mark))]


def _read_sample_data(field: str, cell: Cell) -> list[tuple[str, Node | None]]:
    link = first_link(cell.markdown)
    return [(field, Text(link[1] if link else cell.text, cell.mark))]


READ_CELL = {"download": _read_download, "sample_data": _read_sample_data}
"""Columns whose cell holds more than a word."""


def _find_summary(name: str, parts: dict[str, Part]) -> Text | None:
    for key in _SUMMARY_HEADINGS:
        found = find_summary(name, parts[key].blocks) if key in parts else None
        if found:
            return text_node(found[0], found[1], 1)
    return None


def _find_license(parts: dict[str, Part]) -> Text | None:
    part = parts.get("license") or parts.get("licence")
    block = next((block for block in part.blocks if block.text), None) if part else None
    if block is None or len(block.text) > 80:
        return None
    return text_node(block.text, block.first_line, 1)


_DATASET_NAME = re.compile(r"(?i)\w+ data ?set\b|imagenet|coco\b|mnist|pascal|voc ?20|cifar|squad|wikitext|cityscapes")
"""Link texts in a dataset section that name a dataset, where "here" and "this script" do not."""


def _find_datasets(body: Body, parts: dict[str, Part]) -> Iterator[tuple[Text, Text]]:
    part = next((part for key, part in parts.items() if key.startswith("dataset")), None)
    block = next((block for block in part.blocks if block.text), None) if part else None
    if block is None:
        return
    for name, address in links_in(source_lines(body, block.first_line, block.last_line)):
        named = block.text.startswith(name) or _DATASET_NAME.search(name)
        if address.startswith("http") and named:
            yield text_node(name, block.first_line, 1), text_node(address, block.first_line, 1)


def _find_contributors(body: Body, parts: dict[str, Part]) -> List | None:
    part = parts.get("contributors") or parts.get("contributor")
    block = next((block for block in part.blocks if block.tag == "ul"), None) if part else None
    if block is None:
        return None
    people = []
    for offset, line in enumerate(source_lines(body, block.first_line, block.last_line).split("\n")):
        link = first_link(line)
        org = re.search(r"\)\s*\(([^()]+)\)\s*$", line)
        name = link[0] if link else re.sub(r"^\s*[*+-]\s*", "", line).strip()
        if name:
            at = block.first_line + offset
            address = link[1] if link and link[1].startswith("http") else ""
            people.append(
                make_map(
                    [
                        ("name", text_node(name, at, 1)),
                        ("url", text_node(address, at, 1) if address else None),
                        ("org", text_node(org.group(1), at, 1) if org else None),
                    ]
                )
            )
    return List(tuple(people)) if people else None
