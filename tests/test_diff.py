"""`cardwright diff`: each kind of change in a git history, named as it is; the Markdown with names that mean harm."""

import json
import os
import re
import unicodedata
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import cmarkgfm
import comrak
import pytest
import yaml
from click.testing import CliRunner, Result
from cmarkgfm.cmark import Options
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import parser

from cardwright.cli import main
from cardwright.diff import CardChange, Change, Difference, find_difference
from cardwright.diff.markdown import MAX_CHARACTERS, code, write_markdown
from cardwright.diff.report import describe_difference, write_difference
from tests.sites import write
from tests.test_history import git

CASES = {path.stem: path for path in sorted((Path(__file__).parent / "data/diff").glob("*.yaml"))}

SITE = "site_name: Birds\nextra: {cardwright: {cards_dir: birds}}\n"


def load(path: Path) -> dict[str, Any]:
    case: dict[str, Any] = yaml.safe_load(path.read_text())
    return case


def content(value: Any) -> bytes:
    """What stands in a file: text, or a model in onnx's own notation."""
    if isinstance(value, dict):
        made: bytes = parser.parse_model(value["onnx"]).SerializeToString()
        return made
    return str(value).encode()


def change(folder: Path, files: dict[str, Any]) -> None:
    """Write the files of a case; those that are null are removed."""
    for name, value in files.items():
        if value is None:
            (folder / name).unlink()
        else:
            write(folder, {name: content(value)})


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one commit for every case, tagged with its name; a folder of each state stands beside it."""
    top = tmp_path_factory.mktemp("history")
    project = top / "project"
    change(project, {"mkdocs.yml": SITE})
    git(top, "init", "-q", "project")
    for path in CASES.values():
        change(project / "birds", load(path).get("base", {}))
    commit(project, "start")
    for name, path in CASES.items():
        change(project / "birds", load(path)["head"])
        commit(project, name)
    return project


def commit(project: Path, tag: str) -> None:
    git(project, "add", "-A")
    git(project, "commit", "-qm", tag, "--allow-empty", GIT_AUTHOR_NAME="A")
    git(project, "tag", tag)


def run(folder: Path, *arguments: str) -> Result:
    old = Path.cwd()
    os.chdir(folder)
    try:
        result = CliRunner().invoke(main, ["diff", *arguments])
    finally:
        os.chdir(old)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize("name", CASES)
def test_each_change_is_named(history: Path, name: str) -> None:
    case = load(CASES[name])
    difference = find_difference(f"{name}~1", name, project=history)
    assert "".join(f"{line}\n" for line in write_difference(difference)).removesuffix("\n") == case["text"]
    found = describe_difference(difference)["cards"]
    named = {
        card["slug"]: {"how": card["how"], "found": [[c["kind"], c["key"], c["how"]] for c in card["changes"]]}
        for card in found
    }
    assert named == case["changes"]
    rows = [" ".join(cells) for cells in read_table(write_markdown(difference))[1:]]
    told = [
        (change["what"], change["how"], change["note"])
        for card in found
        for change in [{"what": card["name"], "how": card["how"], "note": card["path"]}, *card["changes"]]
    ]
    assert len(rows) == len(told)
    assert all(word in row for row, words in zip(rows, told, strict=True) for word in words)


@pytest.mark.parametrize("name", CASES)
def test_folders_differ_as_revisions_do(history: Path, tmp_path: Path, name: str) -> None:
    for side in ("base", "head"):
        change(tmp_path / side, {"mkdocs.yml": SITE, "birds/other.md": "# Other\n"})
        change(tmp_path / side / "birds", load(CASES[name]).get("base", {}))
    change(tmp_path / "head/birds", load(CASES[name])["head"])
    found = find_difference(str(tmp_path / "base"), str(tmp_path / "head"), project=tmp_path)
    assert found.cards == find_difference(f"{name}~1", name, project=history).cards


def test_the_working_tree_is_the_other_side(history: Path) -> None:
    last = list(CASES)[-1]
    assert run(history, f"{last}~1", last).stdout.startswith(load(CASES[last])["text"])
    assert run(history, last).stdout == f"{run(history, last, 'HEAD').stdout}"
    found, committed = (json.loads(run(history, *sides, "--json").stdout) for sides in (["start"], ["start", last]))
    assert (found["cards"], found["unchanged"]) == (committed["cards"], committed["unchanged"])
    assert len(found["cards"]) > 20
    assert found["head"] == "the working tree"
    swapped = json.loads(run(history, ".", "start", "--json").stdout)
    assert {card["slug"] for card in swapped["cards"] if card["how"] == "added"} >= {"dodo"}


# Markdown -------------------------------------------------------------------------------------------------------------

NAMES: list[str] = json.loads((Path(__file__).parent / "data/diff-names.json").read_text())


def render_cmark(markdown: str) -> str:
    extensions = ["table", "strikethrough", "autolink", "tasklist"]
    made: str = cmarkgfm.markdown_to_html_with_extensions(
        markdown, options=Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES, extensions=extensions
    )
    return made


def render_comrak(markdown: str) -> str:
    extension, rendering = comrak.ExtensionOptions(), comrak.RenderOptions()
    for name in "table strikethrough autolink tasklist footnotes math_dollars math_code shortcodes".split():
        setattr(extension, name, True)
    rendering.unsafe_ = True
    made: str = comrak.render_markdown(markdown, extension_options=extension, render_options=rendering)
    return made


RENDERERS: tuple[Callable[[str], str], ...] = (render_cmark, render_comrak)


class Rendered(HTMLParser):
    """What a page has: elements, the cells of its rows, and the text that is not in code."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.rows, self.plain, self.in_code = set[str](), list[list[str]](), "", 0
        self.feed(html)
        self.close()

    def cells(self) -> list[list[str]]:
        return [[cell.strip() for cell in row] for row in self.rows]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags |= {tag, *(f"{tag} with {name}" for name, _ in attrs)}
        self.in_code += tag == "code"
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.in_code -= tag == "code"

    def handle_comment(self, data: str) -> None:
        self.tags.add("comment")

    def handle_decl(self, decl: str) -> None:
        self.tags.add("declaration")

    def handle_data(self, data: str) -> None:
        if not self.in_code:
            self.plain += data
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def read_table(markdown: str) -> list[list[str]]:
    """The rows of the one table, as both parsers of GitHub's Markdown make it; nothing else may have been made."""
    made = [Rendered(render(markdown)) for render in RENDERERS]
    for rendered in made:
        assert rendered.tags <= {"p", "strong", "code", "table", "thead", "tbody", "tr", "th", "td"}
        assert re.fullmatch(r"[\w ,.:;|\n]*", rendered.plain, re.ASCII), rendered.plain
        assert not re.search(r"[0-9a-f]{7,}|\bGH-|www\.", rendered.plain)
        assert {len(row) for row in rendered.rows} <= {4}
    assert made[0].cells() == made[1].cells()
    return made[0].cells()


@pytest.mark.parametrize("name", NAMES)
def test_no_name_is_more_than_text(name: str) -> None:
    kept = code(name)
    changes = (
        Change("metric", name, name, "worse", name, name, name),
        Change("claim", name, name, "resolved", name, name),
    )
    card = CardChange("renamed", name, name, name, name, name, changes)
    rows = read_table(write_markdown(Difference("a", "b", (card, card), 0)))
    assert len(rows) == 7
    assert rows[2][2] == rows[2][3] == read_table(f"| a | b | c | d |\n| - | - | - | - |\n| {kept} | | | |\n")[1][0]
    shown = " ".join(name.split())
    if shown.isprintable() and "\\u" not in kept and not unicodedata.combining(shown[-1]):
        assert rows[2][2].replace(" ", "") == shown.replace(" ", "")
    assert rows[2][2].isprintable()


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab1@#/<>|\\`&;$_*[]() !:.-~\n\t\u202e\u200b") | st.characters(), max_size=40))
def test_no_text_is_more_than_text(name: str) -> None:
    changes = (Change("metric", name, name, "worse", name, name, name),)
    card = CardChange("changed", name, name, name, name, name, changes)
    rows = read_table(write_markdown(Difference("a", "b", (card,), 0)))
    assert len(rows) == 3


def test_names_of_a_card_are_text(tmp_path: Path) -> None:
    evil = "@octocat fixes #1 | <img src=x> `a` [x](https://example.org)"
    front = {
        "model_name": evil,
        "license": "mit",
        evil: "1",
        "tags": [evil],
        "model-index": [
            {"name": evil, "results": [{"dataset": {"name": evil}, "metrics": [{"type": evil, "value": "1"}]}]}
        ],
    }
    after = {**front, "license": evil, evil: evil, "tags": []}
    for side, fields in (("base", {"license": "mit"}), ("head", after)):
        write(tmp_path / side, {"net/README.md": f"---\n{json.dumps(fields)}\n---\n## {side} {evil}\n"})
    write(tmp_path / "head", {f"net/{evil.replace('/', '')}.onnx": b"no model"})
    result = run(tmp_path, "base", "head", "--markdown")
    rows = read_table(result.stdout)
    assert len(rows) > 8
    assert sum(evil.partition("(")[0] in cell for row in rows for cell in row) > 5


def test_a_long_comment_is_cut_between_rows() -> None:
    change = Change("field", "k", "|" * 100, "changed", "`" * 160, "@" * 160)
    cards = tuple(CardChange("changed", str(n), "|" * 160, "x" * 200, str(n), "", (change,) * 80) for n in range(200))
    markdown = write_markdown(Difference("a", "b", cards, 0))
    assert 40_000 < len(markdown) <= MAX_CHARACTERS
    read_table(markdown)
    assert "and 30 more changes |" in markdown
    left = re.search(r"\n(\d+) more cards with (\d+) changes are left out here: `cardwright diff` prints ", markdown)
    assert left
    assert int(left[2]) == int(left[1]) * 80
    assert markdown.count("x" * 100) + int(left[1]) == 200
