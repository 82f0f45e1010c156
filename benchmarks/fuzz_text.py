"""Mutations of good texts through the readers of text: no exception, and nothing that takes longer than a second.

    python benchmarks/fuzz_text.py [RUNS] [--reader yaml|json|metric|bibtex] [--seed 1] [--processes 2]

RUNS are for each reader. A text that fails is printed with its number; the same seed makes the same texts again.
Exits with 1 when there is any.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "hooks")]

from cardwright.benchmarks.quantity import parse_quantity, split_values  # noqa: E402
from cardwright.citations import delatex, format_authors, format_reference, parse_bibtex, pretty_bibtex  # noqa: E402
from cardwright.jsonmarks import read_json  # noqa: E402
from cardwright.nodes import Map, find_mark, walk_texts  # noqa: E402
from cardwright.problem import Problem  # noqa: E402
from cardwright.sources.huggingface import split_front_matter  # noqa: E402
from cardwright.validate import validate_card  # noqa: E402
from cardwright.yamlmarks import read_yaml  # noqa: E402

DATA = ROOT / "tests" / "data"
MAX_CHARACTERS = 1500
"""Of a text before it is mutated: a larger one has more places where a mutation does nothing."""
SLOW_SECONDS = 1.0
HANG_SECONDS = 20


# What is done with a text --------------------------------------------------------------------------------------------


def try_yaml(text: str) -> bool:
    """Whether the text was read; the same for each of these."""
    return _try_fields(*read_yaml(text, first_line=2))


def try_json(text: str) -> bool:
    return _try_fields(*read_json(text))


def _try_fields(fields: Map | None, problems: tuple[Problem, ...]) -> bool:
    assert fields is not None or problems
    if fields is not None:
        problems += validate_card(fields)[2]
        for text in walk_texts(fields):
            text.text.encode()
        find_mark(fields, ("files", 0, "path"))
    for problem in problems:
        assert problem.mark.line >= 1 and problem.mark.column >= 1
        assert str(problem).isprintable() and str(problem).encode()
    return fields is not None


def try_metric(text: str) -> bool:
    quantity = parse_quantity(text)
    assert quantity.text == text and (quantity.number is None or abs(quantity.number) < 1e300)
    values = split_values(text, "Top-1 (%)")
    assert values
    return any(parse_quantity(value).number is not None for _, value in values)


def try_bibtex(text: str) -> bool:
    bibliography = parse_bibtex(text)
    assert bibliography.entries or bibliography.findings
    for entry in bibliography.entries:
        reference = format_reference(entry)
        assert "\n" not in reference.text and reference.url[:4].lower() in ("", "http")
        assert entry.source in text
        pretty_bibtex(entry)
    format_authors(text[:500])
    delatex(text[:500])
    return any(entry.fields for entry in bibliography.entries)


# Good texts, and what they are mutated with --------------------------------------------------------------------------


def front_matters() -> Iterable[str]:
    for path in [*DATA.glob("cards/*.md"), *DATA.glob("sources/*/README.md"), *DATA.glob("hostile/yaml/*.md")]:
        yield split_front_matter(path.read_bytes().decode("utf-8", "replace"))[0]
    yield from texts("yaml/*.yaml")


def texts(*patterns: str) -> Iterable[str]:
    for pattern in patterns:
        yield from (path.read_bytes().decode("utf-8", "replace") for path in DATA.glob(pattern))


def metric_values() -> Iterable[str]:
    yield from "24.7% 75.81±0.2 <0.1 1,234.5 NA 1e-3 −0.5 ~12 0.36[0.50:0.95] 90.2/71.8 1.2M 5.3ms ≥7".split()
    yield from ("9.9 +/- 9.9", "mAP of 0.36", "top-1 err: 24.7%, top-5 err: 7.8%", "a=1; b=2", "48.4 %", "1 ± 2 ms")
    yield from (line for text in texts("benchmarks/*.txt") for line in text.splitlines())


COMMON = [*"\n\t \0\x1b\x7f\x85\u2028\ufeff\u200b\u202eé\U0001f600'\"\\,:0x%#{}[]()-+=/", "\r\n", "<b>"]


@dataclass(frozen=True, slots=True)
class Target:
    """A reader, good texts for it, and the words of its grammar."""

    read: Callable[[str], bool]
    seeds: Callable[[], Iterable[str]]
    words: str


TARGETS = {
    "yaml": Target(
        try_yaml,
        front_matters,
        ": |- |-\n |>\n |? |& |&a |*a |<<: |!!str |!x |---\n|...\n|%YAML 1.1\n|\\ud83d\\ude00|\\x00|\\U0010ffff|null"
        "|~|.inf|2001-01-01|0o7|1:20|  |      |files:\n- |path: ../x|model-index:\n|results: [|metrics: [{|dims: {"
        "|value: |'': |publication: |bibtex: '@misc{|license: |__proto__: |general:\n- |co2_eq_emissions: |structure: ",
    ),
    "json": Target(
        try_json,
        lambda: texts("json/*.json", "sources/*/config.json", "sources/*/contrib_src/model/config.json"),
        '{"|": |"}|[{"|null|true|-1e5|1.5|\\u0000|\\ud83d|\\ude00|\\"|"meta": |"publication": |"a": {|NaN|//|/*',
    ),
    "metric": Target(
        try_metric,
        metric_values,
        " ± | +/- |+-|±|%|<|≤|~|e5|E-3|1e999|,|;|. |of |: | = |top-1 |mAP |NA|−|1,000|1.|.5|٣|½|∞|ms|@|[0.5:0.95]|/",
    ),
    "bibtex": Target(
        try_bibtex,
        lambda: texts("citations/*.bib", "hostile/bibtex/*.bib"),
        "@misc{|@string{|@comment{|@preamble{|@article(|author = |title = {|year = 20|doi = {10.1/x}|url = {| and "
        "|others|\\url{|\\href{x}{|\\'|\\\"{|\\v{c}|$|~|--|``|# jan|# a|von |, Jr, |et al.|%|@|{{|}}|}\n}|eprint = {",
    ),
}


@cache
def good_texts(name: str) -> list[str]:
    return sorted(set(TARGETS[name].seeds()) - {""})


def mutate(chance: random.Random, name: str) -> str:
    """A part of a good text with one to six changes."""
    seeds, words = good_texts(name), TARGETS[name].words.split("|")
    text = chance.choice(seeds)
    if len(text) > MAX_CHARACTERS:
        start = chance.choice([0, chance.randrange(len(text) - MAX_CHARACTERS)])
        text = text[start : start + MAX_CHARACTERS]
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 6))):
        at = chance.randint(0, len(text))
        end = min(len(text), at + int(chance.expovariate(1 / 12)))
        kind = chance.random()
        if kind < 0.45:
            new = chance.choice(chance.choice([words, COMMON]))
        elif kind < 0.55:
            new = chance.choice(chance.choice([words, COMMON])) * chance.choice([2, 3, 40, 400])
        elif kind < 0.7:
            new = text[at:end] * chance.choice([0, 2, 30])
        elif kind < 0.85:
            other = chance.choice(seeds)
            start = chance.randrange(len(other))
            new = other[start : start + chance.randint(1, 60)]
        else:
            new = chr(
                chance.choice([chance.randrange(128), chance.randrange(0x3000), chance.randrange(0xE000, 0x110000)])
            )
        text = text[:at] + new + text[end if chance.random() < 0.6 else at :]
    return text


# Running it ----------------------------------------------------------------------------------------------------------


def run(name: str, first: int, count: int, seed: int) -> Counter[str]:
    """Texts number `first` and on: how many came to what."""
    results: Counter[str] = Counter()
    signal.signal(signal.SIGALRM, _hang)
    for number in range(first, first + count):
        text = mutate(random.Random(f"{seed} {name} {number}"), name)
        began, error = time.process_time(), ""
        signal.alarm(HANG_SECONDS)
        try:
            kind = "read" if TARGETS[name].read(text) else "refused with a message"
        except Exception:
            kind, error = "FAILED", traceback.format_exc()
        signal.alarm(0)
        seconds = time.process_time() - began
        if not error and seconds > SLOW_SECONDS:
            kind, error = "SLOW", f"{seconds:.1f} s"
        if error:
            print(f"{name} {number}: {json.dumps(text)[:2000]}\n{error}", file=sys.stderr, flush=True)
        results[kind] += 1
    return results


def _hang(*_: object) -> None:
    raise TimeoutError(f"no end after {HANG_SECONDS} s")


def main() -> None:
    options = argparse.ArgumentParser(description="Mutate good texts and read them.")
    options.add_argument("runs", type=int, nargs="?", default=10_000, help="for each reader")
    options.add_argument("--reader", choices=TARGETS, action="append", help="only this one")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = options.parse_args()
    failed = 0
    with ProcessPoolExecutor(given.processes) as pool:
        for name in given.reader or TARGETS:
            began, share = time.monotonic(), min(5000, -(-given.runs // given.processes))
            jobs = [(name, at, min(share, given.runs - at), given.seed) for at in range(0, given.runs, share)]
            total = sum(pool.map(run, *zip(*jobs, strict=True)), Counter[str]())
            failed += total["FAILED"] + total["SLOW"]
            kinds = ", ".join(
                f"{total[kind]:,} {kind}" for kind in ("read", "refused with a message", "FAILED", "SLOW")
            )
            print(
                f"{name}: {total.total():,} texts in {time.monotonic() - began:.0f} s, seed {given.seed}: {kinds}",
                flush=True,
            )
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
