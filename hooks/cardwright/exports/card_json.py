"""`models/<slug>/card.json`: all that is known of one card, for programs and for the comparison."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from cardwright.addresses import Addresses
from cardwright.benchmarks import Result
from cardwright.entry import Entry, FileEntry, PublicationEntry
from cardwright.exports.index import describe, describe_result


def make_card_json(entry: Entry, addresses: Addresses) -> str:
    """The text of the file: UTF-8 JSON; keys as documented in docs/reference/exports.md."""
    card = entry.card.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    described = {
        **describe(entry, addresses),
        "card": card,
        "results": [_describe_result(result) for result in entry.results],
        "files": [_describe_file(file) for file in entry.files],
        "publications": [_describe_publication(publication) for publication in entry.publications],
        "related": [
            {"relation": related.label, "cards": [card.slug for card in related.cards]} for related in entry.related
        ],
        "messages": [str(problem) for problem in entry.problems],
    }
    return json.dumps(described, ensure_ascii=False, separators=(",", ":")) + "\n"


def _describe_result(result: Result) -> dict[str, Any]:
    return {
        "model": result.model,
        "task": result.task,
        **describe_result(result),
        "details": dict(result.details),
        "comparison": asdict(result.comparison) if result.comparison else None,
    }


def _describe_file(file: FileEntry) -> dict[str, Any]:
    """What the card states and the file holds; the layers and the diagram are in facts.json."""
    facts = file.facts.to_json() if file.facts else None
    for long in ("layers", "diagram"):
        if facts:
            del facts[long]
    return {
        "name": file.name,
        "address": file.address,
        "facts": facts,
        "claims": [
            {
                "claim": checked.claim.name,
                "stated": checked.statement.text,
                "measured": checked.outcome.measured,
                "verdict": checked.verdict,
                "accepted": checked.accepted,
            }
            for checked in file.claims
        ],
    }


def _describe_publication(publication: PublicationEntry) -> dict[str, str]:
    return {
        "reference": publication.reference.text,
        "url": publication.reference.url,
        "bibtex": publication.bibtex_source,
    }
