"""`llms.txt`: what the site has, for language models, as https://llmstxt.org describes it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from cardwright.addresses import Addresses
from cardwright.entry import Entry
from cardwright.rows import make_rows

MAX_CARDS = 500
"""Beyond it the list of cards is that of index.json."""

MAX_DOCS = 100
MAX_SUMMARY = 200


def make_llms(entries: tuple[Entry, ...], addresses: Addresses) -> str:
    """The text of the file; addresses are absolute where the site knows its own."""
    parts = [f"# {_line(addresses.site_name) or 'Models'}"]
    if addresses.site_description:
        parts.append(f"> {_line(addresses.site_description)}")
    index = addresses.absolute(f"{addresses.models_uri}/index.json")
    parts.append(
        f"{len(entries)} model cards. [index.json]({index}) has all of them with task, licence, results and what was"
        " counted from their files. Each card's page has a `card.md` and a `card.json` beside it."
    )
    if len(entries) <= MAX_CARDS:
        parts += (f"## {heading}\n\n" + "\n".join(lines) for heading, lines in _by_task(entries, addresses))
    if addresses.docs:
        docs = ((title, addresses.absolute(uri.removeprefix("./")) or "./") for title, uri in addresses.docs)
        parts.append("## Optional\n\n" + "\n".join(_link(title, uri) for title, uri in docs))
    return "\n\n".join(parts) + "\n"


def _by_task(entries: tuple[Entry, ...], addresses: Addresses) -> Iterator[tuple[str, list[str]]]:
    tasks: defaultdict[str, list[str]] = defaultdict(list)
    for row in make_rows(entries):
        task = _line(row.task)[:80]
        address = addresses.absolute(addresses.card_file(row.entry, "card.md"))
        summary = _line(row.entry.summary)[:MAX_SUMMARY]
        tasks[f"{task[:1].upper()}{task[1:]}"].append(_link(row.entry.name, address, summary))
    for task in sorted(tasks, key=lambda task: (not task, task.casefold())):
        yield task or "Other models", tasks[task]


def _link(title: str, address: str, about: str = "") -> str:
    title = _line(title).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    address = address.replace("(", "%28").replace(")", "%29")
    return f"- [{title}]({address}){f': {about}' if about else ''}"


def find_doc_title(markdown: str) -> str:
    """The title of a page of docs: that of its front matter, else its first heading; empty without either."""
    front = re.match(r"---[ \t]*\r?\n(.*?)\r?\n---", markdown, re.DOTALL)
    named = re.search(r"^title:[ \t]*(.+)$", front[1], re.MULTILINE) if front else None
    text = re.sub(r"^(```+|~~~+).*?^\1", "", markdown, flags=re.MULTILINE | re.DOTALL)
    found = named or re.search(r"^#[ \t]+(.+?)[ \t#]*$", text, re.MULTILINE)
    return found[1].strip("\"' \r") if found else ""


def _line(text: str) -> str:
    return " ".join(text.split())
