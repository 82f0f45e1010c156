"""The picture that a link to a card shows in chats and feeds (Open Graph): drawn here, kept by content.

It is drawn in shades of grey, which Pillow does fastest; the shades stand for places between background and text in
the palette.
"""

from __future__ import annotations

import io
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache, lru_cache, partial
from pathlib import Path

import PIL
from PIL import Image, ImageDraw, ImageFont

from cardwright.entry import Entry
from cardwright.facts.cache import Cache
from cardwright.rows import make_row
from cardwright.sections.structure import format_short

PREVIEW_NAME = "preview.png"
WIDTH, HEIGHT = 1200, 630
"""What networks ask for."""

FORM = 1
"""Raise it when the picture is drawn in another way."""

_MARGIN, _BAR = 80, 16
_BACKGROUND, _TEXT, _ACCENT = (0x1B, 0x20, 0x2B), (0xFF, 0xFF, 0xFF), (0x7A, 0xA2, 0xF7)
_WHITE, _SOFT, _COLOURED = 6, 4, 7
"""Places in the palette of 8: 0 to 6 lead from background to text, 7 is the accent."""
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"})
_LETTERS |= str.maketrans(
    {"\u0131": "i", "–": "-", "—": "-", "−": "-", "\u2010": "-", "\u2011": "-", "×": "x", "•": "·"}
)
"""What the font lacks, and what Unicode does not take apart."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What the picture says."""

    title: str
    summary: str
    task: str
    numbers: tuple[tuple[str, str], ...]
    """Value and what it is."""
    site_name: str


Draw = Callable[[Preview], bytes]
"""From what a picture says to its PNG."""


def make_preview(entry: Entry, site_name: str) -> Preview:
    """What the picture of a card says; as far as the font has its letters."""
    row = make_row(entry)
    numbers: list[tuple[str, str]] = []
    if row.headline:
        value = row.headline.value.text
        unit = row.headline.unit if row.headline.unit not in value else ""
        numbers.append((f"{value}{unit}"[:16], row.headline.metric))
    if row.facts:
        numbers.append((format_short(row.facts.parameters), "parameters"))
        if row.facts.macs:
            numbers.append((format_short(row.facts.macs, "G"), "MACs"))
    if row.license:
        numbers.append((row.license, "licence"))
    title, slug, summary = map(_readable, (entry.name, entry.slug, entry.summary))
    return Preview(
        title if 2 * len(title) > len(entry.name) else slug or "Model card",
        summary if 2 * len(summary) > min(len(entry.summary), 400) else "",
        _readable(row.task),
        tuple((_readable(value), _readable(label)) for value, label in numbers[:4] if _readable(value)),
        _readable(site_name),
    )


def keep_previews(folder: Path) -> Draw:
    """Draws what is not yet in `folder`, where it is known by all that the picture depends on."""
    return partial(_draw_once, Cache(folder))


def _draw_once(kept: Cache, preview: Preview) -> bytes:
    key = {"kind": "preview", "form": FORM, "pillow": PIL.__version__, **asdict(preview)}
    content = kept.get(key)
    if content is None:
        content = draw_preview(preview)
        kept.put(key, content)
    return content


def draw_preview(preview: Preview) -> bytes:
    """The PNG, of 1200 × 630 pixels and 8 colours; the same bytes for the same words and Pillow."""
    image = Image.new("L", (WIDTH, HEIGHT), 0)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, _BAR, HEIGHT), fill=_shade(_COLOURED))
    y = 76
    if preview.task:
        draw.text((_MARGIN, y), _fit(preview.task, 34), font=_font(34), fill=_shade(_SOFT))
    y += 60
    size = next((size for size in (88, 68) if len(_wrap(preview.title, size, 9)) <= 2), 54)
    for line in _wrap(preview.title, size, 2):
        draw.text((_MARGIN, y), line, font=_font(size), fill=_shade(_WHITE), stroke_width=1)
        y += round(size * 1.2)
    y += 16
    for line in _wrap(preview.summary, 34, 2 if size == 88 else 3):
        draw.text((_MARGIN, y), line, font=_font(34), fill=_shade(_SOFT))
        y += 46
    width = (WIDTH - 2 * _MARGIN) // max(len(preview.numbers), 3)
    for index, (value, label) in enumerate(preview.numbers):
        x = _MARGIN + index * width
        draw.text((x, 436), _fit(value, 46, width - 20), font=_font(46), fill=_shade(_WHITE))
        draw.text((x, 494), _fit(label, 26, width - 20), font=_font(26), fill=_shade(_SOFT))
    draw.text((_MARGIN, 560), _fit(preview.site_name, 28), font=_font(28), fill=_shade(_SOFT))
    return _save(image)


def _shade(place: int) -> int:
    return place * 36 if place < _COLOURED else 255


def _save(image: Image.Image) -> bytes:
    coloured = image.point(_places())
    coloured.putpalette(_palette())
    target = io.BytesIO()
    coloured.save(target, "PNG", bits=4, compress_level=4, compress_type=zlib.Z_FILTERED)
    return target.getvalue()


@cache
def _places() -> list[int]:
    """Shade to place; what is drawn soft at its edges never reaches the accent."""
    return [_COLOURED if shade == 255 else min(round(shade / 36), _WHITE) for shade in range(256)]


@cache
def _palette() -> list[int]:
    between = [
        round(dark + (light - dark) * place / _WHITE)
        for place in range(_WHITE + 1)
        for dark, light in zip(_BACKGROUND, _TEXT, strict=True)
    ]
    return [*between, *_ACCENT]


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own font, laid out in the one way that does not depend on other libraries."""
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType")
    return font.font_variant(layout_engine=ImageFont.Layout.BASIC)


def _readable(text: str) -> str:
    """The text on one line, as far as the font has it: ö becomes o, emoji and other scripts would be boxes."""
    return " ".join("".join(map(_nearest, text[:400])).split())


@lru_cache(maxsize=8192)
def _nearest(character: str) -> str:
    """The letter, or those of its parts that the font has."""
    if character.isspace() or _has(character):
        return character
    return "".join(part for part in unicodedata.normalize("NFKD", character.translate(_LETTERS)) if _has(part))


def _has(character: str) -> bool:
    return character.isprintable() and bytes(_font(20).getmask(character)) != _missing()


@cache
def _missing() -> bytes:
    return bytes(_font(20).getmask("\uffff"))


def _fit(text: str, size: int, width: int = WIDTH - 2 * _MARGIN) -> str:
    """The text, cut with an ellipsis where it is too long for one line."""
    font = _font(size)
    if font.getlength(text) <= width:
        return text
    kept = len(text)
    while kept and font.getlength(f"{text[:kept].rstrip()}…") > width:
        kept -= max(kept // 16, 1)
    return f"{text[:kept].rstrip()}…"


def _wrap(text: str, size: int, most: int) -> list[str]:
    """The text in lines, at most so many; the last one is cut where there is more."""
    lines = list(_lines(text, size))
    if len(lines) > most:
        lines[most - 1] = _fit(" ".join(lines[most - 1 :]), size)
    return [_fit(line, size) for line in lines[:most]]


def _lines(text: str, size: int) -> Iterator[str]:
    line: list[str] = []
    limit: float = WIDTH - 2 * _MARGIN
    room = limit
    for word in text.split():
        room -= _width(word, size) + (_width(" ", size) if line else 0)
        if line and room < 0:
            yield " ".join(line)
            line, room = [], limit - _width(word, size)
        line.append(word)
    if line:
        yield " ".join(line)


@lru_cache(maxsize=8192)
def _width(word: str, size: int) -> float:
    return _font(size).getlength(word)
