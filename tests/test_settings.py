"""What mkdocs.yml says, read where it may mean harm: no tag of it counts, and no other file is read."""

import pytest

from cardwright.options import Options
from cardwright.settings import SettingsError, read_text_options


@pytest.mark.parametrize(
    "config",
    [
        "extra: {cardwright: {cards_dir: karten}}",
        "plugins: [search, cardwright: {cards_dir: karten}]",
        "plugins: {search: {}, cardwright: {cards_dir: karten}}",
        "INHERIT: /etc/passwd\nextra: {cardwright: {cards_dir: karten}}",
        "site_url: !ENV [URL, '']\nx: !!python/name:os.system ''\nextra: {cardwright: {cards_dir: karten}}",
    ],
)
def test_options_of_a_text(config: str) -> None:
    found = read_text_options(config, "mkdocs.yml")
    assert found
    assert found.cards_dir == "karten"


@pytest.mark.parametrize("config", ["", "plugins: [search, cardwright]", "extra:", "plugins:\nextra: [1]", "hooks: x"])
def test_no_options_in_a_text(config: str) -> None:
    assert read_text_options(config, "mkdocs.yml") == Options()


def test_options_that_another_file_may_have() -> None:
    assert read_text_options("INHERIT: base.yml", "mkdocs.yml") is None


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("a: [", "mkdocs.yml:2:1: not valid YAML"),
        ("- a", "mkdocs.yml:1:1: not a mapping"),
        ("a: &a [*a]\n" + "b: " + "[" * 100, "mkdocs.yml:"),
        ("extra: {cardwright: {cards_dir: ' '}}", "mkdocs.yml: cardwright: cards_dir: name a folder"),
        ("extra: {cardwright: [a]}", "mkdocs.yml: cardwright: a mapping of options is expected"),
    ],
)
def test_wrong_options_of_a_text(config: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_text_options(config, "mkdocs.yml")
    assert str(caught.value).startswith(message)
