"""A new card: its front matter and text from a few answers, written into a folder of its own."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cardwright.facts import Facts
from cardwright.sources.find import RESERVED_SLUGS, slugify
from cardwright.starter.known import find_answers, find_fields, find_open_dims
from cardwright.starter.questions import QUESTIONS, Question, ask
from cardwright.yamltext import Value, write_card

SECTIONS: tuple[tuple[str, str], ...] = (
    ("Intended use", "TODO: Say what the model is for, and who should use it."),
    ("Limitations", "TODO: Say where it fails, what it must not be used for, and which bias is known."),
    ("Training data", "TODO: Say what it was trained on, and how the data was prepared."),
    ("Evaluation", "TODO: Say how it was tested. Values under `model-index` in front matter become a table here."),
    ("How to use", "TODO: Show code that runs the model."),
    ("Citation", "TODO: Name the paper, or put its BibTeX into a `.bib` file beside this card."),
)
"""Headings of a new card, and a sentence below each that says what to write; the doctor takes it for nothing."""

SUMMARY = "TODO: One sentence, what it is and what for."
LICENSE_NAME = "TODO: what the licence is called"
USE_OF_ONNX = "TODO: Say how the input is prepared and how to read the output. Code that runs the file is made for you."


class StartError(Exception):
    """A card that cannot be written here: one sentence with what to do."""


@dataclass(frozen=True, slots=True)
class Model:
    """The file that a card is started from."""

    path: Path
    facts: Facts
    link: bool = False
    """Whether it gets a second name (a hard link) instead of a copy."""


def write_text(answers: Mapping[str, str], facts: Facts | None = None) -> str:
    """The README.md of a card with these answers, by the keys of QUESTIONS."""
    datasets: list[Value] = [name.strip() for name in answers["dataset"].split(",") if name.strip()]
    fields: dict[str, Value] = {
        "model_name": answers["name"],
        "summary": answers["summary"] or SUMMARY,
        "license": answers["license"],
        "license_name": LICENSE_NAME if answers["license"] == "other" else "",
        "pipeline_tag": answers["task"],
        "datasets": datasets,
        **(find_fields(facts) if facts else {}),
    }
    texts = dict(SECTIONS) | ({"How to use": USE_OF_ONNX} if facts else {})
    body = "\n\n".join([f"# {_escape(answers['name'])}", *(f"## {head}\n\n{text}" for head, text in texts.items())])
    return write_card({key: value for key, value in fields.items() if value}, f"{body}\n")


def choose_folder(folder: str, name: str, cards_dir: Path, model: Path | None) -> Path:
    """Where the card goes: the folder asked for, the model's own when that is below `cards_dir`, else by its name."""
    if not folder and model and _is_below(model.parent, cards_dir):
        return model.parent
    steps = [step for step in Path(folder or name.replace("/", " ").lower()).parts if step not in (".", "/")]
    if folder and Path(folder).is_relative_to(cards_dir):
        steps = list(Path(folder).relative_to(cards_dir).parts)
    slugs = [slugify(step).lstrip("_") or "card" for step in steps if step != ".."] or ["card"]
    if slugs[-1].casefold() in RESERVED_SLUGS:
        slugs[-1] += "-model"
    return cards_dir.joinpath(*slugs)


def write_folder(folder: Path, text: str, model: Model | None) -> tuple[Path, ...]:
    """Write the card, and the model with the files of its weights, into `folder`; overwrite nothing.

    Returns what was written. Raises `StartError` before anything is written, or with nothing left behind.
    """
    card = folder / "README.md"
    taken = [path for path in folder.glob("*") if path.name.casefold() in ("readme.md", "config.json")]
    if taken:
        raise StartError(f"`{taken[0]}` is there already: choose another name, or edit it")
    copies = _plan_copies(folder, model) if model else {}
    written: list[Path] = []
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for target, source in copies.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            written.append(target)
            (os.link if model and model.link else shutil.copy2)(source, target)
        with card.open("x", encoding="utf-8", newline="\n") as file:
            written.append(card)
            file.write(text)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        if is_new:
            shutil.rmtree(folder, ignore_errors=True)
        hint = "leave out --link" if model and model.link else "check its permissions, and the space on the disk"
        raise StartError(f"`{folder}` cannot be written: {(error.strerror or str(error)).lower()} ({hint})") from error
    return (card, *copies)


def list_next_steps(folder: Path, model: Model | None) -> list[tuple[str, str]]:
    """What to run or do now, and what for."""
    steps = [
        (
            "make serve" if Path("hooks/model_cards.py").is_file() else "mkdocs serve --livereload",
            "the page, as you write",
        ),
        (f"cardwright doctor {folder}", "what readers still miss"),
    ]
    dims = ", ".join(f"{name}: N" for name in find_open_dims(model.facts)) if model else ""
    entry = f"files: [{{path: {model.path.name}, dims: {{{dims}}}}}]" if model and dims else ""
    return [*steps, *([(entry, "in front matter, to have MACs counted")] if entry else [])]


def _plan_copies(folder: Path, model: Model) -> dict[Path, Path]:
    """Target to source of the model and its weights; without those that are there already."""
    beside = [model.path.name, *(file.location for file in model.facts.external_data if file.size_bytes is not None)]
    copies = {folder / name: model.path.parent / name for name in dict.fromkeys(beside)}
    copies = {target: source for target, source in copies.items() if not _is_same(target, source)}
    taken = next((target for target in copies if target.exists()), None)
    if taken:
        raise StartError(f"`{taken}` is there already: choose another name, or move it away")
    return copies


def _is_same(target: Path, source: Path) -> bool:
    return target.exists() and target.samefile(source)


def _is_below(path: Path, folder: Path) -> bool:
    return path.resolve() != folder.resolve() and path.resolve().is_relative_to(folder.resolve())


def _escape(name: str) -> str:
    """A name as the text of a heading, so that Markdown in it stays text."""
    return re.sub(r"([\\`*_\[\]<>&#|~])", r"\\\1", name)


__all__ = [
    "QUESTIONS",
    "SECTIONS",
    "Model",
    "Question",
    "StartError",
    "ask",
    "choose_folder",
    "find_answers",
    "list_next_steps",
    "write_folder",
    "write_text",
]
