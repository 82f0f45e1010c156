"""The `cardwright` command."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from cardwright import __version__
from cardwright.bulk import BulkError, Wish, inspect_all
from cardwright.card import card_schema
from cardwright.convert import TARGETS
from cardwright.diff.command import diff
from cardwright.doctor import examine
from cardwright.doctor.report import describe, write_card_report, write_overview
from cardwright.entry import Entry
from cardwright.facts import FACTS, Facts, FactsError, inspect, inspect_url
from cardwright.importing import import_cards
from cardwright.problem import one_line
from cardwright.rendering import render
from cardwright.sections.structure import ORDER, format_fact
from cardwright.starter import (
    Model,
    StartError,
    ask,
    choose_folder,
    find_answers,
    list_next_steps,
    write_folder,
    write_text,
)
from cardwright.workplace import read_here


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cardwright")
def main() -> None:
    """Check model cards, look into ONNX files, and print what Cardwright reads."""


main.add_command(render)
main.add_command(diff)


@main.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path), default=Path("cards"))
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
def check(path: Path, strict: bool) -> None:
    """Print every problem of the cards below PATH (a folder or one card), and exit with 1 on errors."""
    entries, problems = read_here(path)
    for problem in problems:
        click.echo(f"{problem}" if problem.severity == "error" else f"{problem} [warning]")
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    click.echo(f"{_count(len(entries), 'card')}: {_count(errors, 'error')}, {_count(warnings, 'warning')}", err=True)
    sys.exit(1 if errors or (strict and problems) else 0)


@main.command()
@click.argument("folder", default="")
@click.option(
    "--from",
    "model",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="MODEL.onnx",
    help="Copy this ONNX file into the folder, and take from it what it knows.",
)
@click.option("--link", is_flag=True, help="Give the model a second name (a hard link) instead of a copy.")
@click.option(
    "--cards-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("cards"),
    help="The folder of all cards; `cards` when absent.",
)
@click.option("--name", help="Name of the model.")
@click.option("--summary", help="One sentence: what it is, and what for.")
@click.option("--task", help="Hugging Face's id of the task.")
@click.option("--license", help="SPDX id of its licence.")
@click.option("--dataset", help="What it was trained on.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing: take what is known, and leave out the rest.")
def new(folder: str, model: Path | None, link: bool, cards_dir: Path, yes: bool, **given: str | None) -> None:
    """Start a card in FOLDER: asks five things, or takes them from options and from an ONNX file."""
    found = Model(model, _inspect(str(model), {}), link) if model else None
    defaults = find_answers(found.facts, found.path, folder) if found else {"name": Path(folder).name}
    answers = ask(given, defaults, interactive=not yes)
    target = choose_folder(folder, answers["name"], cards_dir, model)
    try:
        written = write_folder(target, write_text(answers, found.facts if found else None), found)
    except StartError as error:
        raise click.ClickException(one_line(str(error))) from None
    click.echo()
    for path in written:
        click.echo(one_line(f"Wrote {path}"))
    click.echo("\nNext:")
    steps = list_next_steps(target, found)
    width = max(len(step) for step, _ in steps)
    for step, purpose in steps:
        click.echo(one_line(f"  {step:<{width}}  {purpose}"))


@main.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON (the default is too, for now).")
def show(path: Path, as_json: bool) -> None:
    """Print the card at PATH as Cardwright understands it: its fields by their canonical names."""
    entries, problems = read_here(path)
    cards = [_canonical(entry) for entry in entries]
    click.echo(json.dumps(cards[0] if len(cards) == 1 else cards, indent=2, ensure_ascii=False))
    for problem in problems:
        click.echo(str(problem), err=True)


@main.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path), default=Path("cards"))
@click.option("--json", "as_json", is_flag=True, help="As JSON: a list with one object a card.")
@click.option("--min", "minimum", type=click.IntRange(0, 100), metavar="N", help="Exit with 1 when a card is below N.")
def doctor(path: Path, as_json: bool, minimum: int | None) -> None:
    """Print what readers miss in the cards below PATH: a score of 100, and the next steps."""
    entries, _ = read_here(path)
    folder = path if path.is_dir() else path.parent
    cards_in = Counter(entry.path for entry in entries)
    named = [entry.path if cards_in[entry.path] == 1 else f"{entry.path} ({entry.name})" for entry in entries]
    found = [(examine(entry), (folder / name).as_posix()) for entry, name in zip(entries, named, strict=True)]
    if as_json:
        click.echo(json.dumps([describe(*pair) for pair in found], indent=2, ensure_ascii=False))
    elif found:
        lines = write_card_report(*found[0]) if len(found) == 1 else write_overview(found)
        click.echo("\n".join(map(one_line, lines)))
    scores = [examination.score for examination, _ in found]
    below = sum(score < (minimum or 0) for score in scores)
    if len(scores) != 1:
        mean = f", {round(sum(scores) / len(scores))} of 100 on average" if scores else ""
        click.echo(f"{_count(len(scores), 'card')}{mean}", err=True)
    if below:
        click.echo(f"{_count(below, 'card')} below {minimum}", err=True)
    sys.exit(1 if below else 0)


@main.command()
def schema() -> None:
    """Print the JSON Schema of a card's front matter, for editors."""
    click.echo(json.dumps(card_schema(), indent=2, ensure_ascii=False))


@main.command()
@click.argument("card", type=click.Path(exists=True, path_type=Path))
@click.option("--to", "to", required=True, type=click.Choice([target.name for target in TARGETS]), help="The format.")
@click.option("--name", help="The card of this name alone, where CARD holds several.")
@click.option("--output", type=click.Path(path_type=Path), help="The file to write; without it, the terminal.")
def convert(card: Path, to: str, name: str | None, output: Path | None) -> None:
    """Write the card at CARD (its file or folder, or a folder of cards) in another format."""
    target = next(target for target in TARGETS if target.name == to)
    entries = tuple(entry for entry in read_here(card)[0] if name in (None, entry.slug, entry.name))
    if not entries:
        raise click.ClickException(one_line(f"{card} holds no card{f' called {name}' if name else ''}."))
    if target.one and len(entries) > 1:
        hint = f"name one of them, e.g. --name {entries[0].slug}"
        raise click.ClickException(
            one_line(f"{card} holds {_count(len(entries), 'card')}, and a {target.file_name} is one card: {hint}.")
        )
    for entry in entries:
        if entry.raw.unreadable and entry.raw.format != to:
            for problem in entry.problems:
                click.echo(str(problem), err=True)
            raise click.ClickException(one_line(f"{entry.path} cannot be read, so it is not converted: mend it first."))
    text = target.write(entries)
    if not text:
        raise click.ClickException(one_line(f"{card} states nothing to write as {target.label}."))
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(output, text, entries)


@main.command("import")
@click.argument("dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--output", type=click.Path(path_type=Path), help="The folder to write; DIR-imported when absent.")
def import_folder(dir: Path, output: Path | None) -> None:
    """Write every card below DIR as a README.md of our own form, with its files, into a new folder."""
    output = output or dir.resolve().with_name(f"{dir.resolve().name}-imported")
    if output.resolve().is_relative_to(dir.resolve()):
        raise click.ClickException(
            one_line(f"{output} lies in {dir}, where its cards would be read twice: name another.")
        )
    entries, _ = read_here(dir)
    written, problems = import_cards(entries, dir, output)
    for problem in problems:
        click.echo(str(problem), err=True)
    click.echo(f"{_count(len(written), 'card')} written to {os.fspath(output)}")
    sys.exit(1 if problems else 0)


@main.command("inspect")
@click.argument("file", default="")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--dim", "dims", multiple=True, metavar="NAME=N", help="Size of a symbolic dimension, for the MACs.")
@click.option("--all", "every", is_flag=True, help="All models of the cards below FILE; `cards` when absent.")
@click.option("--facts", "store", metavar="DIR_OR_URL", help="Where the facts of all go, for site builds.")
@click.option("--executor", default="local", help="Who inspects all: `local`, `local:4`, `dask://HOST:PORT`.")
@click.option("--within", multiple=True, metavar="PREFIX", help="Of all, only addresses that begin so.")
@click.option("--sha256", "whole", is_flag=True, help="Of all, fetch files at addresses whole, for their SHA-256.")
def inspect_file(file: str, as_json: bool, dims: tuple[str, ...], every: bool, store: str | None, **more: Any) -> None:
    """Print what the ONNX FILE holds: a path, or an address of which only the graph is fetched."""
    if every and store and (not file or Path(file).is_dir()):
        sys.exit(_inspect_all(Wish(Path(file or "cards"), store, **more)))
    if every or not file:
        raise click.UsageError("Name a FILE, or a folder of cards with `--all` and `--facts DIR_OR_URL`.")
    facts = _inspect(file, _read_dims(dims))
    if as_json:
        click.echo(json.dumps(facts.to_json(), indent=2, ensure_ascii=False))
    else:
        _print_facts(facts)


def _inspect_all(wish: Wish) -> int:
    """The exit code: 1 when a model could not be inspected."""
    try:
        report, summary = inspect_all(wish)
    except BulkError as error:
        raise click.ClickException(one_line(str(error))) from None
    for problem in report.problems:
        click.echo(str(problem))
    click.echo(summary, err=True)
    return 1 if report.problems else 0


def _inspect(file: str, dims: dict[str, int]) -> Facts:
    try:
        return inspect_url(file, dims) if "://" in file else inspect(file, dims)
    except FactsError as error:
        click.echo(one_line(f"{file}: {error.message} ({error.hint})"), err=True)
        sys.exit(1)


def _read_dims(dims: tuple[str, ...]) -> dict[str, int]:
    read: dict[str, int] = {}
    for text in dims:
        name, _, size = text.rpartition("=")
        if not name or not size.isdecimal():
            raise click.BadParameter(f"`{text}` is not NAME=N, e.g. sequence=128", param_hint="--dim")
        read[name] = int(size)
    return read


def _print_facts(facts: Facts) -> None:
    labels = {fact.key: fact.label for fact in FACTS}
    rows = [(labels[key], value) for key in ORDER if (value := format_fact(key, facts))]
    width = max(len(label) for label, _ in rows)
    for label, value in rows:
        click.echo(f"{label:<{width}}  {one_line(value)}")
    for warning in facts.warnings:
        click.echo(f"warning: {one_line(warning)}", err=True)


def _write(output: Path, text: str, entries: tuple[Entry, ...]) -> None:
    if output.exists() and any(entry.source.path.samefile(output) for entry in entries):
        raise click.ClickException(one_line(f"{output} is the card itself: name another file."))
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(one_line(f"{output} cannot be written: {error.strerror}.")) from None


def _canonical(entry: Entry) -> dict[str, object]:
    card = entry.card.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {
        "format": entry.raw.format,
        "source": entry.path,
        "name": entry.name,
        **card,
        "body": entry.raw.body.markdown,
    }


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
