"""What a card cites: `data/publications/<case>/` is a card, its `expected.txt` has the publications, then the problems.

All cases together are one site, so that keys of one card meet those of another.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path

import pytest

from cardwright.entry import PublicationEntry
from scripts.html_tree import read_html
from tests.pages import build

DATA = Path(__file__).parent / "data" / "publications"
CASES = sorted(path.name for path in DATA.iterdir())


def show(publication: PublicationEntry) -> str:
    place = f"{publication.path}:{publication.line}{' in text' if publication.is_in_text else ''}"
    return f"{publication.key} {place}: {publication.reference.text}"


@pytest.mark.parametrize("case", CASES)
def test_publications_of_a_card(case: str) -> None:
    entry, _ = build(DATA)[case]
    problems = [str(problem).removeprefix("cards/") for problem in entry.problems]
    expected = (DATA / case / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert [*map(show, entry.publications), *problems] == expected
    assert {problem.severity for problem in entry.problems} <= {"warning"}


@pytest.mark.parametrize("case", CASES)
def test_each_is_shown_once_with_reference_and_bibtex(case: str) -> None:
    entry, page = build(DATA)[case]
    tree = read_html(str(page.html), strict=True)
    code = Counter(re.findall(r"@\w+\{(\w+)", " ".join(element.text for element in tree.find("pre"))))
    written = [
        key for block in re.findall(r"@\w+\{(\w+),", entry.raw.body.markdown) for key in [block] if key != "inline"
    ]
    stated = [publication.key for publication in entry.publications if not publication.is_in_text]
    assert code == Counter([*written, *stated])
    references = {
        element.text.strip() for element in tree.find("p") if element.attributes.get("class") == "cw-reference"
    }
    pure = {publication for block in entry.bibtex_blocks.values() for publication in block}
    assert {p.reference.text for p in entry.publications if not p.is_in_text or p in pure} <= references


def test_a_block_is_shown_as_written() -> None:
    _, page = build(DATA)["fences"]
    shown = [element.verbatim.strip() for element in read_html(str(page.html), strict=True).find("pre")]
    assert shown[1] == (
        '@Article{two,\n  title   = {Tw{\\"o} & <b>half</b>},\n'
        "  author  = {Example, Ada and Beispiel, Bo},\n  journal = {Journal of Rooks},\n  year    = 2020\n}"
    )


def test_a_block_stands_where_its_author_put_it() -> None:
    _, page = build(DATA)["fences"]
    shown = " ".join(read_html(str(page.html), strict=True).text.split())
    assert re.search(r"How to cite.*One\. .*and.*Twö.*or.*Three .*Details.*Four .*Five ", shown)


HOSTILE = [
    "```bibtex\n@misc{<img src=x onerror=alert(1)>, title={</code></pre><script>alert(1)</script>}}\n```\n",
    "```bibtex\n@misc{x, url={javascript:alert(1)}, title={{{ 7*7 }}}, note={\\url{javascript:alert(1)}}}\n```\n",
    "```bib\n@misc{x, title={" + "{" * 5000 + "\n```\n",
    "```\n@misc{a, title={x}}\n```\n" * 3000,
    "```\n" + "@misc{a, title={x}}\n" * 9000 + "```\n",
    "```\n" + "@string{a = b # b}\n" * 9000 + "```\n",
    "<pre\n" * 40_000,
    "<pre><code\n" * 20_000,
    "<pre><code>@misc{a, title={x}}" * 8000,
    "```\n@" + "misc{" * 40_000 + "\n```\n",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_blocks_do_nothing_and_take_no_time(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text(f"# Rook\n\n## Citation\n\n{text}", encoding="utf-8")
    start = time.process_time()
    ((entry, page),) = build(tmp_path).values()
    assert time.process_time() - start < 10
    assert not [problem for problem in entry.problems if "failed" in problem.message]
    tree = read_html(str(page.html), strict=len(text) < 10_000)
    assert not tree.find("script", "iframe")
    for element in tree.walk():
        assert not [name for name in element.attributes if name.startswith("on")]
        assert not element.attributes.get("href", "").lower().startswith("javascript")
