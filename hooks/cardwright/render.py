"""Our own Jinja2 environment: everything is escaped unless it was made safe, a missing value is an error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from cardwright.sections.publications import list_copies
from cardwright.sections.structure import format_bytes, format_short

MAX_COLUMNS = 12


def render(template: str, **values: Any) -> Markup:
    """The template, filled."""
    return Markup(_find(template).render(**values))


@cache
def _find(name: str) -> Template:
    template = _environment().get_template(name)
    template.globals = dict(template.globals)  # each rendering copies them, and Jinja's own mapping is slow at that
    return template


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("cardwright"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        auto_reload=False,  # they are part of this package
    )
    environment.filters |= {"bytes": format_bytes, "short": format_short, "columns": _columns, "verbatim": _verbatim}
    environment.filters |= {"copies": list_copies}
    return environment


def _columns(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The keys of all rows, as columns of a table; none when they are too many for one."""
    keys = dict.fromkeys(key for row in rows for key in row)
    return tuple(keys) if len(keys) <= MAX_COLUMNS else ()


def _verbatim(text: str) -> Markup:
    """Text for an attribute that must come out byte for byte: a parser would make a line feed of a carriage return."""
    return Markup(str(escape(text)).replace("\r", "&#13;").replace("\n", "&#10;"))
