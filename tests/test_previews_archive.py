"""What is taken of a pull request's artifact, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.previews.archive import RefusedError, unpack
from tests.poisoned import CARD, POISONS, pack
from tests.sites import files_of


def test_files_of_cards_and_docs_are_unpacked(tmp_path: Path) -> None:
    files = {
        "cards/first/README.md": CARD.encode(),
        "cards/first/.eval_results/a.yaml": b"- x",
        "cards/gross, schön/模型.md": b"",
        "docs/index.md": b"\x00\xff" * 1000,
        "docs/.gitignore": b"x",
    }
    unpack(pack(*files.items()), tmp_path / "out")
    assert files_of(tmp_path / "out") == files


def test_folders_are_no_files(tmp_path: Path) -> None:
    unpack(pack(("cards/", ""), ("cards/first/", ""), ("cards/first/README.md", CARD)), tmp_path / "out")
    assert list(files_of(tmp_path / "out")) == ["cards/first/README.md"]


@pytest.mark.parametrize("poison", POISONS)
def test_anything_else_is_refused_whole(poison: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as caught:
        unpack(POISONS[poison](), tmp_path / "in/out")
    assert caught.value.args
    assert all(len(str(reason)) < 3000 and "\n" not in str(reason) for reason in caught.value.args)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size > 1000]
    assert not [path for path in tmp_path.iterdir() if path.name != "in"]


def test_reasons_name_the_file(tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as caught:
        unpack(pack(("cards/x.md", CARD), ("setup.py", ""), ("cards/../y", "")), tmp_path / "out")
    assert caught.value.args == ("'setup.py' is not below cards/ or docs/", "'cards/../y' is no plain path")
