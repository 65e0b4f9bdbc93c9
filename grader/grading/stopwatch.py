"""A stopwatch for the parts of a run, so that the report can say where the time went."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from grader.model.report import Timing


class Stopwatch:
    """Wall time of the parts of a run, in the order in which they first occurred."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._within: set[str] = set()
        self.began = time.perf_counter()

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Add the block's time to part `name`."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.add(name, time.perf_counter() - began)

    def add(self, name: str, seconds: float, *, within: bool = False) -> None:
        """Add `seconds` to part `name`, which may be `within` the part before."""
        self._seconds[name] = self._seconds.get(name, 0.0) + seconds
        if within:
            self._within.add(name)

    def timings(self) -> tuple[Timing, ...]:
        """Return the measured times."""
        return tuple(
            Timing(part=name, seconds=each, within=name in self._within)
            for name, each in self._seconds.items()
        )
