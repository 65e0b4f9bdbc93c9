"""What a program does on some cases, in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable

from grader.model.case import Case
from grader.model.observation import Loaded, Observation
from grader.process.side import Side


def observed(side: Side, cases: Iterable[Case], seconds: float) -> tuple[Observation, ...]:
    """Return what a side does on each case, and end it; nothing if it can't load the program.

    Loading may take so many seconds, and so may each case.
    """
    return tuple(observing(lambda: side, cases, seconds))


def observing(
    open_side: Callable[[], Side], cases: Iterable[Case], seconds: float
) -> Generator[Observation]:
    """Yield what a side does on each case, as `observed` returns it.

    The side is opened for the first case, and ended when the generator is closed.
    """
    side = open_side()
    try:
        side.enter_sandbox()
        if not isinstance(side.load(seconds), Loaded):
            return
        for case in cases:
            side.begin(case, seconds)
            yield side.finish()
    finally:
        side.end()
