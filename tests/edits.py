"""A site that is edited again and again as under `mkdocs serve`, without its server, and the same site built anew."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build
from mkdocs.config import load_config
from onnx import parser

from cardwright.plugin.serving import refresh
from tests.sites import HOOK, files_of, write

URL = "http://127.0.0.1:8000/"
OPERATORS = ("Relu", "Tanh", "Sigmoid", "Abs")
LICENSES = ("mit", "apache-2.0", "bsd-3-clause", "[mit")
NAMES = tuple(f"{bird}-{size}" for bird in ("wren", "finch", "heron", "tern") for size in ("s", "m", "l"))
SETTINGS: dict[str, Any] = {
    "site_name": "Site",
    "theme": {"name": "mkdocs", "custom_dir": "overrides"},
    "nav": ["index.md", {"Models": "models/index.md"}],
    "extra": {"cardwright": {"metrics": "metrics.toml"}},
    "repo_url": "https://example.org/repo",
    "edit_uri": "edit/main/docs/",
}
METRICS = 'metric = [{{name = "Zest", better = "{better}"}}]\n'


class EditedSite:
    """A project, the site that follows its edits, and the edits."""

    def __init__(self, folder: Path, seed: int, cards: int = 8, **settings: Any) -> None:
        self.dice = random.Random(seed)
        self.folder = folder
        self.settings = {**SETTINGS, **settings}
        (folder / "overrides").mkdir(parents=True)
        write(folder, {"docs/index.md": "# Home\n[Models](models/index.md)\n", "docs/more.md": "# More\n"})
        (folder / "metrics.toml").write_text(METRICS.format(better="higher"))
        hook = (HOOK.parent / "model_cards.py").read_text()
        write(folder, {"hooks/live.py": hook, "hooks/clean.py": hook})
        for name in NAMES[:cards]:
            self.write_card(name)
        self.refreshed = self.built = 0
        self.live = folder / "live"
        self.build_live()

    def load(self, hook: str, site_dir: Path) -> Any:
        settings = {**self.settings, "hooks": [f"hooks/{hook}.py"], "site_dir": str(site_dir)}
        path = self.folder / "mkdocs.yml"
        text = json.dumps(settings)
        config_path = self.folder / f"{hook}.yml"
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
        config_path.write_text(text)
        config = load_config(str(config_path))
        config.site_url = URL
        return config

    def build_live(self) -> None:
        """As `mkdocs serve` builds."""
        config = self.load("live", self.live)
        config.plugins.on_startup(command="serve", dirty=False)
        self.door = config.hooks["hooks/live.py"]._door
        build(config, serve_url=URL)
        self.built += 1

    def follow(self) -> None:
        """As the server does after a change."""
        if refresh(self.door):
            self.refreshed += 1
        else:
            self.build_live()

    def build_clean(self) -> Mapping[str, bytes]:
        """The site as a build makes it that knows nothing of the last."""
        site = self.folder / "clean"
        shutil.rmtree(site, ignore_errors=True)
        config = self.load("clean", site)
        config.plugins.on_startup(command="serve", dirty=False)  # which lets the server put its script into pages
        door = config.hooks["hooks/clean.py"]._door
        door.last = door.served = None
        build(config, serve_url=URL)
        return files_of(site)

    def differences(self) -> list[str]:
        """Files of the followed site that are not as those of one built anew."""
        live, clean = files_of(self.live), self.build_clean()
        return sorted(uri for uri in {*live, *clean} if live.get(uri) != clean.get(uri))

    def edit(self) -> str:
        """One edit of any kind; what it was."""
        kind = self.dice.choice(EDITS)
        kind(self)
        return kind.__name__

    # What a card holds.

    @property
    def cards(self) -> list[str]:
        return sorted(path.parent.name for path in (self.folder / "cards").glob("*/README.md"))

    def write_card(self, name: str) -> None:
        dice = self.dice
        fields: dict[str, Any] = {
            "model_name": name.title(),
            "summary": f"A model of {dice.choice(('birds', 'songs', 'nests'))}.",
            "license": dice.choice(LICENSES[:3]),
            "tags": dice.sample(["small", "fast", "new", "old"], 2),
            "collection": {"name": name.partition("-")[0].title()},
        }
        if dice.random() < 0.4:
            fields["base_model"] = dice.choice(NAMES)
        if dice.random() < 0.2:
            fields["aliases"] = [f"old-{name}"]
        metric = {"type": dice.choice(("accuracy", "zest")), "value": round(dice.uniform(0.5, 0.99), 3)}
        result = {"task": {"type": "image-classification"}, "dataset": {"type": "imagenet-1k", "name": "ImageNet"}}
        fields["model-index"] = [{"name": name, "results": [{**result, "metrics": [metric]}]}]
        other = dice.choice(NAMES)
        text = f"# {name.title()}\n\nSee [{other}](../{other}/README.md) and [notes](notes.txt).\n\n## Use\nText.\n"
        front = "\n".join(f"{key}: {json.dumps(value)}" for key, value in fields.items())
        write(self.folder / "cards" / name, {"README.md": f"---\n{front}\n---\n{text}", "notes.txt": "Notes.\n"})
        if dice.random() < 0.6:
            self.write_model(name)

    def write_model(self, name: str) -> None:
        operator = self.dice.choice(OPERATORS)
        text = f'<ir_version: 8, opset_import: ["": 13]> g (float[1, 4] x) => (float[1, 4] y) {{ y = {operator}(x) }}'
        (self.folder / "cards" / name / "model.onnx").write_bytes(parser.parse_model(text).SerializeToString())

    def pick(self) -> Path:
        return self.folder / "cards" / self.dice.choice(self.cards)

    def change(self, path: Path, before: str, after: str) -> None:
        path.write_text(path.read_text().replace(before, after, 1))


def change_text(site: EditedSite) -> None:
    path = site.pick() / "README.md"
    path.write_text(f"{path.read_text()}\nMore of {site.dice.random()}.\n")


def change_heading(site: EditedSite) -> None:
    site.change(site.pick() / "README.md", "## Use", f"## Part {site.dice.randrange(100)}\n\n## Use")


def change_metadata(site: EditedSite) -> None:
    path = site.pick() / "README.md"
    lines = path.read_text().splitlines()
    lines[3:4] = [f"license: {site.dice.choice(LICENSES)}"] if len(lines) > 3 else lines[3:4]
    path.write_text("\n".join(lines) + "\n")


def write_again(site: EditedSite) -> None:
    site.write_card(site.pick().name)


def add_card(site: EditedSite) -> None:
    site.write_card(site.dice.choice(NAMES))


def remove_card(site: EditedSite) -> None:
    if len(site.cards) > 3:
        shutil.rmtree(site.pick())


def rename_card(site: EditedSite) -> None:
    free = [name for name in NAMES if name not in site.cards]
    if free:
        site.pick().rename(site.folder / "cards" / site.dice.choice(free))


def add_model(site: EditedSite) -> None:
    site.write_model(site.pick().name)


def remove_model(site: EditedSite) -> None:
    (site.pick() / "model.onnx").unlink(missing_ok=True)


def break_model(site: EditedSite) -> None:
    (site.pick() / "model.onnx").write_bytes(b"no model")


def write_bibliography(site: EditedSite) -> None:
    year = site.dice.randrange(1990, 2020)
    bib = f"@misc{{key{year}, title={{On birds of {year}}}, author={{Ada Lovelace}}, year={{{year}}}}}\n"
    (site.pick() / "references.bib").write_text(bib)


def remove_bibliography(site: EditedSite) -> None:
    (site.pick() / "references.bib").unlink(missing_ok=True)


def change_file(site: EditedSite) -> None:
    (site.pick() / "notes.txt").write_text(f"Notes {site.dice.random()}.\n")


def remove_file(site: EditedSite) -> None:
    (site.pick() / "notes.txt").unlink(missing_ok=True)


def write_lone_card(site: EditedSite) -> None:
    (site.folder / "cards/wren-m").mkdir(exist_ok=True)
    number = site.dice.randrange(3)
    (site.folder / f"cards/wren-m/side-{number}.md").write_text(f"# Side {number}\n{site.dice.random()}\n")


def change_docs(site: EditedSite) -> None:
    links = "\n".join(f"[{name}](models/{name}.md)" for name in site.cards[:2])
    (site.folder / "docs/index.md").write_text(f"# Home\n[Models](models/index.md) {links} {site.dice.random()}\n")


def add_docs(site: EditedSite) -> None:
    (site.folder / f"docs/page-{site.dice.randrange(3)}.md").write_text(f"# Page {site.dice.random()}\n")


def remove_docs(site: EditedSite) -> None:
    for path in sorted((site.folder / "docs").glob("page-*.md"))[:1]:
        path.unlink()


def change_option(site: EditedSite) -> None:
    site.settings["extra"]["cardwright"]["image_hosts"] = site.dice.choice(([], ["example.org"]))
    site.load("live", site.live)


def change_name(site: EditedSite) -> None:
    site.settings["site_name"] = f"Site {site.dice.randrange(3)}"
    site.load("live", site.live)


def change_metrics(site: EditedSite) -> None:
    (site.folder / "metrics.toml").write_text(METRICS.format(better=site.dice.choice(("higher", "lower"))))


def change_template(site: EditedSite) -> None:
    (site.folder / "overrides/main.html").write_text(
        f'{{% extends "base.html" %}}{{% block footer %}}{site.dice.randrange(9)}{{% endblock %}}\n'
    )


EDITS: tuple[Callable[[EditedSite], None], ...] = (
    *(change_text,) * 4,
    *(change_metadata,) * 2,
    change_heading,
    write_again,
    *(add_card,) * 2,
    remove_card,
    rename_card,
    add_model,
    remove_model,
    break_model,
    write_bibliography,
    remove_bibliography,
    change_file,
    remove_file,
    write_lone_card,
    change_docs,
    add_docs,
    remove_docs,
    change_option,
    change_name,
    change_metrics,
    change_template,
)
