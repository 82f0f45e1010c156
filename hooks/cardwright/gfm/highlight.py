"""Code in colours, with the classes that the site's other code has."""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Callable
from functools import lru_cache, partial

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

MAX_CODE_CHARACTERS = 20_000
"""Longer code stands plain: lexers are regular expressions, and a card's text is anybody's."""

_CODE = re.compile(r'<pre><code(?: class="language-([^"]*)")?>([^<]*)</code></pre>')
_FORMATTER = HtmlFormatter(nowrap=True)
_LANGUAGES = frozenset(
    "bash bibtex c c++ cmake console cpp css csharp cuda diff docker dockerfile go html ini java javascript js json"
    " julia kotlin latex lua makefile matlab md markdown objc perl php powershell proto protobuf py pycon python"
    " python3 r ruby rust scala sh shell sql swift tex toml ts typescript xml yaml yml zsh".split()
)


def highlight_code(html: str, above_code: Callable[[str], str]) -> str:
    """The code blocks of `html` as the theme shows code, each below what `above_code` says of it."""
    return _CODE.sub(partial(_replace, above_code=above_code), html)


@lru_cache(maxsize=512)  # cards of one family have one snippet
def highlight_text(code: str, language: str) -> str:
    """A code block of `code`, which ends without a line break on the page as in the source."""
    lexer = _find_lexer(language.lower()) if len(code) <= MAX_CODE_CHARACTERS else None
    shown = highlight(code, lexer, _FORMATTER) if lexer else html_entities.escape(code, quote=False)
    classes = f"language-{language} highlight" if language else "highlight"
    return f'<div class="{classes}"><pre><span></span><code>{shown}</code></pre></div>'


def _replace(match: re.Match[str], *, above_code: Callable[[str], str]) -> str:
    text = html_entities.unescape(match.group(2))
    return above_code(text.strip("\n")) + highlight_text(text, html_entities.unescape(match.group(1) or ""))


@lru_cache
def _find_lexer(language: str) -> Lexer | None:
    if language not in _LANGUAGES:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
