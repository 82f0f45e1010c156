"""Options of a site: what is taken, and every wrong one named in a line of its own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cardwright.options import Options, OptionsError, read_options

URI_HINT = "use a path of letters, digits, - and _, such as `models`"

SOURCES_LINE = "cardwright: csp_sources: write lists by directive, such as `script-src: [https://stats.example]`"
HOSTS_LINE = 'cardwright: image_hosts: write a list of host names, such as `[huggingface.co, "*.example.org"]`'

KNOWN = "cards_dir, models_uri, image_hosts, facts, metrics, preview_of, csp, csp_sources"
PULL_LINE = (
    "cardwright: preview_of: write the address of a pull request, such as `https://github.com/you/models/pull/12`"
)


@pytest.mark.parametrize("given_options", [None, {}])
def test_defaults(given_options: dict[str, Any] | None) -> None:
    assert read_options(given_options) == Options(cards_dir="cards", models_uri="models")


@pytest.mark.parametrize("cards_dir", ["cards", "../outside", "/srv/cards", "a b/karten", "~/cards", "."])
def test_cards_dir_is_taken_as_written(cards_dir: str) -> None:
    assert read_options({"cards_dir": cards_dir}).cards_dir == cards_dir


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("models", "models"),
        ("/models/", "models"),
        ("hub/vision/models", "hub/vision/models"),
        ("my-models_2", "my-models_2"),
        ("模型", "模型"),
        ("v1", "v1"),
    ],
)
def test_models_uri_has_no_slashes_at_its_ends(written: str, read: str) -> None:
    assert read_options({"models_uri": written}).models_uri == read


def test_image_hosts_are_in_lower_case() -> None:
    hosts = read_options({"image_hosts": ["HuggingFace.co", "*.example.org", "localhost"]}).image_hosts
    assert hosts == ["huggingface.co", "*.example.org", "localhost"]


def test_sources_are_listed_by_directive() -> None:
    options = read_options({"csp": "strict", "csp_sources": {"script-src": ["https://a.example", "b.example"]}})
    assert options.csp == "strict"
    assert options.list_sources() == (("script-src", "https://a.example"), ("script-src", "b.example"))


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/",
        "..",
        "../models",
        "a/../b",
        "a//b",
        ".",
        "a/./b",
        "a b",
        "a?b",
        "a#b",
        "a\\b",
        "a%2e",
        "<b>",
        "a.b",
        "-",
    ],
)
def test_models_uri_that_is_no_path_is_refused(uri: str) -> None:
    with pytest.raises(OptionsError) as caught:
        read_options({"models_uri": uri})
    assert str(caught.value) == f"cardwright: models_uri: {URI_HINT}"


@pytest.mark.parametrize(
    ("given_options", "lines"),
    [
        ({"card_dir": "x"}, ["cardwright: card_dir: unknown option (did you mean cards_dir?)"]),
        ({"Cards-Dir": "x"}, ["cardwright: Cards-Dir: unknown option (did you mean cards_dir?)"]),
        (
            {"theme": "x"},
            [f"cardwright: theme: unknown option (known: {KNOWN})"],
        ),
        ({"cards_dir": ""}, ["cardwright: cards_dir: name a folder"]),
        ({"cards_dir": "  "}, ["cardwright: cards_dir: name a folder"]),
        ({"cards_dir": None}, ["cardwright: cards_dir: input should be a valid string"]),
        ({"cards_dir": 5}, ["cardwright: cards_dir: input should be a valid string"]),
        ({"cards_dir": ["a"]}, ["cardwright: cards_dir: input should be a valid string"]),
        ({"image_hosts": "huggingface.co"}, [HOSTS_LINE]),
        ({"image_hosts": ["https://huggingface.co"]}, [HOSTS_LINE]),
        ({"image_hosts": ["a.example", "*"]}, [HOSTS_LINE]),
        ({"image_hosts": [1]}, [HOSTS_LINE]),
        *(
            ({"preview_of": url}, [PULL_LINE])
            for url in ("12", "javascript:alert(1)", 'https://x/"><script>', "https://")
        ),
        ({"csp": "yes"}, ["cardwright: csp: write true, false or strict"]),
        ({"csp": 1}, ["cardwright: csp: write true, false or strict"]),
        ({"csp_sources": ["https://a.example"]}, [SOURCES_LINE]),
        ({"csp_sources": {"script": ["https://a.example"]}}, [SOURCES_LINE]),
        ({"csp_sources": {"script-src": "https://a.example"}}, [SOURCES_LINE]),
        ({"csp_sources": {"script-src": ["a.example; object-src *"]}}, [SOURCES_LINE]),
        (
            {"cards_dir": "", "models_uri": "..", "x": 1},
            [
                "cardwright: cards_dir: name a folder",
                f"cardwright: models_uri: {URI_HINT}",
                f"cardwright: x: unknown option (known: {KNOWN})",
            ],
        ),
    ],
)
def test_every_wrong_option_is_named(given_options: dict[str, Any], lines: list[str]) -> None:
    with pytest.raises(OptionsError) as caught:
        read_options(given_options)
    assert str(caught.value).splitlines() == lines


@pytest.mark.parametrize("given_options", ["cards", ["cards"], 5, True])
def test_options_are_a_mapping(given_options: Any) -> None:
    with pytest.raises(OptionsError, match="a mapping of options is expected"):
        read_options(given_options)


def test_options_are_frozen() -> None:
    with pytest.raises(ValidationError):
        read_options({}).cards_dir = "x"  # type: ignore[misc]


NAMES = st.sampled_from(["cards_dir", "models_uri", "card_dir", "", "x\ny"]) | st.text(max_size=8)
VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.lists(st.text(), max_size=2)


@given(st.dictionaries(NAMES | st.integers(), VALUES, max_size=4))
@settings(max_examples=300, deadline=None)
def test_any_options_are_taken_or_refused_in_words(given_options: dict[Any, Any]) -> None:
    try:
        options = read_options(given_options)
    except OptionsError as error:
        assert str(error).startswith("cardwright: ")
        return
    steps = options.models_uri.split("/")
    assert all(steps) and not {"..", "."} & set(steps)
    assert not set(options.models_uri) & set("\\?#%<>&\"' \n\0")
    assert set(given_options) <= set(Options.model_fields)
