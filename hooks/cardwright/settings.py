"""What `mkdocs.yml` says of a site, read without MkDocs; a site of another generator has a file of the same form."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cardwright.nodes import to_plain
from cardwright.options import Options, OptionsError, read_options
from cardwright.pages import escape_for_theme
from cardwright.sources.files import is_inside
from cardwright.yamlmarks import read_yaml

CONFIG_NAMES = ("mkdocs.yml", "properdocs.yml")
"""Where the settings are looked for; the second name is ProperDocs'."""


class SettingsError(Exception):
    """A file that cannot be used; the message is for its author."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What of a site's configuration makes a difference to pages of cards."""

    root: Path
    """The folder from which paths in the options count."""
    options: Options
    site_name: str = ""
    site_description: str = ""
    site_url: str = ""
    """With a slash at its end; empty when it is not known."""
    directory_urls: bool = True
    permalink: str = ""
    """What stands beside headings as their permanent link; empty for none."""


def find_config(folder: Path) -> Path | None:
    """The file of settings in a folder, when there is one."""
    return next((path for name in CONFIG_NAMES if is_inside(path := folder / name, folder)), None)


def read_text_options(text: str, name: str) -> Options | None:
    """The options in the text of a file called `name`, which may mean harm: no tag of it counts, no other file is read.

    None when they stand in a file that it inherits. Raises `SettingsError`.
    """
    read, problems = read_yaml(text)
    if read is None:
        wrong = problems[-1]
        raise SettingsError(f"{name}:{wrong.mark.line}:{wrong.mark.column}: {wrong.message}")
    given = to_plain(read)
    found = _find_options(given)
    if not found and "INHERIT" in given:
        return None
    try:
        return read_options(found)
    except OptionsError as error:
        raise SettingsError(f"{name}: {error}") from None


def read_settings(path: Path | None) -> Settings:
    """The settings in the file; without one, those of a folder without mkdocs.yml. Raises `SettingsError`."""
    if path is None:
        return Settings(Path(), Options())
    given = _read_file(path)
    try:
        options = read_options(_find_options(given))
    except OptionsError as error:
        raise SettingsError(f"{path}: {error}") from None
    texts = {key: given.get(key) for key in ("site_name", "site_description", "site_url")}
    wrong = next((key for key, value in texts.items() if not isinstance(value, str | None)), None)
    if wrong:
        raise SettingsError(f"{path}: {wrong}: write one text.")
    url = texts["site_url"] or ""
    return Settings(
        path.resolve().parent,
        options,
        texts["site_name"] or "",
        texts["site_description"] or "",
        f"{url.rstrip('/')}/" if url else "",
        given.get("use_directory_urls") is not False,
        show_permalink(_named(given.get("markdown_extensions"), "toc").get("permalink", False)),
    )


def find_store(path: Path) -> str | Path:
    """The facts store that the settings name; empty when they name none, or cannot be used."""
    try:
        settings = read_settings(path)
    except SettingsError:
        return ""
    return settings.options.facts and settings.root / settings.options.facts


def show_permalink(value: object) -> str:
    """What `toc: permalink` of mkdocs.yml sets, as Python-Markdown writes it."""
    if isinstance(value, str):
        known = {"true": "&para;", "false": ""}
        return known.get(value.lower(), escape_for_theme(value))
    return "&para;" if value else ""


def _find_options(given: Mapping[str, Any]) -> Any:
    """Our options, from where either door has them."""
    extra = given.get("extra")
    in_extra = extra.get("cardwright") if isinstance(extra, Mapping) else None
    return in_extra if in_extra is not None else _named(given.get("plugins"), "cardwright")


def _named(items: object, name: str) -> Mapping[str, Any]:
    """The settings of the plugin or extension `name`, in a list or a mapping of them."""
    for item in items if isinstance(items, list) else [items]:
        if isinstance(item, Mapping) and isinstance(item.get(name), Mapping):
            return dict(item[name])
    return {}


def _read_file(path: Path, depth: int = 8) -> Mapping[str, Any]:
    """The mapping in the file, over that in the file which it names as `INHERIT`."""
    try:
        given = yaml.load(path.read_bytes(), Loader=_Loader)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SettingsError(f"{path} is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(given, Mapping):
        raise SettingsError(f"{path} is no mapping of settings, such as `site_name: My models`.")
    above = given.get("INHERIT")
    if not isinstance(above, str):
        return given
    if not depth:
        raise SettingsError(f"{path}: INHERIT leads from file to file without an end.")
    return _merge(_read_file(path.parent / above, depth - 1), given)


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> Mapping[str, Any]:
    """Both, as MkDocs puts them together: mappings key by key, all else as `above` has it."""
    both = {
        key: _merge(below[key], value) if isinstance(value, Mapping) and isinstance(below[key], Mapping) else value
        for key, value in above.items()
        if key in below
    }
    return {**below, **above, **both}


class _Loader(yaml.SafeLoader):
    """PyYAML's own, which takes the tags of mkdocs.yml: `!ENV` is filled in, what names Python code is nothing."""

    def read_env(self, node: yaml.Node) -> Any:
        """The first of the variables that is set, else the last value of a list: `!ENV [NAME, fallback]`."""
        value: list[Any] = self.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else [node.value, None]
        found = (os.environ[str(name)] for name in value[: max(len(value) - 1, 1)] if str(name) in os.environ)
        return next((yaml.safe_load(text) for text in found), value[-1] if len(value) > 1 else None)


_Loader.add_constructor("!ENV", _Loader.read_env)
_Loader.add_multi_constructor("", lambda loader, suffix, node: None)
