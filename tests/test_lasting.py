"""A build takes over from the last one what still stands, and makes the same bytes as one that finds nothing."""

import copyreg
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cardwright import packing
from cardwright.facts import FactsError
from cardwright.plugin.lasting import FEW, LAST_DIR
from tests.sites import MODEL, build, files_of, make_project

COUNT = FEW + 6
CARD = "---\nmodel_name: Net {number}\nlicense: mit\nfiles: [{{path: model.onnx, opset: 13}}]\n---\nText of {number}.\n"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was built once."""
    cards: dict[str, str | bytes] = {}
    for number in range(COUNT):
        cards |= {f"net-{number}/README.md": CARD.format(number=number), f"net-{number}/model.onnx": MODEL}
    docs: dict[str, str | bytes] = {"index.md": "# Home\n"}
    project = make_project(tmp_path_factory.mktemp("first"), cards, docs, theme={"name": "mkdocs"})
    assert build_again(project)[1:] == (COUNT, 0)
    return project


@pytest.fixture
def project(first: Path, tmp_path: Path) -> Iterator[Path]:
    """The same, in the same place."""
    kept = tmp_path / "kept"
    shutil.copytree(first, kept)
    yield first
    shutil.rmtree(first)
    shutil.copytree(kept, first)


def build_again(project: Path) -> tuple[dict[str, bytes], int, int]:
    """The site, and how many cards' pages were made and taken over."""
    done = build(project, "--verbose", SOURCE_DATE_EPOCH="1000000000")
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    said = re.search(r"pages of cards: (\d+) made, (\d+) taken over", done.stderr)
    assert said
    return files_of(project / "site"), int(said[1]), int(said[2])


def build_clean(project: Path) -> dict[str, bytes]:
    shutil.rmtree(project / ".cache")
    return build_again(project)[0]


def test_nothing_changed(project: Path) -> None:
    site, made, taken_over = build_again(project)
    assert (made, taken_over) == (0, COUNT)
    assert site == build_clean(project)


def test_files_are_known_by_what_they_hold(project: Path) -> None:
    """As where a repository is fetched anew for each build."""
    for path in (project / "cards").rglob("*"):
        os.utime(path, (1, 1))
    assert build_again(project)[1:] == (0, COUNT)


def change_text(project: Path) -> None:
    path = project / "cards/net-3/README.md"
    path.write_text(path.read_text() + "More.\n")


def change_model(project: Path) -> None:
    (project / "cards/net-3/model.onnx").write_bytes(MODEL.replace(b"Relu", b"Tanh"))


def remove_card(project: Path) -> None:
    shutil.rmtree(project / "cards/net-3")


def add_card(project: Path) -> None:
    (project / "cards/net-x.md").write_text("# Net X\n")


def change_name(project: Path) -> None:
    path = project / "mkdocs.yml"
    path.write_text(path.read_text().replace('"site_name": "Site"', '"site_name": "Another"'))


@pytest.mark.parametrize(
    ("change", "made"), [(change_text, 1), (change_model, 1), (remove_card, 0), (add_card, 1), (change_name, COUNT)]
)
def test_what_changed_is_made_again(project: Path, change: Callable[[Path], None], made: int) -> None:
    change(project)
    site, again, _ = build_again(project)
    assert again == made
    assert site == build_clean(project)


def test_a_large_file_that_becomes_a_link_is_not_followed(project: Path, tmp_path: Path) -> None:
    change_text(project)
    card, secret = project / "cards/net-3", tmp_path / "secret"
    (card / "README.md").write_text((card / "README.md").read_text() + "[All of it](all.bin)\n")
    (card / "all.bin").write_bytes(b"a" * 5_000_000)
    assert len(build_again(project)[0]["models/net-3/all.bin"]) == 5_000_000
    secret.write_bytes(b"b" * 5_000_000)
    (card / "all.bin").unlink()
    (card / "all.bin").symlink_to(secret)
    site, made, _ = build_again(project)
    assert made == 1 and "models/net-3/all.bin" not in site
    assert site == build_clean(project)


@pytest.mark.parametrize("seed", range(3))
def test_a_damaged_cache_costs_time_and_nothing_else(project: Path, seed: int) -> None:
    dice = random.Random(seed)
    files = [path for path in sorted((project / LAST_DIR / "build").rglob("*")) if path.is_file()]
    for path in dice.sample(files, 20) + [project / LAST_DIR / "build/index"] * (seed == 0):
        data = bytearray(path.read_bytes())
        for _ in range(50):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        path.unlink()  # the site shares the file
        path.write_bytes(data)
    site, made, _ = build_again(project)
    assert made == COUNT if seed == 0 else made
    assert site == build_clean(project)


def test_a_build_of_another_place_is_none(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project, tmp_path / "other")
    site, made, taken_over = build_again(tmp_path / "other")
    assert (made, taken_over) == (COUNT, 0)
    assert site == files_of(project / "site")


def test_errors_come_out_as_they_went_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a library has told pickle of a way of its own, as one that Dask uses does."""
    monkeypatch.setitem(copyreg.dispatch_table, FactsError, lambda error: (str, (str(error),)))
    found = packing.unpack(packing.pack((FactsError("It is broken.", "Mend it."),)))[0]
    assert (type(found), found.message, found.hint) == (FactsError, "It is broken.", "Mend it.")


class Harm:
    """What a pickle of somebody else may ask for."""

    def __init__(self, *what: object) -> None:
        self.what = what

    def __reduce__(self) -> tuple[object, ...]:
        return self.what[0], self.what[1:]


@pytest.mark.parametrize(
    "harm", [Harm(os.system, "exit 1"), Harm(eval, "1"), Harm(getattr, "text", "upper"), Harm(build, Path())]
)
def test_values_are_all_that_comes_out(harm: Harm) -> None:
    with pytest.raises(Exception, match="none of ours"):
        packing.unpack(packing.pack([harm]))
