"""What mkdocs.yml says that our pages need."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path
from urllib.parse import quote, urljoin

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig

from cardwright.csp import Wall, find_script_sources
from cardwright.entry import Entry
from cardwright.options import Options
from cardwright.settings import show_permalink


def find_root(config: MkDocsConfig) -> Path:
    """The folder of mkdocs.yml; MkDocs may give its path as a relative one."""
    return Path(config.config_file_path or ".").resolve().parent


def find_site_url(config: MkDocsConfig) -> str:
    """The site's address with a slash at its end; empty when it is not known."""
    return f"{config.site_url.rstrip('/')}/" if config.site_url else ""


def find_permalink(config: MkDocsConfig) -> str:
    """What stands beside headings, as `toc: permalink` sets it."""
    return show_permalink(config.mdx_configs.get("toc", {}).get("permalink"))


def find_edit_url(entry: Entry, config: MkDocsConfig) -> str | None:
    """Where the card can be edited, as MkDocs finds it for its own pages; None outside the repository."""
    if not (config.edit_uri or config.edit_uri_template):
        return None
    root = os.path.realpath(find_root(config))
    source = os.path.realpath(entry.source.path)
    if os.path.relpath(source, root).startswith(".."):
        return None
    path = Path(os.path.relpath(source, config.docs_dir)).as_posix()
    if config.edit_uri_template:  # has a way of its own to quote: {path!q}
        edit = config.edit_uri_template.format(path=path, path_noext=posixpath.splitext(path)[0])
    else:
        edit = f"{config.edit_uri}{quote(path)}"
    base = config.repo_url or ""
    return urljoin(f"{base.rstrip('/')}/" if base else "", edit)


def raise_wall(options: Options, config: MkDocsConfig, env: Environment, *, is_served: bool) -> Wall:
    """What walls the pages of this build, whose templates `env` reads."""
    wall = Wall(
        bool(options.csp),
        options.csp != "strict" and not options.preview_of,
        is_served,
        (*options.list_sources(), *find_script_sources(config.extra_javascript)),
        tuple(options.image_hosts),
        "navigation.instant" in (config.theme.get("features") or ()),
    )
    wall.mark(env)
    return wall
