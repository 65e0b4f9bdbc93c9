"""What is told of a version that can't be graded."""

from __future__ import annotations

import queue
from typing import NoReturn, cast

import pytest

from grader.errors import CommandWrong, GraderError
from grader.grading.regrading import Audience, Call, Regrading
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.model.submission import Unreadable, Unrecognised, from_bytes

SUBMISSION = from_bytes("a.py", b"x = 1\n")


class Told:
    def __init__(self) -> None:
        self.refused: list[str] = []
        self.broken: list[Exception] = []

    def refuse(self, why: str) -> None:
        self.refused.append(why)

    def broke(self, error: Exception) -> None:
        self.broken.append(error)


@pytest.mark.parametrize("error", [CommandWrong("no"), Unreadable("no"), Unrecognised("no")])
def test_a_file_that_cannot_be_graded_is_no_fault_of_the_grader(error: GraderError) -> None:
    def look() -> NoReturn:
        raise error

    calls: queue.Queue[Call] = queue.Queue()
    told = Told()
    regrading = Regrading(
        cast("Session", None),
        cast("Audience", told),
        read=lambda: SUBMISSION,
        look=look,
        deliver=calls.put,
    )
    regrading.start(SUBMISSION, GradingRequest())
    calls.get(timeout=30)()
    assert (told.refused, told.broken) == (["no"], [])
    assert not regrading.under_way
