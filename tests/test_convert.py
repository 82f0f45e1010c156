"""Cards in other formats: each is valid there, and comes back with every value."""

import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from bibtexparser.entrypoint import parse_string
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from huggingface_hub import ModelCard
from jsonschema import Draft4Validator

from cardwright.citations import Reference
from cardwright.convert import TARGETS
from cardwright.convert.cyclonedx import spdx_license
from cardwright.entry import Entry, PublicationEntry
from cardwright.facts import inspect
from cardwright.licenses import find_hub_id
from cardwright.nodes import Text, make_map, to_plain
from cardwright.site import read_cards
from cardwright.sources import SourceText, read_source
from cardwright.validate import validate_card

DATA = Path(__file__).parent / "data"
CARDS = DATA / "convert/cards"
WRITE = {target.name: target.write for target in TARGETS}
READ_AS = {"huggingface": "README.md", "modelhub": "config.json", "model-index": "metafile.yml"}
FOLDERS = ("convert/cards", "cards", "sources", "model-index", "gfm", "../../cards")

logging.getLogger("huggingface_hub").setLevel(logging.ERROR)


def read(folder: Path) -> dict[str, Entry]:
    entries, _ = read_cards(folder, "cards", inspect)
    return {entry.slug: entry for entry in entries if not entry.raw.unreadable}


ENTRIES = read(CARDS)
ALL = [entry for folder in FOLDERS for entry in read(DATA / folder).values()]


def load_in_hub(text: str) -> Any:
    """The front matter as huggingface_hub has it."""
    return ModelCard(text).data


def write(name: str, *slugs: str) -> str:
    return WRITE[name](tuple(ENTRIES[slug] for slug in slugs))


# There and back -------------------------------------------------------------------------------------------------------


def test_there_are_cards_of_every_format() -> None:
    assert {entry.raw.format for entry in ALL} == {
        "huggingface", "modelhub", "onnx-zoo", "marketplace", "markdown", "model-index",
    }  # fmt: skip


@pytest.mark.parametrize("name", READ_AS)
def test_every_card_comes_back(name: str) -> None:
    for entry in ALL:
        back = read_source(SourceText(READ_AS[name], WRITE[name]((entry,)), part=0))
        assert validate_card(back.fields)[:2] == (entry.card, entry.misfits), entry.path
        assert not [problem for problem in back.problems if problem.field == "cardwright"]
        if name == "huggingface":
            assert back.body.markdown.strip() == entry.raw.body.markdown.strip(), entry.path


@pytest.mark.parametrize("name", READ_AS)
def test_a_converted_card_can_be_converted_again(name: str) -> None:
    for entry in ALL:
        text = WRITE["huggingface"]((entry,))
        first = read_source(SourceText("README.md", text))
        card = Entry(entry.source, "x", first, entry.card, {}, entry.name, entry.summary)
        back = read_source(SourceText(READ_AS[name], WRITE[name]((card,)), part=0))
        assert validate_card(back.fields)[:2] == (entry.card, entry.misfits), entry.path


def test_an_edited_value_is_read_and_said() -> None:
    text = write("huggingface", "finch").replace("license: other", "license: mit")
    raw = read_source(SourceText("README.md", text))
    assert to_plain(raw.fields)["license"] == "mit"
    assert [(p.field, p.message) for p in raw.problems] == [
        ("cardwright", "what it stands for was edited since the card was converted")
    ]


def test_an_edited_card_can_be_converted_again() -> None:
    text = write("huggingface", "finch").replace("license: other", "license: mit")
    raw = read_source(SourceText("README.md", text))
    card, misfits, _ = validate_card(raw.fields)
    edited = Entry(ENTRIES["finch"].source, "x", raw, card, misfits, "Finch", "")
    for name, file_name in READ_AS.items():
        back = read_source(SourceText(file_name, WRITE[name]((edited,)), part=0))
        assert validate_card(back.fields)[:2] == (card, misfits)


# Hugging Face ---------------------------------------------------------------------------------------------------------


def test_a_card_from_hugging_face_stays_as_it_is() -> None:
    assert write("huggingface", "wren") == (CARDS / "wren/README.md").read_text()


@pytest.mark.parametrize("entry", [e for e in ALL if e.raw.format != "huggingface"], ids=lambda entry: entry.slug)
def test_huggingface_hub_reads_every_other_card(entry: Entry) -> None:
    data = load_in_hub(WRITE["huggingface"]((entry,)))
    stated = [result for result in entry.results if result.value.text]
    assert len(data.eval_results or []) >= len({result.path for result in stated})


def test_huggingface_hub_reads_the_same_values() -> None:
    data = load_in_hub(write("huggingface", "wren"))
    original = load_in_hub((CARDS / "wren/README.md").read_text())
    assert data.to_dict() == original.to_dict()
    assert data.tags == ["1.10", 1.1, "yes", "bird songs"]
    assert [(r.metric_type, r.metric_value, r.dataset_args) for r in data.eval_results or []] == [
        ("accuracy", 75.8, {"lang": "no"}),
        ("f1", "0.750 ± 0.01", {"lang": "no"}),
    ]


def test_results_of_files_are_results_for_hugging_face() -> None:
    results = load_in_hub(write("huggingface", "finch")).eval_results or []
    assert [(r.task_type, r.dataset_type, r.dataset_name, r.metric_name, r.metric_value) for r in results] == [
        ("seed-sorting", "seeds-5k", "Seeds 5k", "Top-1 accuracy (%)", 88.1),
        ("seed-sorting", "seeds-1k", "Seeds 1k", "Latency", "3 ms"),
    ]
    data = load_in_hub(write("huggingface", "zoo"))
    assert data.license == "apache-2.0"
    assert [entry["name"] for entry in yaml.safe_load(data.to_yaml())["model-index"]] == [
        "Cuckoo-l"
    ]  # theirs: the last
    assert [r.metric_value for r in data.eval_results or []] == [75.8, 80.1]


def test_what_hugging_face_has_no_word_for() -> None:
    data = load_in_hub(write("huggingface", "finch"))
    assert (data.license, data.license_name, data.pipeline_tag) == ("other", "the-seed-licence-v3", None)
    assert data.files[0]["url"] == "https://files.example/finch.onnx"  # ours stay


@pytest.mark.parametrize(
    ("text", "hub", "spdx"),
    [
        ("Apache 2.0", "apache-2.0", "Apache-2.0"),
        ("[Apache License, Version 2.0](LICENSE)", "apache-2.0", "Apache-2.0"),
        ("The MIT License (MIT)", "mit", "MIT"),
        ("BSD 3-Clause", "bsd-3-clause", "BSD-3-Clause"),
        ("GPLv3", "gpl-3.0", "GPL-3.0"),
        ("CC BY-NC 4.0", "cc-by-nc-4.0", "CC-BY-NC-4.0"),
        ("0BSD", "", "0BSD"),
        ("openrail", "openrail", ""),
        ("mit or apache-2.0", "", ""),
        ("For ponds only", "", ""),
        ("", "", ""),
    ],
)
def test_licences(text: str, hub: str, spdx: str) -> None:
    assert (find_hub_id(text), spdx_license(text)) == (hub, spdx)


# modelhub.ai ----------------------------------------------------------------------------------------------------------


def test_a_config_keeps_every_value() -> None:
    texts = ((CARDS / "heron/contrib_src/model/config.json").read_text(), write("modelhub", "heron"))
    was, now = (json.loads(text, parse_float=str, parse_int=str) for text in texts)
    assert now["modelhub"].pop("cardwright")["fields"].keys() == {"files", "docker_id"}  # of init.json
    assert now == was


def test_configs_follow_the_schema() -> None:
    schema = json.loads((DATA / "convert/modelhub.schema.json").read_text())
    for entry in ALL:
        if entry.raw.origin is None or entry.raw.format != "modelhub":
            config = json.loads(WRITE["modelhub"]((entry,)))
            assert not list(Draft4Validator(schema).iter_errors(config)), entry.path


def test_a_config_says_what_the_card_says() -> None:
    config = json.loads(write("modelhub", "finch"))
    assert (config["meta"]["name"], config["model"]["description"]) == ("Finch", "Finch sorts seeds.")
    assert config["publication"]["year"] == 2023 and config["publication"]["authors"] == "Ada Example, Bo von Example"
    assert config["model"]["io"] == {
        "input": {"format": ["image/png"], "dim_limits": [{"min": 3, "max": 3}, {"min": 32}]},
        "output": [{"name": "kind", "type": "label_list"}],
    }


# Papers with Code -----------------------------------------------------------------------------------------------------


def load_spelled(text: str) -> object:
    return yaml.load(text, Loader=yaml.BaseLoader)


def test_a_metafile_keeps_every_value() -> None:
    was = load_spelled((CARDS / "swift/metafile.yml").read_text())
    assert load_spelled(write("model-index", "swift-s", "swift-l")) == was


def test_the_comment_of_a_markdown_file_keeps_every_value() -> None:
    comment = (CARDS / "duck.mdx").read_text().partition("<!--")[2].partition("-->")[0]
    assert load_spelled(write("model-index", "duck-s", "duck-l")) == load_spelled(comment)


def test_one_model_takes_its_collection_along() -> None:
    found = yaml.safe_load(write("model-index", "swift-l", "duck-l", "finch"))
    assert [each["Name"] for each in found["Collections"]] == ["Swift", "Nobody's", "Duck"]
    assert [each["Name"] for each in found["Models"]] == ["swift-l", "duck-l", "Finch"]
    assert found["Models"][2]["Weights"] == "https://files.example/finch.onnx"
    assert found["Models"][2]["Metadata"] == {"Tasks": "Seed sorting", "Training Data": ["Seeds 5k"]}


# CycloneDX ------------------------------------------------------------------------------------------------------------


def test_every_bill_of_materials_is_valid() -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    for some in (tuple(ALL), *((entry,) for entry in ENTRIES.values())):
        assert validator.validate_str(WRITE["cyclonedx"](some)) is None, some[0].path


def test_a_bill_of_materials_says_what_the_card_says() -> None:
    text = write("cyclonedx", "finch")
    bom = json.loads(text)
    (component,) = bom["components"]
    assert (component["type"], component["name"]) == ("machine-learning-model", "Finch")
    assert component["licenses"] == [{"license": {"name": "The Seed Licence, v3"}}]
    assert component["hashes"][0]["content"].startswith("0f0e0d")
    card = component["modelCard"]
    assert card["quantitativeAnalysis"]["performanceMetrics"] == [
        {"type": "Top-1 accuracy (%)", "value": "88.10", "slice": "Seeds 5k"},
        {"type": "Latency", "value": "3 ms", "slice": "Seeds 1k"},
    ]
    assert card["considerations"] == {
        "useCases": ["Sorting seeds, and nothing else."],
        "technicalLimitations": ["It has never seen rice."],
    }
    assert {"name": "cardwright:io.inputs[0].name", "value": "seed"} in component["properties"]
    assert "timestamp" not in text and text == write("cyclonedx", "finch")
    assert bom["serialNumber"] != json.loads(write("cyclonedx", "wren"))["serialNumber"]


def test_the_licence_of_a_bill_of_materials_is_spdx() -> None:
    (component,) = json.loads(write("cyclonedx", "zoo"))["components"]
    assert component["licenses"] == [{"license": {"id": "Apache-2.0"}}]


# BibTeX ---------------------------------------------------------------------------------------------------------------


def test_all_bibtex_can_be_read() -> None:
    for some in (tuple(ALL), *((entry,) for entry in ALL)):
        library = parse_string(WRITE["bibtex"](some))
        assert not library.failed_blocks, some[0].path
        assert len({entry.key for entry in library.entries}) == len(library.entries)
    assert len(parse_string(WRITE["bibtex"](tuple(ALL))).entries) > 20


def test_bibtex_as_written_and_made() -> None:
    text = write("bibtex", "finch", "zoo", "heron")
    library = parse_string(text).entries_dict
    assert list(library) == ["example2023seeds", "beak2023", "beak2023a", "ponds"]
    assert "  journal = {Beaks},\n  year = 2023\n}" in text  # as written
    made = {field.key: field.value for field in library["example2023seeds"].fields}
    assert made["author"] == "Ada Example and Bo von Example"
    assert (made["title"], made["doi"]) == (r"Seeds \& beaks of 5 \% of finches", "10.1000/beaks_5")
    assert library["beak2023a"].fields_dict["title"].value == "Another one with that key"
    assert library["ponds"].fields_dict["year"].value == "2019"  # was never closed


@pytest.mark.parametrize(
    "source",
    [
        "@misc\n{d, title={Below}}",
        "@stringy{s, title={Not a string}}",
        "@misc{c, title={First}, ti%tle={Second}}",
        "@misc{a b, title={A key of two words}}",
        "@misc{, title={None}}",
        "@misc{x, title={Never closed}",
        "@misc(p, title={In parentheses})",
        "@misc{q, note={\n@misc{inside}}, title={At}}",
        "@misc{r, title={A \\} brace}}",
    ],
)
def test_odd_bibtex_is_mended(source: str) -> None:
    card, _, _ = validate_card(make_map([("publication", make_map([("bibtex", Text(source))]))]))
    publication = PublicationEntry(Reference("", "", "", "", ""), (), "", source, "")
    entry = replace(ENTRIES["robin"], card=card, publications=(publication,))
    library = parse_string(WRITE["bibtex"]((entry,)))
    assert (len(library.entries), library.failed_blocks) == (1, [])
    assert library.entries[0].key and library.entries[0].fields_dict["title"].value
