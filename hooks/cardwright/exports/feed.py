"""`models/feed.xml`: the last changes of cards, as an Atom feed (RFC 4287)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from html import escape

from cardwright.addresses import Addresses
from cardwright.entry import Change, Entry

MAX_ENTRIES = 50

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def make_feed(entries: tuple[Entry, ...], addresses: Addresses) -> str:
    """The newest changes first; empty without a `site_url`, which Atom needs, and when no card has a date."""
    dated = [(entry, entry.change) for entry in entries if entry.change]
    if not dated or not addresses.site_url:
        return ""
    dated.sort(key=lambda pair: pair[0].slug)
    dated.sort(key=lambda pair: datetime.fromisoformat(pair[1].time), reverse=True)
    own = addresses.absolute(f"{addresses.models_uri}/feed.xml")
    catalogue = addresses.absolute(addresses.view(f"{addresses.models_uri}/index"))
    lines = (
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_text(f'{addresses.site_name}: models')}</title>",
        f"<id>{_text(own)}</id>",
        f'<link rel="self" type="application/atom+xml" href="{_text(own)}"/>',
        f'<link rel="alternate" type="text/html" href="{_text(catalogue)}"/>',
        f"<updated>{dated[0][1].time}</updated>",
        f"<author><name>{_text(addresses.site_name)}</name></author>",
        *(line for entry, change in dated[:MAX_ENTRIES] for line in _entry(entry, change, addresses)),
        "</feed>",
    )
    return "\n".join(lines) + "\n"


def _entry(entry: Entry, change: Change, addresses: Addresses) -> Iterator[str]:
    page = _text(addresses.absolute(addresses.page(entry.slug)))
    yield f"<entry><title>{_text(entry.name)}</title><id>{page}</id>"
    yield f'<link rel="alternate" type="text/html" href="{page}"/><updated>{change.time}</updated>'
    yield from (f"<author><name>{_text(name)}</name></author>" for name in change.editors)
    if entry.summary:
        yield f'<summary type="text">{_text(entry.summary)}</summary>'
    yield "</entry>"


def _text(text: str) -> str:
    return escape(_NO_XML.sub("\ufffd", text))
