"""How far it is: one line on a terminal that changes, lines now and then anywhere else."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

QUIET_SECONDS = 10.0
"""Between two lines where there is no terminal."""


class Meter:
    """Counts models that are done, out of `total`."""

    def __init__(self, stream: TextIO, total: int) -> None:
        self._stream = stream
        self._total = total
        self._is_terminal = stream.isatty()
        self._began = self._shown = time.monotonic()
        self._width = 0

    def show(self, done: int, failed: int) -> None:
        """Say how many are done, and how many of these could not be inspected."""
        now = time.monotonic()
        if now - self._shown < (0.2 if self._is_terminal else QUIET_SECONDS):
            return
        self._shown = now
        rate = done / max(now - self._began, 0.001)
        text = f"{done:,} of {self._total:,} models, {rate:.1f} a second, {failed:,} failed"
        if self._is_terminal:
            text = text[: shutil.get_terminal_size().columns - 1]
            self._stream.write(f"\r{text:<{self._width}}")
            self._width = len(text)
        else:
            self._stream.write(f"{text}\n")
        self._stream.flush()

    def end(self) -> None:
        """Take the line away."""
        if self._width:
            self._stream.write(f"\r{' ' * self._width}\r")
            self._stream.flush()
        self._width = 0
