"""Every word, value, address, table, list item and code block of a card is on its page, and nothing twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest

from scripts.compare_gfm import find_losses
from tests.pages import FOLDERS, build, every_page


@every_page
def test_nothing_of_a_card_is_lost(folder: str, slug: str) -> None:
    entry, page = build(FOLDERS[folder])[slug]
    losses, _ = find_losses(entry, entry.source.path.read_bytes().decode("utf-8", "replace"), str(page.html))
    assert [f"{loss.kind}: {loss.lost}" for loss in losses] == []


LOSSES: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "a word": ("words", lambda html: html.replace("lighthouses", "", 1)),
    "a block twice": ("words", lambda html: re.sub(r"(<p>[^<]*</p>)(?=\s*</section>)", r"\1\1", html, count=1)),
    "a row": ("words", lambda html: re.sub(r"<tr>\s*<th[^>]*>Env.*?</tr>", "", html, flags=re.DOTALL)),
    "an item": ("list items", lambda html: html.replace("<li>Warning ships</li>", "Warning ships")),
    "a link": ("links", lambda html: html.replace("https://puffin.example/cliffs", "#")),
}


@pytest.mark.parametrize("lost", LOSSES)
def test_a_loss_is_seen(lost: str) -> None:
    entry, page = build(FOLDERS["sources"])["marketplace-full"]
    kind, cut = LOSSES[lost]
    html = cut(str(page.html))
    assert html != page.html
    losses, _ = find_losses(entry, entry.source.path.read_text(encoding="utf-8"), html)
    assert kind in [loss.kind for loss in losses]
