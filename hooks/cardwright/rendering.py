"""`cardwright render`: the pages of the site as a folder of files, without MkDocs."""

from __future__ import annotations

from pathlib import Path

import click

from cardwright.addresses import Addresses
from cardwright.benchmarks import read_vocabulary
from cardwright.facts import Inspector
from cardwright.history import read_history
from cardwright.pages import PageStyle
from cardwright.previews import keep_previews
from cardwright.problem import Problem, one_line
from cardwright.settings import Settings, SettingsError, find_config, read_settings
from cardwright.site import CACHE_DIR, PREVIEWS_DIR, Site, build_site
from cardwright.structure import ViewerError, has_viewer
from cardwright.writing import FORMS, WritingError, check_folder, list_files, write_folder


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The site's settings; mkdocs.yml when there is one.",
)
@click.option(
    "--form",
    "form_name",
    type=click.Choice([form.name for form in FORMS]),
    default=FORMS[0].name,
    help="What a page is written as; front-matter when absent.",
)
@click.option("--strict", is_flag=True, help="With any problem, write nothing and exit with 1.")
def render(out: Path, config: Path | None, form_name: str, strict: bool) -> None:
    """Write the pages of all cards, and their files, into the folder OUT for another site generator."""
    form = next(form for form in FORMS if form.name == form_name)
    try:
        check_folder(out)
        found = config or find_config(Path())
        settings = read_settings(found)
        if out.resolve().is_relative_to((settings.root / settings.options.cards_dir).resolve()):
            raise WritingError(f"{out} lies in the folder of the cards, where its pages would be read as cards.")
        addresses = _find_addresses(settings)
        site, problems = _build(settings, addresses, settings.root / CACHE_DIR if found else None)
        for problem in problems:
            click.echo(str(problem), err=True)
        if problems and strict:
            raise WritingError(f"{out} was not written: {len(problems)} problems.")
        write_folder(out, list_files(site, addresses, form))
    except (SettingsError, WritingError) as error:
        raise click.ClickException(one_line(str(error))) from None
    except ViewerError as error:
        raise click.ClickException(one_line(f"{error.message} {error.hint}")) from None
    click.echo(one_line(f"{len(site.pages)} pages written to {out}"))


def _find_addresses(settings: Settings) -> Addresses:
    return Addresses(
        settings.options.models_uri,
        settings.directory_urls,
        viewer=has_viewer(),
        site_url=settings.site_url,
        site_name=settings.site_name,
        site_description=settings.site_description,
    )


def _build(settings: Settings, addresses: Addresses, cache: Path | None) -> tuple[Site, tuple[Problem, ...]]:
    """The site as MkDocs would have it, and all problems; `cache` is that of the site's builds."""
    root, options = settings.root, settings.options
    vocabulary, wrong = read_vocabulary(root / options.metrics, options.metrics) if options.metrics else (None, ())
    cards_dir = root / options.cards_dir
    with Inspector(cache, store=options.facts and root / options.facts) as inspector:
        site = build_site(
            cards_dir,
            options.cards_dir.rstrip("/"),
            addresses,
            PageStyle(settings.permalink, tuple(options.image_hosts)),
            inspector.inspect,
            inspector.lean_model,
            vocabulary,
            read_history(cards_dir),
            keep_previews(root / PREVIEWS_DIR),
        )
    return site, (*wrong, *site.problems)
