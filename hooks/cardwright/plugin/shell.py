"""The theme's page with holes where the values of a card stand, so that it is rendered once and not for each card.

Nearly all that a theme writes is the same on the pages of all cards: header, nav, scripts. So it is rendered with a
hole in the place of each value. What the template does with one is seen: it writes it, asks whether there is something,
or takes tags out of it. Whatever else is done with a hole, or with anything of a page that is none, makes it a theme
whose pages are all rendered. What is filled first is held against what the theme makes of the same page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, Template
from jinja2.filters import FILTERS
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import escape
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.utils.templates import script_tag_filter, url_filter

MAX_SHELLS = 200
"""Of a site whose pages all have another table of contents, each would be used once."""

Values = Mapping[str, Any]
"""What stands in the holes of a page, by name."""

OPERATIONS: Mapping[str, Callable[[Any], Any]] = {
    "striptags": FILTERS["striptags"],
    "e": escape,
    "escape": escape,
    "trim": FILTERS["trim"],
    "urlencode": FILTERS["urlencode"],
    "tojson": htmlsafe_json_dumps,
}
"""Jinja's filters that a template may put a hole through: they look at the value alone."""

PASSING = frozenset({"d", "default"})
"""Filters that give a value as it is, or another where there is none."""

LINKING = (url_filter, script_tag_filter)
"""MkDocs' filters that look at the address of the page."""

_TOKEN = "\ue000{}\ue001"
_TOKENS = re.compile("\ue000([0-9]+)\ue001")


class HoleError(Exception):
    """A template does something with a hole that has to be done for each page."""


def _refuse(*_: object) -> Any:
    raise HoleError


@dataclass(frozen=True, slots=True)
class Asked:
    """What a template asked of a value, and was told."""

    name: str
    operations: tuple[str, ...]
    question: Callable[[Any], bool]
    answer: bool


class Hole:
    """The place of a value in the output of a template."""

    _trace: _Trace
    _name: str
    _operations: tuple[str, ...]

    def __init__(self, trace: _Trace, name: str, operations: tuple[str, ...] = ()) -> None:
        self.__dict__ |= {"_trace": trace, "_name": name, "_operations": operations}

    def __str__(self) -> str:
        return self._trace.mark(self._name, self._operations)

    def __bool__(self) -> bool:
        return self._ask(bool)

    def __contains__(self, text: str) -> bool:
        _check(text)
        return self._ask(lambda value: text in value)

    def __eq__(self, other: object) -> bool:
        _check(other)  # two values of a page that are compared are both others on the next
        return self._ask(lambda value: value == other)

    @property
    def is_anchor(self) -> bool:
        """Whether it is an address on its own page, which is the same wherever that is."""
        return self._ask(lambda value: value.startswith("#"))

    def put_through(self, operation: str) -> Hole:
        """What a filter makes of it."""
        return Hole(self._trace, self._name, (*self._operations, operation))

    def _ask(self, question: Callable[[Any], bool]) -> bool:
        answer = question(_operate(self._trace.values[self._name], self._operations))
        self._trace.asked.append(Asked(self._name, self._operations, question, answer))
        return answer

    __getattr__ = __getitem__ = __iter__ = __len__ = __hash__ = __html__ = __call__ = __format__ = _refuse
    __add__ = __radd__ = __mod__ = __rmod__ = __mul__ = __lt__ = __gt__ = __le__ = __ge__ = __int__ = __float__ = (
        _refuse
    )


def _check(value: object) -> None:
    """Raise `HoleError` for a hole, and for a text with one in it."""
    if isinstance(value, Hole) or (isinstance(value, str) and _TOKENS.search(value)):
        raise HoleError


class _Trace:
    """One rendering with holes."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.marks: list[tuple[str, tuple[str, ...]]] = []
        self.asked: list[Asked] = []
        self.targets: list[str] = []

    def mark(self, name: str, operations: tuple[str, ...]) -> str:
        self.marks.append((name, operations))
        return _TOKEN.format(len(self.marks) - 1)


class _Known:
    """A thing of a page of which these attributes are known, and no others."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self.__dict__.update(known)

    __getattr__ = _refuse


@dataclass(frozen=True, slots=True)
class Shell:
    """What a template writes around the holes."""

    texts: tuple[str, ...]
    """One more than there are holes."""
    marks: tuple[tuple[str, tuple[str, ...]], ...]
    asked: tuple[Asked, ...]
    targets: tuple[str, ...]
    """Addresses that it links to, from the root of the site."""

    def fits(self, values: Values, url: str) -> bool:
        """Whether the template would do the same with these values, on a page beside that of the shell."""
        return all(
            each.question(_operate(values[each.name], each.operations)) == each.answer for each in self.asked
        ) and not any(target.startswith(url) for target in self.targets)

    def fill(self, values: Values) -> str:
        """The page."""
        parts = [self.texts[0]]
        for (name, operations), text in zip(self.marks, self.texts[1:], strict=True):
            parts += (str(_operate(values[name], operations)), text)
        return "".join(parts)


class Shells:
    """The shells of one theme and site, as they are needed."""

    def __init__(self) -> None:
        self.known: dict[object, list[Shell]] = {}
        self.count = 0

    def render(self, template: Template, context: Mapping[str, Any]) -> str:
        """What the template makes of a page of a card."""
        page: MkDocsPage = context["page"]
        values = _find_values(page)
        key = (template.name, context["base_url"], _shape(page.toc), sorted(page.meta))
        shells = self.known.setdefault(repr(key), [])
        for shell in shells:
            if shell.fits(values, page.url):
                return shell.fill(values)
        output = template.render(context)
        if self.count < MAX_SHELLS:
            made = _make_shell(template, context, page, values)
            if made is None or made.fill(values) != output:
                self.count = MAX_SHELLS  # nor will it do on other pages
            elif made.fits(values, page.url):
                shells.append(made)
                self.count += 1
        return output


def _find_values(page: MkDocsPage) -> dict[str, Any]:
    names = ("title", "content", "url", "canonical_url", "abs_url", "edit_url", "update_date")
    values = {name: getattr(page, name) for name in names} | {f"meta.{key}": page.meta[key] for key in page.meta}
    for number, item in enumerate(_walk(page.toc)):
        values |= {f"toc.{number}.{name}": getattr(item, name) for name in ("title", "url", "id")}
    return values


def _walk(items: Any) -> Iterator[Any]:
    for item in items:
        yield item
        yield from _walk(item.children)


def _shape(items: Any) -> tuple[Any, ...]:
    return tuple((item.level, _shape(item.children)) for item in items)


def _make_shell(template: Template, context: Mapping[str, Any], page: MkDocsPage, values: Values) -> Shell | None:
    """None when the template does something with a value that a shell cannot do again."""
    trace = _Trace(values)
    numbers = iter(range(len(values)))

    def make_item(item: Any) -> _Known:
        number = next(numbers)
        holes = {name: Hole(trace, f"toc.{number}.{name}") for name in ("title", "url", "id")}
        return _Known({**holes, "level": item.level, "children": [*map(make_item, item.children)], "typeset": None})

    simple = {name: Hole(trace, name) for name in values if "." not in name}
    meta = {name: Hole(trace, f"meta.{name}") for name in page.meta}
    same = "parent ancestors previous_page next_page active is_homepage is_page is_section is_link".split()
    known = {name: getattr(page, name) for name in same}
    shown = _Known(
        {**known, **simple, "meta": meta, "toc": [*map(make_item, page.toc)], "children": None, "config": {}}
    )
    try:
        with _watch(template.environment, trace, page):
            output = template.render({**context, "page": shown})
        pieces = _TOKENS.split(output)
        marks = tuple(trace.marks[int(number)] for number in pieces[1::2])
    except Exception:  # whatever a template does with what is no text, or has in its own that looks like a hole
        return None
    return Shell(tuple(pieces[::2]), marks, tuple(trace.asked), tuple(trace.targets))


@contextmanager
def _watch(env: Environment, trace: _Trace, page: MkDocsPage) -> Iterator[None]:
    """See what templates do with holes, and with texts that have some in them."""
    filters, tests, get_attribute, get_item = env.filters, env.tests, env.getattr, env.getitem
    # What a template imports without its context is kept by Jinja, with the filters that it had then.
    modules = [(each, each._module) for each in (env.cache or {}).values()]

    def watch_filter(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def link(context: Any, value: Any) -> Any:
            if isinstance(value, Hole) and value.is_anchor:
                return value
            _check(value)
            trace.targets.append(str(value))
            return function(context.derived({"page": page}), value)

        def watched(*args: Any, **kwargs: Any) -> Any:
            holes = [arg for arg in args if isinstance(arg, Hole)]
            alone = len(holes) == 1 and args[-1] is holes[0] and not kwargs
            if alone and name in OPERATIONS and function is FILTERS[name]:
                return holes[0].put_through(name)
            if not (holes and name in PASSING and function is FILTERS[name]):
                for arg in (*args, *kwargs.values()):
                    _check(arg)
            return function(*args, **kwargs)

        return link if function in LINKING else watched

    def watch_test(name: str, function: Any) -> Callable[..., Any]:
        def watched(*args: Any) -> Any:
            if name not in ("defined", "undefined"):
                for arg in args:
                    _check(arg)
            return function(*args)

        return watched

    def watch_access(get: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def watched(value: Any, name: Any) -> Any:
            _check(value)
            return get(value, name)

        return watched

    env.filters = {name: watch_filter(name, function) for name, function in filters.items()}
    env.tests = {name: watch_test(name, function) for name, function in tests.items()}
    for each, _ in modules:
        each._module = None
    vars(env).update(getattr=watch_access(get_attribute), getitem=watch_access(get_item))
    try:
        yield
    finally:
        env.filters, env.tests = filters, tests
        for each, module in modules:
            each._module = module
        del vars(env)["getattr"], vars(env)["getitem"]


def _operate(value: Any, operations: tuple[str, ...]) -> Any:
    for name in operations:
        value = OPERATIONS[name](value)
    return value
