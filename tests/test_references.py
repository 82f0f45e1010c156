"""The references of a site, and the citation files of its cards, as other programs read them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
import rispy
import yaml
from bibtexparser.entrypoint import parse_string
from citeproc.source.json import CiteProcJSON

from cardwright.addresses import Addresses
from cardwright.citations import parse_bibtex, read_work, to_cff, to_csl, to_plain, to_ris
from cardwright.citations.checks import REQUIRED_FIELDS
from cardwright.citations.kinds import KINDS
from cardwright.exports.citation_cff import LATER_LICENSES
from cardwright.facts import inspect
from cardwright.licenses import find_license
from cardwright.pages import PageStyle
from cardwright.site import Site, build_site
from scripts.html_tree import read_html
from tests.pip_tools import run_python
from tests.sites import ROOT

DATA = Path(__file__).parent / "data"


def make_site(folder: Path) -> tuple[Site, dict[str, str]]:
    """A site, and its files by address."""
    addresses = Addresses("models", site_url="https://models.example.org/")
    site = build_site(folder, "cards", addresses, PageStyle(), inspect)
    return site, {file.uri: str(file.content) for file in site.files if file.content is not None}


SITE, FILES = make_site(DATA / "references")
PUBLICATIONS, PUBLICATION_FILES = make_site(DATA / "publications")
ALL = FILES | {f"other/{uri}": text for uri, text in PUBLICATION_FILES.items()}
CITED = {"rook": 3, "crow": 5, "owl": 4, "empty": 0}


def ending(name: str) -> Iterable[tuple[str, str]]:
    found = [(uri, text) for uri, text in ALL.items() if uri.endswith(name)]
    assert len(found) > 3
    return found


def test_each_publication_stands_once_with_those_who_cite_it() -> None:
    (page,) = (page for page in SITE.pages if page.uri == "references/index")
    items = [item for item in read_html(str(page.html), strict=True).find("li") if item.attributes.get("id")]
    shown = [re.sub(r"\s+", " ", item.text).split(" Copy as")[0].strip() for item in items]
    assert shown == (DATA / "references.txt").read_text(encoding="utf-8").splitlines()
    links = [link.attributes["href"] for item in items for link in item.find("a")]
    assert links.count("../models/rook/") == 3 and links.count("../models/crow/") == 5
    copied = {
        button.attributes["data-cw-copy"]
        for button in read_html(str(page.html), strict=True).find("button")
        if button.text == "Copy as BibTeX"
    }
    assert len(copied) == len(items) and any("@phdthesis{nests, title" in text for text in copied)


def test_references_bib_has_each_once_with_keys_of_their_own() -> None:
    for name in ("references.bib", "other/references.bib"):
        library = parse_string(ALL[name])
        assert library.failed_blocks == []
        keys = [entry.key.casefold() for entry in library.entries]
        assert len(set(keys)) == len(keys)
    entries = parse_string(FILES["references.bib"]).entries_dict
    assert {"rooks2021", "rooks2021a"} <= entries.keys() and len(entries) == 9
    assert entries["commas"].fields_dict["author"].value == "Ann Ash and Ben Birch and Cy Cedar and Di Date and Eva Elm"


def test_a_site_without_publications_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text("# X\n\nText.\n")
    site, files = make_site(tmp_path)
    assert "references.bib" not in files
    assert "No model of this site cites a publication" in next(p.html for p in site.pages if "references" in p.uri)


CITATION_FILES = {"citation.bib", "citation.ris", "citation.json", "CITATION.cff"}


def test_cards_have_files_for_what_they_cite_and_links_to_them() -> None:
    pages = {page.entry.slug: page for page in SITE.pages if page.entry}
    for slug, count in CITED.items():
        names = {uri.rpartition("/")[2] for uri in FILES if uri.startswith(f"models/{slug}/")} & CITATION_FILES
        assert names == (CITATION_FILES if count else set())
        hrefs = {link.attributes.get("href") for link in read_html(str(pages[slug].html), strict=True).find("a")}
        assert hrefs & CITATION_FILES == names
        if count:
            assert len(parse_string(FILES[f"models/{slug}/citation.bib"]).entries) == count
            assert len(json.loads(FILES[f"models/{slug}/citation.json"])) == count


def test_rispy_reads_what_stands_there() -> None:
    for uri, text in ending("citation.ris"):
        assert len(rispy.loads(text)) == text.count("TY  - "), uri
    (found,) = (one for one in rispy.loads(FILES["models/rook/citation.ris"]) if one.get("id") == "rooks2021")
    expected = {
        "type_of_reference": "JOUR", "title": "Rücken und Krähen — again", "secondary_title": "Birds", "year": "2021",
        "authors": ["van der Voort, Jan, Jr.", "The Rook Group", "Étienne, Zoë", "et al."], "date": "2021/06//",
        "volume": "12", "number": "3", "start_page": "101", "end_page": "117",
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected


@pytest.mark.filterwarnings("error")
def test_citeproc_reads_csl_json() -> None:
    for uri, text in ending("citation.json"):
        items = json.loads(text)
        assert len(CiteProcJSON(items)) == len(items) == len({item["id"] for item in items}), uri
    (found,) = (one for one in json.loads(FILES["models/rook/citation.json"]) if one["id"] == "rooks2021")
    assert found["author"] == [
        {"family": "Voort", "given": "Jan", "non-dropping-particle": "van der", "suffix": "Jr."},
        {"literal": "The Rook Group"},
        {"family": "Étienne", "given": "Zoë"},
        {"literal": "others"},
    ]
    assert (found["type"], found["page"], found["issue"]) == ("article-journal", "101-117", "3")
    assert found["issued"] == {"date-parts": [[2021, 6]]}


CHECK = """\
import sys, pathlib
from cffconvert.citation import Citation
for path in sys.argv[1:]:
    try:
        Citation(pathlib.Path(path).read_text(encoding="utf-8")).validate()
    except Exception as error:
        print(path, str(error)[:500])
"""


def test_cffconvert_takes_every_citation_cff(tmp_path: Path) -> None:
    texts = [text for _, text in ending("CITATION.cff")]
    table = tomllib.loads((ROOT / "hooks/cardwright/licenses.toml").read_text(encoding="utf-8"))["license"]
    licences = [one for row in table if (one := find_license(row["id"])) and one.is_spdx]
    head = "cff-version: 1.2.0\nmessage: x\ntitle: x\nauthors:\n  - name: x\n"
    texts += [f"{head}license: {one.id}\n" for one in licences if one.id not in LATER_LICENSES]
    paths = [tmp_path / f"{number}.cff" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    done = run_python("citations", "-c", CHECK, *map(str, paths))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_citation_cff_says_who_made_it_and_what_to_cite() -> None:
    fields = yaml.safe_load(FILES["models/rook/CITATION.cff"])
    assert fields["authors"] == [{"family-names": "Example", "given-names": "Ada"}, {"name": "Rook Team"}]
    assert (fields["title"], fields["license"]) == ("Rook", "Apache-2.0")
    assert fields["preferred-citation"]["doi"] == "10.1000/ROOKS.1"
    assert [one["title"] for one in fields["references"]] == ["Rücken und Krähen — again"]
    assert yaml.safe_load(FILES["models/crow/CITATION.cff"])["authors"] == [
        {"family-names": "Doe", "given-names": "Jane"}
    ]


ODD = [
    "@misc{a, title={no}, author={null}, year={in press}}",
    '@misc{b, title={"Quoted": a # sign, \\x}, author={- and : and {#}}, keywords={yes, 1.0, yes}, year=0}',
    "@article{c, title={}, author={}, pages={e1, e5}, month={Octember}, date={2020-99-99}}",
    "@book{d, title={D}, editor={Ed Itor}, isbn={not one}, doi={none}, volume={0012}, year={2020/2021}}",
    "@article{e, title={1e3}, author={A, B}, issn={1234-567X}, month={27 June}, year={2016}}",
    "@misc{f, title={\\LaTeX{} \\unknown{x} $x^2$}, author={others}}",
    "@patent{g, title={P}, author={Jane Doe}, number={US1}, day={31}, month=feb, year={199}}",
]


@pytest.mark.parametrize("source", ODD, ids=range(len(ODD)))
def test_odd_entries_make_valid_files(source: str, tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text(f"# yes\n\n```bibtex\n{source}\n```\n", encoding="utf-8")
    _, files = make_site(tmp_path)
    (work,) = (read_work(entry) for entry in parse_bibtex(source).entries)
    assert len(rispy.loads(to_ris(work))) == 1
    assert len(CiteProcJSON(json.loads(to_csl([work])))) == 1
    assert to_plain(work) is not None
    assert (to_cff(work) is not None) == ("models/x/CITATION.cff" in files)
    if to_cff(work):
        path = tmp_path / "CITATION.cff"
        path.write_text(files["models/x/CITATION.cff"], encoding="utf-8")
        done = run_python("citations", "-c", CHECK, str(path))
        assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_plain_text_has_full_names() -> None:
    (entry,) = (one for one in parse_bibtex(FILES["models/rook/citation.bib"]).entries if one.key == "rooks2021")
    assert to_plain(read_work(entry)) == (
        "Jan van der Voort, Jr., The Rook Group, Zoë Étienne et al. Rücken und Krähen — again. "
        "Birds 12(3), pages 101–117, 2021. https://arxiv.org/abs/2101.00001v2"
    )


def test_every_type_that_is_known_has_its_names() -> None:
    assert KINDS.keys() == REQUIRED_FIELDS.keys()


def test_long_lists_are_paged(tmp_path: Path) -> None:
    long = "x" * 300
    entries = "\n".join(f"@misc{{k{n}, title={{{n} {long}}}, author={{Doe, Jane}}, year=2020}}" for n in range(300))
    (tmp_path / "x").mkdir()
    (tmp_path / "x/README.md").write_text("# X\n")
    (tmp_path / "x/all.bib").write_text(entries)
    site, _ = make_site(tmp_path)
    pages = [page for page in site.pages if page.uri.startswith("references/")]
    assert [page.uri for page in pages[:3]] == ["references/index", "references/pages/2", "references/pages/3"]
    assert sum(str(page.html).count('<li id="ref-') for page in pages) == 300
    assert all(len(str(page.html).encode()) < 75_000 for page in pages)
    assert [page.is_searched for page in pages] == [True] + [False] * (len(pages) - 1)
    assert 'href="../../../references.bib"' in pages[1].html and 'href="../../"' in pages[1].html
