"""modelhub.ai: `config.json` (beside the README or under `contrib_src/model/`), or the README generated from it.

Format: the config schema of modelhub.ai, and what its repositories hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardwright.gfm import Block, Body, Cell, read_body
from cardwright.jsonmarks import read_json
from cardwright.nodes import List, Map, Node, Text, make_map
from cardwright.problem import Problem, did_you_mean
from cardwright.sources.modelhub_init import add_init
from cardwright.sources.raw import (
    Lift,
    RawCard,
    Reader,
    SourceText,
    find_title,
    heading_key,
    split_parts,
    text_node,
)

CONFIG_PLACES = ("config.json", "contrib_src/model/config.json")

TABLES = {
    "meta data": "meta",
    "meta": "meta",
    "metadata": "meta",
    "publication": "publication",
    "model": "model",
}
"""README heading to the part of the config that its table shows."""

ROLES = {"model": "metadata", "meta": "metadata"}
"""README heading to page section, beyond those every format has."""

FIELDS = {
    ("meta", "name"): "model_name",
    ("meta", "id"): "id",
    ("meta", "task"): "pipeline_tag",
    ("model", "description"): "summary",
    ("model", "license"): "license",
}
"""Where the config states a field of the card."""

FIELD_NAMES = {
    "publication[0]": "publication",
    "io.inputs": "model.io.input",
    "io.outputs": "model.io.output",
    **{field: f"{part}.{key}" for (part, key), field in FIELDS.items() if field != "id"},
}
"""Beginning of a field's path, and where the config has it."""

KEYS = {
    "meta": "name id application_area task task_extended data_type data_source framework".split(),
    "publication": "title source year authors email abstract url google_scholar bibtex doi arxiv".split(),
    "model": "description provenance architecture learning_type format backend framework license io".split(),
}
"""The keys of the config schema, and those that configs also have."""


def is_modelhub_config(source: SourceText) -> bool:
    """Whether the file is JSON with the parts of a modelhub config, or stands where only modelhub has one."""
    if not source.path.endswith(".json"):
        return False
    if source.path.endswith(CONFIG_PLACES[1]):
        return True
    return len(re.findall(r'"(?:meta|publication|model)"\s*:\s*\{', source.text)) >= 2


def is_modelhub_readme(source: SourceText) -> bool:
    """Whether the text has the README's sections, each with its two-column table without a header."""
    return (
        bool(re.search(r"^##\s+meta", source.text, re.IGNORECASE | re.MULTILINE))
        and len(_find_tables(read_body(source.text))) >= 2
    )


def read_modelhub_config(source: SourceText) -> RawCard:
    """A card from `config.json`, and from the README beside it what that says otherwise."""
    config, problems = read_json(source.text.removeprefix("\ufeff"))
    readme = next((text for name, text in source.beside.items() if name.lower() == "readme.md"), "")
    if config is None:
        return RawCard(
            "modelhub",
            Map(),
            read_body(readme),
            body_path=_readme_path(source),
            problems=problems,
            unreadable=source.text,
        )
    fields = _config_fields(config)
    problems = (*problems, *_near_misses(config))
    if not readme:
        return RawCard(
            "modelhub",
            fields,
            read_body(""),
            problems=problems,
            field_names=FIELD_NAMES,
            foreign_keys=True,
            origin=config,
        )
    beside = read_modelhub_readme(SourceText(source.path, readme))
    path = _readme_path(source)
    fields, differences = _add_readme(fields, beside.fields, path)
    return RawCard(
        "modelhub",
        fields,
        beside.body,
        body_path=path,
        roles=ROLES,
        field_names=FIELD_NAMES,
        lifts=tuple(
            Lift(lift.first_line, lift.last_line, lift.role, lift.caption, whole=False) for lift in beside.lifts
        ),
        problems=(*problems, *differences),
        foreign_keys=True,
        origin=config,
    )


def read_modelhub_readme(source: SourceText) -> RawCard:
    """A card from the README alone."""
    body = read_body(source.text.removeprefix("\ufeff"))
    config: list[tuple[str, Node | None]] = []
    lifts: list[Lift] = []
    for part, heading, block in _find_tables(body):
        rows = [row for row in block.table.rows if row[0].text] if block.table else []
        config.append((part, make_map([(row[0].text, _cell_value(row[1])) for row in rows])))
        role = "publication" if part == "publication" else "metadata"
        whole = role == "metadata" and _is_all_shown(block)
        lifts.append(Lift(block.first_line, block.last_line, role, heading, whole=whole))
    title = find_title(body)
    name = make_map([("model_name", text_node(title.text, title.first_line, 1) if title else None)])
    fields = _config_fields(make_map(config))
    return RawCard("modelhub", Map((*name.items, *fields.items)), body, lifts=tuple(lifts), roles=ROLES, derived=True)


CONFIG = Reader(
    "modelhub",
    "modelhub.ai config.json",
    is_modelhub_config,
    lambda source: add_init(read_modelhub_config(source), source),
)
README = Reader(
    "modelhub",
    "modelhub.ai README",
    is_modelhub_readme,
    lambda source: add_init(read_modelhub_readme(source), source),
)


def _find_tables(body: Body) -> list[tuple[str, str, Block]]:
    """The tables of the README's known sections: the part of the config that each shows, its heading, the table."""
    found = []
    for part in split_parts(body):
        name = TABLES.get(heading_key(part.heading.text))
        block = next((block for block in part.blocks if block.table and len(block.table.header) == 2), None)
        if name and block and block.table and not any(cell.text for cell in block.table.header):
            found.append((name, part.heading.text, block))
    return found


def _is_all_shown(block: Block) -> bool:
    """Whether the metadata has every word of the table: a row without a value, or without a key, has no place there."""
    return block.table is not None and all(cell.text for row in block.table.rows for cell in row)


def _cell_value(cell: Cell) -> Text:
    """A cell of a generated table is text, not Markdown: BibTeX and addresses stay as they stand."""
    return Text(cell.markdown, cell.mark)


def _config_fields(config: Map) -> Map:
    """The card's fields of a config: those with a meaning, every row of `meta` and `model`, and all the rest."""
    pairs: list[tuple[str, Node | None]] = []
    general: list[Node] = []
    rest: list[tuple[Text, Node]] = []
    for key, node in config.items:
        if key.text in ("meta", "model") and isinstance(node, Map):
            for name, value in node.items:
                if name.text == "io" and isinstance(value, Map):
                    pairs.append(("io", _read_io(value)))
                elif not _is_empty(value):
                    fits = isinstance(value, Text) or name.text == "license"
                    pairs.append((FIELDS.get((key.text, name.text), "") if fits else "", value))
                    general.append(Map(((name, value),), value.mark))
        elif key.text == "publication" and isinstance(node, Map):
            pairs.append(("publication", List((node,), node.mark)))
        elif key.text == "publication" and isinstance(node, Text) and not _is_empty(node):
            pairs.append(("publication", make_map([("title", node)], node.mark)))
        elif key.text == "id":
            pairs.append(("id", node))
        else:
            rest.append((key, node))
    known = make_map([(name, node) for name, node in pairs if name and not _is_empty(node)])
    rows = make_map([("general", List(tuple(general)) if general else None)])
    return Map((*known.items, *rows.items, *rest), config.mark)


def _is_empty(node: Node | None) -> bool:
    return isinstance(node, Text) and not node.text.strip()


def _read_io(io: Map) -> Map:
    """`io.input` is one input, or formats beside several named ones; `io.output` is a list. A word alone is a name."""
    pairs: list[tuple[str, Node | None]] = []
    given = io.get("input")
    if isinstance(given, Map):
        named = [(key, node) for key, node in given.items if isinstance(node, Map)]
        single = Map(tuple((key, node) for key, node in given.items if not isinstance(node, Map)), given.mark)
        several = [Map(((Text("name", key.mark), key), *node.items), node.mark) for key, node in named]
        pairs.append(("inputs", List((*([single] if single.items else []), *several), given.mark)))
    else:
        pairs.append(("inputs", _name_words(given)))
    pairs.append(("outputs", _name_words(io.get("output"))))
    others = [(key, node) for key, node in io.items if key.text not in ("input", "output")]
    return Map((*make_map(pairs).items, *others), io.mark)


def _name_words(node: Node | None) -> Node | None:
    """Each word of a list, or a word alone, as something of that name."""
    if isinstance(node, Text):
        return None if _is_empty(node) else make_map([("name", node)], node.mark)
    return (
        List(tuple(item for item in map(_name_words, node.items) if item), node.mark)
        if isinstance(node, List)
        else node
    )


MAX_UNKNOWN = 2000
"""Keys of a part that are compared with known ones; beyond it a program wrote them."""


def _near_misses(config: Map) -> Iterator[Problem]:
    """A warning for each key of a part of the config that is a slip of one that is not there."""
    for part, keys in KEYS.items():
        node = config.get(part)
        if not isinstance(node, Map):
            continue
        there = {key.text for key, _ in node.items}
        for key, _ in node.items[:MAX_UNKNOWN]:
            known = did_you_mean(key.text, [name for name in keys if name == key.text or name not in there])
            if known and known != key.text:
                message, hint = "not a key of modelhub.ai's", f"did you mean `{known}`?"
                yield Problem("", key.mark, f"{part}.{key.text}", message, hint, "warning")


def _readme_path(source: SourceText) -> str:
    folder = source.path.removesuffix(next(p for p in reversed(CONFIG_PLACES) if source.path.endswith(p)))
    name = next((name for name in source.beside if name.lower() == "readme.md"), "README.md")
    return f"{folder}{name}"


def _add_readme(fields: Map, readme: Map, path: str) -> tuple[Map, tuple[Problem, ...]]:
    """The config's fields, those that only the README has, and a warning for each that it states otherwise."""
    config_values = _statements(fields)
    problems = []
    for name, node in _statements(readme).items():
        other = config_values.get(name)
        if other is not None and _squeeze(node) != _squeeze(other) and _squeeze(node):
            message = f"the README says otherwise than config.json (line {other.mark.line})"
            problems.append(Problem(path, node.mark, name, message, "make them agree", "warning"))
    more = [(key, node) for key, node in readme.items if key.text not in fields]
    return Map((*fields.items, *more), fields.mark), tuple(problems)


def _statements(fields: Map) -> dict[str, Text]:
    """Every single value of the general rows and the publication, by name."""
    found: dict[str, Text] = {}
    for group in ("general", "publication"):
        node = fields.get(group)
        for item in node.items if isinstance(node, List) else ():
            for key, value in item.items if isinstance(item, Map) else ():
                if isinstance(value, Text):
                    found.setdefault(f"{group}.{key.text}", value)
    return found


def _squeeze(node: Text) -> str:
    return re.sub(r"^https?://(www\.)?|^www\.|\W+", "", node.text.strip()).casefold()
