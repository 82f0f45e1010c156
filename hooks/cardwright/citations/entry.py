"""What is read out of a BibTeX text: entries, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something a card's author should look at; never a reason to stop."""

    line: int
    """1-based line within the BibTeX text."""
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Entry:
    """One BibTeX entry, such as `@article{key, title = {...}}`."""

    kind: str
    """Entry type in lower case: `article`, `inproceedings`."""
    key: str
    fields: tuple[tuple[str, str], ...]
    """Names as written; values without their outer braces, macros expanded, LaTeX untouched.
    Empty when the entry could not be split into fields (a finding says why)."""
    source: str
    """The entry exactly as written: a slice of the text, from `@` to its closing brace."""
    line: int
    """1-based line of the `@` within the text."""

    def get(self, *names: str) -> str:
        """The first non-empty value among the fields `names` (any case), or ""."""
        values: dict[str, str] = {}
        for name, value in self.fields:
            values.setdefault(name.lower(), value)
        return next((values[name] for name in names if values.get(name)), "")


@dataclass(frozen=True)
class Bibliography:
    """All entries of one text in their order, and all findings in line order."""

    entries: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()
