"""Cards as a CycloneDX 1.6 bill of materials in JSON: one machine-learning model each, with its model card.

Schema: https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from html import unescape
from typing import Any

from cardwright.entry import Entry, FileEntry
from cardwright.licenses import find_license
from cardwright.nodes import List, Map, Node, Path, Text, show_path, to_plain
from cardwright.sources.raw import heading_key

APPROACHES = ("supervised", "unsupervised", "reinforcement-learning", "semi-supervised", "self-supervised")

CONSIDERATIONS = {
    "intended use": "useCases",
    "intended uses": "useCases",
    "intended uses limitations": "useCases",
    "use cases": "useCases",
    "uses": "useCases",
    "direct use": "useCases",
    "application": "useCases",
    "limitations": "technicalLimitations",
    "limitations and bias": "technicalLimitations",
    "limitations and biases": "technicalLimitations",
    "bias risks and limitations": "technicalLimitations",
    "out of scope use": "technicalLimitations",
    "ethical considerations": "ethicalConsiderations",
    "ethical considerations and limitations": "ethicalConsiderations",
}
"""Heading (lower case, words only) to the consideration that the text below it is."""

MAPPED = frozenset(
    "model_name version summary license license_name pipeline_tag datasets developers model-index publication".split()
)
"""Fields that are wholly said elsewhere in the component; all others are properties."""


def to_cyclonedx(entries: tuple[Entry, ...]) -> str:
    """The text of the file. The same cards give the same bytes: no time is in it, its number is made of the rest."""
    components = [_drop_empty(_make_component(entry)) for entry in entries]
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(components, sort_keys=True))
    bom = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
        "components": components,
    }
    return json.dumps(bom, indent=2, ensure_ascii=False) + "\n"


def _make_component(entry: Entry) -> dict[str, Any]:
    card = entry.card
    return {
        "type": "machine-learning-model",
        "bom-ref": entry.slug,
        "authors": [{"name": name} for name in card.developers],
        "name": entry.name,
        "version": card.version,
        "description": entry.summary,
        "hashes": _hashes(entry.files[0]) if len(entry.files) == 1 else [],
        "licenses": _licenses(entry),
        "externalReferences": list(_references(entry)),
        "components": [_drop_empty(_make_file(entry.slug, at, file)) for at, file in enumerate(entry.files, 1)],
        "modelCard": _make_model_card(entry),
        "properties": [*_properties(entry.raw.fields), *_facts(entry)],
    }


def _make_file(slug: str, at: int, file: FileEntry) -> dict[str, Any]:
    return {
        "type": "file",
        "bom-ref": f"{slug}#file-{at}",
        "name": file.path or file.stated.url or file.name,
        "hashes": _hashes(file),
        "externalReferences": [{"type": "distribution", "url": url} for url in _web(file.stated.url)],
    }


def _hashes(file: FileEntry) -> list[dict[str, str]]:
    """The checksum of the file, else the one that the card states."""
    return [{"alg": "SHA-256", "content": file.sha256}] if file.sha256 else []


def _licenses(entry: Entry) -> list[dict[str, Any]]:
    card = entry.card
    stated = [card.license_name] if card.license_name and set(card.license) <= {"other"} else list(card.license)
    link = next(iter(_web(card.license_link)), None)
    licenses = []
    for text in stated:
        known = spdx_license(text)
        licenses.append({"license": _drop_empty({"id": known, "name": "" if known else text, "url": link})})
    return licenses


def spdx_license(text: str) -> str:
    """SPDX's identifier of a licence; empty when it has none."""
    known = find_license(text)
    return known.id if known and known.is_spdx and " " not in known.id else ""


def _references(entry: Entry) -> Iterator[dict[str, str]]:
    card = entry.card
    support = card.support.get("issues")
    found = [
        *(("documentation", url, item.title) for item in card.publication for url in _web(item.url)),
        *(("documentation", url, i.title) for i in card.publication for url in _web(i.doi, "https://doi.org/")),
        *(("documentation", url, i.title) for i in card.publication for url in _web(i.arxiv, "https://arxiv.org/abs/")),
        *(("documentation", url, item.label) for item in card.structure for url in _web(item.url)),
        *(("documentation", url, None) for url in _web(card.api.docs)),
        *(("license", url, None) for url in _web(card.license_link)),
        *(("issue-tracker", url, None) for url in _web(support if isinstance(support, str) else None)),
    ]
    for kind, url, comment in dict.fromkeys(found):
        yield _drop_empty({"type": kind, "url": url, "comment": comment})


def _make_model_card(entry: Entry) -> dict[str, Any]:
    card = entry.card
    rows = {key.casefold(): value for row in card.general for key, value in row.items() if isinstance(value, str)}
    approach = re.sub(r"[\W_]+", "-", rows.get("learning_type", "").casefold().removesuffix(" learning"))
    parameters = {
        "approach": {"type": approach} if approach in APPROACHES else {},
        "task": card.pipeline_tag,
        "architectureFamily": rows.get("architecture"),
        "datasets": [
            _drop_empty({"type": "dataset", "name": name, "contents": {"url": card.dataset_links.get(name)}})
            for name in card.datasets
        ],
        "inputs": [{"format": text} for item in card.io.inputs for text in item.format or _described(item)],
        "outputs": [{"format": text} for item in card.io.outputs for text in item.type or _described(item)],
    }
    metrics = [
        _drop_empty(
            {
                "type": result.metric,
                "value": result.value.text,
                "slice": ", ".join(dict.fromkeys(t for t in (result.model, result.task, result.dataset) if t)),
            }
        )
        for result in entry.results
    ]
    return {
        "modelParameters": parameters,
        "quantitativeAnalysis": {"performanceMetrics": metrics},
        "considerations": _considerations(entry),
    }


def _described(item: Any) -> tuple[str, ...]:
    return tuple(text for text in (item.name, item.description) if text)[:1]


def _considerations(entry: Entry) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for part in entry.prose:
        kind = CONSIDERATIONS.get(heading_key(part.heading))
        text = " ".join(unescape(re.sub(r"<[^>]*>", " ", part.before + part.after)).split())
        if kind and text:
            found.setdefault(kind, []).append({"name": text} if kind == "ethicalConsiderations" else text)
    return found


def _properties(fields: Map) -> Iterator[dict[str, str]]:
    for key, node in fields.items:
        if key.text not in MAPPED:
            for path, text in _leaves(node, (key.text,)):
                yield {"name": f"cardwright:{show_path(path)}", "value": text}


def _leaves(node: Node, path: Path) -> Iterator[tuple[Path, str]]:
    match node:
        case List(items):
            for at, item in enumerate(items):
                yield from _leaves(item, (*path, at))
        case Map(items):
            for key, value in items:
                yield from _leaves(value, (*path, key.text))
        case Text(text):
            if to_plain(node) is not None:
                yield path, text


def _facts(entry: Entry) -> Iterator[dict[str, str]]:
    """What the main model file was found to hold, where that is one number or word."""
    for key, value in (entry.facts.to_json() if entry.facts else {}).items():
        if isinstance(value, (int, str)) and not isinstance(value, bool):
            yield {"name": f"cardwright:facts:{key}", "value": str(value)}


_URL = re.compile(r"https?://[\w!#$%&'()*+,./:;=?@~-]+")


def _web(url: str | None, base: str = "") -> list[str]:
    """The address, when it is one that every reader takes."""
    return [f"{base}{url}"] if url and _URL.fullmatch(f"{base}{url}") else []


def _drop_empty(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty, at any depth of mappings."""
    kept = {key: _drop_empty(value) if isinstance(value, dict) else value for key, value in values.items()}
    return {key: value for key, value in kept.items() if value not in (None, "", [], {})}
