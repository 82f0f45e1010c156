"""What programs read of a site: card.md, JSON-LD, feed, sitemap, llms.txt, badges, heads of pages, old addresses."""

import gzip
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest
import rdflib

from cardwright.addresses import Addresses
from cardwright.exports.badge import draw_badge, measure
from cardwright.exports.llms import MAX_CARDS, find_doc_title
from cardwright.facts import inspect
from cardwright.gfm import read_body
from cardwright.jsonld import write_json_ld
from cardwright.pages import PageStyle
from cardwright.previews import draw_preview
from cardwright.site import Site, build_site
from tests.sites import CARDS, DOCS, MODEL, ROOT, build, build_well, dead_links, files_of, make_project, write

URL = "https://example.org/zoo/"
HOSTILE = """\
---
model_name: "</script><script>alert('x')</script> & \\"net\\" <!-- ]]>"
summary: "]]> </title> | a `b` <b>c</b> \\u0007"
last_modified: "2024-02-03T04:05:06+02:00"
version: "1.10"
license: [apache-2.0, "made </script> up"]
tags: [one, "</script>"]
pipeline_tag: image-classification
base_model: [me/first, someone/else]
contributors: [{name: Ann, org: Lab, url: https://example.org/ann}]
publication: [{title: "A & B <i>", authors: Ann Other, year: 2020, doi: 10.1000/xyz}]
files: [{path: model.onnx, opset: 12}, {name: more, url: https://example.org/more.pt, sha256: "%s"}]
model-index: [{results: [{dataset: {name: "a|b"}, metrics: [{type: accuracy, value: "75.8%%"}]}]}]
aliases: [was-hostile, war_böse]
---
Its **text**, </script> and all.

```python
print("as | written")
```
""" % ("AB" * 32)
MADE: dict[str, str | bytes] = {
    **CARDS,
    "hostile/README.md": HOSTILE,
    "hostile/model.onnx": MODEL,
    "third.md": "---\ndate: 2025-01-01\n---\n# Third [net]\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    docs: dict[str, str | bytes] = {**DOCS, "guide/use.md": "---\ntitle: 'How to use'\n---\nText.\n"}
    folder = tmp_path_factory.mktemp("site")
    project = make_project(folder, MADE, docs, site_url=URL, site_description="Nets & more")
    assert build(project).returncode == 0
    return project / "site"


def read_json_ld(page: Path) -> dict[str, Any]:
    """The JSON-LD of a page, whose only script of that type ends where it should."""
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.read_text(), re.DOTALL)
    assert len(found) == 1 and not set(found[0]) & set("<>&")
    return dict(json.loads(found[0]))


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(inner)


def test_json_ld_of_a_card(site: Path) -> None:
    found = read_json_ld(site / "models/hostile/index.html")
    assert found["name"] == "</script><script>alert('x')</script> & \"net\" <!-- ]]>"
    assert found["@type"] == "CreativeWork" and found["url"] == f"{URL}models/hostile/"
    assert found["license"][0].startswith("https://") and found["license"][1]["name"] == "made </script> up"
    assert found["author"]["name"] == "Ann" and found["author"]["affiliation"]["name"] == "Lab"
    assert found["dateModified"] == "2024-02-03T04:05:06+02:00" and found["version"] == "1.10"
    assert [base.get("url") for base in found["isBasedOn"]] == [f"{URL}models/first/", None]
    first, second = found["encoding"]
    assert first["contentUrl"] == f"{URL}models/hostile/model.onnx" and first["contentSize"] == f"{len(MODEL)} bytes"
    assert (second["contentUrl"], second["sha256"]) == ("https://example.org/more.pt", "ab" * 32)
    assert found["citation"]["url"] == "https://doi.org/10.1000/xyz" and found["citation"]["datePublished"] == "2020"


@pytest.mark.parametrize("slug", ["hostile", "first", "second", "third"])
def test_json_ld_is_of_schema_org(site: Path, slug: str) -> None:
    """By rdflib: it parses as RDF, and every type and property is one that schema.org has."""
    found = read_json_ld(site / f"models/{slug}/index.html")
    assert found["@context"] == "https://schema.org"
    text = json.dumps({**found, "@context": {"@vocab": str(rdflib.SDO)}})  # the same terms, asked of nobody
    graph = rdflib.Graph().parse(data=text, format="json-ld")
    assert len(graph) >= sum(len(set(node) - {"@context", "@id"}) for node in nodes(found))
    named = {*graph.predicates(), *graph.objects(predicate=rdflib.RDF.type)} - {rdflib.RDF.type}
    assert named and not {term for term in named if term not in rdflib.SDO}  # type: ignore[attr-defined]
    assert (rdflib.URIRef(f"{URL}models/{slug}/"), rdflib.RDF.type, rdflib.SDO.CreativeWork) in graph


def test_feed(site: Path) -> None:
    feed = feedparser.parse((site / "models/feed.xml").read_bytes())
    assert not feed.bozo and feed.version == "atom10"
    assert feed.feed.title == "Site: models" and feed.feed.updated == "2025-01-01T00:00:00Z"
    assert [(entry.id, entry.link, entry.updated) for entry in feed.entries] == [
        (f"{URL}models/third/", f"{URL}models/third/", "2025-01-01T00:00:00Z"),
        (f"{URL}models/hostile/", f"{URL}models/hostile/", "2024-02-03T04:05:06+02:00"),
    ]
    tree = ET.fromstring((site / "models/feed.xml").read_bytes())
    assert tree.findall("{*}entry/{*}title")[1].text == read_json_ld(site / "models/hostile/index.html")["name"]


def test_sitemap(site: Path) -> None:
    text = (site / "sitemap.xml").read_bytes()
    dates = {url.findtext("{*}loc"): url.findtext("{*}lastmod") for url in ET.fromstring(text)}
    assert dates[f"{URL}models/third/"] == "2025-01-01" and dates[f"{URL}models/hostile/"] == "2024-02-03"
    assert {date for page, date in dates.items() if page and not page.endswith(("third/", "hostile/"))} == {None}
    assert not [page for page in dates if page and "was-hostile" in page]
    assert gzip.decompress((site / "sitemap.xml.gz").read_bytes()) == text


def test_llms(site: Path) -> None:
    text = (site / "llms.txt").read_text()
    assert text.startswith("# Site\n\n> Nets & more\n\n")
    assert re.findall("^## (.*)$", text, re.MULTILINE) == ["Image classification", "Other models", "Optional"]
    addresses = re.findall(r"\]\((\S+)\)", text)
    assert all(address.startswith(URL) for address in addresses)
    files = [site / address.removeprefix(URL) for address in addresses]
    assert [file for file in files if file.name == "card.md"] and all(file.exists() for file in files)
    assert rf"- [Third \[net\]]({URL}models/third/card.md)" in text and f"- [How to use]({URL}guide/use/)" in text


def test_card_md(site: Path) -> None:
    text = (site / "models/hostile/card.md").read_text()
    assert text.startswith("# </script><script>alert('x')</script> & \"net\" <!-- ]]>\n\n> ]]> </title>")
    headings = [block.text for block in read_body(text).blocks if block.level == 2]
    assert headings == ["Metadata", "Counted from model.onnx", "Results", "Contradictions", "Files", "How to run",
                        "Publications", "Text of the card"]  # fmt: skip
    for part in (
        f"Page: {URL}models/hostile/",
        "- Version: 1.10\n",
        "- Opsets: ai.onnx 13 (",
        "| a\\|b | accuracy | 75.8% |",
        "- opset: the card says 12, `model.onnx` holds 13",
        "session = ort.InferenceSession('model.onnx')",
        "https://doi.org/10.1000/xyz",
    ):
        assert part in text, part
    assert text.endswith('```python\nprint("as | written")\n```\n')
    assert not (site / "models/hostile/card").exists()


def test_head(site: Path) -> None:
    head = (site / "models/hostile/index.html").read_text().partition("</head>")[0]
    alternates = dict(re.findall(r'<link rel="alternate \w+" type="(.*?)" href="(.*?)"', head))
    own = {"application/json": "card.json", "text/markdown": "card.md", "application/atom+xml": "../feed.xml"}
    assert alternates == own
    assert all((site / "models/hostile" / address).is_file() for address in alternates.values())
    tags = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):.*?)" content="(.*?)"', head))
    assert tags["og:image"] == f"{URL}models/hostile/preview.png" and tags["og:url"] == f"{URL}models/hostile/"
    assert "<script>alert" not in head and "&lt;/script&gt;" in tags["og:title"]
    catalogue = (site / "models/index.html").read_text()
    assert "og:title" in catalogue and "og:image" not in catalogue and "ld+json" not in catalogue
    assert "og:title" not in (site / "index.html").read_text()
    assert (site / "models/first/preview.png").read_bytes().startswith(b"\x89PNG")


def test_foot_says_the_last_change(site: Path) -> None:
    foot = '<span>Last change <time datetime="2024-02-03T04:05:06+02:00">2024-02-03</time></span>'
    assert foot in (site / "models/hostile/index.html").read_text()
    assert "Last change" not in (site / "models/first/index.html").read_text()


def test_badges(site: Path) -> None:
    badge = ET.fromstring((site / "models/hostile/badge.svg").read_bytes())
    assert badge.findtext("{*}title") == "model card: contradicted" and badge.get("role") == "img"
    assert not (site / "models/hostile/badge-parameters.svg").exists()  # a model without weights
    hostile = ET.fromstring(draw_badge("a&b", "<script>", "#000"))
    assert [text.text for text in hostile.findall(".//{*}text")] == ["a&b", "<script>"]
    assert measure("iii") < measure("nnn") < measure("mmm") < measure("模型型")


def test_without_an_address_of_the_site(tmp_path: Path) -> None:
    made = build_well(make_project(tmp_path, {**CARDS, "third.md": MADE["third.md"]}))
    names = {Path(name).name for name in files_of(made)}
    assert not names & {"feed.xml", "preview.png"} and {"card.md", "llms.txt", "badge.svg"} <= names
    head = (made / "models/first/index.html").read_text().partition("</head>")[0]
    assert "og:" not in head and "atom" not in head and "card.md" in head
    assert "url" not in read_json_ld(made / "models/first/index.html")
    assert "](models/third/card.md)" in (made / "llms.txt").read_text()
    assert not list(dead_links(made))


def test_own_llms_and_own_files_stay(tmp_path: Path) -> None:
    cards: dict[str, str | bytes] = {
        "a/README.md": "[x](card.md) [y](badge.svg)\n",
        "a/card.md": "mine",
        "a/badge.svg": "<svg/>",
    }
    made = build_well(make_project(tmp_path, cards, {"index.md": "# Home\n", "llms.txt": "mine"}))
    assert (made / "llms.txt").read_text() == "mine"
    assert (made / "models/a/card.md.txt").read_text() == "mine" and (
        made / "models/a/badge.svg"
    ).read_text() == "<svg/>"
    assert (made / "models/a/card.own.md").is_file() and (made / "models/a/badge.own.svg").is_file()


def test_same_bytes_in_another_place_and_year(tmp_path: Path, site: Path) -> None:
    docs: dict[str, str | bytes] = {**DOCS, "guide/use.md": "---\ntitle: 'How to use'\n---\nText.\n"}
    project = make_project(tmp_path / "other", MADE, docs, site_url=URL, site_description="Nets & more")
    assert build(project, SOURCE_DATE_EPOCH="1000000000", PYTHONHASHSEED="3").returncode == 0
    assert files_of(project / "site") == files_of(site)


def build_here(cards: Path, **settings: Any) -> Site:
    addresses = Addresses("models", site_url=URL, site_name="Site", **settings)
    return build_site(cards, "cards", addresses, PageStyle(), inspect, draw=draw_preview)


def test_many_cards_in_llms(tmp_path: Path) -> None:
    cards = write(tmp_path, {f"n{number}.md": "# N\n" for number in range(MAX_CARDS + 1)})
    addresses = Addresses("models", site_name="S")
    made = build_site(cards, "cards", addresses, PageStyle(), inspect)
    text = next(file.content for file in made.files if file.uri == "llms.txt")
    assert isinstance(text, str) and len(text) < 1000 and "(models/index.json)" in text


def test_example_cards() -> None:
    made = build_here(ROOT / "cards")
    kinds = {name: [file for file in made.files if file.uri.endswith(name)] for name in ("card.md", "preview.png")}
    assert {len(files) for files in kinds.values()} == {len(made.entries)}
    assert all(len(file.content or "") < 30_000 for file in kinds["preview.png"])
    addresses = Addresses("models")
    assert all(json.loads(write_json_ld(entry, addresses))["name"] == entry.name for entry in made.entries)
    badges = [file.content for file in made.files if file.uri.endswith("badge-parameters.svg")]
    assert badges and all("parameters: " in str(badge) for badge in badges)


def test_a_fault_of_ours_costs_no_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> str:
        raise RuntimeError("out of\nluck")

    for name in ("exports.card_md._metadata", "exports.llms._by_task", "head.write_json_ld", "making.make_preview"):
        monkeypatch.setattr(f"cardwright.{name}", fail)
    made = build_here(write(tmp_path, {"a.md": "# A net\n"}))
    assert "A net" in next(page.html for page in made.pages if page.entry)
    own = {"models/index.json", "models/a/a.md.txt", "models/a/card.json", "models/a/badge.svg"}
    assert {file.uri for file in made.files} == own
    places = ("llms.txt", "models/a/card.md", "models/a/preview.png", "the head of models/a")
    assert caplog.messages == [f"Cardwright failed on {place}: RuntimeError: out of luck" for place in places]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# One #\ntext", "One"),
        ("---\ntitle: Two\n---\n# Not this\n", "Two"),
        ("```sh\n# no\n```\n\n# Three\r\n", "Three"),
        ("text", ""),
    ],
)
def test_title_of_a_page_of_docs(text: str, title: str) -> None:
    assert find_doc_title(text) == title
