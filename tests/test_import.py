"""`cardwright convert` and `cardwright import`: what they write, what they leave alone, what they say."""

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cardwright.cli import main
from cardwright.entry import Entry
from cardwright.facts import inspect
from cardwright.site import read_cards
from tests.sites import MODEL, write

CARDS = Path(__file__).parent / "data/convert/cards"


@pytest.fixture(autouse=True)
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(CARDS, tmp_path / "cards")
    return tmp_path / "cards"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [os.fspath(argument) for argument in arguments])


def read(folder: Path) -> dict[str, Entry]:
    return {entry.slug: entry for entry in read_cards(folder, "cards", inspect)[0]}


# convert --------------------------------------------------------------------------------------------------------------


def test_a_card_goes_to_the_terminal_or_a_file() -> None:
    shown = run("convert", "cards/wren", "--to", "huggingface")
    assert (shown.exit_code, shown.output) == (0, (CARDS / "wren/README.md").read_text())
    written = run("convert", "cards/wren", "--to", "modelhub", "--output", "config.json")
    assert (written.exit_code, written.output) == (0, "")
    assert json.loads(Path("config.json").read_text())["model"]["format"] == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("cards", "--to", "huggingface"),
            "Error: cards holds 11 cards, and a README.md is one card: name one of them, e.g. --name duck-l.\n",
        ),
        (("cards/robin", "--to", "bibtex"), "Error: cards/robin states nothing to write as BibTeX.\n"),
        (
            ("cards/wren", "--to", "bibtex", "--output", "cards/wren/README.md"),
            "Error: cards/wren states nothing to write as BibTeX.\n",
        ),
        (
            ("cards/wren", "--to", "huggingface", "--output", "cards/wren/README.md"),
            "Error: cards/wren/README.md is the card itself: name another file.\n",
        ),
        (
            ("cards/wren", "--to", "huggingface", "--output", "nowhere/README.md"),
            "Error: nowhere/README.md cannot be written: No such file or directory.\n",
        ),
    ],
)
def test_what_cannot_be_written_is_said(arguments: tuple[str, ...], said: str) -> None:
    done = run("convert", *arguments)
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", said)


def test_a_card_that_cannot_be_read_is_not_converted(cards: Path) -> None:
    write(cards, {"bad/README.md": "---\na: [\n---\n# Bad\n", "none/notes.txt": ""})
    done = run("convert", "cards/bad", "--to", "modelhub")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines()[0].startswith("cards/bad/README.md:3:1: not valid YAML")
    assert done.stderr.splitlines()[-1] == "Error: README.md cannot be read, so it is not converted: mend it first."
    assert run("convert", "cards/bad", "--to", "huggingface").stdout == "---\na: [\n---\n# Bad\n"
    assert run("convert", "cards/none", "--to", "bibtex").stderr == "Error: cards/none holds no card.\n"


def test_one_of_several_cards() -> None:
    done = run("convert", "cards/swift/metafile.yml", "--name", "swift-l", "--to", "huggingface")
    assert done.exit_code == 0 and done.stdout.startswith("---\nmodel_name: swift-l\n")
    done = run("convert", "cards/swift/metafile.yml", "--name", "crow", "--to", "huggingface")
    assert done.stderr == "Error: cards/swift/metafile.yml holds no card called crow.\n"


def test_an_unknown_format_is_a_wrong_use() -> None:
    done = run("convert", "cards/wren", "--to", "pdf")
    assert done.exit_code == 2 and "huggingface" in done.stderr


# import ---------------------------------------------------------------------------------------------------------------


def test_imported_cards_are_the_same_cards(cards: Path) -> None:
    write(cards, {"zoo/model.onnx": MODEL, "deep/er/stork/README.md": "# Stork\n\n[Wren](../../../wren/README.md)\n"})
    before = {path: path.read_bytes() for path in cards.rglob("*") if path.is_file()}
    done = run("import", "cards")
    assert (done.exit_code, done.output) == (0, "12 cards written to cards-imported\n".replace("cards-", f"{cards}-"))
    assert {path: path.read_bytes() for path in cards.rglob("*") if path.is_file()} == before
    old, new = read(cards), read(Path("cards-imported"))
    assert old.keys() == new.keys()
    for slug, entry in new.items():
        assert entry.raw.format in ("huggingface", "markdown")
        assert (entry.name, entry.card, entry.misfits) == (old[slug].name, old[slug].card, old[slug].misfits)
        assert (entry.results, len(entry.files)) == (old[slug].results, len(old[slug].files))
        assert [file.facts for file in entry.files] == [file.facts for file in old[slug].files]
        assert [p.reference for p in entry.publications] == [p.reference for p in old[slug].publications]
        assert entry.raw.body.markdown.strip() == old[slug].raw.body.markdown.strip()


def test_what_a_card_uses_comes_along() -> None:
    run("import", "cards", "--output", "new")
    files = {path.relative_to("new").as_posix() for path in Path("new").rglob("*") if path.is_file()}
    assert files == {
        "wren/README.md", "finch/README.md", "robin/README.md", "duck-s.md", "duck-l.md", "pond.txt",
        "zoo/README.md", "zoo/egg.png", "zoo/LICENSE", "zoo/cuckoo.bib",
        "heron/README.md", "heron/contrib_src/license/model",
        "ibis/README.md", "swift/swift-s/README.md", "swift/swift-l/README.md", "well/README.md",
    }  # fmt: skip


def test_nothing_is_overwritten() -> None:
    write(Path("new"), {"wren/README.md": "mine"})
    done = run("import", "cards", "--output", "new")
    assert (done.exit_code, done.stdout) == (1, "10 cards written to new\n")
    said = "new/wren/README.md:1:1: is there already, and stays as it is (remove it, or name another folder)\n"
    assert done.stderr == said
    assert Path("new/wren/README.md").read_text() == "mine"


def test_the_new_folder_is_not_in_the_old_one() -> None:
    done = run("import", "cards", "--output", "cards/new")
    assert done.exit_code == 1 and "cards/new lies in cards" in done.stderr
    assert not Path("cards/new").exists()


def test_a_card_that_cannot_be_read_stays_where_it_is(cards: Path) -> None:
    config = '{"meta": {"name": "x"}, "model": {'
    write(cards, {"bad/config.json": config, "worse/README.md": "---\na: [\n---\n"})
    done = run("import", "cards")
    assert done.exit_code == 1 and "cannot be read, so it is not imported" in done.stderr
    assert not Path("cards-imported/bad/README.md").exists()
    assert Path("cards-imported/worse/README.md").read_text() == "---\na: [\n---\n"
