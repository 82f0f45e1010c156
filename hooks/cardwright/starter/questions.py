"""QUESTIONS: the five things that `cardwright new` asks, those that readers look for first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import click

from cardwright.licenses import find_license, suggest_license
from cardwright.tasks import find_task, suggest_tasks

MAX_SUMMARY = 300
"""Characters; what is longer is no sentence for a catalogue."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask."""

    key: str
    """Its option on the command line, without dashes."""
    label: str
    why: str
    """One short line: what is wanted, and where readers see it."""
    read: Callable[[str], str]
    """The answer as the card has it, empty for none. Raises `click.BadParameter` with what to write instead."""


def _read_name(text: str) -> str:
    if not text:
        raise click.BadParameter("a card needs a name")
    return text


def _read_summary(text: str) -> str:
    if len(text) > MAX_SUMMARY:
        raise click.BadParameter(
            f"longer than {MAX_SUMMARY} characters: keep one sentence, the rest goes into the text"
        )
    return text


def _read_task(text: str) -> str:
    task = find_task(text)
    if text and not task:
        meant = " or ".join(f"`{name}`" for name in suggest_tasks(text))
        hint = f"did you mean {meant}?" if meant else "all are on https://huggingface.co/tasks"
        raise click.BadParameter(f"`{text}` is no task that Hugging Face knows ({hint})")
    return task


def _read_license(text: str) -> str:
    found = find_license(text)
    if text and not found:
        meant = suggest_license(text)
        hint = f"did you mean `{meant}`?" if meant else "see https://spdx.org/licenses, or write `other`"
        raise click.BadParameter(f"`{text}` is no licence that SPDX knows ({hint})")
    return found.hub_id if found else ""


QUESTIONS: tuple[Question, ...] = (
    Question("name", "Name", "The title of the page.", _read_name),
    Question("summary", "Summary", "One sentence: what it is, and what for. It stands below the name.", _read_summary),
    Question("task", "Task", "By Hugging Face's id, e.g. image-classification or text-generation.", _read_task),
    Question("license", "Licence", "By its SPDX id, e.g. apache-2.0 or mit; `other` for your own.", _read_license),
    Question("dataset", "Dataset", "What it was trained on; several with commas between them.", lambda text: text),
)


def ask(given: Mapping[str, str | None], defaults: Mapping[str, str], *, interactive: bool) -> dict[str, str]:
    """An answer to every question, by key: what is `given`, else what the user says, else the default.

    Raises `click.BadParameter` for a given answer that cannot be taken, and `click.Abort` at the end of input.
    """
    answers: dict[str, str] = {}
    open_questions = [question for question in QUESTIONS if given.get(question.key) is None]
    for question in QUESTIONS:
        if question in open_questions and interactive:
            number = f"{open_questions.index(question) + 1}/{len(open_questions)}"
            click.echo(f"\n{number}  {question.why}")
            answers[question.key] = _prompt(question, defaults.get(question.key, ""))
            continue
        try:
            answers[question.key] = question.read(_tidy(given.get(question.key) or defaults.get(question.key, "")))
        except click.BadParameter as error:
            error.param_hint = f"--{question.key}"
            raise
    return answers


def _prompt(question: Question, default: str) -> str:
    answer: str = click.prompt(
        question.label, default=default, show_default=bool(default), value_proc=lambda text: question.read(_tidy(text))
    )
    return answer


def _tidy(text: str) -> str:
    return " ".join(text.split())
