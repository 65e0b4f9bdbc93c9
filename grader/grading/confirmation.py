"""Whether a finding may come of where a program ran: partly in NumPy, partly in XLA.

What the two give differs in the last bits (`worker/arithmetic`). A program that compares numbers of
its own, such as those of a compiled function with those of the same function before, may see that,
although it is right. So it isn't accused of what follows before it has run in XLA alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from grader.model.exercise import Check
from grader.model.finding import Finding, Severity
from grader.process.side import Side
from grader.rules import rule_by_id

_OWN_CHECKS: Final = "raised"
"""The rule for an exception that no other rule explains, such as a failed `assert`."""


class Another:
    """A second process for the cases, which starts when it is needed."""

    def __init__(self, start: Callable[[], Side]) -> None:
        self._start = start

    def player(self) -> Side:
        """Start it."""
        return self._start()

    def abandon(self) -> None:
        """Nobody waits for it."""


def depends_on_rounding(findings: Iterable[Finding], sides: Sequence[Side]) -> bool:
    """Whether an error may come of the last bits, and some of the program ran in XLA.

    A process that never compiled anything ran all of it in NumPy.
    """
    compiled = any(side.spent.compiling > 0 for side in sides)
    return compiled and any(_may_round(each) for each in findings)


def _may_round(finding: Finding) -> bool:
    if finding.severity is not Severity.ERROR:
        return False
    symptom = rule_by_id(finding.rule).shows is not None
    return symptom or finding.rule == _OWN_CHECKS or finding.check is Check.PURE
