"""Which files are cards: `data/discovery/<case>.txt` has the files of a folder, and below `--` the cards in it.

What is read of them: a folder `data/sources/<case>/` holds a card, and in `card.json` what `cardwright show` prints of
it, without the body, and what `cardwright check` prints.
"""

from __future__ import annotations

import errno
import json
import os
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from cardwright.cli import main
from cardwright.exports import EXPORTS
from cardwright.sources import READERS, SourceText, find_sources, read_source
from cardwright.sources.files import is_inside
from cardwright.sources.find import RESERVED_SLUGS, read_text

DATA = Path(__file__).parent / "data"
DISCOVERY = sorted(path.stem for path in (DATA / "discovery").glob("*.txt"))
CASES = sorted(path.parent.name for path in (DATA / "sources").glob("*/card.json"))
CONFIG = '{"meta": {"name": "x"}, "model": {"description": "y"}}'


# Which files are cards -----------------------------------------------------------------------------------------------


def make_files(root: Path, paths: list[str]) -> None:
    """Each path as a small card; one that ends in `/` as a folder, one in ` = text` with that text."""
    for path in paths:
        name, _, text = path.partition(" = ")
        target = root / name
        if name.endswith("/"):
            target.mkdir(parents=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text or (CONFIG if name.endswith("config.json") else f"# {name}\n"), encoding="utf-8")


def show_sources(root: Path) -> list[str]:
    sources, problems = find_sources(root)
    found = [f"{source.slug}: {source.path.relative_to(root).as_posix()}" for source in sources]
    return [*found, *map(str, problems)]


def test_there_are_cases() -> None:
    assert len(DISCOVERY) >= 15
    assert len(CASES) >= 35
    assert {case.split("-")[0] for case in CASES} == {"huggingface", "markdown", "marketplace", "modelhub", "zoo"}


@pytest.mark.parametrize("case", DISCOVERY)
def test_discovery(case: str, tmp_path: Path) -> None:
    files, _, expected = (DATA / "discovery" / f"{case}.txt").read_text(encoding="utf-8").partition("--\n")
    root = tmp_path / "cards"
    root.mkdir()
    make_files(root, files.splitlines())
    if sum(path.is_file() for path in root.rglob("*")) != sum(not line.endswith("/") for line in files.splitlines()):
        pytest.skip("this file system takes two of the names for one")
    assert show_sources(root) == expected.splitlines()


def test_no_card_takes_the_place_of_an_export() -> None:
    below_models = {export.uri.removeprefix("{models}/") for export in EXPORTS if export.uri.startswith("{models}/")}
    assert below_models and below_models <= RESERVED_SLUGS


def test_symlinks_lead_nowhere_outside(tmp_path: Path) -> None:
    root, outside = tmp_path / "cards", tmp_path / "outside"
    make_files(outside, ["README.md = # secret\n", "secret.md"])
    make_files(root, ["a/README.md", "b/notes.txt"])
    (root / "folder").symlink_to(outside, target_is_directory=True)
    (root / "single.md").symlink_to(outside / "secret.md")
    (root / "b" / "README.md").symlink_to(outside / "README.md")
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "ring.md").symlink_to(root / "ring.md")
    (root / "broken.md").symlink_to(root / "nothing")
    (root / "inside.md").symlink_to(root / "a" / "README.md")
    assert show_sources(root) == ["a: a/README.md", "inside: inside.md"]
    assert not is_inside(root / "b" / "README.md", root / "b")
    assert not is_inside(root / "ring.md", root)


def test_a_companion_outside_is_not_read(tmp_path: Path) -> None:
    make_files(tmp_path, ["secret.md = secret", "cards/a/config.json"])
    (tmp_path / "cards" / "a" / "README.md").symlink_to(tmp_path / "secret.md")
    (source,), _ = find_sources(tmp_path / "cards")
    text, problems = read_text(tmp_path / "cards", source)
    assert (dict(text.beside), problems) == ({}, ())


def test_what_is_no_file_is_no_card(tmp_path: Path) -> None:
    make_files(tmp_path, ["a/README.md", "b/", "folder.md/", "c/README.md/"])
    os.mkfifo(tmp_path / "b" / "README.md")
    os.mkfifo(tmp_path / "pipe.md")
    start = time.perf_counter()
    assert show_sources(tmp_path) == ["a: a/README.md"]
    assert time.perf_counter() - start < 5
    assert not is_inside(tmp_path / "pipe.md", tmp_path)


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_files(tmp_path, ["a/README.md", "b/README.md"])
    opened = Path.open

    def refuse(path: Path, *arguments: Any) -> Any:  # a mode of 0 would not stop root, as which CI may run
        if path.parent.name == "b":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return opened(path, *arguments)

    monkeypatch.setattr(Path, "open", refuse)
    sources, _ = find_sources(tmp_path)
    assert [source.slug for source in sources] == ["a", "b"]
    assert "cannot be read: Permission denied" in str(read_text(tmp_path, sources[1])[1])


def test_a_file_that_vanishes_is_a_problem(tmp_path: Path) -> None:
    make_files(tmp_path, ["a/README.md"])
    (source,), _ = find_sources(tmp_path)
    source.path.unlink()
    text, problems = read_text(tmp_path, source)
    assert text.text == ""
    assert [str(problem) for problem in problems] == [
        "a/README.md:1:1: cannot be read: No such file or directory (check its permissions)"
    ]


def test_a_file_that_is_too_large_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "big.md").write_bytes(b"x" * 4_000_001)
    (source,), _ = find_sources(tmp_path)
    text, problems = read_text(tmp_path, source)
    assert text.text == ""
    assert str(problems[0]) == "big.md:1:1: larger than 4,000,000 bytes (shorten the card)"


def test_what_is_no_utf_8_is_replaced_and_said(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"# a\n\nM\xf6we \xff\n")
    (source,), _ = find_sources(tmp_path)
    text, problems = read_text(tmp_path, source)
    assert text.text == "# a\n\nM\ufffdwe \ufffd\n"
    assert [str(problem) for problem in problems] == ["a.md:3:2: not UTF-8 here (save the file as UTF-8)"]


@pytest.mark.parametrize("root", ["nothing", "file.md"])
def test_a_folder_that_is_not_there_holds_nothing(root: str, tmp_path: Path) -> None:
    make_files(tmp_path, ["file.md"])
    assert find_sources(tmp_path / root) == ((), ())


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0\n\r"), min_size=1, max_size=6).filter(
    lambda name: name not in (".", "..") and " = " not in name and not name.endswith("/")
)


@given(st.lists(st.tuples(NAMES, st.booleans()), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_slugs_are_unique_addresses(tmp_path_factory: pytest.TempPathFactory, names: list[tuple[str, bool]]) -> None:
    root = tmp_path_factory.mktemp("cards")
    for name, single in names:
        path = root / f"{name}.md" if single else root / name / "README.md"
        if len(path.name.encode()) < 200 and not path.parent.is_file():
            path.parent.mkdir(exist_ok=True)
            path.write_text("# x", encoding="utf-8")
    sources, _ = find_sources(root)
    slugs = [source.slug.casefold() for source in sources]
    assert len(set(slugs)) == len(slugs)
    for slug in slugs:
        assert slug and slug.strip("-.") == slug and slug != "index"
        assert not set(slug) & set("/\\?#%: <>\"'&")


# What is read of them ------------------------------------------------------------------------------------------------


@cache
def read_all() -> dict[str, dict[str, Any]]:
    """Every case as `cardwright show` and `cardwright check` print it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(DATA)
        shown = CliRunner().invoke(main, ["show", "sources", "--json"], catch_exceptions=False)
        checked = CliRunner().invoke(main, ["check", "sources"], catch_exceptions=False)
    cards = {card["source"].split("/")[0]: card for card in json.loads(shown.stdout)}
    problems = [line.removeprefix("sources/") for line in checked.stdout.splitlines()]
    for case, card in cards.items():
        del card["body"]
        card["problems"] = [line for line in problems if line.startswith(f"{case}/")]
    return cards


def test_every_folder_is_a_card() -> None:
    assert sorted(read_all()) == CASES
    assert set(CASES) == {path.name for path in (DATA / "sources").iterdir()}


@pytest.mark.parametrize("case", CASES)
def test_case(case: str) -> None:
    expected = json.loads((DATA / "sources" / case / "card.json").read_text(encoding="utf-8"))
    assert read_all()[case] == expected
    assert list(read_all()[case]) == list(expected)


@pytest.mark.parametrize("case", CASES)
def test_case_is_recognised_by_one_format(case: str) -> None:
    formats = {"zoo": "onnx-zoo"}
    name = case.split("-")[0]
    assert read_all()[case]["format"] == formats.get(name, name)


def test_the_last_reader_takes_anything() -> None:
    assert all(READERS[-1].recognises(SourceText("x.md", text)) for text in ("", "\0", "---\na: b\n---\n"))
    assert len({reader.label for reader in READERS}) == len(READERS)


PIECES = st.sampled_from(
    [
        *("---\n", "a: b\n", "# T\n", "## Overview\n", "## Highlights\n", "## Benchmarking\n", "## Usage\n", "text\n"),
        *("## Model\n", "## Meta Data\n", "## Publication\n", "|||\n|-|-|\n", "|name|x|\n", "| Key | Value |\n|-|-|\n"),
        *("|Model|Download|Opset version|\n|-|-|-|\n", "|m|[1 MB](x.onnx)|7|\n", "||\n", "|\n", "## Dataset\n", "\n"),
        *(
            "## License\nMIT\n",
            "## Contributors\n* [a](b) (c)\n",
            "**General**\n\n",
            "[n](https://x.example)\n",
            "\ufeff",
        ),
        *(
            "## Model support\n",
            "mail@x.example wechat: a\n",
            "<details>\n",
            "| Datasets | Metrics |\n|-|-|\n",
            "|d|a: 1|\n",
        ),
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join) | st.text())
@settings(max_examples=400, deadline=None)
def test_any_text_is_read(text: str) -> None:
    raw = read_source(SourceText("x/README.md", text))
    assert raw.format in {reader.format for reader in READERS}
    lines = raw.body.markdown.count("\n") + 1
    assert all(1 <= lift.first_line <= lift.last_line <= lines for lift in raw.lifts)


@given(
    st.text() | st.lists(st.sampled_from(['{"meta": {', '"model": {', "}", '"a": 1', ",", "\n", "[", "]"])).map("".join)
)
@settings(max_examples=300, deadline=None)
def test_any_config_is_read(text: str) -> None:
    text = f'{{"meta": {{"name": "x"}}, "model": {{}}, "publication": {{}}, "x": {text}}}'
    raw = read_source(SourceText("x/config.json", text, {"README.md": text}))
    assert raw.format == "modelhub"
