"""The Model table of ONNX Model Zoo READMEs: a row for each file, with what its author measured of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardwright.benchmarks.datasets import find_datasets, find_evaluated, split_dataset
from cardwright.benchmarks.metrics import find_metric
from cardwright.benchmarks.quantity import parse_quantity, split_values
from cardwright.gfm import Block, Cell, Table
from cardwright.nodes import List, Map, Node, Text, make_map
from cardwright.sources.raw import first_link, heading_key

COLUMNS: tuple[tuple[str, str], ...] = (
    (r"model|models|model name|name|network|architecture", "name"),
    (r"version|variant|backbone", "variant"),
    (r"(model |file )?size.*", "size"),
    (r"download.*sample.*|sample.*data.*|.*test data.*", "sample_data"),
    (r"download.*|.*file.*|onnx model", "download"),
    (r"onnx ?version|onnx|onnx ver.*", "onnx_version"),
    (r".*opset.*", "opset"),
    (r"precision|dtype|data ?type|quanti[sz]ation", "precision"),
    (r"(number of |model )?param(eter)?s.*", "parameters"),
    (r".*checksum|sha ?256.*|md5.*", "sha256"),
    (r"(train(ing|ed on)? )?data ?sets?", "dataset"),
    (r"(note|comment|description|input|output|task|class|dependenc|compress|paper|source|framework|date|year|licen[sc]e"
     r"|author|status|config|notebook|demo|script|code|reference|language)\w*( .*)?", "note"),
    (r"model \w+", "name"),
)  # fmt: skip
"""Header (lower case, words only) to the field of a file; any other column is a metric if it holds numbers."""

PRECISIONS = re.compile(
    r"(?<![a-zA-Z0-9])(?:(?:fp|float|int|uint|bf|bfloat)[ -]?(?:4|8|16|32|64)|qdq)(?![a-zA-Z0-9])",
    re.IGNORECASE,
)
"""Precisions as names of models and files state them: `ResNet50-int8`, `model_fp16.onnx`."""

Pairs = list[tuple[str, Node | None]]

_SIZE = re.compile(r"\d\s*[KMGT]?i?B(?:ytes)?\b", re.IGNORECASE)


def is_model_table(block: Block) -> bool:
    """Whether the block is a table with files to download and their ONNX or opset version."""
    columns = set(_columns(block.table)) if block.table else set()
    return bool(columns & {"download", "sample_data"}) and bool(columns & {"opset", "onnx_version"})


def read_files(table: Table, dataset: Text | None) -> Iterator[Map]:
    """A mapping in the form of `files` for each row; `dataset` is where values belong that state none themselves."""
    columns = _columns(table)
    above: Cell | None = None
    for row in table.rows:
        cells = list(zip(columns, table.header, row, strict=True))
        if not any(_tells_a_file(column, cell) for column, _, cell in cells):
            continue  # a row of the template, that was left in
        named = next((cell for column, _, cell in cells if column == "name"), None)
        above = named if named and named.text else above
        on = next(
            (Text(cell.text, cell.mark) for column, _, cell in cells if column == "dataset" and cell.text), dataset
        )
        pairs: Pairs = [("name", Text(above.text, above.mark) if named and above else None)]
        metrics = [m for column, head, cell in cells if column == "metric" for m in _read_metrics(head, cell, on)]
        notes: list[Text] = []
        for column, header, cell in cells:
            if not cell.text or column in ("name", "metric"):
                continue
            if column in ("note", "dataset", "variant") or (column == "sha256" and not _is_sha256(cell.text)):
                notes.append(Text(f"{header.text}: {cell.markdown}", cell.mark))
            elif column not in (name for name, _ in pairs):
                pairs += READ_CELL.get(column, _read_plain)(column, header, cell)
        pairs.append(("precision", _find_precision(pairs)))
        pairs.append(("metrics", List(tuple(metrics)) if metrics else None))
        pairs.append(("note", Text("; ".join(n.text for n in notes), notes[0].mark) if notes else None))
        yield make_map(_each_once(pairs), row[0].mark)


def find_training_data(table: Table) -> Iterator[Text]:
    """The datasets of a column that is called so."""
    for index, column in enumerate(_columns(table)):
        if column == "dataset":
            yield from (Text(row[index].text, row[index].mark) for row in table.rows if row[index].text)


def _columns(table: Table) -> list[str]:
    """The field that each column holds."""
    found = [_column(cell) for cell in table.header]
    roles = [_measures(table, i) if column == "metric" else column for i, column in enumerate(found)]
    if "name" not in roles:
        roles = [
            "name" if column == "variant" and "variant" not in roles[:i] else column for i, column in enumerate(roles)
        ]
    if "name" not in roles and roles[0] in ("note", "metric"):
        roles[0] = "name"
    if "download" not in roles:  # of some models there is but an archive with model and data
        roles = ["download" if column == "sample_data" else column for column in roles]
    return roles


def _column(header: Cell) -> str:
    key = heading_key(header.text)
    return next((field for pattern, field in COLUMNS if re.fullmatch(pattern, key)), "metric" if key else "note")


def _measures(table: Table, index: int) -> str:
    """`metric` for a column of an unknown name that a metric has or that holds numbers, else `note`."""
    cells = [row[index] for row in table.rows if row[index].text]
    name = table.header[index].text
    if find_metric(split_dataset(name)[0]):
        return "metric"
    values = [value for cell in cells for _, value in split_values(_split_place(cell.text)[0], name)]
    numbers = [value for value in values if parse_quantity(value).number is not None and not _SIZE.search(value)]
    return "metric" if numbers else "note"


def _tells_a_file(column: str, cell: Cell) -> bool:
    """Whether a cell holds what only the row of a file has: a link, a size or a version."""
    numbered = column in ("opset", "onnx_version", "size", "download", "sha256") and re.search(r"\d", cell.text)
    return bool(numbered) or (column == "download" and bool(first_link(cell.markdown)))


def _is_sha256(text: str) -> bool:
    return bool(re.fullmatch("[0-9a-fA-F]{64}", text))


def _each_once(pairs: Pairs) -> Iterator[tuple[str, Node | None]]:
    """The first value of each field: a row with two columns of the same kind keeps the other in its own table."""
    seen: set[str] = set()
    for name, node in pairs:
        if node is not None and name not in seen:
            seen.add(name)
            yield name, node


def _read_metrics(header: Cell, cell: Cell, dataset: Text | None) -> Iterator[Map]:
    """The values of a cell: usually one that the header names; `mAP of 0.36` names itself.

    The dataset is the one that the cell names, else the header, else the one that the card states for all.
    """
    column, on = split_dataset(header.text)
    text, place = _split_place(cell.text)
    stated = Text(place, cell.mark) if place else Text(on, header.mark) if on else dataset
    for name, value in split_values(text, column) if cell.text else ():
        pairs = [("name", Text(name, header.mark)), ("value", Text(value, cell.mark)), ("dataset", stated)]
        yield make_map(pairs)


def _split_place(text: str) -> tuple[str, str]:
    """`EM of 68.1 in SQuAD v1.1`, `0.36 (COCO val2017)`: the value, and the dataset behind it."""
    behind = re.fullmatch(r"(?P<value>.*\d\S*)\s+(?P<rest>(?:on|over|in)\s.+|\(.+\))", text)
    rest = behind["rest"].strip("()") if behind else ""
    found = find_evaluated(rest) or (find_datasets(rest) if rest == "".join(find_datasets(rest)) else ())
    return (behind["value"], found[0]) if behind and len(found) == 1 else (text, "")


def _find_precision(pairs: Pairs) -> Text | None:
    """What the model's name states of it, else what its file's name does."""
    for field in ("name", "path", "url"):
        for name, node in pairs:
            if name == field and isinstance(node, Text):
                found = PRECISIONS.findall(node.text.rpartition("/")[2])
                if found:
                    return Text(found[-1], node.mark)
    return None


def _read_plain(field: str, _header: Cell, cell: Cell) -> Pairs:
    return [(field, Text(cell.text, cell.mark))]


def _read_download(_field: str, _header: Cell, cell: Cell) -> Pairs:
    text, address = first_link(cell.markdown) or (cell.text, "")
    size = "size" if _SIZE.search(text) else "download_text"
    where = "url" if re.match(r"https?://", address) else "path"
    return [(where, Text(address, cell.mark) if address else None), (size, Text(text, cell.mark))]


def _read_sample_data(field: str, _header: Cell, cell: Cell) -> Pairs:
    link = first_link(cell.markdown)
    return [(field, Text(link[1] if link else cell.text, cell.mark))]


def _read_size(field: str, header: Cell, cell: Cell) -> Pairs:
    """`97.8` below `Size (MB)` is 97.8 MB."""
    unit = re.search(r"\b[KMGT]?i?B\b", header.text, re.IGNORECASE)
    plain = unit and re.fullmatch(r"[\d.,]+", cell.text)
    text = f"{cell.text} {unit.group()}" if unit and plain else cell.text
    return [(field if _SIZE.search(text) else heading_key(header.text), Text(text, cell.mark))]


READ_CELL = {"download": _read_download, "sample_data": _read_sample_data, "size": _read_size}
"""Columns whose cell holds more than a word."""
