"""Wall time and peak memory of our reader beside onnx.load, on models whose weights lie inside the file.

    python benchmarks/onnx_reader.py [--sizes 0.1 0.5 1 2.4] [--folder FOLDER]

The models have 200 layers and are made anew, as sparse files: their weights are zeros that take no space on most disks.
Each measurement is the best of three, each in a fresh process; memory is the peak above `import onnx`. The SHA-256 of
the file is measured apart: builds compute it once and keep it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HOOKS = Path(__file__).resolve().parent.parent / "hooks"
LAYERS = 200
TURNS = 3
PRELUDE = f"""
import json, pathlib, resource, sys, time
sys.path.insert(0, {str(HOOKS)!r})
def peak():
    try:  # of this process alone; ru_maxrss begins with that of the one it was started from
        status = pathlib.Path("/proc/self/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
import onnx
path = pathlib.Path(sys.argv[1])
before = peak()
{{prepare}}
began, failed = time.perf_counter(), ""
try:
    {{run}}
except Exception as error:
    failed = type(error).__name__
print(json.dumps([time.perf_counter() - began, peak() - before, failed]))
"""
CODES = {
    # What our modules take themselves is part of our memory; time is without imports on both sides.
    "reader": PRELUDE.format(prepare="import cardwright.facts.reader as r", run="r.read_model(path, sha256='')"),
    "onnx.load": PRELUDE.format(prepare="", run="onnx.load(path)"),
    "sha256": PRELUDE.format(
        prepare="from cardwright.facts.files import check_file, hash_file", run="hash_file(path, check_file(path))"
    ),
}


def varint(number: int) -> bytes:
    result = bytearray()
    while number > 127:
        result.append(number & 127 | 128)
        number >>= 7
    return bytes([*result, number])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def make_model(path: Path, size_bytes: int) -> None:
    """200 matrix products in a row, each with a weight of its own inside the file."""
    width = int((size_bytes / LAYERS / 4) ** 0.5)
    payload_bytes = 4 * width * width
    nodes = b"".join(
        field(1, field(1, f"h{i}".encode()) + field(1, f"w{i}".encode()) + field(2, f"h{i + 1}".encode())
              + field(4, b"MatMul")) for i in range(LAYERS)
    )  # fmt: skip
    dims = 2 * (varint(1 << 3) + varint(width))
    heads = [dims + varint(2 << 3) + varint(1) + field(8, f"w{i}".encode()) for i in range(LAYERS)]
    payload_head = varint(9 << 3 | 2) + varint(payload_bytes)
    starts = []
    for head in heads:
        starts.append(varint(5 << 3 | 2) + varint(len(head) + len(payload_head) + payload_bytes) + head + payload_head)
    shape = field(2, field(1, varint(1 << 3) + varint(1)) + field(1, varint(1 << 3) + varint(width)))
    kind = field(2, field(1, varint(1 << 3) + varint(1) + shape))
    ends = field(11, field(1, b"h0") + kind) + field(12, field(1, f"h{LAYERS}".encode()) + kind)
    graph_bytes = len(nodes) + len(ends) + sum(map(len, starts)) + LAYERS * payload_bytes
    with path.open("wb") as file:
        file.write(varint(1 << 3) + varint(8) + field(8, varint(2 << 3) + varint(17)))
        file.write(varint(7 << 3 | 2) + varint(graph_bytes) + nodes + ends)
        for start in starts:
            file.write(start)
            file.seek(payload_bytes, 1)
        file.truncate()


def measure(name: str, path: Path) -> tuple[float, float, str]:
    """Seconds, bytes, and what failed: the best of some turns."""
    turns: list[tuple[float, float, str]] = []
    for _ in range(TURNS):
        command = [sys.executable, "-c", CODES[name], str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        failed = (0.0, 0.0, f"exit code {done.returncode}")
        turns.append(tuple(json.loads(done.stdout)) if done.returncode == 0 else failed)
    return min(turn[0] for turn in turns), min(turn[1] for turn in turns), turns[0][2]


def main() -> None:
    options = argparse.ArgumentParser(description="Measure our reader beside onnx.load.")
    options.add_argument("--sizes", type=float, nargs="+", default=[0.1, 0.5, 1, 2.4], metavar="GB")
    options.add_argument("--folder", type=Path, help="where the models are made; a temporary folder by default")
    given = options.parse_args()
    print(f"{'file':>8} | {'our reader':>20} | {'onnx.load':>20} | {'times':>6} | {'sha256':>7}")
    print(f"{'GB':>8} | {'s':>9} {'MB':>10} | {'s':>9} {'MB':>10} | {'faster':>6} | {'s':>7}")
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        for size in given.sizes:
            path = Path(folder) / "model.onnx"
            make_model(path, int(size * 1e9))
            ours, theirs, digest = (measure(name, path) for name in CODES)
            assert not ours[2], ours[2]
            line = f"{path.stat().st_size / 1e9:>8.2f} | {ours[0]:>9.4f} {ours[1] / 1e6:>10.1f} | "
            line += f"{theirs[2]:>20} | {'':>6}" if theirs[2] else (
                f"{theirs[0]:>9.4f} {theirs[1] / 1e6:>10.1f} | {theirs[0] / ours[0]:>6.0f}")  # fmt: skip
            print(f"{line} | {digest[0]:>7.2f}", flush=True)
            path.unlink()


if __name__ == "__main__":
    main()
