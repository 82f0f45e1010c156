"""What is wrong with a card, said to the person who can mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Severity = Literal["error", "warning"]

MAX_PROBLEMS = 100
"""Of one card; what is wrong with very many things is wrong with a program that wrote them."""
MAX_MESSAGE = 300
"""Characters of a field or message; they quote values, which may be of any length."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a text file: line and column, both counted from 1, the column in characters."""

    line: int = 1
    column: int = 1
    path: str = ""
    """The file, where it is another than the card's own; relative to the folder that is being read."""


START = Mark()
"""The beginning of a file; also the place of what has none."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend in one source file."""

    path: str
    """The file, relative to the folder that is being read, with forward slashes."""
    mark: Mark
    field: str
    """The field as its author writes it, e.g. `files[0].sha256`; empty when no field is meant."""
    message: str
    hint: str = ""
    """What to do about it."""
    severity: Severity = "error"

    def __str__(self) -> str:
        """The one-line form: `path:line:column: field: message (hint)`."""
        place = f"{self.path}:{self.mark.line}:{self.mark.column}"
        parts = [place, self.field, self.message] if self.field else [place, self.message]
        hint = f" ({self.hint})" if self.hint else ""
        return one_line(": ".join(parts) + hint)

    def at(self, path: str) -> Problem:
        """The same problem, in the file called `path`."""
        return replace(self, path=path)


def sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems by file and place, each said once."""
    return tuple(sorted(set(problems), key=lambda p: (p.path, p.mark, p.field, p.message)))


def limit_problems(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The problems of one card, no more of them and none longer than a person reads."""
    shown = [replace(p, field=_shorten(p.field), message=_shorten(p.message)) for p in problems[:MAX_PROBLEMS]]
    rest = problems[MAX_PROBLEMS:]
    if rest:
        severity: Severity = "error" if any(p.severity == "error" for p in rest) else "warning"
        hint = "mend those above it first"
        shown.append(Problem(rest[0].path, rest[0].mark, "", "further problems are not listed", hint, severity))
    return tuple(shown)


def _shorten(text: str) -> str:
    """The beginning and the end of a long text: a message says at its end what is wrong."""
    return text if len(text) <= MAX_MESSAGE else f"{text[: MAX_MESSAGE - 100]} … {text[-100:]}"


def one_line(text: str) -> str:
    """Text from a card, made safe for one line of a terminal: no line breaks, controls or bidi overrides."""
    return "".join(c if c.isprintable() and c not in _BIDI else _escaped(c) for c in text)


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is a slip of: other case or dashes, or a letter or two off."""
    by_plain = {_plain(name): name for name in known}
    plain = _plain(word)
    if plain in by_plain:
        return by_plain[plain]
    near = [name for name in by_plain if abs(len(name) - len(plain)) < 3]
    close = difflib.get_close_matches(plain, near, n=1, cutoff=0.8) if len(plain) > 3 else []
    return by_plain[close[0]] if close else None


_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _escaped(character: str) -> str:
    return " " if character.isspace() else f"\\u{ord(character):04x}"


def _plain(word: str) -> str:
    return "".join(c for c in word.casefold() if c.isalnum())
