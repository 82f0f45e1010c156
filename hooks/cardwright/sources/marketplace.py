"""The AI-marketplace template: Overview, general information, Highlights, Benchmarking, Application, Usage, support."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardwright.benchmarks.quantity import split_values
from cardwright.fields import NETSCOPE_URL
from cardwright.gfm import Block, Body, Table, read_body
from cardwright.nodes import List, Map, Node, Text, make_map
from cardwright.problem import Mark
from cardwright.sources.marketplace_usage import read_usage
from cardwright.sources.raw import (
    Lift,
    Part,
    RawCard,
    Reader,
    SourceText,
    cell_text,
    find_caption,
    find_summary,
    find_title,
    first_link,
    heading_key,
    links_in,
    source_lines,
    split_parts,
    text_node,
)

HEADINGS = frozenset(
    {
        "overview",
        "highlights",
        "benchmarking",
        "application",
        "usage",
        "model support",
        "acknowledgment",
        "additional resources",
    }
)
"""Headings of the template. A card that has four of them is one."""

GENERAL_FIELDS = {
    "version": "version",
    "by": "developers",
    "author": "developers",
    "authors": "developers",
    "categories": "pipeline_tag",
    "category": "pipeline_tag",
    "task": "pipeline_tag",
    "framework": "library_name",
    "license": "license",
    "licence": "license",
}
"""Key of the general table (lower case) to the field it states."""

_DATASET = re.compile(r"data ?sets?|data|benchmarks?")
_TASK = re.compile(r"categor(y|ies)|tasks?|scenarios?")


def is_marketplace(source: SourceText) -> bool:
    """Whether four of the template's headings stand in the text."""
    if not re.search(r"^#+\s*(overview|highlights|benchmarking)", source.text, re.IGNORECASE | re.MULTILINE):
        return False
    blocks = read_body(source.text).blocks
    return len(HEADINGS & {heading_key(block.text) for block in blocks if block.level}) >= 4


def read_marketplace(source: SourceText) -> RawCard:
    """A card in the form of the template."""
    body = read_body(source.text.removeprefix("\ufeff"))
    parts = {heading_key(part.heading.text): part for part in reversed(split_parts(body))}
    title = find_title(body)
    name = title.text if title else ""
    general = _find_general(body)
    results = _find_results(parts.get("benchmarking"))
    summary = find_summary(name, parts["overview"].blocks) if "overview" in parts else None
    links = _dataset_links(body, parts.get("benchmarking"), results[1] if results else ())
    fields = make_map(
        [
            ("model_name", text_node(name, title.first_line, 1) if title else None),
            *_general_fields(general),
            ("summary", text_node(summary[0], summary[1], 1) if summary else None),
            ("model-index", _model_index(name, results[1]) if results and results[1] else None),
            ("dataset_links", Map(links) if links else None),
            ("api", _find_api(body, parts.get("usage"))),
            ("support", _find_support(body, parts.get("model support"))),
        ]
    )
    return RawCard("marketplace", fields, body, lifts=tuple(_lifts(body, general, results)), derived=True)


MARKETPLACE = Reader("marketplace", "AI-marketplace template", is_marketplace, read_marketplace)


def _lifts(body: Body, general: Block | None, results: tuple[Block, object] | None) -> Iterator[Lift]:
    if general:
        caption = find_caption(body, general)
        first = caption.first_line if caption else general.first_line
        header = tuple(cell.text for cell in general.table.header) if general.table else ()
        yield Lift(first, general.last_line, "metadata", caption.text if caption else "", header)
    if results and results[1]:
        yield Lift(results[0].first_line, results[0].last_line, "benchmarks", whole=False)


def _find_general(body: Body) -> Block | None:
    """The first table of two columns that is headed Key and Value."""
    for block in body.blocks:
        heads = [heading_key(cell.text) for cell in block.table.header] if block.table else []
        if len(heads) == 2 and heads[0] in {"key", "item", "name", "property", ""} and heads[1] in {"value", ""}:
            return block
    return None


def _general_fields(block: Block | None) -> Iterator[tuple[str, Node | None]]:
    if block is None or block.table is None:
        return
    rows: list[Node] = []
    structure: list[Node] = []
    seen: set[str] = set()
    for key, value in block.table.rows:
        if not key.text and not value.text:
            continue
        rows.append(Map(((Text(key.markdown or "-", key.mark), cell_text(value)),), key.mark))
        field = GENERAL_FIELDS.get(heading_key(key.text))
        if field and value.text and field not in seen:
            seen.add(field)
            yield field, Text(value.text, value.mark)
        link = first_link(value.markdown)
        if link and NETSCOPE_URL.fullmatch(link[1]):
            structure.append(_netscope(link, value.mark))
    yield "general", List(tuple(rows), block.table.header[0].mark)
    yield "structure", List(tuple(structure)) if structure else None


def _netscope(link: tuple[str, str], mark: Mark) -> Map:
    return make_map([("kind", Text("netscope", mark)), ("label", Text(link[0], mark)), ("url", Text(link[1], mark))])


def _find_results(part: Part | None) -> tuple[Block, tuple[Map, ...]] | None:
    for block in part.blocks if part else ():
        if block.table and block.table.rows:
            return block, tuple(_read_results(block.table))
    return None


def _read_results(table: Table) -> Iterator[Map]:
    heads = [heading_key(cell.text) for cell in table.header]
    dataset_at = next((i for i, head in enumerate(heads) if _DATASET.fullmatch(head)), None)
    task_at = next((i for i, head in enumerate(heads) if _TASK.fullmatch(head)), None)
    for row in table.rows:
        metrics: list[Node] = []
        for index, cell in enumerate(row):
            if index in (dataset_at, task_at) or not cell.text:
                continue
            for label, value in split_values(cell.text, table.header[index].text):
                metrics.append(make_map([("name", Text(label, cell.mark)), ("value", Text(value, cell.mark))]))
        if metrics:
            yield make_map(
                [
                    ("task", _named(row[task_at]) if task_at is not None else None),
                    ("dataset", _named(row[dataset_at]) if dataset_at is not None else None),
                    ("metrics", List(tuple(metrics))),
                ],
                row[0].mark,
            )


def _named(cell: object) -> Map | None:
    text, mark = getattr(cell, "text", ""), getattr(cell, "mark", Mark())
    return make_map([("name", Text(text, mark))], mark) if text else None


def _model_index(name: str, results: tuple[Map, ...]) -> List:
    entry = make_map([("name", Text(name) if name else None), ("results", List(results))])
    return List((entry,))


def _dataset_links(body: Body, part: Part | None, results: tuple[Map, ...]) -> tuple[tuple[Text, Node], ...]:
    """Addresses, in the section's own text, of the datasets that its table names."""
    names = {
        dataset.text
        for r in results
        if isinstance(d := r.get("dataset"), Map) and (dataset := d.get("name")) and isinstance(dataset, Text)
    }
    found: dict[str, tuple[Text, Node]] = {}
    for block in part.blocks if part else ():
        for text, address in links_in(source_lines(body, block.first_line, block.last_line)):
            if text in names and address.startswith("http"):
                found.setdefault(text, (Text(text), text_node(address, block.first_line, 1)))
    return tuple(found.values())


def _find_api(body: Body, part: Part | None) -> Map | None:
    if part is None or not part.blocks:
        return None
    first, last = part.blocks[0].first_line, part.blocks[-1].last_line
    return read_usage(list(enumerate(source_lines(body, first, last).split("\n"), first)))


_SUPPORT = (
    ("issues", re.compile(r"https?://[^\s)>\]]+/issues\b[^\s)>\]]*")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")),
    ("wechat", re.compile(r"wechat[:\s]+([\w-]+)", re.IGNORECASE)),
    ("phone", re.compile(r"phone(?: number)?[:\s]+(\+?[\d][\d\s()-]{5,}\d)", re.IGNORECASE)),
)
"""How the template's support section states its contacts."""


def _find_support(body: Body, part: Part | None) -> Map | None:
    pairs: list[tuple[str, Node | None]] = []
    for block in part.blocks if part else ():
        written = source_lines(body, block.first_line, block.last_line)
        for field, pattern in _SUPPORT:
            match = pattern.search(written)
            if match and field not in dict(pairs):
                pairs.append((field, text_node(match.group(match.lastindex or 0), block.first_line, 1)))
    return make_map(pairs) if pairs else None
