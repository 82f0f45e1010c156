"""The `cardwright` command."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from cardwright import __version__
from cardwright.card import card_schema
from cardwright.entry import Entry
from cardwright.facts import FACTS, Facts, FactsError, Inspector, inspect
from cardwright.problem import Problem, one_line
from cardwright.sections.structure import ORDER, format_fact
from cardwright.site import CACHE_DIR, read_cards


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cardwright")
def main() -> None:
    """Check model cards, look into ONNX files, and print what Cardwright reads."""


@main.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path), default=Path("cards"))
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
def check(path: Path, strict: bool) -> None:
    """Print every problem of the cards below PATH (a folder or one card), and exit with 1 on errors."""
    entries, problems = _read(path)
    for problem in problems:
        click.echo(f"{problem}" if problem.severity == "error" else f"{problem} [warning]")
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    click.echo(f"{_count(len(entries), 'card')}: {_count(errors, 'error')}, {_count(warnings, 'warning')}", err=True)
    sys.exit(1 if errors or (strict and problems) else 0)


@main.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON (the default is too, for now).")
def show(path: Path, as_json: bool) -> None:
    """Print the card at PATH as Cardwright understands it: its fields by their canonical names."""
    entries, problems = _read(path)
    cards = [_canonical(entry) for entry in entries]
    click.echo(json.dumps(cards[0] if len(cards) == 1 else cards, indent=2, ensure_ascii=False))
    for problem in problems:
        click.echo(str(problem), err=True)


@main.command()
def schema() -> None:
    """Print the JSON Schema of a card's front matter, for editors."""
    click.echo(json.dumps(card_schema(), indent=2, ensure_ascii=False))


@main.command("inspect")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--dim", "dims", multiple=True, metavar="NAME=N", help="Size of a symbolic dimension, for the MACs.")
def inspect_file(file: str, as_json: bool, dims: tuple[str, ...]) -> None:
    """Print what the ONNX FILE holds: a path, or an http(s) address of which only the graph is fetched."""
    try:
        facts = inspect(file, _read_dims(dims))
    except FactsError as error:
        click.echo(one_line(f"{file}: {error.message} ({error.hint})"), err=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(facts.to_json(), indent=2, ensure_ascii=False))
    else:
        _print_facts(facts)


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


def _read(path: Path) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """The cards at `path`: a folder of cards, a card's folder, or a card's file."""
    folder = path if path.is_dir() else path.parent
    cache = Path(CACHE_DIR) if Path("mkdocs.yml").is_file() else None
    with Inspector(cache) as inspector:
        entries, problems = read_cards(folder, os.fspath(folder), inspector.inspect)
    if path.is_dir():
        return entries, problems
    chosen = tuple(entry for entry in entries if entry.source.path.samefile(path))
    if not chosen:
        raise click.ClickException(one_line(f"{path} is no card: name a card's file or folder, or a folder of cards."))
    return chosen, tuple(p for entry in chosen for p in entry.problems)


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
