"""Known mistakes told by their answers: a submission that gives all of them makes the mistake."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from grader.compare import Same, compare, tolerance_of
from grader.grading.observed import observed
from grader.model.case import Case
from grader.model.exercise import Exercise
from grader.model.observation import Completed, Observation
from grader.model.submission import Submission
from grader.model.transcript import Exchange, Known, Transcript
from grader.process.side import Side

_SECONDS: Final = 15.0
_MOST: Final = 8
"""Cases that are compared."""
_LEAST: Final = 3
"""Cases with a wrong answer that must agree. Fewer could agree by chance, for small sizes."""


class KnownAnswers:
    """What an exercise's known mistakes answer, each run in a process of its own when needed."""

    def __init__(self, exercise: Exercise, open_side: Callable[[Submission], Side]) -> None:
        self._exercise = exercise
        self._open_side = open_side
        self._answers: dict[tuple[str, bytes], Observation] = {}
        self._turn = threading.Lock()

    def like(
        self, transcript: Transcript, mistakes: Sequence[tuple[Submission, Known]]
    ) -> Known | None:
        """Return the only mistake that gives a submission's answers; None if there isn't one."""
        compared = self._compared(transcript)
        wrong = [each for each in compared if not self._agree(each, each.expected)]
        if len(wrong) < _LEAST:
            return None
        with self._turn:
            alike = [known for mistake, known in mistakes if self._makes(mistake, compared)]
        descriptions = {each.description for each in alike}
        if len(descriptions) != 1:
            return None
        return msgspec.structs.replace(alike[0], cases=len(compared))

    def _compared(self, transcript: Transcript) -> list[Exchange]:
        """Return the first cases that ran, the first time that each did."""
        found: dict[bytes, Exchange] = {}
        for each in transcript.exchanges:
            if isinstance(each.actual.outcome, Completed):
                found.setdefault(_key(each.case), each)
        return list(found.values())[:_MOST]

    def _makes(self, mistake: Submission, compared: Sequence[Exchange]) -> bool:
        answers = self._answered(mistake, [each.case for each in compared])
        return len(answers) == len(compared) and all(
            self._agree(*each) for each in zip(compared, answers, strict=True)
        )

    def _agree(self, exchange: Exchange, other: Observation) -> bool:
        """Whether the submission's answer is the other one, within the tolerance."""
        ours = exchange.actual.outcome
        if not isinstance(ours, Completed) or not isinstance(other.outcome, Completed):
            return False
        tolerance = tolerance_of(exchange.case, exchange.expected, self._exercise.tolerance)
        return isinstance(compare(other.outcome.result, ours.result, tolerance), Same)

    def _answered(self, mistake: Submission, cases: Sequence[Case]) -> list[Observation]:
        """Return the mistake's answers, none if it can't be loaded."""
        keys = [(mistake.sha256, _key(each)) for each in cases]
        if any(each not in self._answers for each in keys):
            answers = observed(self._open_side(mistake), cases, _SECONDS)
            self._answers |= dict(zip(keys, answers, strict=False))
        return [self._answers[each] for each in keys if each in self._answers]


def _key(case: Case) -> bytes:
    return msgspec.msgpack.encode(case)
