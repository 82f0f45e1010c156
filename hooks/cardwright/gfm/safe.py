"""The one policy for HTML that comes from a card."""

from __future__ import annotations

import re
from collections.abc import Callable

import nh3

from cardwright.gfm.outline import ID_PREFIX

_TAGS = frozenset(
    "a abbr audio b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em"
    " figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q rp rt ruby s samp section small"
    " source span strike strong sub summary sup table tbody td tfoot th thead tr tt u ul var video wbr".split()
)
"""The page makes links of `audio`, `source` and `video`."""
_ATTRIBUTES = {
    "*": {"id", "class", "dir", "lang", "title", "align"},
    "a": {"href", "name"},
    "audio": {"src"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height"},
    "input": {"checked", "disabled"},
    "li": {"value"},
    "source": {"src"},
    "video": {"src"},
    "ol": {"start", "reversed", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_BOXES = "address article aside dialog fieldset footer form header hgroup legend main nav search"
_SHOWN_AS = {**dict.fromkeys(_BOXES.split(), "div"), "optgroup": "br", "option": "br"}
"""Elements that are not on the list, and stand apart from what is around them: by the element that does so too."""
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)(?:(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>)?")
_CLASSES = re.compile(r"language-[^\s<>\"'&`]{1,100}|footnote-(ref|backref)|footnotes")
_NUMBER = re.compile(r"\d{1,5}%?")
_SCHEMES = {"http", "https", "mailto", "ftp", "tel"}

_VALUES: dict[str, Callable[[str], str | None]] = {
    "align": lambda value: value.lower() if value.lower() in {"left", "right", "center"} else None,
    "class": lambda value: " ".join(word for word in value.split() if _CLASSES.fullmatch(word)) or None,
    "colspan": lambda value: value if value.isdecimal() and int(value[:4]) <= 100 and len(value) < 4 else None,
    "height": lambda value: value if _NUMBER.fullmatch(value) else None,
    "href": lambda value: f"#{ID_PREFIX}{value[1:]}" if value.startswith("#") and len(value) > 1 else value,
    "id": lambda value: ID_PREFIX + value.removeprefix(ID_PREFIX),
    "name": lambda value: ID_PREFIX + value.removeprefix(ID_PREFIX),
    "rowspan": lambda value: value if value.isdecimal() and len(value) < 4 else None,
    "width": lambda value: value if _NUMBER.fullmatch(value) else None,
}


def sanitise(html: str) -> str:
    """HTML with elements and attributes on the list only, everything closed; scripts, styles and forms gone.

    What is taken out leaves its text, apart from the text around it where a browser shows it apart.
    """
    return _CLEANER.clean(_TAG.sub(_rename, html))


def _rename(match: re.Match[str]) -> str:
    """The tag of an element that is not on the list as one that means nothing: it goes, and its text stays.

    The parser has rules of its own for some of them: with `<mask>`, which is SVG, would go all that follows.
    """
    slash, name = match.group(1, 2)
    if name.lower() in _TAGS:
        return match.group()
    shown_as = _SHOWN_AS.get(name.lower(), f"x-{name}")
    rest = match.group()[len(slash) + len(name) + 1 :]
    return "" if slash and shown_as == "br" else f"<{slash}{shown_as}{rest}"


def is_safe_url(url: str) -> bool:
    """Whether a link to `url` may stand on a page: a web or mail address, or a relative one."""
    scheme = re.match(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):", url)
    return not scheme or scheme.group(1).lower() in _SCHEMES


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    check = _VALUES.get(name)
    return check(value) if check else value


_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags=set(),
    attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
    attribute_filter=_filter_attribute,
    tag_attribute_values={"input": {"type": {"checkbox"}}},
    link_rel="noopener noreferrer",
    url_schemes=_SCHEMES,
)
