"""Mutations of good models through the reader and the counts: no exception but FactsError, and nothing but the truth.

    python benchmarks/fuzz_reader.py [--count 100000] [--seed 1] [--processes 2]

Each mutant is read without its weights and held against the full parse of onnx, then counted (without shapes, which run
in a child process for good reason). What fails is written to the current folder, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "hooks")]

from onnx import parser  # noqa: E402

from cardwright.facts import FactsError  # noqa: E402
from cardwright.facts.inspection import inspect_here  # noqa: E402
from tests.facts_wire import PLACES, compare, field, tensor, unpacked, varint  # noqa: E402

MAX_BYTES = 20_000
"""Of a model that is mutated: a larger one has more places where a mutation does nothing."""


def good_models() -> list[bytes]:
    """Models of onnx's own tests, of ours, and payloads in every form and place."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from onnx.backend.test.case.node import collect_testcases

        models = [case.model.SerializeToString() for case in collect_testcases(None) if case.model is not None]
    texts = sorted((ROOT / "tests/data/facts/models").glob("*.onnx.txt"))
    models += [parser.parse_model(path.read_text()).SerializeToString() for path in texts] * 10
    payloads = [field(9, bytes(2000)), field(4, bytes(8000)), field(7, varint(300) * 2000),
                unpacked(5, 0, [varint(300)] * 1500), unpacked(10, 1, [bytes(8)] * 1500)]  # fmt: skip
    models += [place(tensor(payload)) for place in PLACES.values() for payload in payloads] * 5
    return [model for model in models if len(model) <= MAX_BYTES]


def mutate(chance: random.Random, model: bytes) -> bytes:
    """One to three places, more of them near the beginning: mostly changed in place, which often still parses."""
    content = bytearray(model)
    for _ in range(chance.randint(1, 3)):
        at = int(chance.expovariate(1 / 60)) if chance.random() < 0.3 else chance.randrange(len(content))
        at = min(at, len(content) - 1)
        if chance.random() < 0.8:
            content[at] = chance.choice([content[at] ^ 1 << chance.randrange(8), content[at] + 1 & 255, 0, 127, 255])
        else:
            content[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(1, 4))
    return bytes(content[: chance.randrange(len(content) + 1)] if chance.random() < 0.05 else content)


def run(first: int, count: int, seed: int) -> Counter[str]:
    """Mutants number `first` and on: how many came to what."""
    models, results = good_models(), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        for number in range(first, first + count):
            chance = random.Random(f"{seed} {number}")
            content = mutate(chance, chance.choice(models))
            path.write_bytes(content)
            try:
                result = compare(content)
                inspect_here(path, {}, no_shapes_because="fuzzing")
                kind = "counted"
            except FactsError:
                kind = "refused with a message"
            except Exception:
                result = traceback.format_exc()
            if result:
                kind = "FAILED"
                Path(f"failed-{seed}-{number}.onnx").write_bytes(content)
                print(f"mutant {number}: {result}", file=sys.stderr)
            results[kind] += 1
    return results


def main() -> None:
    options = argparse.ArgumentParser(description="Mutate good models and read them.")
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = options.parse_args()
    began, share = time.monotonic(), -(-given.count // given.processes)
    shares = [(first, min(share, given.count - first), given.seed) for first in range(0, given.count, share)]
    with ProcessPoolExecutor(given.processes) as pool:
        total = sum(pool.map(run, *zip(*shares, strict=True)), Counter[str]())
    print(f"{total.total():,} mutants in {time.monotonic() - began:.0f} s, seed {given.seed}")
    for kind, count in sorted(total.items()):
        print(f"{count:>9,}  {kind}")
    print(f"{total['FAILED']:>9,}  unhandled exceptions or differences from the full parse")
    sys.exit(bool(total["FAILED"]))


if __name__ == "__main__":
    main()
