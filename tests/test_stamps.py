"""Cards are known by the files that they may be made of."""

from collections import Counter
from pathlib import Path

import pytest

from cardwright.sources import CardSource, find_sources
from cardwright.stamps import CardStamp, digest_files, stamp_cards, stamp_tree

COUNT = 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Cards that are files among others."""
    for number in range(COUNT):
        (tmp_path / f"net-{number}.md").write_text(f"# Net {number}\n")
        (tmp_path / f"net-{number}.bin").write_bytes(b"weights")
    return tmp_path


def stamp(folder: Path) -> dict[CardSource, CardStamp]:
    return stamp_cards(folder, find_sources(folder)[0], stamp_tree(folder))


def digest(folder: Path) -> dict[str, str]:
    return {source.slug: digest_files(found, folder, str) for source, found in stamp(folder).items()}


def test_what_many_cards_share_is_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: Counter[str] = Counter()
    read = Path.read_bytes
    stamps = stamp(folder)

    def count(path: Path) -> bytes:
        reads[path.name] += 1
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", count)
    assert len({digest_files(found, folder, str) for found in stamps.values()}) == COUNT
    assert reads == {f"net-{number}{ending}": 1 for number in range(COUNT) for ending in (".md", ".bin")}


def test_a_text_is_of_its_card_and_another_file_of_all(folder: Path) -> None:
    before, stamps = digest(folder), stamp(folder)
    (folder / "net-3.md").write_text("# Another\n")
    after, again = digest(folder), stamp(folder)
    assert [slug for slug, found in after.items() if found != before[slug]] == ["net-3"]
    assert [source.slug for source, found in again.items() if found != stamps[source]] == ["net-3"]
    (folder / "net-4.bin").write_bytes(b"other weights")
    assert not set(digest(folder).items()) & set(after.items())
    assert all(found != again[source] for source, found in stamp(folder).items())
