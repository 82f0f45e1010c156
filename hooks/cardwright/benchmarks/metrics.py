"""What Cardwright knows of metrics, datasets and tasks (`metrics.toml`), and what the file of a site adds."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from cardwright.benchmarks.names import MetricKind, Vocabulary
from cardwright.benchmarks.vocabulary import make_vocabulary
from cardwright.problem import Mark, Problem

MAX_BYTES = 1_000_000


def find_metric(name: str) -> MetricKind | None:
    """The known metric of this name, or None: a direction is never guessed."""
    return built_in().name_metric(name)[0]


@cache
def built_in() -> Vocabulary:
    """What `metrics.toml` holds."""
    text = resources.files("cardwright.benchmarks").joinpath("metrics.toml").read_text(encoding="utf-8")
    return make_vocabulary(text)[0]


def read_vocabulary(path: Path, shown_as: str) -> tuple[Vocabulary, tuple[Problem, ...]]:
    """What Cardwright knows and what the file at `path` adds; rows that cannot be used are left out and named."""
    try:
        if path.stat().st_size > MAX_BYTES:
            message = f"the text is longer than {MAX_BYTES // 1000} kB"
            return built_in(), (Problem(shown_as, Mark(), "metrics", message, "split it"),)
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return built_in(), (Problem(shown_as, Mark(), "metrics", "not UTF-8", "save it as UTF-8"),)
    except OSError:
        message = "there is no such file"
        return built_in(), (Problem(shown_as, Mark(), "metrics", message, "make it, or remove the option metrics"),)
    vocabulary, problems = make_vocabulary(text, built_in())
    return vocabulary, tuple(problem.at(shown_as) for problem in problems)
