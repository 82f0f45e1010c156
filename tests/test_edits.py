"""A site that follows its edits is the site that is built anew, byte for byte; see `benchmarks/edits.py` for 500."""

from pathlib import Path

import pytest

from tests.edits import EDITS, EditedSite


@pytest.fixture(autouse=True)
def no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """MkDocs' own theme writes the time of the build into a page."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")


@pytest.mark.parametrize("seed", range(3))
def test_a_site_that_follows_its_edits_is_the_one_built_anew(tmp_path: Path, seed: int) -> None:
    site = EditedSite(tmp_path, seed)
    for number in range(12):
        kind = site.edit()
        site.follow()
        assert not site.differences(), f"edit {number}, {kind}"


def test_edits_of_every_kind_are_followed(tmp_path: Path) -> None:
    site = EditedSite(tmp_path, 7)
    for kind in dict.fromkeys(EDITS):
        kind(site)
        site.follow()
        assert not site.differences(), kind.__name__
    assert site.refreshed > 5 and site.built > 5
