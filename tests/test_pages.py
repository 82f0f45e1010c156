"""The page of each card is well-formed HTML in a fixed order, and nothing that a card holds runs on it."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest

from cardwright.nodes import to_plain
from cardwright.sections import SECTIONS
from cardwright.sources.huggingface import split_front_matter
from cardwright.yamlmarks import read_yaml
from scripts.html_tree import read_html, squeeze, words
from tests.pages import DATA, FOLDERS, build, every_page, page_of, source_html


@every_page
def test_page_is_well_formed(folder: str, slug: str) -> None:
    entry = build(FOLDERS[folder])[slug][0]
    assert not [problem for problem in entry.problems if "failed" in problem.message]
    read_html(str(build(FOLDERS[folder])[slug][1].html), strict=True)


def test_the_order_of_sections() -> None:
    assert [section.id for section in SECTIONS] == (
        "metadata benchmarks files structure publication usage related support contributors license".split()
    )


@every_page
def test_sections_stand_in_order_and_are_not_empty(folder: str, slug: str) -> None:
    entry, page = page_of(folder, slug)
    sections = [e for e in page.find("section") if "cw-section" in e.attributes.get("class", "").split()]
    shown = [section.find("h2")[0].attributes["id"] for section in sections]
    order = [section.id for section in SECTIONS]
    assert shown == [name for name in order if name in shown]
    own = {squeeze(heading.text) for heading in source_html(entry).find("h1", "h2", "h3", "h4", "h5", "h6")}
    for section in sections:
        heading = section.find("h2")[0]
        if squeeze(heading.text).removesuffix("¶") not in own:  # a heading of the card's own is kept as it is
            assert words(section.text)[len(words(heading.text)) :], f"{heading.text} has nothing below it"


@every_page
def test_ids_are_unique_and_anchors_lead_somewhere(folder: str, slug: str) -> None:
    _, page = page_of(folder, slug)
    ids = [e.attributes["id"] for e in page.walk() if "id" in e.attributes]
    assert [name for name, times in Counter(ids).items() if times > 1] == []
    targets = {*ids, *(e.attributes["name"] for e in page.find("a") if "name" in e.attributes)}
    anchors = [e.attributes["href"] for e in page.find("a") if e.attributes.get("href", "").startswith("#")]
    assert [anchor for anchor in anchors if unquote(anchor[1:]) not in targets] == []


@every_page
def test_heading_levels_never_skip(folder: str, slug: str) -> None:
    _, page = page_of(folder, slug)
    levels = [int(heading.tag[1]) for heading in page.find("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(words(heading.text) or "¶" in heading.text for heading in page.find("h2", "h3", "h4", "h5", "h6"))


@every_page
def test_table_of_contents_names_headings_that_are_there(folder: str, slug: str) -> None:
    _, page = page_of(folder, slug)
    ids = {element.attributes.get("id") for element in page.walk()}
    for heading in build(FOLDERS[folder])[slug][1].headings:
        assert heading.id in ids
        assert "¶" not in heading.title


@every_page
def test_problems_stand_on_the_page(folder: str, slug: str) -> None:
    entry, page = page_of(folder, slug)
    shown = squeeze(page.text)
    for problem in entry.problems:
        assert f"{problem.mark.line}:{problem.mark.column}" in shown
        assert squeeze(problem.message) in shown


# Hostile values ------------------------------------------------------------------------------------------------------


def poison(value: object, poisoned: str) -> object:
    """The same fields with every value poisoned, `kind` left so that links keep their form."""
    if isinstance(value, dict):
        return {key: inner if key == "kind" else poison(inner, poisoned) for key, inner in value.items()}
    if isinstance(value, list):
        return [poison(inner, poisoned) for inner in value]
    return poisoned


@pytest.mark.parametrize(
    "poisoned",
    [
        '"><script>alert(1)</script>',
        "'><img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "[x](javascript:alert(1)) ![y](https://tracker.example/p.gif)",
        "https://x.example/\"onmouseover=alert(1) x='",
        "{{ 7 * 7 }} {% raw %}",
        "</code></pre></article><script>alert(1)</script>",
        "@misc{x, title = {<script>alert(1)</script>}, url = {javascript:alert(1)}}",
        "<!-- cardwright:edit --> \\0 &lt;script&gt;",
    ],
)
def test_poisoned_values_do_nothing(poisoned: str, tmp_path: Path) -> None:
    fields = read_yaml(split_front_matter((DATA / "cards" / "full.md").read_text(encoding="utf-8"))[0])[0]
    assert fields is not None
    front = json.dumps(poison(to_plain(fields), poisoned), ensure_ascii=False)
    (tmp_path / "x.md").write_text(f"---\n{front}\n---\n# {poisoned}\n\n## License\n\n{poisoned}\n", encoding="utf-8")
    ((_, page),) = build(tmp_path).values()
    tree = read_html(str(page.html), strict=True)
    assert not tree.find("script", "style", "iframe", "object", "form", "link", "meta", "base")
    for element in tree.walk():
        assert not [name for name in element.attributes if name.startswith("on") or name == "style"]
        for name in ("href", "src"):
            address = "".join(element.attributes.get(name, "").split()).lower()
            assert not address.startswith(("javascript:", "data:", "vbscript:"))
            assert not (name == "src" and re.match("https?:|//", address))


MANY = {
    "unknown keys": "{}x: v\n",
    "near misses": "licens{}: v\n",
    "rows": "general:\n - k{}: v\n",
    "keys of one row": "general:\n - a: 1\n   k{}: v\n",
    "bad files": "files:\n - {{path: ../{}}}\n",
    "files that are not there": "files:\n - path: a{}.onnx\n",
    "metrics": "model-index:\n - results:\n    - {{metrics: [{{type: m{}, value: 1}}]}}\n",
    "header keys": "api:\n  request:\n    headers:\n     - k{}: v\n",
    "publications": "publication:\n - title: T{}\n",
    "contacts": "support:\n - k{}\n",
}


@pytest.mark.parametrize("kind", MANY)
def test_many_values_take_time_and_space_in_proportion(kind: str, tmp_path: Path) -> None:
    *before, item = MANY[kind].splitlines(keepends=True)
    front = "".join(before) + "".join(item.format(number) for number in range(2000))
    (tmp_path / "x.md").write_text(f"---\n{front}---\n# Title\n", encoding="utf-8")
    start = time.process_time()
    ((_, page),) = build(tmp_path).values()
    assert time.process_time() - start < 10
    assert len(page.html) < 100 * len(front)
