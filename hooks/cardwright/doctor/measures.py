"""How much of what readers look for a card has: from 0 for nothing to 1 for all of it. Pure functions of an entry."""

from __future__ import annotations

import re

from cardwright.benchmarks.metrics import find_metric
from cardwright.card import Input, Output
from cardwright.doctor.topics import find_text, strip_filler
from cardwright.entry import Entry
from cardwright.gfm import Block
from cardwright.licenses import find_license
from cardwright.tasks import TASKS

NAME_CHARACTERS = 30
"""What is not longer only names something."""


def measure_license(entry: Entry) -> float:
    """A licence known by its name or the text of its file, or with a name and text of its own; half for any other."""
    card = entry.card
    stated = [name for name in card.license if strip_filler(name) and name.lower() not in ("other", "unknown")]
    if (stated and all(map(find_license, stated))) or any(file.license for file in entry.license_files):
        return 1
    named = strip_filler(card.license_name or "") or card.license_link
    return 1 if card.license and named else 0.5 if stated or _text_of_role(entry, "license") else 0


def measure_task(entry: Entry) -> float:
    """By `pipeline_tag`, a tag, a result, or a row of the card's own."""
    stated = entry.card.pipeline_tag or any(result.task for result in entry.results)
    return 1 if stated or any(tag in TASKS for tag in entry.card.tags) or _general(entry, "task") else 0


def measure_summary(entry: Entry) -> float:
    """A sentence of some words."""
    return 1 if strip_filler(entry.summary) and len(entry.summary.split()) > 2 else 0


def measure_training_data(entry: Entry) -> float:
    """Said in a sentence; less for a name alone."""
    named = any(strip_filler(name) and name.lower() != "generator" for name in entry.card.datasets)
    described = find_text(entry.raw.body, "training data") or _general(entry, "dataset", "training data", "trained on")
    return 1 if len(described) > NAME_CHARACTERS else 0.7 if named or described else 0


def measure_results(entry: Entry) -> float:
    """Numbers with metric and dataset; less without those, half for numbers in the text."""
    numbers = [result for result in entry.results if result.value.number is not None]
    known = [result for result in numbers if result.better]
    on_data = [r for r in known if strip_filler(r.dataset)]
    if numbers:
        return 1 if on_data else 0.7
    told = find_text(entry.raw.body, "evaluation")
    return 0.5 if re.search(r"\d", told) or any(map(_has_metric, entry.raw.body.blocks)) else 0


def _has_metric(block: Block) -> bool:
    """Whether a table of the text has a known metric in its header or its first column."""
    table = block.table
    names = [*table.header, *(row[0] for row in table.rows if row)] if table else []
    return any(find_metric(cell.text) for cell in names)


def measure_intended_use(entry: Entry) -> float:
    """Said in a section or a row of the card's own."""
    return 1 if find_text(entry.raw.body, "intended use") or _general(entry, "application", "intended") else 0


def measure_limitations(entry: Entry) -> float:
    """Said in a section or a row of the card's own."""
    return 1 if find_text(entry.raw.body, "limitations") or _general(entry, "limitation", "bias") else 0


_IDLE_CODE = re.compile(r"^\s*(?:(?:import|from)\b.*|#.*|\.{3}|…|@.*)?$")
"""Lines that run nothing: imports, comments, and the dots of a template."""


def measure_usage(entry: Entry) -> float:
    """Code that does something, an example of a call, or a file for which the page writes code; half for text."""
    blocks = [block.text for block in entry.raw.body.blocks if block.tag == "pre"]
    runs = any(
        not text.lstrip().startswith("@") and any(not _IDLE_CODE.match(line) for line in text.splitlines())
        for text in blocks
    )
    if runs or entry.card.api.request.example or any(file.facts for file in entry.files):
        return 1
    return 0.5 if _text_of_role(entry, "usage") else 0


def measure_citation(entry: Entry) -> float:
    """A publication, BibTeX or a section; half for a link to a paper."""
    text = entry.raw.body.markdown
    if entry.publications or find_text(entry.raw.body, "citation") or re.search(r"@\w+\s*\{\s*[^\s,{}]+\s*,", text):
        return 1
    return 0.5 if re.search(r"arxiv\.org/|doi\.org/|arxiv:\d", text + " ".join(entry.card.tags), re.IGNORECASE) else 0


def measure_file(entry: Entry) -> float:
    """A file that can be read, or had and checked by its SHA-256; half for one that can only be had."""
    if any(file.facts or (file.address and file.stated.sha256) for file in entry.files):
        return 1
    return 0.5 if any(file.address for file in entry.files) else 0


def measure_io(entry: Entry) -> float:
    """Inputs and outputs described in words; half for names and shapes."""
    values: list[Input | Output] = [*entry.card.io.inputs, *entry.card.io.outputs]
    described = any(strip_filler(value.description or "") for value in values)
    if described or find_text(entry.raw.body, "inputs and outputs") or entry.card.api.request.example:
        return 1
    return 0.5 if values or entry.facts else 0


_MADE_BY = re.compile(
    r"\b(?:developed|created|trained|made|built|written|shared|maintained) by\b[\s:*]*\S", re.IGNORECASE
)


def measure_people(entry: Entry) -> float:
    """Someone is named."""
    card = entry.card
    if card.developers or card.contributors or card.support or find_text(entry.raw.body, "people"):
        return 1
    return 1 if _MADE_BY.search(strip_filler("\n".join(block.text for block in entry.raw.body.blocks))) else 0


def _general(entry: Entry, *words: str) -> str:
    """What the card's own rows say that are about one of `words`; empty for nothing."""
    rows = [(key.lower(), value) for row in entry.card.general for key, value in row.items()]
    return "\n".join(strip_filler(str(value)) for key, value in rows if any(word in key for word in words)).strip()


def _text_of_role(entry: Entry, role: str) -> str:
    """What the text says, code aside, that stands in a section of the page; empty for nothing."""
    html = "".join(part.before + part.after for part in entry.prose if part.role == role)
    texts = (piece.partition("</pre>")[2] or piece.partition("<pre")[0] for piece in re.split(r"(?=<pre\b)", html))
    return strip_filler(re.sub(r"<[^<>]*>", " ", "".join(texts)))


def count_contradicted(entry: Entry) -> int:
    """Statements about a file that it contradicts and the card does not accept."""
    claims = (claim for file in entry.files for claim in file.claims)
    return sum(claim.verdict == "contradicted" and not claim.accepted for claim in claims)


def count_errors(entry: Entry) -> int:
    """Problems that are errors."""
    return sum(problem.severity == "error" for problem in entry.problems)
