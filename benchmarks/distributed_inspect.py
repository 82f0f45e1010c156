"""Inspect N models of a web server and of object storage on a Dask cluster: `python benchmarks/distributed_inspect.py`.

Both are of this machine: a server with Range requests, and moto's in the place of S3. First the local pool, then a
cluster of two worker processes, of which one is killed half way, then again, when nothing is new. Prints what was read
and how long it took, and ends with 1 unless the facts are the same, each model's once. `python
benchmarks/distributed_inspect.py N` takes another number than 2,000.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
import fsspec
from moto.server import ThreadedMotoServer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "hooks"))

from cardwright.bulk import Wish, inspect_all
from cardwright.facts import Kept, Store
from tests.bulk import facts_in, make_cards, make_model
from tests.cluster import Models, serve_models, start_cluster

BUCKET = "zoo"
STORE = f"s3://{BUCKET}/facts"


def main() -> None:
    """Run it with as many models as the command line says, half of them from each place."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    os.environ |= {"no_proxy": "*", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    with tempfile.TemporaryDirectory() as name, serve_bucket() as put:
        folder = Path(name)
        web = OnDisk(folder / "web")
        with serve_models(web) as (address, served):
            size_bytes, urls = 0, []
            for number in range(count):
                path, content = f"/net{number:05}.onnx", make_model(number)
                size_bytes += len(content)
                (put if number % 2 else web.put)(path[1:], content)
                urls.append(f"s3://{BUCKET}{path}" if number % 2 else f"{address}{path}")
            print(f"{count:,} models, {size_bytes / 1e6:,.0f} MB; half by http, half by s3\n", flush=True)
            cards = make_cards(folder / "cards", urls)
            local = run("local pool, 2 processes", Wish(cards, str(folder / "local"), "local:2"))
            with start_cluster(folder) as cluster:
                half = kill_at_half(served, count // 2, lambda: cluster.kill(0))
                wish = Wish(cards, STORE, cluster.address)
                lost = run(f"Dask, 2 workers, one killed half way, facts into {STORE}", wish)
                again = run("Dask again, with the worker that is left", wish)
            fsspec.filesystem("s3").get(f"{STORE}/", f"{folder / 'dask'}/", recursive=True)
        same = facts_in(folder / "local") == facts_in(folder / "dask")
    print(f"\na worker was killed: {half()}; the same facts: {same}")
    once = set(local.values()) == set(lost.values()) == {1} and len(local) == len(lost) == count and not again
    print(f"each model kept once, by the local pool and by the cluster: {once}")
    sys.exit(0 if half() and same and once else 1)


class OnDisk(dict[str, bytes]):
    """Models by path that are read when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def put(self, name: str, content: bytes) -> None:
        """Add one."""
        (self.folder / name).write_bytes(content)

    def get(self, path: str, default: Any = None) -> Any:
        """The content of one."""
        return (self.folder / path[1:]).read_bytes()


def run(name: str, wish: Wish) -> Counter[str]:
    """Print what it took; how often each model was put into the store."""
    kept: Counter[str] = Counter()
    put = Store.put

    def count(self: Store, key: Any, value: Kept) -> None:
        kept[json.dumps(key)] += 1
        put(self, key, value)

    began = time.monotonic()
    with patch.object(Store, "put", count):
        report, summary = inspect_all(wish)
    print(f"{name}: {time.monotonic() - began:.1f} s\n  {summary}", flush=True)
    for problem in report.problems[:5]:
        print(f"  {problem}")
    return kept


def kill_at_half(served: Models, count: int, kill: Callable[[], None]) -> Callable[[], bool]:
    """Kill when half of the server's models were asked for; whether that has happened."""
    served.asked.clear()
    done: list[bool] = []

    def before(path: str) -> int:
        if not done and len(served.asked) > count // 2:
            done.append(True)
            kill()
        return 0

    served.before = before
    return lambda: bool(done)


@contextmanager
def serve_bucket() -> Iterator[Callable[[str, bytes], None]]:
    """An S3-compatible server, and what puts a file into its bucket; fsspec finds it by the environment."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        endpoint = f"http://{host}:{port}"
        os.environ |= {"AWS_ENDPOINT_URL": endpoint, "FSSPEC_S3_ENDPOINT_URL": endpoint}
        client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield lambda name, content: client.put_object(Bucket=BUCKET, Key=name, Body=content)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
