"""A page that is filled into the theme's shell is the page that the theme makes."""

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import DictLoader, Environment
from mkdocs.structure.toc import AnchorLink
from mkdocs.utils.templates import url_filter

from cardwright.plugin.shell import MAX_SHELLS, Shells
from tests.sites import CARDS, MODEL, ROOT, build_well, files_of, make_project, name_on

FOLLOWED = {
    "written": "{{ page.title }} {{ page.content }} {{ page.url }} {{ page.meta.title }} {{ page.edit_url }}",
    "asked": "{% if page.meta.description %}{{ page.meta.description }}{% else %}nothing{% endif %}",
    "asked for a text": "{% if '<h1' not in page.content %}<h1>{{ page.title | d('none', true) }}</h1>{% endif %}",
    "compared": "{% if page.title == 'Second' %}it is{% endif %}{{ page.title != 'First' }}",
    "filtered": "{{ page.title | striptags | e }} {{ page.title | urlencode }} {{ page.title | tojson }}",
    "joined": "{{ '/' ~ page.url ~ page.title }} {{ ['a', page.title] | join('-') }}",
    "toc": "{% for one in page.toc recursive %}{{ one.level }}{{ one.url | url }}{{ one.title }}"
    "({{ loop(one.children) }}){% endfor %}",
    "linked": "{{ 'other/' | url }} {{ base_url }} {{ 'models/first/' | url }}",
    "macro": "{% macro show(text) %}<b>{{ text }}</b>{% endmacro %}{{ show(page.title) }}",
    "nav": "{% for one in nav %}{{ one }}{% endfor %}{{ page.parent }} {{ page.active }} {{ page.is_homepage }}",
    "block": "{% set all %}{{ page.title }}{% endset %}{{ all }}",
    "odd": "{{ page.toc | first | attr('title') }}",
    "imported": "{% from 'macros.html' import bare %}{{ bare(page.meta.description) }}",
}
REFUSED = {
    "upper": "{{ page.title | upper }}",
    "method": "{{ page.title.upper() }}",
    "part": "{{ page.title[:3] }}",
    "length": "{{ page.title | length }}",
    "letters": "{% for letter in page.title %}{{ letter }}.{% endfor %}",
    "is a text": "{{ page.title is string }} {{ page.title is upper }}",
    "order": "{{ page.title < 'G' }}",
    "file": "{{ page.file.name }}",
    "unknown": "{{ page.whatever }}",
    "filtered block": "{% set all %}<i>{{ page.title }}</i>{% endset %}{{ all | length }} {{ all | upper }}",
    "method of a block": "{% set all %}{{ page.title }}{% endset %}{{ all.upper() }}",
    "part of a block": "{% set all %}{{ page.title }}{% endset %}{{ all[0] }}",
    "address": "{{ page.url | url }}",
    "sum": "{{ page.title + '!' }}",
    "two values": "{{ page.title == page.meta.description }}",
    "a value in another": "{{ page.title in page.content }}",
    "a text that looks like a hole": "{{ page.title }} \ue0009\ue001",
}


MACROS = "{% macro bare(text) %}{{ text | trim }}{% endmacro %}"


def make_page(title: str, content: str, description: str = "", sections: tuple[str, ...] = ("One",)) -> Any:
    top = AnchorLink(title, "top", 1)
    top.children = [AnchorLink(f"{name} of {title}", name.lower(), 2) for name in sections]
    url = f"models/{title.split()[0].lower()}/"
    return SimpleNamespace(
        title=title,
        content=content,
        url=url,
        canonical_url=f"https://example.org/{url}",
        abs_url=f"/{url}",
        edit_url=f"https://example.org/edit/{title}" if sections else None,
        update_date="1970-01-01",
        meta={"title": title, **({"description": description} if description else {})},
        toc=[top],
        file=SimpleNamespace(name=title, url=url),
        parent="Models",
        ancestors=[],
        previous_page=None,
        next_page=None,
        active=True,
        is_homepage=False,
        is_page=True,
        is_section=False,
        is_link=False,
    )


PAGES = [
    make_page("First", "<h1>First</h1>", "The first"),
    make_page("Second", "No heading"),
    make_page("Third & <i>last</i>", "<h1>3</h1> \ue0000\ue001", 'It\'s "quoted"', ("One", "Two")),
    make_page("Fourth", "", "", ()),
    make_page("Fifth 5", "<h1>5</h1>", "The fifth"),
    make_page("Sixth", "<h1>6</h1>", "Sixth"),
    make_page("Seventh &amp; <i>last</i>", "<h1>7</h1>", " The seventh "),
]


def render_all(text: str) -> tuple[list[str], list[str], int, bool]:
    """Each page as the template makes it and as it is filled, how often that was asked, and whether it was followed."""
    env = Environment(loader=DictLoader({"main.html": text, "macros.html": MACROS}), autoescape=False)
    env.filters["url"] = url_filter
    template, asked = env.get_template("main.html"), []
    shells, given = Shells(), [{"page": page, "base_url": "../..", "nav": ["Home"]} for page in PAGES]
    expected = [template.render(context) for context in given]
    render = template.render
    template.render = lambda *args: asked.append(1) or render(*args)  # type: ignore[method-assign, func-returns-value]
    made = [shells.render(template, context) for context in given]
    return expected, made, len(asked), 0 < shells.count < MAX_SHELLS


@pytest.mark.parametrize("text", FOLLOWED.values(), ids=FOLLOWED)
def test_what_a_template_does_with_a_value_is_done_again(text: str) -> None:
    expected, made, asked, is_followed = render_all(text)
    assert made == expected
    assert is_followed and asked < 2 * len(PAGES), "some of them were filled"


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_again_is_done_by_the_template(text: str) -> None:
    expected, made, asked, is_followed = render_all(text)
    assert made == expected
    assert not is_followed and asked == len(PAGES) + 1, "once with holes, and then no more"


RENDER_EACH = """
import sys
import mkdocs.__main__
sys.path.insert(0, {hooks!r})
import cardwright.plugin.shell
cardwright.plugin.shell.MAX_SHELLS = {most}
mkdocs.__main__.cli(["build", "--quiet"])
"""


@pytest.mark.parametrize("theme", ["material", "mkdocs", "readthedocs"])
def test_the_site_is_the_same(tmp_path: Path, theme: str) -> None:
    cards = {**CARDS, **{f"net-{n}/README.md": f"# Net {n} & <b>\n\n## Part {n}\nText\n" for n in range(5)}}
    nav = [{"Home": "index.md"}, {"Models": ["models/index.md", {"Chosen": "models/net-1.md"}]}]
    theme_of = {"name": theme, **({"font": False} if theme == "material" else {})}
    docs: dict[str, str | bytes] = {"index.md": "# Home\n"}
    sites = []
    for most in (0, 500):
        project = make_project(
            tmp_path / f"{most}/project", cards, docs, theme=theme_of, nav=nav, site_url="https://example.org/"
        )
        (project / "cards/first/model.onnx").write_bytes(MODEL)
        code = RENDER_EACH.format(hooks=str(ROOT / "hooks"), most=most)
        env = {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "1000000000", "PATH": "/usr/bin:/bin"}
        subprocess.run([sys.executable, "-c", code], cwd=project, env=env, check=True, capture_output=True)
        sites.append(files_of(project / "site"))
    assert sites[0] == sites[1]


@pytest.mark.parametrize("theme", ["material", "mkdocs"])
def test_cards_in_the_nav_have_one_name_on_all_pages(tmp_path: Path, theme: str) -> None:
    nav = [{"Home": "index.md"}, {"Nets": ["models/index.md", {"Chosen": "models/first.md"}, "models/second.md"]}]
    made = build_well(make_project(tmp_path, CARDS, {"index.md": "# Home"}, nav=nav, theme={"name": theme}))
    for page in ("index.html", "models/index.html", "models/first/index.html", "models/second/index.html"):
        html = re.sub(r"\s*<[^>]*>\s*", "|", (made / page).read_text())
        assert "|Chosen|" in html and "|Second net|" in html, page
    assert name_on(made / "models/first/index.html") == "First net"
