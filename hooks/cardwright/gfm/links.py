"""Links, images and media of a card on its page: the card's files are the site's, other hosts are asked for nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape, unescape

from cardwright.gfm.safe import is_safe_url


@dataclass(frozen=True, slots=True)
class Links:
    """How the links, images and code of a card are written on its page."""

    resolve: Callable[[str], str | None]
    """A relative address of the card to one of the site, or None when the site has no such file."""
    permalink: str = ""
    """What the site shows beside a heading as its permanent link; empty for none."""
    image_hosts: tuple[str, ...] = ()
    """Hosts whose images are shown without a click: `huggingface.co`, or `*.example.org` for all below it."""
    above_code: Callable[[str], str] = lambda text: ""
    """From the text of a code block to safe HTML that stands above it."""


NO_LINKS = Links(resolve=lambda url: url)

_LINK = re.compile(r"<(a|img|video|audio|source)\b([^>]*)>|</(a|video|audio)>")
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
_ABSOLUTE = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//|[a-zA-Z][a-zA-Z0-9+.-]*:")

_HOST = re.compile(r"(?:https?:)?//([a-z0-9.-]+)(?::\d+)?(?:[/?#]|\Z)", re.IGNORECASE)
"""A web address without anything that a browser might read otherwise: no user, no backslash, no space."""


def rewrite_links(html: str, *, links: Links) -> str:
    """Sanitised HTML in which links and images lead into the site; a remote image and any film or sound is a link."""
    inside, medium = False, "video"

    def change(match: re.Match[str]) -> str:
        nonlocal inside, medium
        tag, written, closing = match.groups()
        if closing:
            inside = inside and closing != "a"
            return match.group() if closing == "a" else ""
        attributes = dict(_ATTRIBUTE.findall(written))
        if tag == "a":
            inside = True
            return _link(match.group(), attributes, links)
        if tag == "img":
            return _image(attributes, links, inside)
        medium = medium if tag == "source" else tag
        return _medium(medium, attributes, links, inside)

    return _LINK.sub(change, html)


def _link(written: str, attributes: Mapping[str, str], links: Links) -> str:
    href = attributes.get("href", "")
    if not href or href.startswith("#") or _ABSOLUTE.match(unescape(href)):
        return written
    target = links.resolve(unescape(href))
    if target is None:
        return f'<a class="cw-missing" title="not part of this site: {href}">'
    return written.replace(f'href="{href}"', f'href="{escape(target)}"')


def _image(attributes: Mapping[str, str], links: Links, inside_link: bool) -> str:
    """An image of the site or of an allowed host; else a link to it, from which our script makes a button.

    Inside of another link it is text, and the button will stand behind that link.
    """
    source = unescape(attributes.get("src", ""))
    alt = attributes.get("alt", "")
    remote = bool(_ABSOLUTE.match(source))
    allowed = remote and _is_allowed(source, links.image_hosts)
    target = source if allowed else None if remote or not source else links.resolve(source)
    sizes = [(name, attributes[name]) for name in ("width", "height") if name in attributes]
    if target is not None:
        kept = _written((*sizes, ("title", attributes.get("title", ""))))
        private = ' referrerpolicy="no-referrer"' if allowed else ""
        return f'<img src="{escape(target)}" alt="{alt}"{kept} loading="lazy"{private}>'
    label = alt or escape(source.rsplit("/", 1)[-1])
    title = " ".join(filter(None, (attributes.get("title"), escape(source))))
    loaded = (("data-cw-src", escape(source)), *((f"data-cw-{name}", value) for name, value in sizes))
    data = _written(loaded) if _HOST.match(source) else ""
    if inside_link or not remote or not is_safe_url(source):
        return f'<span class="cw-image" title="{title}"{data}>{label}</span>'
    return f'<a class="cw-image" href="{escape(source)}" rel="noopener noreferrer" title="{title}"{data}>{label}</a>'


def _medium(kind: str, attributes: Mapping[str, str], links: Links, inside_link: bool) -> str:
    """A film or sound as a link to its file."""
    source = unescape(attributes.get("src", ""))
    if not source:
        return ""
    name = escape(source.rsplit("/", 1)[-1])
    target = source if _ABSOLUTE.match(source) else links.resolve(source)
    if inside_link or target is None or not is_safe_url(target):
        return f'<span class="cw-media" title="{escape(source)}">{kind.capitalize()}: {name}</span> '
    return f'<a class="cw-media" href="{escape(target)}" rel="noopener noreferrer">{kind.capitalize()}: {name}</a> '


def _written(attributes: tuple[tuple[str, str], ...]) -> str:
    return "".join(f' {name}="{value}"' for name, value in attributes if value)


def _is_allowed(url: str, hosts: tuple[str, ...]) -> bool:
    match = _HOST.match(url)
    host = match.group(1).lower() if match else ""
    return any(host == each or (each.startswith("*.") and host.endswith(each[1:])) for each in hosts)
