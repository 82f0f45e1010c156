"""The docs say what the code does: names, messages and fields are all there, links resolve, examples are run."""

import ast
import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from cardwright.addresses import Addresses
from cardwright.card import card_schema
from cardwright.cli import main
from cardwright.diff import CardChange, Change, Difference
from cardwright.diff.report import KINDS, describe_difference
from cardwright.diff.values import HOWS
from cardwright.exports import CARD_EXPORTS, EXPORTS
from cardwright.facts import FACTS, inspect
from cardwright.nodes import Map
from cardwright.options import Options
from cardwright.pages import PageStyle
from cardwright.site import build_site
from cardwright.sources import READERS
from cardwright.validate import _PLAIN_WORDS, validate_card
from cardwright.views import VIEWS
from cardwright.yamlmarks import read_yaml

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PACKAGE = ROOT / "hooks/cardwright"
PAGES = {path.relative_to(ROOT).as_posix(): path.read_text() for path in sorted(DOCS.rglob("*.md"))}
TEXTS = {"README.md": (ROOT / "README.md").read_text(), **PAGES}

FENCE = re.compile(r"^(`{3,})(\w+)(?: title=\"([^\"]*)\")?\n(.*?)^\1$", re.MULTILINE | re.DOTALL)


def fences(page: str) -> list[tuple[str, str, str]]:
    """The page's code blocks: language, title, text."""
    return [(match[2], match[3] or "", match[4]) for match in FENCE.finditer(TEXTS[page])]


def table(page: str, heading: str) -> dict[str, list[str]]:
    """The rows of the tables right below a heading, by the code in their first cell."""
    text = re.split(r"^#.*$", f"\n{TEXTS[page]}".partition(f"\n{heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    rows = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in text.splitlines() if line[:1] == "|"
    ]
    return {name: row for row in rows for name in re.findall(r"`([^`]+)`", row[0])}


# Links ---------------------------------------------------------------------------------------------------------------

SLUGS = {path.name for path in (ROOT / "cards").iterdir() if path.is_dir()}
VIEW_PAGES = {f"{view.uri.format(models='models')}.md" for view in VIEWS}


@pytest.mark.parametrize("page", TEXTS)
def test_relative_links_resolve(page: str) -> None:
    prose = FENCE.sub("", TEXTS[page])
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", prose)
    made = {*(DOCS / view for view in VIEW_PAGES), *(DOCS / f"models/{slug}.md" for slug in SLUGS)}
    paths = {target: (ROOT / page).parent.joinpath(target).resolve() for target in targets}
    assert not [target for target, path in paths.items() if path not in made and not path.is_file()]


@pytest.mark.parametrize("page", TEXTS)
def test_links_to_headings_resolve(page: str) -> None:
    sections = {"metadata", "files", "structure", "publication"}
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", FENCE.sub("", TEXTS[page])):
        path = ((ROOT / page).parent / target if target else ROOT / page).resolve().relative_to(ROOT).as_posix()
        if anchor.startswith("only-"):
            continue
        headings = re.findall(r"^#+ (.*)$", TEXTS[path], re.MULTILINE) if path in TEXTS else sections
        assert anchor in {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_every_page_is_in_the_nav() -> None:
    named = set(re.findall(r"([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE))
    assert named == {page.removeprefix("docs/") for page in PAGES} | VIEW_PAGES


def test_pictures_are_small_and_used() -> None:
    pictures = {path.name: path.stat().st_size for path in (DOCS / "assets").glob("*.png")}
    assert pictures
    assert not {name: size for name, size in pictures.items() if size > 150_000}
    assert not [name for name in pictures if not any(f"assets/{name}" in text for text in TEXTS.values())]


# The card ------------------------------------------------------------------------------------------------------------


def parts(schema: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """Each part of the card: the heading of its table in the reference, and its fields."""
    yield "## Top level", set(schema["properties"])
    owners = [schema, *schema["$defs"].values()]
    for name, part in schema["$defs"].items():
        pointer = json.dumps(f"#/$defs/{name}")
        fields = [
            (o is schema, key) for o in owners for key, value in o["properties"].items() if pointer in json.dumps(value)
        ]
        top, key = fields[0]
        yield f"##{'' if top else '#'} `{key}`", set(part["properties"])


@pytest.mark.parametrize(
    ("heading", "fields"), list(parts(card_schema())), ids=lambda value: value if isinstance(value, str) else ""
)
def test_fields_are_documented(heading: str, fields: set[str]) -> None:
    assert set(table("docs/reference/card.md", heading)) >= fields


@pytest.mark.parametrize("page", ["docs/reference/card.md", "docs/guide/citations.md"])
def test_examples_of_fields_have_no_problem(page: str) -> None:
    examples = [text for language, _, text in fences(page) if language == "yaml"]
    assert examples
    for text in examples:
        fields, problems = read_yaml(text)
        assert isinstance(fields, Map)
        _, misfits, more = validate_card(fields)
        assert ((*problems, *more), misfits) == ((), {}), text


def test_published_schema_is_the_commands() -> None:
    printed = CliRunner().invoke(main, ["schema"]).output
    assert (DOCS / "assets/card.schema.json").read_text() == printed, "run `cardwright schema` again"


# Tables of the code --------------------------------------------------------------------------------------------------


def test_facts_are_documented() -> None:
    rows = re.findall(r"^\| (.+?) \| `(\w+)` \| (.+?) \| (.+?) \|$", TEXTS["docs/reference/facts.md"], re.MULTILINE)
    assert rows == [(fact.label, fact.key, fact.how, fact.source) for fact in FACTS]


def test_formats_are_documented() -> None:
    named = re.findall(r"^\| `([\w-]+)`: ", TEXTS["docs/guide/formats.md"], re.MULTILINE)
    assert named == [reader.format for reader in READERS]


def test_options_are_documented() -> None:
    rows = {name: row[1:] for name, row in table("docs/reference/options.md", "# Options").items()}
    assert set(rows) == set(Options.model_fields)
    for name, field in Options.model_fields.items():
        default = "true" if field.default is True else field.default
        assert rows[name][0] == (f"`{default}`" if default != "" else "*(none)*")


def test_differences_are_documented() -> None:
    page = "docs/guide/review.md"
    change = Change("field", "license", "License", "changed")
    found = describe_difference(Difference("a", "b", (CardChange("changed", "a", "b", "c", "d", "e", (change,)),), 0))
    assert [name for name in table(page, "## What became of it") if name in HOWS] == list(HOWS)
    assert list(table(page, "## What is compared")) == list(KINDS)
    assert set(table(page, "## For programs")) == {*found, *found["cards"][0], *found["cards"][0]["changes"][0]}


def test_keys_of_the_index_are_documented() -> None:
    site = build_site(ROOT / "cards", "cards", Addresses("models"), PageStyle(), inspect)
    content = next(file.content for file in site.files if file.uri == "models/index.json")
    cards = json.loads(content or "")
    headline = next(card["headline"] for card in cards if card["headline"])
    page, heading = "docs/reference/exports.md", "## `models/index.json`"
    assert list(table(page, heading)) == [*cards[0], *headline]


def test_exports_are_documented() -> None:
    text = TEXTS["docs/reference/exports.md"]
    names = [export.uri.format(models="models") for export in EXPORTS]
    names += [f"models/<slug>/{export.name}" for export in CARD_EXPORTS]
    assert not [name for name in names if f"`{name}`" not in text and f"`{name.rpartition('/')[2]}`" not in text]


def test_modules_are_documented() -> None:
    text = TEXTS["docs/dev/architecture.md"]
    modules = {path.name for path in PACKAGE.rglob("*.py")} - {"__init__.py"}
    folders = {f"{path.relative_to(PACKAGE)}/" for path in PACKAGE.iterdir() if path.is_dir()} - {"__pycache__/"}
    assert not {name for name in modules | folders if f"`{name}`" not in text}
    assert not set(re.findall(r"`(\w+\.py)`", text)) - modules


# Messages ------------------------------------------------------------------------------------------------------------

MESSAGE_AT = {
    "Problem": 3, "_problem": 1, "say": 1, "wrong": 0, "Finding": 1, "_as_it_stands": 1, "FactsError": 0,
    "UnknownError": 0, "warnings.add": 0, "JSONDecodeError": 0, "ConfigurationError": 0, "BadParameter": 0,
    "ClickException": 0, "StartError": 0, "SettingsError": 0, "WritingError": 0,
    "FileError": 0, "TransientError": 0, "BulkError": 0, "StoreError": 0, "DiffError": 0, "UsageError": 0,
}  # fmt: skip
"""What is called with a message for the user, and at which place the message stands."""


def messages() -> Iterator[str]:
    """Every message that the code can print, with … for what it fills in."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=func, args=args):
                    name = re.split(r"\.(?!add$)", ast.unparse(func).removeprefix("self."))[-1]
                    yield from (show(args[at]) for at in [MESSAGE_AT.get(name, 99)] if at < len(args))
                case ast.Assign(targets=[ast.Name(id="message")], value=value):
                    yield show(value)
    yield from (message for message, _ in _PLAIN_WORDS.values())


def show(node: ast.expr) -> str:
    """A text of the code; nothing for what is no text there."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return re.sub("…+", "…", "".join(show(value) or "…" for value in values))
        case ast.BinOp(left=part) | ast.Call(func=ast.Name(id="one_line"), args=[part]):
            return show(part)
    return ""


@pytest.mark.parametrize("message", sorted({message for message in messages() if message.strip("…: ")}))
def test_message_is_documented(message: str) -> None:
    assert message in TEXTS["docs/reference/problems.md"]


# The command line ----------------------------------------------------------------------------------------------------


def test_commands_and_options_are_documented() -> None:
    page = "docs/reference/cli.md"
    assert set(re.findall(r"^## `cardwright (\w+)`$", TEXTS[page], re.MULTILINE)) == set(main.commands)
    for name, command in main.commands.items():
        real = {
            p.opts[0] if isinstance(p, click.Option) else p.make_metavar(click.Context(command)) for p in command.params
        }
        assert {word.strip("[]") for word in real} == set(table(page, f"## `cardwright {name}`")) - {"NAME=N"}


@pytest.mark.parametrize("page", [page for page in PAGES if "```console" in TEXTS[page]])
def test_shown_output_is_real(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "cards", tmp_path / "cards")
    monkeypatch.chdir(tmp_path)
    for language, title, text in fences(page):
        if title.startswith("cards/"):
            Path(title).parent.mkdir(exist_ok=True)
            Path(title).write_text(text)
        if language == "console":
            for shown in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                command, _, output = shown.partition("\n")
                pattern = "(?:.*\n)+".join(map(re.escape, output.split("...\n")))
                assert re.fullmatch(pattern, run(command)), f"$ {command}\n{run(command)}"


def run(command: str) -> str:
    """What a command of the docs prints; `...` in the docs stands for lines left out."""
    match shlex.split(command):
        case ["cardwright", *arguments]:
            return CliRunner().invoke(main, arguments, prog_name="cardwright", terminal_width=80).output
        case ["cp", "-r", source, folder]:
            shutil.copytree(source, folder)
            return ""
        case ["cp", source, folder]:
            shutil.copy(source, folder)
            return ""
    raise AssertionError(f"cannot run: {command}")
