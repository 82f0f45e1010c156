"""Decode the LaTeX that stands in BibTeX values to Unicode, for display.

Commands: "The Comprehensive LaTeX Symbol List" (accents and text symbols), as far as bibliographies use them.
"""

from __future__ import annotations

import re
import unicodedata

# Command -> the combining character that follows the letter.
ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "r": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "d": "\u0323",
    "c": "\u0327",
    "k": "\u0328",
    "b": "\u0331",
}

# An accent on nothing, as in `\~{}`, is the plain sign.
SPACING = {"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~"}

# Commands that are a character themselves.
SYMBOLS = {
    "AA": "Å", "AE": "Æ", "DH": "Ð", "DJ": "Đ", "L": "Ł", "NG": "Ŋ", "O": "Ø", "OE": "Œ", "SS": "ẞ",
    "TH": "Þ", "aa": "å", "ae": "æ", "dh": "ð", "dj": "đ", "l": "ł", "ng": "ŋ", "o": "ø", "oe": "œ",
    "ss": "ß", "th": "þ", "i": "\u0131", "j": "\u0237", "S": " ", "P": "¶", "copyright": "©", "pounds": "£",
    "euro": "€", "texteuro": "€", "textregistered": "®", "texttrademark": "™", "textdegree": "°",
    "texttimes": "×", "textpm": "±", "textmu": "µ", "textendash": "–", "textemdash": "—", "ldots": "…",
    "dots": "…", "textellipsis": "…", "textbullet": "•", "textquoteleft": "‘", "textquoteright": "’",
    "textquotedblleft": "“", "textquotedblright": "”", "textquotesingle": "'", "guillemotleft": "«",
    "guillemotright": "»", "textbackslash": "\\", "textbar": "|", "textasciitilde": "~",
    "textasciicircum": "^", "textunderscore": "_", "textless": "<", "textgreater": ">", "slash": "/",
    "TeX": "TeX", "LaTeX": "LaTeX", "BibTeX": "BibTeX", "quad": " ", "space": " ", "newline": " ", "&": "&",
    "%": "%", "$": "$", "#": "#", "_": "_", "{": "{", "}": "}", " ": " ", ",": " ", ";": " ", ":": " ",
    "\\": " ", "!": "", "-": "", "/": "", "@": "", "---": "—", "--": "–", "``": "“", "''": "”", "~": " ",
}  # fmt: skip

# Commands that only change how their text looks: the text stays.
FORMATS = frozenset({
    "emph", "text", "textit", "textbf", "texttt", "textsc", "textrm", "textsf", "textsl", "textup",
    "textnormal", "textsuperscript", "textsubscript", "underline", "uppercase", "lowercase",
    "MakeUppercase", "MakeLowercase", "mbox", "hbox", "ensuremath", "nolinkurl", "path", "enquote", "it",
    "bf", "em", "tt", "sc", "rm", "sl", "sf", "itshape", "bfseries", "scshape", "ttfamily", "normalfont",
    "small", "protect", "relax",
})  # fmt: skip

# An unclosed `\url{` or `$` is scanned once at most: each stops at a brace, or is the last of its kind.
_TOKEN = re.compile(
    r"(?P<skip>\\href\s*+\{[^{}]*+\})"
    r"|\\url\s*+\{(?P<url>[^{}]*+)\}"
    r"|(?P<math>\$[^$]*+\$)"
    r"|\{(?P<lost>[\"'`^~][A-Za-z])\}"  # `{"u}`: a `{\"u}` whose backslash a template engine ate
    r"|\\(?P<word>[A-Za-z]++)\s*+"
    r"|\\(?P<sign>[^A-Za-z])"
    r"|(?P<brace>[{}])"
    r"|(?P<symbol>---?|``|''|~)"
    r"|(?P<space>\s++)"
    r"|(?P<text>[^\\${}~`'\s-]++|.)",
    re.DOTALL,
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def delatex(text: str) -> str:
    """`text` with accents and symbols as Unicode, without braces and formatting commands, spaces collapsed.

    `$...$` and unknown commands stay as written. For display only; never raises, linear time.
    """
    out: list[str] = []
    accents = ""
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        part = token[kind] if kind else ""
        is_dotless = kind == "word" and part in ("i", "j") and accents
        if kind in ("word", "sign") and part in ACCENTS:
            accents = (ACCENTS[part] + accents)[:3]
        elif kind == "lost":
            out.append(_apply(ACCENTS[part[0]], part[1]))
        elif kind == "text" or is_dotless:
            out.append(_apply(accents, part))
            accents = ""
        elif kind == "brace" and part == "}" and accents:  # `\~{}` is the bare sign
            out.append(_apply(accents, ""))
            accents = ""
        elif kind == "space" and not accents:
            out.append(" ")
        elif kind in ("word", "sign", "symbol", "url", "math"):
            out.append(_apply(accents, ""))
            accents = ""
            out.append(_decode(kind, part, token[0]))
    out.append(_apply(accents, ""))
    return " ".join(_CONTROLS.sub(" ", "".join(out)).split())


def _apply(accents: str, text: str) -> str:
    """Put `accents` on the first letter; one letter at a time, as NFC is quadratic in a run of accents."""
    if not accents:
        return text
    if text[:1].isalpha():
        return unicodedata.normalize("NFC", text[0] + accents) + text[1:]
    return SPACING.get(accents, "") + text


def _decode(kind: str, part: str, written: str) -> str:
    if kind == "url":
        return re.sub(r"\\([%#&_~{}])", r"\1", part)
    if kind == "math" or (kind == "word" and part not in SYMBOLS and part not in FORMATS):
        return written
    if kind == "word" and part in FORMATS:
        return ""
    return SYMBOLS.get(part, written)
