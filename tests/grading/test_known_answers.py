"""A known mistake is told by its answers: by all of them, and only if no other one gives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import msgspec
import numpy as np
import pytest

from grader.catalogue import exercises
from grader.grading.grading import Grading
from grader.grading.known import KnownMistakes
from grader.grading.known_answers import KnownAnswers
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.model.case import ArrayValue, Case
from grader.model.observation import Completed, Loaded, Observation
from grader.model.source import Source
from grader.model.submission import Submission, from_bytes
from grader.model.transcript import Exchange, Known, Transcript
from grader.process.side import Side
from grader.proof.proof import Proof
from grader.search.kept import plan_of

EXERCISE = exercises()[0].exercise
PLAYED: Sequence[Case] = plan_of(EXERCISE, count=20, seed=0, folder=None).rest[:5]
Answer = Callable[[int], float]


def answer(value: float) -> Observation:
    data = np.full(3, value, np.float32)
    array = ArrayValue(shape=(3,), dtype="float32", data=data.tobytes())
    return Observation(outcome=Completed(result=array))


def transcript(actual: Answer, expected: Answer = lambda _: 0.0) -> Transcript:
    """A run in which each case had a number for an answer."""
    return Transcript(
        exercise=EXERCISE,
        source=Source("mine.py", ""),
        exchanges=tuple(
            Exchange(case=case, expected=answer(expected(n)), actual=answer(actual(n)))
            for n, case in enumerate(PLAYED)
        ),
    )


class FakeSide:
    """A process of a known mistake."""

    failure = None

    def __init__(self, answers: Answer) -> None:
        self._answers = answers
        self._number = -1

    def enter_sandbox(self) -> None:
        pass

    def load(self, _: float) -> Loaded:
        return Loaded()

    def begin(self, case: Case, _: float) -> None:
        self._number = PLAYED.index(case)

    def finish(self) -> Observation:
        return answer(self._answers(self._number))

    def end(self) -> None:
        pass


def like(seen: Transcript, **mistakes: Answer) -> Known | None:
    """Look for a submission among known mistakes."""
    answers = KnownAnswers(EXERCISE, lambda mistake: cast("Side", FakeSide(mistakes[mistake.path])))
    known = [(from_bytes(name, name.encode()), Known(description=name)) for name in mistakes]
    return answers.like(seen, known)


def squared(n: int) -> float:
    return float(n * n + 1)


def test_the_mistake_that_gives_all_answers_is_found() -> None:
    found = like(transcript(squared), other=float, squares=squared)
    assert found == Known(description="squares", cases=len(PLAYED))


def test_one_other_answer_rules_it_out() -> None:
    assert like(transcript(squared), squares=lambda n: squared(n) + (n == 4)) is None


def test_right_answers_have_to_be_the_same_too() -> None:
    seen = transcript(lambda n: 0.0 if n == 1 else squared(n))
    assert like(seen, squares=squared) is None


def test_two_that_fit_say_nothing() -> None:
    assert like(transcript(squared), one=squared, two=squared) is None


def test_few_wrong_answers_say_nothing() -> None:
    seen = transcript(squared, expected=lambda n: squared(n) if n > 1 else 0.0)
    assert like(seen, squares=squared) is None


def test_a_mistake_runs_once() -> None:
    started: list[Submission] = []

    def open_side(mistake: Submission) -> Side:
        started.append(mistake)
        return cast("Side", FakeSide(squared))

    answers = KnownAnswers(EXERCISE, open_side)
    known = [(from_bytes("squares", b"squares"), Known(description="squares"))]
    assert answers.like(transcript(squared), known) == answers.like(transcript(squared), known)
    assert len(started) == 1


class Counted:
    """Known mistakes whose processes are counted, and the cases that these run."""

    def __init__(self, **mistakes: Answer) -> None:
        self._mistakes = mistakes
        self.started: list[str] = []
        self.ran = 0

    def open(self, mistake: Submission) -> Side:
        self.started.append(mistake.path)

        def counted(n: int) -> float:
            self.ran += 1
            return self._mistakes[mistake.path](n)

        return cast("Side", FakeSide(counted))

    def like(self, folder: Path | None) -> Known | None:
        answers = KnownAnswers(EXERCISE, self.open, folder)
        known = [
            (from_bytes(name, name.encode()), Known(description=name)) for name in self._mistakes
        ]
        return answers.like(transcript(squared), known)


def test_a_mistake_runs_until_an_answer_differs() -> None:
    counted = Counted(other=float, last=lambda n: squared(n) + (n == 4))
    assert counted.like(None) is None
    assert counted.ran == 1 + len(PLAYED)


def test_answers_are_cached(tmp_path: Path) -> None:
    found = Counted(squares=squared, other=float).like(tmp_path)
    later = Counted(squares=squared, other=float)
    assert later.like(tmp_path) == found == Known(description="squares", cases=len(PLAYED))
    assert later.started == []
    another = Counted(squares=squared, other=float, new=float)
    assert another.like(tmp_path) == found
    assert another.started == ["new"]


@pytest.mark.parametrize("data", [b"", b"\x81", b"of another form", b"\x81\xa1a\x81\xa1b\xc0"])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, data: bytes) -> None:
    Counted(squares=squared).like(tmp_path)
    (path,) = (tmp_path / "known").iterdir()
    good = path.read_bytes()
    path.write_bytes(data)
    assert Counted(squares=squared).like(tmp_path) == Known(description="squares", cases=5)
    assert path.read_bytes() == good


def test_not_too_much_is_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.grading.known_answers._MOST_KEPT", 3)
    Counted(squares=squared).like(tmp_path)
    assert not (tmp_path / "known").exists()


def test_a_mistake_that_fails_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeSide, "load", lambda *_: None)
    assert like(transcript(squared), squares=squared) is None


def test_repeated_cases_count_once() -> None:
    seen = transcript(squared)
    again = msgspec.structs.replace(seen, exchanges=seen.exchanges[:2] * 5)
    assert like(again, squares=squared) is None


class SameAsTheReference:
    """The proof of a program that takes the reference's steps, and is wrong in another way."""

    traced = True

    def proved(self) -> bool:
        return True

    def is_same(self, *_: object) -> bool:
        return True


def test_a_trace_that_is_the_references_tells_no_mistake(tmp_path: Path) -> None:
    (folder,) = (each for each in exercises() if each.exercise.slug == "jax-grad-step")

    def untraced(_: Submission) -> Side:
        raise AssertionError("nothing is compared with a trace")

    known = KnownMistakes(folder, untraced, tmp_path)
    assert known._mistakes
    assert known._proved(cast("Proof", SameAsTheReference()), (), known._mistakes) is None


IN_A_MAP = """
import jax


def decayed_sums(x, decay):
    def step(total, number):
        total = decay * total + number
        return total, total

    column = lambda numbers: jax.lax.scan(step, 0.0, numbers, reverse=True)[1]
    return jax.vmap(column, in_axes=1, out_axes=1)(x)
"""


def test_a_loop_in_a_map_is_told_by_a_mistake_that_a_rule_explains_elsewhere() -> None:
    (folder,) = (each for each in exercises() if each.exercise.slug == "lax-scan-decay")
    submission = from_bytes("program.py", IN_A_MAP.encode())
    with Session() as session:
        (found,) = Grading(session, submission, folder, GradingRequest()).run().findings
    assert found.rule == "wrong-values"
    (told,) = (each for each in found.details if "known mistake" in each)
    assert told.endswith("goes from the last row to the first.")
