"""Leaderboards: `data/leaderboards/<case>/*.md` are cards, `boards.txt` what is compared and in which order.

A case may have a `metrics.toml` of its own, as a site may. `data/metrics-files/<case>.toml` are such files, and
`<case>.txt` what is wrong with them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardwright.addresses import Addresses
from cardwright.benchmarks import built_in, collect_results, read_vocabulary
from cardwright.benchmarks.vocabulary import make_vocabulary
from cardwright.boards import BOARDS_URI, Board, Row, find_boards, find_front, rank
from cardwright.boards.find import MAX_BOARDS
from cardwright.boards.plot import Point, draw_plot
from cardwright.card import Card
from cardwright.entry import Entry
from cardwright.facts import Facts, FactsError, inspect
from cardwright.pages import Page, PageStyle
from cardwright.site import build_site, read_cards
from cardwright.views.leaderboards import make_leaderboards
from scripts.html_tree import read_html
from tests.sites import ROOT, Links, build_well, dead_links, make_project, name_on, said
from tests.sites import build as build_project

DATA = Path(__file__).parent / "data" / "leaderboards"
FILES = DATA.parent / "metrics-files"
CASES = sorted(path.name for path in DATA.iterdir())


def no_file(path: Path | str, dims: Mapping[str, int], within: Path) -> Facts:
    raise FactsError("not there", "")


def read_case(case: str) -> tuple[Entry, ...]:
    own = DATA / case / "metrics.toml"
    vocabulary, problems = read_vocabulary(own, "metrics.toml") if own.is_file() else (built_in(), ())
    assert not problems
    return read_cards(DATA / case, case, no_file, vocabulary)[0]


def show_board(board: Board) -> Iterator[str]:
    for table in board.tables:
        of = table.of
        yield " | ".join(["", board.uri, of.task, of.config, of.split, of.settings, of.unit, of.better or ""])
        yield from map(show_row, (*table.rows, *table.unranked))


def show_row(row: Row) -> str:
    result = row.result
    place = f"{row.rank}{'*' if row.best else ''}" if row.rank else "-"
    model = f" ({result.model})" if result.model not in ("", row.entry.name) else ""
    read = f"{row.number:g}" if row.number is not None else result.comparison.doubt if result.comparison else ""
    return f"{place} {row.entry.name}{model}: {result.value.text} = {read}"


def show_case(case: str) -> str:
    found = find_boards(read_case(case))
    lines = [line for board in found.boards for line in show_board(board)]
    lines += ["", f"alone {found.alone}, over {found.over}, unknown {dict(found.unknown)}"]
    return "\n".join(lines).strip("\n") + "\n"


@pytest.mark.parametrize("case", CASES)
def test_boards(case: str) -> None:
    assert show_case(case) == (DATA / case / "boards.txt").read_text(encoding="utf-8")


# Pages ---------------------------------------------------------------------------------------------------------------


@cache
def build(case: str) -> dict[str, Page]:
    """The pages of a case, or of the example cards."""
    folder, read = (ROOT / "cards", inspect) if case == "examples" else (DATA / case, no_file)
    site = build_site(folder, "cards", Addresses("models"), PageStyle("¶"), read)
    return {page.uri: page for page in site.pages}


@pytest.mark.parametrize("case", [*CASES, "examples"])
def test_pages_are_whole_and_safe(case: str) -> None:
    pages = build(case)
    addresses = Addresses("models")
    known = {addresses.view(uri): Links(page.html).ids for uri, page in pages.items()}
    for uri, page in pages.items():
        if not uri.startswith(BOARDS_URI):
            continue
        tree = read_html(page.html, strict=True)
        names = {name for element in tree.walk() for name in element.attributes}
        assert not tree.find("script", "img", "style")
        assert not [element for element in tree.find("i", "b") if "class" not in element.attributes]
        assert not [name for name in names if name.startswith("on") or name == "style"]
        ids = [element.attributes["id"] for element in tree.walk() if "id" in element.attributes]
        assert len(ids) == len(set(ids))
        for url in Links(page.html).urls:
            path, _, anchor = url.partition("#")
            target = posixpath.normpath(posixpath.join(addresses.view(uri), path)) + "/"
            assert anchor in known[target if path else addresses.view(uri)], url


def test_error_and_accuracy_are_ordered_each_its_way() -> None:
    pages = build("errors-and-accuracy")
    for metric, first, second in (("top-1-accuracy", "Beta", "Gamma"), ("top-1-error", "Alpha", "Gamma")):
        (table,) = read_html(pages[f"benchmarks/imagenet-1k/{metric}"].html).find("table")
        rows = [row.text.split() for row in table.find("tr")[1:]]
        assert [row[:2] for row in rows] == [["1", first], ["2", second]]
        assert ["best" in row for row in rows] == [True, False]


def test_card_says_its_rank() -> None:
    html = build("errors-and-accuracy")["models/front"].html
    assert re.findall(r'href="([^"]+)"[^>]*>(\d of \d)<', html) == [
        ("../../benchmarks/imagenet-1k/top-1-accuracy/#table-1", "2 of 2"),
        ("../../benchmarks/imagenet-1k/top-1-error/#table-1", "2 of 2"),
    ]


def test_reading_of_a_value_is_shown_beside_it() -> None:
    (table,) = read_html(build("scales")["benchmarks/cifar-10/accuracy"].html).find("table")
    cells = {row.find("th")[0].text.strip(): row.find("td")[1].text.split() for row in table.find("tr")[1:]}
    assert cells["A"] == "0.85 read as 85 %".split()
    assert cells["B"] == ["71"]


def test_no_board_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "plain.md").write_text("# Plain\n")
    site = build_site(tmp_path, "cards", Addresses("models"), PageStyle(), no_file)
    (page,) = (page for page in site.pages if page.uri.startswith(BOARDS_URI))
    assert page.uri == "benchmarks/index" and "No leaderboard yet" in page.html


# Plots ---------------------------------------------------------------------------------------------------------------


def test_examples_are_plotted_with_their_front() -> None:
    html = build("examples")["benchmarks/imagenet-1k/top-1-accuracy"].html
    tree = read_html(html)
    assert [svg.find("title")[0].text.strip() for svg in tree.find("svg")] == [
        "Top-1 accuracy (%) against parameters",
        "Top-1 accuracy (%) against MACs",
    ]  # and none against the size: the files have the structure only
    assert [len(svg.find("circle")) for svg in tree.find("svg")] == [2, 2]
    assert "25.5\u00a0M" in html and "3.5\u00a0M" in html


def make_rows(costs: list[tuple[int, float]]) -> tuple[list[Row], dict[int, int]]:
    metrics = [{"name": "Top-1 accuracy (%)", "value": str(value)} for _, value in costs]
    card = Card.model_validate({"model-index": [{"results": [{"dataset": "imagenet", "metrics": metrics}]}]})
    entry = replace(read_case("rewards")[0], card=card, results=collect_results(card))
    return [Row(entry, index) for index in range(len(costs))], {i: cost for i, (cost, _) in enumerate(costs)}


@pytest.mark.parametrize(
    ("costs", "better", "front"),
    [
        ([(1, 50), (2, 60), (3, 55), (4, 70)], "higher", {0, 1, 3}),
        ([(1, 50), (2, 60), (3, 55), (4, 40)], "lower", {0, 3}),
        ([(1, 50), (1, 60)], "higher", {1}),
        ([(1, 50), (1, 50), (2, 50)], "higher", {0, 1}),
        ([(0, 90), (2, 50)], "higher", {1}),
        ([], "higher", set()),
    ],
)
def test_front(costs: list[tuple[int, float]], better: str, front: set[int]) -> None:
    rows, cost = make_rows(costs)
    assert find_front(rows, lambda row: cost[row.index], better) == front


@given(st.lists(st.tuples(st.floats(1, 1e15), st.floats(-1e299, 1e299), st.text(max_size=5)), max_size=30))
@settings(max_examples=200, deadline=None)
def test_any_points_are_drawn_inside(values: list[tuple[float, float, str]]) -> None:
    points = [Point(x, y, name, 1, True) for x, y, name in values]
    svg = draw_plot(points, "<x>", "<y>", str, "k")
    assert bool(svg) == (len({(x, y) for x, y, _ in values}) > 1)
    for circle in read_html(svg, strict=True).find("circle"):
        assert 0 <= float(circle.attributes["cx"]) <= 340 and 0 <= float(circle.attributes["cy"]) <= 236


# Bounds --------------------------------------------------------------------------------------------------------------


def make_entries(cards: int, results: list[dict[str, object]]) -> tuple[Entry, ...]:
    card = Card.model_validate({"model-index": [{"name": "m" * 500, "results": results}]})
    entry = replace(read_case("rewards")[0], card=card, results=collect_results(card))
    slugs = (replace(entry.source, slug=f"s{number}") for number in range(cards))
    return tuple(replace(entry, source=source, name=f"{'<&' * 60}{source.slug}") for source in slugs)


def result(dataset: str, metric: str, *values: object) -> dict[str, object]:
    return {"dataset": dataset, "metrics": [{"name": metric, "value": str(value)} for value in values]}


@pytest.mark.parametrize("values", [[1.5], [number / 11 + 2 for number in range(1000)]])
def test_a_page_stays_small(values: list[float]) -> None:
    index, page = make_leaderboards(
        make_entries(300, [result("imagenet", "Top-1 accuracy", *values)]), Addresses("models"), PageStyle()
    )
    assert len(page.html.encode()) < 72_000  # the theme adds 25 kB
    assert "are shown" in page.html
    assert len(index.html.encode()) < 75_000


def test_there_are_so_many_boards_and_no_more() -> None:
    entries = make_entries(2, [result(f"data {number}", "Accuracy", 0.5) for number in range(MAX_BOARDS + 7)])
    index, *pages = make_leaderboards(entries, Addresses("models"), PageStyle())
    assert len(pages) == MAX_BOARDS and "7 further pairs" in index.html
    assert len(index.html.encode()) < 75_000


@given(st.lists(st.text(min_size=1, max_size=80), min_size=1, max_size=8, unique=True))
@settings(max_examples=100, deadline=None)
def test_any_names_have_addresses(names: list[str]) -> None:
    boards = find_boards(make_entries(2, [result(name, f"{name} accuracy", 0.5) for name in names])).boards
    uris = [board.uri for board in boards]
    assert len(set(uris)) == len(uris)
    assert all(re.fullmatch(r"benchmarks/[a-z0-9-]{1,80}/[a-z0-9-]{1,80}", uri) for uri in uris)


def test_ranks_are_those_of_the_boards() -> None:
    entries = rank(read_case("scales"))
    places = {(e.name, r.metric): r.standing.rank for e in entries for r in e.results if r.standing}
    assert places["C", "Accuracy"] == 2 and ("C", "WER") not in places


# The file of metrics -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", sorted(path.stem for path in FILES.glob("*.toml")))
def test_problems_of_a_file(case: str) -> None:
    _, problems = read_vocabulary(FILES / f"{case}.toml", f"{case}.toml")
    assert "".join(f"{problem}\n" for problem in problems) == (FILES / f"{case}.txt").read_text()


def test_file_that_is_not_there(tmp_path: Path) -> None:
    _, (problem,) = read_vocabulary(tmp_path / "none.toml", "none.toml")
    assert str(problem) == "none.toml:1:1: metrics: there is no such file (make it, or remove the option metrics)"


@given(st.text() | st.lists(st.sampled_from(["[[metric]]\n", "name = 'x'\n", "better = 'lower'\n", "[["])).map("".join))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_file(text: str) -> None:
    make_vocabulary(text, built_in())


def test_what_is_known_has_no_problem() -> None:
    text = resources.files("cardwright.benchmarks").joinpath("metrics.toml").read_text(encoding="utf-8")
    assert make_vocabulary(text)[1] == ()


def rated(value: str) -> str:
    """A card with one result, on data and of a metric that only the site knows."""
    metric = f"metrics: [{{name: Sharpness, value: {value}}}]"
    return f"---\nmodel-index: [{{name: N, results: [{{dataset: House photos, {metric}}}]}}]\n---\n"


def test_metrics_of_the_site(tmp_path: Path) -> None:
    cards: dict[str, str | bytes] = {"one.md": rated("3"), "two.md": rated("4")}
    project = make_project(tmp_path, cards, extra={"cardwright": {"metrics": "own.toml"}}, docs={"index.md": "# Home"})
    line = "ERROR   -  own.toml:1:1: metrics: there is no such file (make it, or remove the option metrics)"
    assert said(build_project(project)) == [line]
    (project / "own.toml").write_text('[[metric]]\nname = "Sharpness"\nbetter = "less"\n')
    assert said(build_project(project))[0].startswith(
        "ERROR   -  own.toml:1:1: metric `Sharpness`: better: `less` is neither"
    )
    (project / "own.toml").write_text('[[metric]]\nname = "Sharpness"\nbetter = "higher"\n')
    made = build_well(project)
    assert name_on(made / "benchmarks/house-photos/sharpness/index.html") == "Sharpness on House photos"
    assert not list(dead_links(made))
    assert "house-photos" not in re.split(r"<main", (made / "index.html").read_text())[0]  # not in the nav
