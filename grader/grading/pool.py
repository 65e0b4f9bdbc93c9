"""Sides that are ready before a file is saved: sandboxed, with library programs compiled.

A new process spends most of a grading on what is the same for every version of a file: XLA's start,
and tracing, lowering and loading the libraries' programs at sizes that are new to it. So a process
rehearses with a program of the grader's (`rehearsal`) while the learner reads and types, and is
then given the next version: the first text of anybody's that runs in it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from grader.errors import NurseryBroken
from grader.model.case import Case
from grader.model.observation import Loaded
from grader.process.side import Side
from grader.search.plan import Plan, Sizes

_SECONDS: Final = 20.0
_PATIENCE: Final = 3.0
"""How long a save waits for the case that is being rehearsed: a new process takes no longer."""

Rehearsals = Sequence[tuple[Sequence[Case], tuple[Sizes, ...]]]
"""For each role in a grading, the cases to run and the sizes to trace with."""


class Pool:
    """The prewarmed sides for one file of one exercise, each with its place in a grading.

    What they rehearsed stays in their processes' memory: rehearse with nothing secret.
    """

    def __init__(self) -> None:
        self._waiting: dict[int, _Prewarmed] = {}
        self._key: object = None
        self._closed = False
        self._lock = threading.Lock()

    def fill(self, key: object, open_side: Callable[[], Side], rehearsals: Rehearsals) -> None:
        """Start missing sides, and stop those for another key. Raises `NurseryBroken`."""
        with self._lock:
            if key != self._key:
                self._empty()
                self._key = key
            for place, rehearsal in enumerate(rehearsals):
                if place not in self._waiting and not self._closed:
                    self._waiting[place] = _Prewarmed(open_side(), *rehearsal)

    def __contains__(self, key: object) -> bool:
        """Whether there is a side for this key, ready or not."""
        return bool(self._waiting) and key == self._key

    def take(self, key: object) -> Side | None:
        """Return the next of a grading's sides; None if none is ready."""
        with self._lock:
            place = min(self._waiting, default=None)
            found = self._waiting.pop(place) if place is not None and key == self._key else None
        return found.take() if found is not None else None

    def stop(self) -> None:
        """Stop the rehearsals: the processor is needed now."""
        with self._lock:
            for each in self._waiting.values():
                each.stop()

    def wait(self) -> None:
        """Wait for the rehearsals to end."""
        for each in tuple(self._waiting.values()):
            each.wait()

    def close(self) -> None:
        """Stop every side for good."""
        with self._lock:
            self._closed = True
            self._empty()

    def _empty(self) -> None:
        while self._waiting:
            self._waiting.popitem()[1].close()


class _Prewarmed:
    """A side that rehearses until it is stopped or taken."""

    def __init__(self, side: Side, cases: Sequence[Case], sizes: tuple[Sizes, ...]) -> None:
        self._side = side
        self._enough = threading.Event()
        self._rehearsed = False
        self._thread = threading.Thread(target=self._rehearse, args=(cases, sizes), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the rehearsal after the current case."""
        self._enough.set()

    def wait(self) -> None:
        """Wait until the rehearsal has ended."""
        self._thread.join()

    def take(self) -> Side | None:
        """Return the side when its case has ended; None if it has failed, or takes too long."""
        self._enough.set()
        self._thread.join(_PATIENCE)
        if not self._thread.is_alive() and self._rehearsed and self._side.is_idle():
            return self._side
        self.close()
        return None

    def close(self) -> None:
        """End the side."""
        self._enough.set()
        self._side.end()
        self._thread.join()

    def _rehearse(self, cases: Sequence[Case], sizes: tuple[Sizes, ...]) -> None:
        try:
            self._side.enter_sandbox()
            loaded = self._side.load(_SECONDS, discard_output=True)
            self._rehearsed = isinstance(loaded, Loaded)
            if self._rehearsed and sizes:
                self._side.begin_trace(sizes)
                self._side.finish_trace(_SECONDS)
            for case in cases:
                if self._enough.is_set() or self._side.failure is not None:
                    return
                self._side.begin(case, _SECONDS)
                self._side.finish()
        except NurseryBroken:  # the next use of the nursery reports it
            self._rehearsed = False


def rehearsals(plan: Plan, sizes: tuple[Sizes, ...]) -> Rehearsals:
    """Return what the first and the second process of a grading rehearse.

    Each starts with what it will need first: the second one traces, and runs the edges.
    """
    discriminating, edges, smaller = (
        plan.discriminating,
        plan.edges,
        tuple(each[0] for each in plan.smaller),
    )
    first = of_each_shape((*discriminating, *edges, *smaller))
    second = of_each_shape((*edges, *smaller, *discriminating))
    return (first, ()), (second, sizes)


def of_each_shape(cases: Iterable[Case]) -> tuple[Case, ...]:
    """Return the first case of each shape."""
    found: dict[tuple[int, ...], Case] = {}
    for case in cases:
        found.setdefault(tuple(case.sizes.values()), case)
    return tuple(found.values())
