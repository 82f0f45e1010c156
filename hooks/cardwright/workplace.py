"""The site in whose folder a command runs: its cards, its metrics, and what was counted before."""

from __future__ import annotations

import os
from pathlib import Path

import click

from cardwright.benchmarks import Vocabulary, built_in, read_vocabulary
from cardwright.entry import Entry
from cardwright.facts import Inspector
from cardwright.problem import Problem, one_line
from cardwright.settings import SettingsError, find_config, find_store, read_settings
from cardwright.site import CACHE_DIR, read_cards


def read_here(path: Path) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """The cards at `path`: a folder of cards, a card's folder, or a card's file."""
    folder = path if path.is_dir() else path.parent
    vocabulary, wrong = read_metrics()
    config = find_config(Path())
    with Inspector(find_cache(), store=find_store(config) if config else "") as inspector:
        entries, problems = read_cards(folder, os.fspath(folder), inspector.inspect, vocabulary)
    if path.is_dir():
        return entries, (*wrong, *problems)
    chosen = tuple(entry for entry in entries if entry.source.path.samefile(path))
    if not chosen:
        raise click.ClickException(one_line(f"{path} is no card: name a card's file or folder, or a folder of cards."))
    return chosen, tuple(p for entry in chosen for p in entry.problems)


def find_cache() -> Path | None:
    """Where a site keeps what was counted in model files; None outside of a site."""
    return Path(CACHE_DIR) if find_config(Path()) else None


def read_metrics() -> tuple[Vocabulary, tuple[Problem, ...]]:
    """Metrics and datasets that the site in this folder adds, and what is wrong with their file."""
    try:
        path = read_settings(find_config(Path())).options.metrics
    except SettingsError:
        path = ""  # MkDocs refuses the site, and says why
    return read_vocabulary(Path(path), path) if path else (built_in(), ())
