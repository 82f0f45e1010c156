"""Files that describe several models: `data/model-index/<case>/` is a folder of cards, and `cards.json` in it what
`cardwright show` and `cardwright check` print of them, without the text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cardwright.addresses import Addresses
from cardwright.cli import main
from cardwright.facts import inspect
from cardwright.pages import PageStyle
from cardwright.site import Site, build_site
from cardwright.sources import find_sources
from cardwright.sources.model_index import MAX_MODELS
from tests.sites import build_well as build_project
from tests.sites import dead_links, make_project, write

DATA = Path(__file__).parent / "data/model-index"
CASES = sorted(path.name for path in DATA.iterdir())


def read(case: str) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(DATA)
        shown = CliRunner().invoke(main, ["show", case], catch_exceptions=False)
        checked = CliRunner().invoke(main, ["check", case], catch_exceptions=False)
    cards = json.loads(shown.stdout)
    cards = cards if isinstance(cards, list) else [cards]
    return {
        "cards": [{key: value for key, value in card.items() if key != "body"} for card in cards],
        "problems": checked.stdout.splitlines(),
    }


def build(folder: Path) -> Site:
    return build_site(folder, "cards", Addresses("models"), PageStyle(), inspect)


@pytest.mark.parametrize("case", CASES)
def test_case(case: str) -> None:
    assert read(case) == json.loads((DATA / case / "cards.json").read_text(encoding="utf-8"))


def test_each_model_is_a_page_with_the_text_of_its_file() -> None:
    pages = {page.entry.slug: str(page.html) for page in build(DATA / "comment").pages if page.entry}
    assert pages.keys() == {"pair_a", "pair_b"}
    assert all("is a family of two nets" in html and "Two nets are better than one" in html for html in pages.values())
    assert "71.0%" in pages["pair_a"] and "71.0%" not in pages["pair_b"]


def test_cards_of_a_collection_link_to_each_other(tmp_path: Path) -> None:
    cards: dict[str, str | bytes] = {
        "stones/metafile.yml": (DATA / "readme/metafile.yml").read_text(encoding="utf-8"),
        "stones/README.md": "# Stones\n",
        "single.md": "---\ncollection: stones\nbase_model: org/stone-1\nnew_version: stone-2\n---\n",
    }
    site = build_project(make_project(tmp_path, cards, {"index.md": "# Home\n"}))
    links = {
        slug: [
            target for target in ("stone-1", "stone-2", "single", "stones")
            if f'<li><a href="../{target}/"' in (site / "models" / slug / "index.html").read_text(encoding="utf-8")
        ]
        for slug in ("stone-1", "stone-2", "single", "stones")
    }  # fmt: skip
    assert links == {
        "stone-1": ["stone-2", "single", "stones"],
        "stone-2": ["stone-1", "single", "stones"],
        "single": ["stone-1", "stone-2"],
        "stones": ["stone-1", "stone-2"],
    }
    assert list(dead_links(site)) == []


def test_what_two_cards_are_called_names_neither(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "# Same\n", "b.md": "# Same\n", "c.md": "---\nbase_model: same\n---\n"})
    assert [entry.related for entry in build(tmp_path).entries] == [(), (), ()]


def test_the_model_of_a_name_is_its_own(tmp_path: Path) -> None:
    text = "Models: [{Name: big}, {Name: small}]"
    write(tmp_path, {"m/metafile.yml": text, "m/small.onnx": b"", "m/other.onnx": b""})
    files = {entry.slug: [file.path for file in entry.files] for entry in build(tmp_path).entries}
    assert files == {"big": [], "small": ["small.onnx"]}


def test_a_large_collection_is_not_listed_whole_on_each_page(tmp_path: Path) -> None:
    models = "\n".join(f"  - {{Name: m{number}, In Collection: Many}}" for number in range(150))
    write(tmp_path, {"metafile.yml": f"Models:\n{models}\n"})
    first = build(tmp_path).entries[0]
    assert [(related.label, len(related.cards), related.more) for related in first.related] == [
        ("Also in Many", 100, 49)
    ]


def test_pages_do_not_grow_without_end(tmp_path: Path) -> None:
    write(tmp_path, {"metafile.yml": "Models:\n" + "".join(f"- Name: m{n}\n" for n in range(MAX_MODELS + 5))})
    site = build(tmp_path)
    assert len(site.entries) == MAX_MODELS
    assert [str(p) for p in site.problems if p.severity == "error"] == [
        f"cards/metafile.yml:{MAX_MODELS + 2}:3: Models: more than 1,000 models in one file: the others have no page "
        "(divide the file)"
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("settings.yml", "models: of clay\nname: settings\n"),
        ("lists.yml", "models:\n  - one\n  - two\n"),
        ("mkdocs.yml", "nav:\n  - Models: models.md\n"),
        ("note.md", "<!-- Type: model-index -->\n"),
        ("front.md", "---\nlicense: mit\n---\n<!--\nType: model-index\nModels:\n- Name: a\n- Name: b\n-->\n"),
    ],
)
def test_what_only_looks_like_it(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, {name: text, "card.md": "# Card\n"})
    sources, _ = find_sources(tmp_path)
    assert [source.part for source in sources] == [None] * (1 + name.endswith(".md"))
