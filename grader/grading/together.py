"""Whether several functions that are right by themselves are right together, in one process.

Each was graded in processes of its own. A function that keeps something may spoil another one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from grader.compare import Same, compare, tolerance_of
from grader.evidence.mentions import kept_by
from grader.evidence.notation import listing
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.judge import score
from grader.model.case import Case
from grader.model.exercise import Check, ExerciseFolder
from grader.model.finding import Finding
from grader.model.observation import (
    Completed,
    Loaded,
    Observation,
    Outcome,
    OutOfMemory,
    Raised,
)
from grader.model.report import CaseCount, Equivalence, Equivalent, Report, Status, Verdict
from grader.model.source import Source
from grader.model.submission import Submission
from grader.model.transforms import needs_nnx
from grader.process.side import Side
from grader.rules import rule_by_id
from grader.rules.rule import Sighting
from grader.search.deadline import Deadline

_CASES: Final = 3
"""Of each function: other numbers, then other sizes. After that come the first ones again."""

Open = Callable[[Submission, ExerciseFolder], Side]
"""Starts a process for a submission."""


class Spoiled(NamedTuple):
    """A case in which a function gives another answer, once these others have been called."""

    part: ExerciseFolder
    case: Case
    outcome: Outcome
    after: tuple[str, ...]


class Together:
    """Calls functions of a submission in turn, in one process; `parts` are right by themselves."""

    def __init__(
        self,
        session: Session,
        submission: Submission,
        parts: Sequence[ExerciseFolder],
        request: GradingRequest,
        open_side: Open,
    ) -> None:
        self._session = session
        self._submission = submission
        self._parts = parts
        self._request = request
        self._open = open_side
        self.executed = 0

    def spoiled(self) -> Spoiled | None:
        """Return the first answer that is another one, if a second process confirms it.

        The second one runs in XLA alone, so that rounding isn't taken for a mistake.
        """
        found = self._first_wrong(compiled=False)
        if found is None:
            return None
        again = self._first_wrong(compiled=True)
        return again if again is not None and again.part.key == found.part.key else None

    def _first_wrong(self, *, compiled: bool) -> Spoiled | None:
        side = self._open(self._submission, self._starting)
        try:
            side.enter_sandbox()
            if not isinstance(side.load(self._request.load_seconds, compiled=compiled), Loaded):
                return None
            return self._played(side)
        finally:
            side.end()

    @property
    def _starting(self) -> ExerciseFolder:
        """The part that the process starts for: NNX has to be imported first, if one needs it."""
        return max(self._parts, key=lambda each: needs_nnx(each.exercise))

    def _played(self, side: Side) -> Spoiled | None:
        deadline = Deadline(self._request.timeout, self._session.unhurried())
        called: dict[str, None] = {}
        for part, case in self._turns():
            expected = self._session.reference(part).answer(case)
            if not isinstance(side.turn(part.exercise, self._request.load_seconds), Loaded):
                return None
            began = time.perf_counter()
            side.begin(case, deadline.next())
            actual = side.finish()
            self.executed += 1
            waited = max(time.perf_counter() - began, actual.seconds)
            deadline.spend(reference=expected.seconds, submission=waited)
            if isinstance(actual.outcome, OutOfMemory):
                return None
            if not _same(case, expected, actual, part.exercise.tolerance):
                others = tuple(each for each in called if each != part.exercise.part)
                return Spoiled(part, case, actual.outcome, others) if others else None
            called.setdefault(part.exercise.part)
        return None

    def _turns(self) -> Iterator[tuple[ExerciseFolder, Case]]:
        """Yield every function with one case, with others, and with the first one again.

        Each has other sizes than the one before it, in one round or another.
        """
        plans = [self._session.plan(each.exercise, self._request) for each in self._parts]
        cases = [(*each.discriminating[: _CASES - 1], *each.edges)[:_CASES] for each in plans]
        for place in (*range(_CASES), 0):
            for index, (part, some) in enumerate(zip(self._parts, cases, strict=True)):
                yield part, some[(place + index) % len(some)]


def _same(case: Case, expected: Observation, actual: Observation, times: float) -> bool:
    ours, theirs = expected.outcome, actual.outcome
    if not isinstance(ours, Completed) or not isinstance(theirs, Completed):
        return False
    tolerance = tolerance_of(case, expected, times)
    return isinstance(compare(ours.result, theirs.result, tolerance), Same)


def with_spoiled(report: Report, spoiled: Spoiled) -> Report:
    """Add to the report on a function what another one does to its answers."""
    found = _finding(report.source, spoiled)
    checks = tuple(
        msgspec.structs.replace(each, status=Status.FAILED, reason="")
        if each.check is Check.PURE
        else each
        for each in report.checks
    )
    after = _named(spoiled.after)
    return msgspec.structs.replace(
        report,
        verdict=Verdict.FAILED,
        score=score(checks, spoiled.part.exercise),
        checks=checks,
        findings=(*report.findings, found),
        equivalence=Equivalence(
            status=Equivalent.DIFFERENT, scope=f"gives different output after a call of {after}"
        ),
    )


def _finding(source: Source, spoiled: Spoiled) -> Finding:
    exercise = spoiled.part.exercise
    name, after = exercise.part, _named(spoiled.after)
    kept = kept_by(source, exercise.entry, spoiled.after)
    sighting = Sighting(
        message=f"`{name}` {_what(spoiled.outcome)} once {after} has been called",
        label="outlives the call" if kept is not None else "",
        details=(f"Called first, `{name}` gives the right answer.",),
        why="Functions are called in any order, with any arguments: what one of them keeps belongs "
        "to another call.",
        help=f"let `{name}` use its arguments alone; keep nothing between calls",
        span=kept if kept is not None else source.definition(name),
        case=spoiled.case,
        evidence={"after": list(spoiled.after)},
    )
    found = rule_by_id("stateful").finding(sighting)
    return msgspec.structs.replace(found, function=name)


def _what(outcome: Outcome) -> str:
    match outcome:
        case Completed():
            return "gives another answer"
        case Raised():
            return f"raises {outcome.exception}"
        case _:
            return "gives no answer"


def _named(functions: Sequence[str]) -> str:
    return listing([f"`{each}`" for each in functions])


def with_executed(report: Report, more: int) -> Report:
    """Count the cases that were executed for all functions together."""
    counted = report.cases
    cases = CaseCount(
        seed=counted.seed, generated=counted.generated, executed=counted.executed + more
    )
    return msgspec.structs.replace(report, cases=cases)
