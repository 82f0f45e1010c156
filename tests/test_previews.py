"""Pictures for links: PNG of the size that networks ask for, small, always the same, and drawn once."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cardwright import previews
from cardwright.previews import Preview, draw_preview, keep_previews, make_preview
from cardwright.site import read_cards
from tests.sites import write

PREVIEW = Preview("First net", "Sorts letters.", "image classification", (("25.6 M", "parameters"),), "Site")
LONG = Preview(
    "Wide words " * 60, "many words in a long text " * 60, "t" * 300, (("9" * 16, "label " * 20),) * 4, "S" * 300
)
EMPTY = Preview("x", "", "", (), "")


def open_png(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("preview", [PREVIEW, LONG, EMPTY], ids=["usual", "long", "empty"])
def test_picture(preview: Preview) -> None:
    content = draw_preview(preview)
    image = open_png(content)
    assert (image.format, image.size, image.mode) == ("PNG", (1200, 630), "P")
    assert len(content) < 30_000 and content == draw_preview(preview)
    shown = image.convert("L")
    assert shown.crop((1130, 0, 1200, 630)).getextrema() == (shown.getpixel((1199, 0)),) * 2, "text leaves its place"
    assert shown.getextrema()[1] == 255


def test_what_it_says_is_seen() -> None:
    plain = Preview("A", "", "", (), "")
    others: list[dict[str, Any]] = [{"title": "B"}, {"summary": "B"}, {"task": "B"}, {"site_name": "B"}]
    parts = [plain, replace(plain, numbers=(("1", "B"),)), *(replace(plain, **other) for other in others)]
    assert len({draw_preview(part) for part in parts}) == len(parts)


def say(folder: Path, text: str) -> Preview:
    entries, _ = read_cards(write(folder, {"my-net/README.md": text}), "cards", lambda *_: pytest.fail("no model"))
    return make_preview(entries[0], "Site")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("ResNet 50", "ResNet 50"),
        ("Größe – Łódź ×2 \N{ROCKET}", "Grosse - Lodz x2"),
        ("模型 A", "my-net"),
        ("Модель", "my-net"),
        ("abc\u202ed\u200b", "abcd"),
    ],
)
def test_names_in_other_scripts(tmp_path: Path, name: str, title: str) -> None:
    assert say(tmp_path, f"---\nmodel_name: '{name}'\nlicense: mit\n---\nText.\n").title == title


def test_numbers(tmp_path: Path) -> None:
    card = "---\nlicense: mit\nmodel-index: [{results: [{metrics: [{type: accuracy, value: 75.8}]}]}]\n---\n# N\n"
    assert say(tmp_path, card).numbers == (("75.8", "accuracy"), ("MIT", "licence"))


def test_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = keep_previews(tmp_path / "cache")
    first = draw(PREVIEW)
    monkeypatch.setattr(previews, "draw_preview", lambda _: pytest.fail("drawn again"))
    assert draw(PREVIEW) == first and len(list((tmp_path / "cache").iterdir())) == 1


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert open_png(keep_previews(tmp_path / "file")(PREVIEW)).size == (1200, 630)
