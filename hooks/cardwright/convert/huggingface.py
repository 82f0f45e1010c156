"""A card as a README.md with front matter, by Hugging Face's names; our own reader gives the same fields back."""

from __future__ import annotations

from cardwright.card import Card
from cardwright.convert.hub import to_hub
from cardwright.entry import Entry
from cardwright.nodes import List, Map, Node, Text
from cardwright.sources.eval_results import FOLDER as EVAL_RESULTS
from cardwright.sources.kept import KEY, note_rest
from cardwright.yamltext import write_yaml


def to_readme(entry: Entry) -> str:
    """The card in our own form, with every field as its author wrote it."""
    raw = entry.raw
    is_right = raw.written.strip() and not any(problem.path == problem.mark.path == "" for problem in raw.problems)
    if raw.format == "huggingface" and (is_right or not raw.fields.items):
        return _join(f"{raw.written}\n" if raw.written.strip() else "{}\n", raw.body.markdown)
    return _write(_own_fields(entry), raw.body.markdown)


def to_huggingface(entry: Entry) -> str:
    """The card for Hugging Face. One that has none of our own fields came from there, and stays as it is."""
    raw = entry.raw
    if raw.format == "huggingface" and not any(key.text in OWN_FIELDS for key, _ in raw.fields.items):
        return to_readme(entry)
    fields = _own_fields(entry)
    hub = to_hub(entry, fields)
    rest = note_rest(fields, hub)
    return _write(Map((*hub.items, (Text(KEY), rest))), raw.body.markdown) if rest else to_readme(entry)


OWN_FIELDS = {field.alias or name for name, field in Card.model_fields.items()} - Card.HUGGING_FACE


def _own_fields(entry: Entry) -> Map:
    """The fields without evaluation results of files beside the card: there Hugging Face, and we, read them again."""
    kept = ((key, _without_eval_results(node)) for key, node in entry.raw.fields.items)
    return Map(tuple((key, node) for key, node in kept if node is not None))


def _without_eval_results(node: Node) -> Node | None:
    if not isinstance(node, List):
        return node
    items = tuple(item for item in node.items if EVAL_RESULTS not in item.mark.path.split("/"))
    return node if len(items) == len(node.items) else List(items) if items else None


def _write(fields: Map, markdown: str) -> str:
    if fields.items:
        return _join(write_yaml(fields), markdown)
    # Text that begins with a rule is front matter to other readers.
    return _join("{}\n", markdown) if markdown.lstrip().startswith("---") else markdown


def _join(front: str, markdown: str) -> str:
    return f"---\n{front}---\n{markdown}"
