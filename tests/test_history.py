"""Dates and editors of cards, from real repositories."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cardwright.entry import Change
from cardwright.history import History, add_changes, iso_time, parse_log, read_history
from cardwright.site import read_cards
from tests.sites import build_well, make_project, write


def git(folder: Path, *arguments: str, **environment: str) -> None:
    plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    named = {"GIT_AUTHOR_EMAIL": "secret@example.org", "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@c.c"}
    subprocess.run(
        ["git", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        env={**os.environ, **plain, **named, **environment},
    )


def commit(folder: Path, author: str, date: str, files: dict[str, str | bytes]) -> None:
    write(folder, files)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "a\n\nb", GIT_AUTHOR_NAME=author, GIT_AUTHOR_DATE=date)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    cards: dict[str, str | bytes] = {"net/README.md": "# Net\n", "net/a b é\n.txt": "1", "lone.md": "# Lone\n"}
    commit(
        tmp_path, 'Ann "B" Ö', "2020-05-01T12:00:00+02:00", {f"site/cards/{name}": text for name, text in cards.items()}
    )
    commit(tmp_path, "Bo", "2021-06-01T00:30:00+00:00", {"site/cards/net/a b é\n.txt": "2"})
    commit(tmp_path, "Bo", "2022-01-01T00:00:00+00:00", {"site/docs/index.md": "# Home\n"})
    commit(tmp_path, "Bo", "2020-01-01T00:00:00-03:30", {"site/cards/net/README.md": "# Net\n\nMore.\n"})
    return tmp_path


def test_cards_that_look_like_a_repository_bring_no_settings(repository: Path) -> None:
    """Git takes a folder with these files for a bare repository, and its settings can name programs to run."""
    ran = repository / "ran"
    write(
        repository / "site/cards",
        {
            "HEAD": "ref: refs/heads/main\n",
            "refs/heads/main": "1" * 40 + "\n",
            "objects/x": "",
            "config": "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tpartialClone = origin\n"
            f'[remote "origin"]\n\turl = {repository}\n\tpromisor = true\n\tuploadpack = touch {ran}; false\n',
        },
    )
    assert read_history(repository / "site/cards") == History()
    assert not ran.exists()


def test_last_change_of_each_card(repository: Path) -> None:
    cards = repository / "site/cards"
    history = read_history(cards)
    net = Change("2021-06-01T00:30:00Z", ("Bo", 'Ann "B" Ö'))
    assert (history.changes["net"], history.changes["net/a b é\n.txt"].time) == (net, net.time)
    assert not [path for path in history.changes if "docs" in path or "site" in path]
    entries, _ = read_cards(cards, "cards", lambda *_: pytest.fail("no model is here"))
    made = {entry.slug: entry.change for entry in add_changes(entries, history)}
    assert made == {"net": net, "lone": Change("2020-05-01T12:00:00+02:00", ('Ann "B" Ö',))}
    assert "secret" not in repr(history)


def test_one_log_for_a_state(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cards, asked, run = repository / "site/cards", list[list[str]](), subprocess.run

    def watch(command: list[str], **settings: Any) -> Any:
        asked.append(command)
        return run(command, **settings)

    monkeypatch.setattr(subprocess, "run", watch)
    first = read_history(cards)
    assert read_history(cards) is first
    assert sum("log" in command for command in asked) == 1 and len(asked) == 3
    commit(repository, "Cy", "2023-01-01T00:00:00+00:00", {"site/cards/lone.md": "# New\n"})
    assert read_history(cards).changes["lone.md"].day == "2023-01-01"


def test_where_git_cannot_tell(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    git(elsewhere, "clone", "-q", "--depth", "1", repository.as_uri(), "shallow")
    git(elsewhere, "init", "-q", "empty")
    for folder in (elsewhere / "shallow/site/cards", elsewhere / "empty", elsewhere, elsewhere / "nowhere"):
        assert read_history(folder) == History()
    git(elsewhere, "clone", "-q", repository.as_uri(), "whole")
    assert read_history(elsewhere / "whole/site/cards").changes["net"].day == "2021-06-01"


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert read_history(repository / "site/cards") == History()


@pytest.mark.parametrize("text", ["", "\x01", "\x01x\0y", "\x01-5\t1970\tA\0a", "\x01 1\tnever\tA\0\na\0", "a\0b"])
def test_a_log_that_says_nothing(text: str) -> None:
    assert parse_log(text) == History()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-05-01", "2024-05-01T00:00:00Z"),
        (" 2024-05-01 ", "2024-05-01T00:00:00Z"),
        ("2024-05-01 09:30", "2024-05-01T09:30:00Z"),
        ("2024-05-01T09:30:05.123Z", "2024-05-01T09:30:05Z"),
        ("2024-05-01T09:30:05+0200", "2024-05-01T09:30:05+02:00"),
        ("2024-05-01T09:30:05-00:00", "2024-05-01T09:30:05Z"),
        ("2024-13-01", ""),
        ("2024-02-30", ""),
        ("2024-05-01T25:00", ""),
        ("2024-05-01T09:30:05+99:00", ""),
        ("2024-05", ""),
        ("May 2024", ""),
        ("\u0662\u0660\u0662\u0664-05-01", ""),
        ("", ""),
        (None, ""),
        (["2024-05-01"], ""),
    ],
)
def test_dates_as_cards_write_them(written: object, read: str) -> None:
    assert iso_time(written) == read


def test_the_date_of_the_card_counts_first(repository: Path) -> None:
    cards = repository / "site/cards"
    write(cards, {"net/README.md": "---\ndate: 2019-01-01\nlast_modified: 2019-02-02\nupdated: soon\n---\n# Net\n"})
    entries, _ = read_cards(cards, "cards", lambda *_: pytest.fail("no model is here"))
    made = {entry.slug: entry.change for entry in add_changes(entries, read_history(cards))}
    assert made["net"] == Change("2019-02-02T00:00:00Z", ("Bo", 'Ann "B" Ö'))


def test_a_site_in_a_repository(tmp_path: Path) -> None:
    project = make_project(
        tmp_path, {"net/README.md": "# Net\n"}, {"index.md": "# Home\n"}, site_url="https://example.org/"
    )
    git(project, "init", "-q")
    commit(project, "Ann & Co", "2021-06-01T00:30:00+02:00", {})
    made = build_well(project)
    last = '<time datetime="2021-06-01T00:30:00+02:00">2021-06-01</time> by Ann &amp; Co'
    page = (made / "models/net/index.html").read_text()
    assert last in page and "secret@" not in page
    assert "<lastmod>2021-06-01</lastmod>" in (made / "sitemap.xml").read_text()
    feed = (made / "models/feed.xml").read_text()
    assert "<updated>2021-06-01T00:30:00+02:00</updated>" in feed and "<name>Ann &amp; Co</name>" in feed
