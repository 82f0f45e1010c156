"""TOPICS: what sections of a card are about, under the many headings that cards give them, and whether they say it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cardwright.gfm import Body
from cardwright.sources.raw import heading_key, split_parts

TOPICS: Mapping[str, re.Pattern[str]] = {
    topic: re.compile(rf"(?:^|\b)(?:{words})(?:\b|$)")
    for topic, words in {
        "intended use": r"intended (use|uses|users|usage|audience)|(?<!how to )(?<!scope )\buses?(?= limitations|$)"
        r"|(direct|downstream|primary|expected|recommended|evaluated|model|foreseeable) (use|uses|users)"
        r"|use cases?|applications?|purpose|intended purpose|what (is|it is|does) .*\bfor|highlights|用途",
        "limitations": r"limits?|limitations?|bias(es)?|risks?|out of scope|misuse|known (issues|problems|weaknesses)"
        r"|caveats?|failure (modes|cases)|weakness(es)?|ethic(s|al)|fairness|safety|responsible|disclaimers?"
        r"|trade ?offs?|warnings?|not intended|局限性?|limitaciones|limites|sesgos",
        "training data": r"(train|training|pre ?training|fine ?tuning)( and (evaluation|test))?"
        r" (data|datasets?|corpus|corpora|sets?)"
        r"|data ?sets?|data ?(mix|sources?|collection|preparation|card)|corpus|corpora|data"
        r"|trained on|数据集?",
        "evaluation": r"eval|evaluations?|evaluation results|results?|benchmarks?|benchmarking|performance|metrics"
        r"|accuracy|validation( accuracy| metrics)?|testing|scores?|评测|评估|性能",
        "citation": r"cite|citing|citations?|bibtex|references?|publications?|papers?|how to cite|引用",
        "people": r"contacts?|authors?|contributors?|contributions?|support|maintainers?|team|credits?|developers?"
        r"|developed by|acknowledge?ments?|about us",
        "inputs and outputs": r"inputs?|outputs?|input and output|pre ?processing|post ?processing|label scheme"
        r"|model (input|output)s?|prompt (template|format|style)|labels|i o",
    }.items()
}
"""Topic to the words of its headings, in lower case without punctuation."""

FILLER = re.compile(
    r"(?:^|(?<=[.:\n]))[^\n.:]*\b(?:TODO|FIXME|TBD|TBA|XXX|WIP)\b[^\n]*"
    r"|[\[(<]?(?:more |further )?information (?:is )?needed(?: for further recommendations)?[\])>]?\.?"
    r"|[\[(<](?:add|insert|describe|provide|fill|needs?|your|please|optional|todo)\b[^\n\[\]()<>]*[\])>]"
    r"|(?:coming|available) soon\b[.!]?|to be (?:added|done|announced|completed|written|filled in)\b[.!]?"
    r"|work in progress\b[.!]?|lorem ipsum[^\n]*|not (?:specified|provided|available)\b[.!]?"
    r"|^[^\w\n]{0,20}(?:n/?a|unknown|none|null|unspecified|\?{1,20}|\.{3}|…|-{1,20})[^\w\n]{0,20}$"
    # Sentences of Hugging Face's own templates, which stand there before anyone has written a word.
    r"|users \(both direct and downstream\) should be made aware of[^\n]*"
    r"|use the code below to get started with the model\.?"
    r"|carbon emissions can be estimated using[^\n]*"
    r"|if there is a paper or blog post introducing the model[^\n]*"
    r"|this model ?card (?:has been (?:automatically )?generated|aims to be a base template)[^\n]*"
    r"|this is the model card of a 🤗 transformers model[^\n]*"
    r"|you should probably proofread and complete it[^\n]*",
    re.IGNORECASE | re.MULTILINE,
)
"""Text that holds the place of text."""

_LABEL = re.compile(
    r"^[^\w\n]{0,20}[\w/()&' -]{1,60}:[^\w\n]{0,20}$|\(optional\)|^[^\w\n]{0,20}(?:apa|bibtex)[^\w\n]{0,20}$",
    re.IGNORECASE | re.MULTILINE,
)
"""What a line is when its filler is gone: a label of nothing."""


MAX_HEADING = 200
"""Characters of a heading that are looked at."""


def strip_filler(text: str) -> str:
    """What `text` says, once everything is gone that only holds a place; empty for nothing."""
    left = _LABEL.sub("", FILLER.sub("", text)).strip()
    return left if re.search(r"\w{2,}", left) else ""


def find_text(body: Body, topic: str) -> str:
    """What the sections about `topic` say; empty where there is none, or only filler in it."""
    return "\n".join(_texts(body, TOPICS[topic]))


_LABELLED = re.compile(r"^[^\w\n]{0,20}(\w[\w /()-]{1,40}):[ \t]+(\S.*)$", re.MULTILINE)
"""A line such as `Dataset: ImageNet`, in a list or alone."""


def _texts(body: Body, headings: re.Pattern[str]) -> Iterator[str]:
    for part in split_parts(body):
        # A title is no section: everything stands below it.
        if part.heading.level > 1 and headings.search(heading_key(part.heading.text[:MAX_HEADING])):
            yield from filter(None, (strip_filler(block.text) for block in part.blocks if not block.level))
    for block in body.blocks:
        if block.tag in ("p", "ul", "ol"):
            pairs = _LABELLED.findall(block.text)
            yield from filter(
                None, (strip_filler(text) for label, text in pairs if headings.fullmatch(heading_key(label)))
            )
