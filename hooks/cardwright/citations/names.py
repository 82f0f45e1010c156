"""Personal names as BibTeX writes them, and as a reference shows them.

Format: Nicolas Markey, "Tame the BeaST" (2009), section 11: `First von Last`, `von Last, First`,
`von Last, Jr, First`, joined by ` and `; a name in braces is one word, so an organisation stays whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .latex import delatex

MAX_SHOWN = 20
"""APA, 7th edition, 9.8: from 21 authors on, the first 19, an ellipsis and the last."""

# An organisation written without the braces BibTeX wants is told by its last word: "Qwen Team", "Mistral AI".
GROUP_WORDS = frozenset({
    "AI", "Authors", "Bank", "Center", "Centre", "Collaboration", "College", "Committee", "Community",
    "Company", "Consortium", "Contributors", "Corp", "Corporation", "Developers", "Face", "Foundation",
    "GmbH", "Group", "Inc", "Initiative", "Institute", "Institution", "LLC", "Lab", "Laboratories",
    "Laboratory", "Labs", "Learning", "Ltd", "Network", "Organization", "Project", "Research", "Science",
    "Society", "Team", "Technologies", "Technology", "University", "Workshop", "team",
})  # fmt: skip
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?[ -]?){1,4}")
_MARK = re.compile(r"[{}]| and (?=\S)|,| |~", re.IGNORECASE)
_LOOSE_AND = re.compile(r"^and (?=\S)|(?:^| )and$", re.IGNORECASE)
_ET_AL = re.compile(r"(?:,| and|,? &)?(?:^| )et\.? al\.?$", re.IGNORECASE)


@dataclass(frozen=True)
class Name:
    """One author. An organisation has only `last`."""

    last: str
    first: str = ""
    von: str = ""
    suffix: str = ""

    @property
    def text(self) -> str:
        """`van der Maaten, L., Jr.`: initials after the last name."""
        surname = f"{self.von} {self.last}".strip()
        return ", ".join(part for part in (surname, _initials(self.first), self.suffix) if part)


def split_names(text: str) -> tuple[list[str], bool]:
    """The names of a BibTeX author field as written, and whether there are `others`."""
    text = _LOOSE_AND.sub("", " ".join(text.split()))
    short = _ET_AL.sub("", text)
    parts = [part.strip(" ,") for part in split_at(short, " and ")]
    names = [part for part in parts if part and part.lower() != "others"]
    return names, short != text or any(part.lower() == "others" for part in parts)


def split_at(text: str, separator: str) -> list[str]:
    """Split at `separator` outside braces; `~` counts as a space."""
    parts, start, depth = [], 0, 0
    for mark in _MARK.finditer(text):
        found = " " if mark[0] == "~" else mark[0].lower()
        if found == "{":
            depth += 1
        elif found == "}":
            depth = max(depth - 1, 0)
        elif depth == 0 and found == separator and text[mark.start() - 1 : mark.start()] != "\\":
            parts.append(text[start : mark.start()])
            start = mark.end()
    parts.append(text[start:])
    return [part for part in parts if part] or [""] if separator == " " else parts


def parse_names(written: list[str]) -> list[Name]:
    """Read each name; one that is a list of names without ` and ` (common in real cards) is taken apart."""
    names: list[Name] = []
    for text in written:
        parts = [part.strip() for part in split_at(text, ",") if part.strip()]
        if len(parts) > 2 and not (len(parts) == 3 and _SUFFIX.fullmatch(parts[1])):
            names += parse_name_list(parts)
        else:
            names.append(parse_name(text))
    return names


def parse_name_list(parts: list[str]) -> list[Name]:
    """Read the parts of a list with commas: `He, K., Sun, J.` pairs up, `Kaiming He, Jian Sun` does not."""
    if len(parts) % 2 == 0 and all(_INITIALS.fullmatch(part) for part in parts[1::2]):
        return [parse_name(f"{last}, {first}") for last, first in zip(parts[::2], parts[1::2], strict=True)]
    names: list[Name] = []
    for part in parts:
        if names and _SUFFIX.fullmatch(part):
            names[-1] = replace(names[-1], suffix=part)
        else:
            names.append(parse_name(part))
    return names


def parse_name(text: str) -> Name:
    """Read one name in any of BibTeX's three forms."""
    parts = [part.strip() for part in split_at(text, ",")]
    words = split_at(parts[0], " ")
    if len(parts) == 1:
        if len(words) == 1 or _is_group(words):
            return Name(delatex(text))
        von_end = _von_end(words)
        if von_end == 0:
            return Name(delatex(words[-1]), _join(words[:-1]))
        von_start = next(i for i, word in enumerate(words) if _is_lower(word))
        return Name(_join(words[von_end:]), _join(words[:von_start]), _join(words[von_start:von_end]))
    von_end = _von_end(words)
    suffix = parts[1] if len(parts) > 2 else ""
    first = ", ".join(parts[2:]) if len(parts) > 2 else parts[1]
    return Name(_join(words[von_end:]), delatex(first), _join(words[:von_end]), delatex(suffix))


def format_names(names: list[Name], has_others: bool = False) -> str:
    """`He, K., Zhang, X., & Sun, J.`; with `others`, `He, K., et al.`."""
    texts = [text for name in names if (text := name.text)]
    if has_others:
        if len(texts) == 1 and "," not in texts[0]:
            return f"{texts[0]} et al."
        return ", ".join([*texts[: MAX_SHOWN - 1], "et al."]) if texts else ""
    if len(texts) > MAX_SHOWN:
        return ", ".join(texts[: MAX_SHOWN - 1]) + f", … {texts[-1]}"
    return texts[0] if len(texts) == 1 else ", & ".join((", ".join(texts[:-1]), texts[-1])) if texts else ""


def _is_lower(word: str) -> bool:
    """Whether a word belongs to a `von` part; a braced word has no case, `{\\'e}` has one."""
    if word.startswith("{") and not word.startswith("{\\"):
        return False
    letter = next((char for char in delatex(word) if char.isalpha()), "")
    return letter.islower()


def _von_end(words: list[str]) -> int:
    """Index after the last lower-case word; the last word is never one."""
    return next((i + 1 for i in range(len(words) - 2, -1, -1) if _is_lower(words[i])), 0)


def _is_group(words: list[str]) -> bool:
    return words[0].lower() == "the" or words[-1].strip(".{}") in GROUP_WORDS


def _join(words: list[str]) -> str:
    return delatex(" ".join(words))


def _initials(first: str) -> str:
    """`Jean-Pierre H` -> `J.-P. H.`; names in scripts without case (CJK) stay whole."""
    words = []
    for word in first.replace(".", ". ").split():
        if len(word) == 2 and word.isupper() and word.isalpha():  # Medline writes "He K" and "Hinton GE"
            words += [f"{word[0]}.", f"{word[1]}."]
            continue
        parts = [part for part in word.split("-") if part[:1].isalnum()]
        if parts:
            words.append("-".join(_initial(part) for part in parts))
    return " ".join(words)


def _initial(part: str) -> str:
    return f"{part[0].upper()}." if part[0].lower() != part[0].upper() else part
