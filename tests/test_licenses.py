"""Licences: what is an identifier, what is meant by another spelling, and what a text is the text of."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardwright.licenses import _TEXTS, _table, find_license, identify_license_text, suggest_license
from scripts.html_tree import read_html
from tests.pages import build

DATA = Path(__file__).parent / "data" / "licenses"
APACHE = (Path(__file__).parent.parent / "LICENSE").read_text(encoding="utf-8")
MIT = """Permission is hereby granted, free of charge, to any person obtaining a copy, if
the above copyright notice and this permission notice shall be included."""
NAMES = [
    tuple(part.strip() for part in line.split("|"))
    for line in (DATA / "names.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
TEXTS = json.loads((DATA / "texts.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "identifier", "suggested"), NAMES)
def test_name(text: str, identifier: str, suggested: str) -> None:
    found = find_license(text)
    assert (found.id if found else "", suggest_license(text)) == (identifier, suggested)


@pytest.mark.parametrize("identifier", _table())
def test_hugging_faces_identifiers_are_known(identifier: str) -> None:
    found = find_license(identifier)
    assert (
        found
        and found.name
        and found.hub_id == identifier
        and suggest_license(identifier) == "" == suggest_license(identifier.upper())
    )
    assert found.is_spdx == found.url.startswith("https://spdx.org/licenses/")


def test_an_expression_is_known_and_has_no_page() -> None:
    found = find_license("mit AND (apache-2.0 or isc)")
    assert found and found.is_spdx and (found.id, found.url) == ("MIT AND (Apache-2.0 OR ISC)", "")


def test_every_text_is_of_a_known_licence() -> None:
    assert all(find_license(identifier) and not suggest_license(identifier) for identifier in _TEXTS)


@pytest.mark.parametrize(("expected", "text"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS])
def test_text(expected: str | None, text: str) -> None:
    found = identify_license_text(text)
    assert (found.id if found else None) == expected


def test_a_short_licence_in_a_longer_text_is_not_the_whole_of_it() -> None:
    found = identify_license_text(MIT)
    assert found and found.id == "MIT"
    assert identify_license_text(MIT + "\nBut rooks need not ask." * 300) is None


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from("cc by mit apache - 2.0 v3 gpl ( and or with".split())).map(" ".join)
)
@settings(max_examples=300, deadline=None)
def test_any_name_and_text_is_read(text: str) -> None:
    find_license(text)
    suggest_license(text)
    identify_license_text(text)


@pytest.mark.parametrize("piece", ["(", "attribution-", "by-nc ", "redistribution and use ", "copyright ", " ", "gpl "])
def test_long_texts_take_no_time(piece: str) -> None:
    start = time.process_time()
    identify_license_text(piece * 40_000)
    find_license(piece * 40_000)
    suggest_license(piece * 40_000)
    suggest_license((piece * 200)[:200])
    assert time.process_time() - start < 5


# On the page ---------------------------------------------------------------------------------------------------------


def write(folder: Path, front: str, body: str = "# Rook\n", **files: str) -> None:
    (folder / "rook").mkdir()
    (folder / "rook" / "README.md").write_text(f"---\n{front}\n---\n{body}", encoding="utf-8")
    for name, text in files.items():
        path = folder / "rook" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


CHECKED = {
    "license: apache-2.0": [],
    "license: [mit, Apache 2.0]": ["1: license: `Apache 2.0` is not a licence identifier (did you mean `apache-2.0`?)"],
    "license: GPLv3": ["1: license: `GPLv3` is not a licence identifier (did you mean `gpl-3.0`?)"],
    "license: Rookery Research Licence": [],
    "license: other": [
        "1: license: the card does not say which other licence (add license_name and license_link, or a LICENSE file)"
    ],
    "license: other\nlicense_name: rookery-1.0": [],
    "license: other\nlicense_link: https://rook.example": [],
    "license: unknown": [],
    "license:": [],
}


@pytest.mark.parametrize("front", CHECKED)
def test_stated_licences_are_checked(front: str, tmp_path: Path) -> None:
    write(tmp_path, front)
    ((entry, _),) = build(tmp_path).values()
    assert [f"{p.mark.line - 1}: {p.field}: {p.message} ({p.hint})" for p in entry.problems] == CHECKED[front]
    assert {p.severity for p in entry.problems} <= {"warning"}


def test_other_is_explained_by_a_file_or_by_the_text(tmp_path: Path) -> None:
    cases: dict[str, tuple[str, dict[str, str]]] = {
        "heading": ("# R\n\n## Licensing\n\nAsk.\n", {}),
        "file": ("# R\n", {"LICENSE": "Ask the rooks."}),
    }
    for name, (body, files) in cases.items():
        (tmp_path / name).mkdir()
        write(tmp_path / name, "license: other", body, **files)
    entries = [entry for entry, _ in build(tmp_path).values()]
    assert len(entries) == len(cases)
    assert not [problem for entry in entries for problem in entry.problems if problem.field == "license"]


def test_licence_files_are_shown_whole(tmp_path: Path) -> None:
    files = {"LICENSE": APACHE, "contrib_src/license/sample_data": "Pictures by <b>rooks</b> & co."}
    write(tmp_path, "pipeline_tag: x", **files)
    ((entry, page),) = build(tmp_path).values()
    assert entry.license == "Apache-2.0"
    tree = read_html(str(page.html), strict=True)
    shown = " ".join(tree.text.split())
    assert " ".join(APACHE.split()) in shown and "Pictures by <b>rooks</b> & co." in shown
    addresses = {element.attributes.get("href") for element in tree.find("a")}
    assert {"LICENSE", "contrib_src/license/sample_data", "https://spdx.org/licenses/Apache-2.0.html"} <= addresses


def test_what_the_card_states_counts_before_its_files(tmp_path: Path) -> None:
    write(tmp_path, "license: isc", LICENSE=APACHE)
    ((entry, _),) = build(tmp_path).values()
    assert entry.license == "isc"
    assert [file.license and file.license.id for file in entry.license_files] == ["Apache-2.0"]


def test_a_card_that_points_to_its_licence_file_has_the_licence_of_that_file(tmp_path: Path) -> None:
    write(tmp_path, 'license: "to be seen [here](license/model)"', **{"license/model": APACHE})
    ((entry, page),) = build(tmp_path).values()
    assert entry.license == "Apache-2.0"
    assert "to be seen" in page.html


def test_the_licence_of_sample_data_is_not_the_models(tmp_path: Path) -> None:
    write(tmp_path, "pipeline_tag: x", **{"license/sample_data": APACHE})
    ((entry, _),) = build(tmp_path).values()
    assert entry.license == ""


def test_what_is_no_text_is_no_licence(tmp_path: Path) -> None:
    write(tmp_path, "pipeline_tag: x", **{"LICENSE": "\0binary", "licenses/empty.txt": " \n", "license.py": "x = 1"})
    ((entry, _),) = build(tmp_path).values()
    assert entry.license_files == ()
