"""What is made from all cards together is the same whether they are at hand whole or in brief."""

from pathlib import Path

import pytest

from cardwright.addresses import Addresses
from cardwright.brief import keep, make_brief, open_whole
from cardwright.entry import Entry
from cardwright.facts import Inspector
from cardwright.making import Setting
from cardwright.pages import PageStyle
from cardwright.site import list_cards, load_card, make_exports, make_plan, make_views

ROOT = Path(__file__).parent.parent
FOLDERS = [
    ROOT / "cards",
    *(ROOT / "tests/data" / name for name in "cards hostile leaderboards references sources".split()),
]
ADDRESSES = Addresses("models", site_url="https://example.org/site/", site_name="Models")


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda path: path.name)
def cards(request: pytest.FixtureRequest) -> tuple[Path, tuple[Entry, ...]]:
    folder = request.param
    with Inspector() as inspector:
        found = tuple(
            load_card(folder, "cards", source, inspector.inspect, None) for source in list_cards(folder, "cards")[0]
        )
    assert len(found) > 3
    return folder, found


def make_together(folder: Path, entries: tuple[Entry, ...]) -> list[object]:
    plan = make_plan(entries, (), "cards", ADDRESSES)
    setting = Setting(folder, "cards", ADDRESSES, PageStyle(), plan.known, has_feed=True)
    views = [
        (page.uri, page.title, page.description, page.html, page.head) for page in make_views(plan.entries, setting)
    ]
    beside = [(entry.results, entry.related, entry.change, entry.problems) for entry in plan.entries]
    return [views, make_exports(plan, ADDRESSES, has_viewer_files=False), plan.problems, plan.known, beside]


def test_views_and_exports_need_the_brief_alone(
    cards: tuple[Path, tuple[Entry, ...]], caplog: pytest.LogCaptureFixture
) -> None:
    folder, entries = cards
    for made, expected in zip(
        make_together(folder, tuple(map(make_brief, entries))), make_together(folder, entries), strict=True
    ):
        assert made == expected
    assert not [record for record in caplog.records if "failed on" in record.message]


def test_a_brief_has_no_text_and_the_whole_card_has_all_of_it(cards: tuple[Path, tuple[Entry, ...]]) -> None:
    for entry in cards[1]:
        kept = keep(entry)
        assert not (kept.brief.prose or kept.brief.bibtex_blocks or kept.brief.raw.body.markdown)
        again = open_whole(kept, kept.brief)
        assert (again.card, again.misfits, again.raw.fields) == (entry.card, entry.misfits, entry.raw.fields)
        assert (again.prose, again.publications, again.bibtex_blocks) == (
            entry.prose,
            entry.publications,
            entry.bibtex_blocks,
        )
        assert keep(again).brief == kept.brief
