"""`cardwright diff`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from cardwright.diff import DiffError, find_difference
from cardwright.diff.markdown import write_markdown
from cardwright.diff.report import describe_difference, summarise, write_difference
from cardwright.problem import one_line
from cardwright.settings import find_config
from cardwright.site import CACHE_DIR

WORSE, WRONG_USE = 3, 2
"""Exit codes."""


@click.command()
@click.argument("base")
@click.argument("head", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--markdown", "as_markdown", is_flag=True, help="As Markdown, for a comment on a pull request.")
@click.option("--fail-on-worse", is_flag=True, help="Exit with 3 when a metric got worse.")
def diff(base: str, head: str | None, as_json: bool, as_markdown: bool, fail_on_worse: bool) -> None:
    """Print what changed in the cards from BASE to HEAD, git revisions or folders; HEAD may be left out."""
    if as_json and as_markdown:
        raise click.UsageError("--json and --markdown: choose one of them")
    try:
        difference = find_difference(base, head, Path(CACHE_DIR) if find_config(Path()) else None)
    except DiffError as error:
        click.echo(one_line(f"Error: {error}"), err=True)
        sys.exit(WRONG_USE)
    if as_json:
        click.echo(json.dumps(describe_difference(difference), indent=2, ensure_ascii=False))
    elif as_markdown:
        click.echo(write_markdown(difference), nl=False)
    else:
        for line in write_difference(difference):
            click.echo(one_line(line))
        click.echo(summarise(difference))
    sys.exit(WORSE if fail_on_worse and difference.count("metric")["worse"] else 0)
