"""How long each hostile case of the tests takes, from its files to its pages: the slowest, and the sum.

    python benchmarks/hostile_text.py [CASE ...]

A case is named as in tests/data/hostile: `yaml/keys_by_the_thousand.json`. Exits with 1 when one takes over two
seconds of the processor.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "hooks")]

from cardwright.addresses import Addresses  # noqa: E402
from cardwright.facts import Inspector  # noqa: E402
from cardwright.pages import PageStyle  # noqa: E402
from cardwright.site import build_site  # noqa: E402
from tests.hostile import CASES, write_case  # noqa: E402

MAX_SECONDS = 2.0
SHOWN = 10


def measure(case: str, inspector: Inspector) -> float:
    with tempfile.TemporaryDirectory() as folder:
        cards = Path(folder) / "cards"
        cards.mkdir()
        write_case(case, cards)
        began = time.process_time()
        build_site(cards, "cards", Addresses("models"), PageStyle(), inspector.inspect)
        return time.process_time() - began


def main() -> None:
    with Inspector() as inspector:
        seconds = {case: measure(case, inspector) for case in sys.argv[1:] or CASES}
    for case in sorted(seconds, key=lambda case: -seconds[case])[:SHOWN]:
        print(f"{seconds[case]:6.2f} s  {case}")
    over = sum(took > MAX_SECONDS for took in seconds.values())
    print(f"{sum(seconds.values()):6.2f} s  all {len(seconds)} cases, {over} over {MAX_SECONDS:.0f} s")
    sys.exit(bool(over))


if __name__ == "__main__":
    main()
