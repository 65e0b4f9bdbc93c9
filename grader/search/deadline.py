"""How long a case may take."""

from __future__ import annotations

import os
from typing import Final

_LEAST_SECONDS: Final = 5.0
_TIMES_SLOWER: Final = 20
_RUN_DEADLINES: Final = 12
"""The number of deadlines that a whole run may take."""
_MOST_STRETCHED: Final = 4.0
"""A submission adds to the load itself, so the stretch is bounded."""


class Deadline:
    """How long a case may take: in proportion to the reference, at least five seconds.

    `fixed` is what the user asked for. `unhurried` raises the minimum on a machine so busy that
    importing the libraries took long. While more wants to run than there are processors, a case may
    take longer: a right program must not fail because others keep the machine busy.
    """

    def __init__(self, fixed: float | None, unhurried: float = 1.0) -> None:
        self._fixed = fixed
        self._least = max(_LEAST_SECONDS, 4 * unhurried)
        self._slowest = 0.0
        self._spent = 0.0

    def next(self) -> float:
        """Seconds for the next case."""
        if self._fixed is not None:
            asked = self._fixed
        else:
            asked = max(self._least, _TIMES_SLOWER * self._slowest) * stretch()
        return min(asked, max(asked * _RUN_DEADLINES - self._spent, 0.1))

    def spend(self, *, reference: float, submission: float) -> None:
        """Count the seconds that a case took."""
        self._slowest = max(self._slowest, reference)
        self._spent += submission


def stretch() -> float:
    """Return how many times as long a program takes on this machine as on an idle one, at least 1.

    It is 1 where the system doesn't tell the load.
    """
    try:
        load, _, _ = os.getloadavg()
    except (AttributeError, OSError):
        return 1.0
    return min(max(load / _processors(), 1.0), _MOST_STRETCHED)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
