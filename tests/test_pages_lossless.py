"""Every word, value, address, table and list item of a card is on its page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote

import comrak
import pytest

from cardwright.entry import Entry
from cardwright.fields import STRUCTURE_KINDS
from cardwright.jsonmarks import read_json
from cardwright.nodes import Map, to_plain
from cardwright.sources.huggingface import split_front_matter
from cardwright.yamlmarks import read_yaml
from tests.pages import FOLDERS, Element, build, every_page, page_of, read_html, source_html, squeeze, words


def leaves(value: object) -> Iterator[str]:
    """Every text in a value; the kind of a link is said in words of ours."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner) if key != "kind" or inner not in STRUCTURE_KINDS else ()
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    elif isinstance(value, str) and value.strip():
        yield value


def source_values(entry: Entry) -> Iterator[str]:
    """Every value of the front matter or the config.json; what cannot be read of it, whole."""
    text = entry.source.path.read_bytes().decode("utf-8", "replace")
    read, given = (read_json, text) if entry.path.endswith(".json") else (read_yaml, split_front_matter(text)[0])
    fields: Map | None = read(given)[0]
    yield from [given] if fields is None else leaves(to_plain(fields))


def shown_texts(page: Element) -> list[str]:
    """The page's text, then each of its addresses and what its buttons copy."""
    named = [(name, value) for element in page.walk() for name, value in element.attributes.items()]
    attributes = [value for name, value in named if name in ("href", "src", "title", "data-cw-copy")]
    return [page.text, *attributes, *map(unquote, attributes)]


def is_shown(value: str, texts: list[str]) -> bool:
    """Whether a value stands among the texts: by itself, or, longer or with Markdown in it, whatever its spaces."""
    alone = re.compile(rf"(?<!\w){re.escape(' '.join(value.split()))}(?!\w)")
    plain = squeeze(read_html(comrak.render_markdown(f"x {value}")).text).removeprefix("x")
    forms = [form for form in (squeeze(value), plain) if len(form) > 3]
    return any(alone.search(" ".join(text.split())) or any(f in squeeze(text) for f in forms) for text in texts)


@every_page
def test_every_word_of_the_text_is_on_the_page(folder: str, slug: str) -> None:
    entry, page = page_of(folder, slug)
    missing = Counter(words(source_html(entry).text)) - Counter(words(page.text))
    assert not missing


@every_page
def test_every_value_is_on_the_page(folder: str, slug: str) -> None:
    entry, page = page_of(folder, slug)
    texts = shown_texts(page)
    pieces = [piece for value in source_values(entry) for piece in re.split(r"\n\s*\n", value.strip())]
    assert [piece for piece in pieces if not is_shown(piece.removeprefix("./"), texts)] == []


@every_page
def test_every_address_of_the_text_is_on_the_page(folder: str, slug: str) -> None:
    entry, page = page_of(folder, slug)
    shown = "\n".join(map(squeeze, shown_texts(page)))
    for link in source_html(entry).find("a", "img"):
        address = link.attributes.get("href") or link.attributes.get("src") or ""
        if re.match(r"https?://|mailto:", address):
            assert squeeze(address) in shown


@every_page
def test_tables_stay_tables_and_items_stay_items(folder: str, slug: str) -> None:
    entry, page = page_of(folder, slug)
    source = source_html(entry)
    tables = [Counter(words(table.text)) for table in page.find("table")]
    for table in source.find("table"):
        assert any(not Counter(words(table.text)) - shown for shown in tables), table.text
    items = Counter(" ".join(words(item.text)) for item in page.find("li"))
    assert not Counter(" ".join(words(item.text)) for item in source.find("li")) - items


@pytest.mark.parametrize("lost", ["a word", "a row", "an item", "a link", "a value"])
def test_a_loss_is_seen(lost: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entry, page = build(FOLDERS["sources"])["marketplace-full"]
    html = str(page.html)
    cut = {
        "a word": html.replace("lighthouses", "", 1),
        "a row": re.sub(r"<tr>\s*<th[^>]*>Env.*?</tr>", "", html, flags=re.DOTALL),
        "an item": re.sub(r"<li>Warning ships</li>", "Warning ships", html),
        "a link": html.replace("https://puffin.example/cliffs", "#"),
        "a value": html.replace("puffin@lighthouse.example", ""),
    }[lost]
    assert cut != html
    monkeypatch.setattr(f"{__name__}.page_of", lambda *_: (entry, read_html(cut)))
    with pytest.raises(AssertionError):
        for check in (
            test_every_word_of_the_text_is_on_the_page,
            test_every_address_of_the_text_is_on_the_page,
            test_tables_stay_tables_and_items_stay_items,
        ):
            check("sources", "marketplace-full")
