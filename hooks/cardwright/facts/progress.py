"""One line on the terminal that says what takes so long; nothing where nobody looks."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

QUIET_SECONDS = 2.0
"""Before anything is shown."""
PAUSE_SECONDS = 0.1
"""Between two numbers."""


class Line:
    """A line of a terminal that changes, and goes before anything else is printed."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream if _is_terminal(stream) else None
        self._width = 0

    @property
    def is_seen(self) -> bool:
        """Whether anybody looks."""
        return self._stream is not None

    def show(self, text: str) -> None:
        """Have the line say this; `text` is safe for a terminal."""
        if self._stream is None:
            return
        text = text[: shutil.get_terminal_size().columns - 1]
        try:
            self._stream.write(f"\r{' ' * self._width}\r{text}")
            self._stream.flush()
        except (OSError, ValueError):  # the terminal is gone, or cannot show a name
            self._stream = None
        self._width = len(text)

    def clear(self) -> None:
        """Leave nothing of it."""
        if self._width:
            self.show("")


class Count:
    """Shows how many of many things are done, when it takes over two seconds."""

    def __init__(self, what: str, total: int, stream: TextIO | None) -> None:
        self.line, self.what, self.total, self.done = Line(stream), what, total, 0
        self._began = self._shown = time.monotonic()

    def add(self) -> None:
        """One more."""
        self.done += 1
        now = time.monotonic()
        if self.line.is_seen and now - self._began > QUIET_SECONDS and now - self._shown > PAUSE_SECONDS:
            self.line.show(f"{self.what}: {self.done:,} of {self.total:,}")
            self._shown = now


class Progress:
    """Shows which model is being looked at once all of them together took over two seconds.

    The line is there only while a model is looked at, so that it never mixes with what others print in between.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._line = Line(stream)
        self._spent = 0.0
        self._count = 0
        self._name = ""
        self._began: float | None = None

    def begin(self, name: str) -> None:
        """A model is looked at; `name` is safe for a terminal."""
        self._name, self._began = name, time.monotonic()
        self._count += 1
        self.tick()

    def tick(self) -> None:
        """Still at it."""
        if not self._line.is_seen or self._began is None:
            return
        seconds = self._spent + time.monotonic() - self._began
        if seconds > QUIET_SECONDS:
            self._line.show(f"Reading model {self._count}: {self._name} ({seconds:.0f} s)")

    def end(self) -> None:
        """Done with that one."""
        if self._began is not None:
            self._spent += time.monotonic() - self._began
        self._began = None
        self._line.clear()


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False
