"""What a function made last time of the same values, so that an edit of one card among thousands costs one card.

The values are frozen: the same object is the same value, and comparing two that share most of their parts is quick.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Each(Generic[R]):
    """What `make` makes of each of many values; that of the last time is kept until the next.

    `given` is what else it needs, the same for all of them.
    """

    def __init__(self, make: Callable[..., R]) -> None:
        self.make = make
        self.given: tuple[object, ...] = ()
        self.made: dict[int, tuple[object, R]] = {}

    def __call__(self, values: Iterable[object], *given: object) -> list[R]:
        last = self.made if given == self.given else {}
        found = [self._find(last.get(id(value)), value, given) for value in values]
        self.given, self.made = given, {id(pair[0]): pair for pair in found}
        return [made for _, made in found]

    def _find(self, known: tuple[object, R] | None, value: object, given: tuple[object, ...]) -> tuple[object, R]:
        # The value is kept with what was made of it: as long as it is, no other has its id.
        return known if known and known[0] is value else (value, self.make(value, *given))


class Again(Generic[P, R]):
    """A function that is asked the same again: it gives what it gave last. `key` tells its uses apart."""

    def __init__(self, make: Callable[P, R], key: Callable[P, Hashable] = lambda *_, **__: None) -> None:
        self.make, self.key = make, key
        self.last: dict[Hashable, tuple[object, R]] = {}

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        key, given = self.key(*args, **kwargs), (args, kwargs)
        known = self.last.get(key)
        if known is None or known[0] != given:
            known = self.last[key] = (given, self.make(*args, **kwargs))
        return known[1]
