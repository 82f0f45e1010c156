"""Read BibTeX as it stands in real cards. The one file that imports bibtexparser (v2).

`scan` finds the blocks, bibtexparser splits a block into fields, `values` reads a field, `checks`
judges the entry. Nothing here raises on any text, and time is linear in its length.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import DuplicateFieldKeyBlock, ParsingFailedBlock
from bibtexparser.model import Entry as ParsedEntry

from .checks import check_entry, find_duplicates, shorten
from .entry import Bibliography, Entry, Finding
from .scan import Block, scan_blocks
from .values import MONTHS, Macros, Value, read_values

MAX_TEXT_BYTES = 256 * 1024
MAX_BLOCKS = 1000
MAX_FINDINGS = 100
MAX_DEPTH = 32
MAX_KEPT_CHARS = 8192
"""A longer text is read anew each time."""

# It logs a warning for each block it cannot read; the same becomes a finding, with the card's line.
logging.getLogger("bibtexparser.splitter").disabled = True

_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_COMMENT_LINE = re.compile(r"^[ \t]*+%[^\r\n]*+", re.MULTILINE)  # not BibTeX's, but biber's and people's
_BRACE_BACKSLASH = re.compile(r"\\(?=[{}])")
_NO_KEY = re.compile(r"(?:([^\s,={}\"]++) )?(?=[\w-]++ ?=)")
_MASK = "\0"


@dataclass(frozen=True)
class _Fields:
    key: str
    values: tuple[Value, ...]
    findings: tuple[Finding, ...]


def parse_bibtex(text: str) -> Bibliography:
    """Read all entries of `text`. Never raises: what cannot be read has no fields and a finding."""
    return _parse_again(text) if len(text) <= MAX_KEPT_CHARS else _parse(text)


def _parse(text: str) -> Bibliography:
    if len(text) > MAX_TEXT_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        return Bibliography((), (Finding(1, f"the text is longer than {MAX_TEXT_BYTES // 1024} kB", "split it"),))
    macros = Macros()
    entries: list[Entry] = []
    findings: list[Finding] = []
    for number, block in enumerate(scan_blocks(text)):
        if number == MAX_BLOCKS:
            findings.append(Finding(block.line, f"more than {MAX_BLOCKS} entries: the rest is not read"))
            break
        had_room = macros.chars_left >= 0
        if block.missing:
            findings.append(_report_missing(block))
        if block.closed_early and block.kind not in ("comment", "preamble"):
            message = f"@{shorten(block.kind)} is closed too early: what follows its last brace is not read"
            findings.append(Finding(block.line, message, "remove a closing brace within it"))
        if block.kind == "string":
            findings += _define_string(block, macros)
        elif block.kind not in ("comment", "preamble"):
            entry, entry_findings = _read_entry(block, macros)
            entries.append(entry)
            findings += entry_findings
        if had_room and macros.chars_left < 0:
            findings.append(Finding(block.line, "the @string macros expand to too much text"))
    findings += find_duplicates(entries)
    if not entries:
        findings.append(Finding(1, "no BibTeX entry in this text", "an entry looks like @article{key, title = {...}}"))
    findings.sort(key=lambda finding: finding.line)
    if len(findings) > MAX_FINDINGS:
        findings[MAX_FINDINGS:] = [Finding(findings[MAX_FINDINGS].line, "further problems are not listed")]
    return Bibliography(tuple(entries), tuple(findings))


_parse_again = lru_cache(maxsize=2048)(_parse)  # many cards of a site cite the same


def written_fields(entry: Entry) -> tuple[tuple[str, str], ...]:
    """The fields with their values as written, braces and quotes included, white space collapsed.

    Only a value that needs an `@string` from elsewhere in the text is given expanded, so that the entry
    stands alone. Empty when the entry cannot be split into fields.
    """
    block = next(scan_blocks(entry.source), None)
    if block is None or not entry.fields:
        return ()
    return tuple(
        (name, value.written if _stands_alone(value) else f"{{{text}}}")
        for value, (name, text) in zip(_split_fields(block).values, entry.fields, strict=True)
    )


def _read_entry(block: Block, macros: Macros) -> tuple[Entry, list[Finding]]:
    parsed = _split_fields(block)
    findings = list(parsed.findings)
    fields: list[tuple[str, str]] = []
    for value in parsed.values:
        if value.lacks_comma:
            findings.append(Finding(block.line, f"the comma before the field {shorten(value.name)} is missing"))
        if value.lacks_braces:
            findings.append(Finding(block.line, f"the value of {shorten(value.name)} is not in braces"))
        text, bad = macros.expand(value)
        findings += _report_names(block.line, value.name, bad)
        fields.append((value.name, text.strip()))
    entry = Entry(block.kind, parsed.key, tuple(fields), block.source, block.line)
    if fields or not findings:
        findings += check_entry(entry)
    return entry, findings


def _define_string(block: Block, macros: Macros) -> Iterator[Finding]:
    """Add the macro of an `@string{name = value}` block; read as an entry without a key, of one field."""
    parsed = _split_fields(block)
    yield from parsed.findings
    for value in parsed.values:
        text, bad = macros.expand(value)
        yield from _report_names(block.line, value.name, bad)
        macros.texts[value.name.lower()] = text


def _split_fields(block: Block) -> _Fields:
    if block.depth > MAX_DEPTH:
        return _Fields("", (), (Finding(block.line, f"braces are nested deeper than {MAX_DEPTH}"),))
    # One line: bibtexparser takes `@` at a line start for a new block, even inside a value.
    # Masked: it takes `\}` for no brace, BibTeX and our scanner take it for one.
    body = _SPACE.sub(" ", _COMMENT_LINE.sub("", block.body).replace(_MASK, "")).strip()
    body = _BRACE_BACKSLASH.sub(_MASK, body)
    findings: list[Finding] = []
    if head := _NO_KEY.match(body):
        if head[1]:
            findings.append(Finding(block.line, f"the comma after the key {shorten(head[1])} is missing"))
        body = f"{head[1] or ''},{body[head.end() :]}"
    parsed = _split_with_bibtexparser(f"@entry{{{body}}}")
    if isinstance(parsed, str):
        message = f"the fields of this @{shorten(block.kind)} cannot be read"
        return _Fields(_unmask(body.partition(",")[0].strip()), (), (Finding(block.line, message, parsed),))
    values: dict[str, Value] = {}
    for field in parsed.fields:
        for value in read_values(_unmask(field.key), field.value):
            if value.name.lower() in values:  # as BibTeX: the first one counts
                message = f"the field {shorten(value.name)} stands twice"
                findings.append(Finding(block.line, message, "the first one is used"))
            values.setdefault(value.name.lower(), _unmask_value(value))
    return _Fields(_unmask(parsed.key), tuple(values.values()), tuple(findings[:MAX_FINDINGS]))


def _split_with_bibtexparser(text: str) -> ParsedEntry | str:
    """The one entry in `text`, or why bibtexparser cannot read it."""
    try:
        blocks = parse_string(text, parse_stack=[]).blocks
    except Exception as error:  # its splitter re-raises its own bugs; a card must not stop the site
        return f"{type(error).__name__}: {shorten(str(error))}"
    block = blocks[0] if blocks else None
    if isinstance(block, DuplicateFieldKeyBlock):
        block = block.ignore_error_block
    if isinstance(block, ParsedEntry) and len(blocks) == 1:
        return block
    if isinstance(block, ParsingFailedBlock) and block.error is not None:
        return shorten(_unmask(str(getattr(block.error, "abort_reason", block.error))))
    return "check braces, quotes and commas"


def _stands_alone(value: Value) -> bool:
    return not value.lacks_braces and all(not piece.is_name or piece.text.lower() in MONTHS for piece in value.pieces)


def _unmask(text: str) -> str:
    return text.replace(_MASK, "\\")


def _unmask_value(value: Value) -> Value:
    pieces = tuple(replace(piece, text=_unmask(piece.text)) for piece in value.pieces)
    return replace(value, written=_unmask(value.written), pieces=pieces)


def _report_missing(block: Block) -> Finding:
    name = shorten(block.unclosed_before)
    brace = "a brace is" if block.missing == 1 else f"{block.missing} braces are"
    return Finding(
        block.line,
        f"@{shorten(block.kind)} is never closed: {brace} missing",
        f"close the value before the field {name}" if name else "add it at the end of the entry",
    )


def _report_names(line: int, field_name: str, names: list[str]) -> Iterator[Finding]:
    for name in names[:MAX_FINDINGS]:
        message = f"{shorten(field_name)}: no @string defines {shorten(name)}"
        yield Finding(line, message, f"write {shorten(field_name)} = {{...}} for literal text")
