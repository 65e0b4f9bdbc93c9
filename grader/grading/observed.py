"""What a program does on some cases, in a process of its own."""

from __future__ import annotations

from collections.abc import Iterable

from grader.model.case import Case
from grader.model.observation import Loaded, Observation
from grader.process.side import Side


def observed(side: Side, cases: Iterable[Case], seconds: float) -> tuple[Observation, ...]:
    """Return what a side does on each case, and end it; nothing if it can't load the program.

    Loading may take so many seconds, and so may each case.
    """
    try:
        side.enter_sandbox()
        if not isinstance(side.load(seconds), Loaded):
            return ()
        found = []
        for case in cases:
            side.begin(case, seconds)
            found.append(side.finish())
        return tuple(found)
    finally:
        side.end()
