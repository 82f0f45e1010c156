"""The Content-Security-Policy of each page: what the theme itself wrote may run, and nothing that came from a card.

The theme's templates are marked as Jinja reads them: each `<script>` that stands in a template carries a word that
nobody can know who writes a card. In the finished page, hashes are taken of marked scripts only, and the marks are
taken away. So a script that got into a title, a description or the text of a card has no mark, and no hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Final
from urllib.parse import urlsplit

from jinja2 import Environment
from jinja2.ext import Extension

MARK: Final = f"data-cw-{secrets.token_hex(12)}"
"""New in each process, and in no page."""

POLICY: Final[Mapping[str, tuple[str, ...]]] = {
    "default-src": (),
    "script-src": ("'self'",),
    # Markdown writes the alignment of table cells as `style`, and no hash allows an attribute.
    "style-src": ("'self'", "'unsafe-inline'"),
    "style-src-elem": ("'self'",),
    "img-src": ("'self'", "data:"),
    "font-src": ("'self'", "data:"),
    "media-src": ("'self'",),
    "connect-src": ("'self'",),
    "worker-src": ("'self'",),
    "manifest-src": ("'self'",),
    "frame-src": (),
    "object-src": (),
    "base-uri": (),
    "form-action": ("'self'",),
}
"""What every page may load, by directive; nothing is `'none'`. Pages add what their theme needs."""

LOADS: Final[Mapping[str, tuple[str, ...]]] = {
    "script": ("script-src", "font-src"),  # MathJax and KaTeX load fonts from their own folder
    "link": ("style-src", "style-src-elem", "font-src"),
    "style": ("style-src-elem",),
    "img": ("img-src",),
    "iframe": ("frame-src",),
    "video": ("media-src",),
    "audio": ("media-src",),
    "source": ("media-src", "img-src"),
    "form": ("form-action",),
}
"""Elements that load something, and the directives that allow it."""

_INLINE = "'unsafe-inline'"
_NONE = "'none'"
_TAGS = "|".join(LOADS)
_START = re.compile(rf"<({_TAGS})(?=[\s/>])", re.IGNORECASE)
_REST = r"""((?:[^>"']|"[^"]*"|'[^']*')*)>"""
_ANY = re.compile(rf"<({_TAGS})(?=[\s/>]){_REST}", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""(?:^|\s)(src|href|action|rel|type)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_END = {name: re.compile(rf"</{name}[\s/>]", re.IGNORECASE) for name in ("script", "style")}
_HEAD = re.compile(r"<head(?:\s[^>]*)?>(?:\s*<meta\s+charset=[^>]*>)?", re.IGNORECASE)
_OFFERED = ' data-cw-src="'
"""An image of any host that a click loads; one without a scheme may come either way."""
_OFFERED_FROM = re.compile(rf"{_OFFERED}(https?:)?//")


class MarkTags(Extension):
    """Marks the elements of a template that load something, before Jinja reads it."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return _START.sub(rf"<\1 {MARK}", source) if name and name.endswith(".html") else source


@dataclass(frozen=True, slots=True)
class Wall:
    """How the pages of one build are walled."""

    is_raised: bool = True
    """Whether the site wants policies at all."""
    trusts_docs: bool = True
    """Whether scripts in pages of the docs may run, and what these load from elsewhere; not so for a preview."""
    is_served: bool = False
    """`mkdocs serve` puts an inline script into each page after us: then inline scripts are let be."""
    sources: tuple[tuple[str, str], ...] = ()
    """Directive and source of what the site allows besides."""
    image_hosts: tuple[str, ...] = ()
    any_image: bool = False
    """Whether every page may show images of any host: with instant navigation the first page's policy stays."""

    def mark(self, env: Environment) -> None:
        """Have the templates of `env` marked; those that it read before are read again."""
        if self.is_raised:
            env.add_extension(MarkTags)
            if env.cache is not None:
                env.cache.clear()

    def protect(self, html: str, of_cards: bool) -> str:
        """A finished page with its policy before all that it loads, and without marks."""
        if not self.is_raised:
            return html
        trusted = self.trusts_docs and not of_cards
        found = {*self.sources, *(("img-src", host) for host in self.image_hosts)}
        if self.is_served:
            found.add(("script-src", _INLINE))
        found.update(_find_sources(html, _find_marked(html)))
        html = html.replace(f" {MARK}", "")
        if trusted:
            found.update(_find_sources(html, _ANY.finditer(html)))
        if self.any_image or _OFFERED in html:
            schemes = (match[1] or "http:" for match in _OFFERED_FROM.finditer(html))
            found.update(("img-src", scheme) for scheme in ("https:", *schemes))
        head = _HEAD.search(html)
        if head is None:
            return html
        policy = _write(frozenset(found))
        return (
            f'{html[: head.end()]}\n<meta http-equiv="Content-Security-Policy" content="{policy}">{html[head.end() :]}'
        )


@lru_cache(maxsize=4096)
def find_source(url: str) -> str:
    """What allows a file of another host: for `https://a.example/lib/x.js?v=1` the folder, `https://a.example/lib/`."""
    parts = urlsplit(url.strip())
    if not parts.netloc or parts.scheme not in ("", "http", "https"):
        return ""
    folder = parts.path.rpartition("/")[0]
    source = f"{parts.scheme + '://' if parts.scheme else ''}{parts.netloc}{folder}/"
    return "" if re.search(r"[\s;,'\"<>]", source) else source


def find_script_sources(scripts: Iterable[object]) -> tuple[tuple[str, str], ...]:
    """Directives and sources of what `extra_javascript` names of other hosts."""
    sources = dict.fromkeys(filter(None, (find_source(str(script)) for script in scripts)))
    return tuple((directive, source) for source in sources for directive in LOADS["script"])


def _find_marked(html: str) -> Iterator[re.Match[str]]:
    at = html.find(MARK)
    while at >= 0:
        if match := _ANY.match(html, html.rfind("<", 0, at)):
            yield match
        at = html.find(MARK, at + 1)


def _find_sources(html: str, tags: Iterable[re.Match[str]]) -> Iterator[tuple[str, str]]:
    """Directives and sources of the elements of `html` that begin with `tags`."""
    for tag in tags:
        name, attributes = tag[1].lower(), _read_attributes(tag[2])
        if name in _END and "src" not in attributes:
            if "json" not in attributes.get("type", ""):
                end = _END[name].search(html, tag.end())
                yield LOADS[name][0], hash_source(html[tag.end() : end.start() if end else len(html)])
        elif name != "link" or "stylesheet" in attributes.get("rel", "").lower():
            url = attributes.get("src") or attributes.get("href") or attributes.get("action") or ""
            source = find_source(url) or ("'self'" if name == "iframe" and url and ":" not in url else "")
            yield from ((directive, source) for directive in LOADS[name] if source)


@lru_cache(maxsize=4096)
def _read_attributes(written: str) -> Mapping[str, str]:
    found = _ATTRIBUTE.finditer(written)
    return {each[1].lower(): unescape(each[2] or each[3] or each[4] or "") for each in found}


@lru_cache(maxsize=4096)
def hash_source(text: str) -> str:
    """The source that allows an inline script or style; browsers hash it with line ends as they read them."""
    text = text.replace(f" {MARK}", "").replace("\r\n", "\n").replace("\r", "\n")
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8', 'replace')).digest()).decode()}'"


@lru_cache(maxsize=4096)
def _write(found: frozenset[tuple[str, str]]) -> str:
    allowed = {name: list(sources) for name, sources in POLICY.items()}
    for directive, source in sorted(found):
        if source not in allowed[directive]:
            allowed[directive].append(source)
    for directive, sources in allowed.items():
        if _INLINE in sources:  # with a hash beside it, browsers leave it out
            allowed[directive] = [source for source in sources if not source.startswith("'sha")]
    return "; ".join(f"{name} {' '.join(sources) or _NONE}" for name, sources in allowed.items()).replace("&", "&amp;")
