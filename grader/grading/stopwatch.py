"""A stopwatch for the parts of a run, for the report to say where the time went."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from grader.model.report import Timing


class Stopwatch:
    """Wall time of the parts of a run, in the order in which they first came."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._within: set[str] = set()
        self.began = time.perf_counter()

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count the block's time as `name`'s."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.add(name, time.perf_counter() - began)

    def add(self, name: str, seconds: float, *, within: bool = False) -> None:
        """Count `seconds` as `name`'s, a part by itself or `within` the one before."""
        self._seconds[name] = self._seconds.get(name, 0.0) + seconds
        if within:
            self._within.add(name)

    def timings(self) -> tuple[Timing, ...]:
        """Return what was counted."""
        return tuple(
            Timing(part=name, seconds=each, within=name in self._within)
            for name, each in self._seconds.items()
        )
