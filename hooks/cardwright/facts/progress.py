"""One line on the terminal that says what takes so long; nothing where nobody looks."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

QUIET_SECONDS = 2.0
"""Of introspection in total, before anything is shown."""


class Progress:
    """Shows which model is being looked at once all of them together took over two seconds.

    The line is there only while a model is looked at, so that it never mixes with what others print in between.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream if _is_terminal(stream) else None
        self._spent = 0.0
        self._count = 0
        self._name = ""
        self._began: float | None = None
        self._width = 0

    def begin(self, name: str) -> None:
        """A model is looked at; `name` is safe for a terminal."""
        self._name, self._began = name, time.monotonic()
        self._count += 1
        self.tick()

    def tick(self) -> None:
        """Still at it."""
        if self._stream is None or self._began is None:
            return
        seconds = self._spent + time.monotonic() - self._began
        if seconds > QUIET_SECONDS:
            self._write(f"Reading model {self._count}: {self._name} ({seconds:.0f} s)")

    def end(self) -> None:
        """Done with that one."""
        if self._began is not None:
            self._spent += time.monotonic() - self._began
        self._began = None
        if self._width:
            self._write("")

    def _write(self, text: str) -> None:
        text = text[: shutil.get_terminal_size().columns - 1]
        try:
            assert self._stream
            self._stream.write(f"\r{' ' * self._width}\r{text}")
            self._stream.flush()
        except (OSError, ValueError):  # the terminal is gone, or cannot show a name
            self._stream = None
        self._width = len(text)


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False
