"""Prewarmed processes: what rehearsed in them leaves no trace, and some programs get new ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.catalogue import exercises
from grader.errors import NurseryBroken
from grader.grading.grading import grade
from grader.grading.pool import Pool, rehearsals
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.model.exercise import ExerciseFolder
from grader.model.observation import Completed, Loaded, LoadOutcome
from grader.model.report import Verdict
from grader.model.submission import read_submission
from grader.process.side import Program, Side
from grader.process.worker import Maker, Nursery
from grader.search.cases import plan
from grader.search.plan import traced_sizes

LOUD = """
import sys

print("loading")

def {function}(seed, x, features):
    print("called")
    print("called", file=sys.stderr)
    return x
"""
LOOKS_AROUND = """
from jax._src import xla_bridge

if xla_bridge._backends:
    raise RuntimeError("another program has run here")

def {function}(seed, x, features):
    return x
"""


@pytest.fixture(scope="module")
def folder() -> ExerciseFolder:
    return next(each for each in exercises() if each.exercise.level == 1)


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool()
    yield made
    made.close()


@pytest.fixture
def side(maker: Maker, folder: ExerciseFolder) -> Iterator[Side]:
    text = LOUD.format(function=folder.exercise.function)
    made = Side(maker, Program(exercise=folder.exercise, name="loud.py", text=text), policy=None)
    yield made
    made.end()


def test_nothing_is_heard_of_a_rehearsal(pool: Pool, side: Side, folder: ExerciseFolder) -> None:
    cases = plan(folder.exercise, count=12, seed=0).telling
    pool.fill("key", lambda: side, [(cases[:2], traced_sizes(folder.exercise))])
    pool.wait()
    taken = pool.take("key")
    assert taken is side
    taken.give("mine.py", LOUD.format(function=folder.exercise.function) + "    + seed")
    assert taken.load(15.0) == Loaded()
    taken.begin(cases[0], 20.0)
    assert isinstance(taken.finish().outcome, Completed)
    taken.end()
    assert taken.printed() == ("loading\ncalled\n", "called\n", False)


def test_one_that_has_ended_is_not_taken(pool: Pool, side: Side) -> None:
    pool.fill("key", lambda: side, [((), ())])
    pool.wait()
    assert side.is_idle()
    side.end()
    assert pool.take("key") is None


def test_one_that_could_not_rehearse_is_not_taken(
    pool: Pool, side: Side, folder: ExerciseFolder
) -> None:
    side.give("broken.py", "import os; os._exit(0)")
    cases = plan(folder.exercise, count=12, seed=0).telling
    pool.fill("key", lambda: side, [(cases, ())])
    assert pool.take("key") is None


def test_what_is_for_another_file_is_not_taken_and_ended_when_there_is_a_new_one(
    pool: Pool, side: Side
) -> None:
    pool.fill("key", lambda: side, [((), ())])
    pool.wait()
    assert pool.take("another key") is None
    assert side.is_idle()
    pool.fill("another key", lambda: side, [])
    assert not side.is_idle()


class Slow:
    """A side whose calls end when they are let."""

    failure = None

    def __init__(self) -> None:
        self.calls = 0
        self.called = threading.Event()
        self.may_end = threading.Event()

    def shut_in(self) -> None:
        """It is shut in."""

    def load(self, seconds: float, *, unheard: bool) -> LoadOutcome:
        assert seconds > 0
        assert unheard
        return Loaded()

    def begin(self, _case: object, _seconds: float) -> None:
        self.calls += 1
        self.called.set()

    def finish(self) -> None:
        self.may_end.wait()

    def is_idle(self) -> bool:
        return True

    def end(self) -> None:
        self.may_end.set()


def test_a_rehearsal_that_is_stopped_ends_with_its_case(pool: Pool) -> None:
    slow: Any = Slow()
    pool.fill("key", lambda: slow, [(("case",) * 5, ())])  # type: ignore[arg-type]
    slow.called.wait()
    pool.stop()
    slow.may_end.set()
    assert pool.take("key") is slow
    assert slow.calls == 1


def test_a_closed_pool_stays_empty(pool: Pool, side: Side) -> None:
    pool.close()
    pool.fill("key", lambda: side, [((), ())])
    assert pool.take("key") is None


def test_each_process_rehearses_every_size_once_what_comes_first_in_it_first(
    folder: ExerciseFolder,
) -> None:
    made = plan(folder.exercise, count=12, seed=0)
    sizes = traced_sizes(folder.exercise)
    (first, untraced), (second, traced) = rehearsals(made, sizes)
    assert first[0] == made.telling[0]
    assert second[0] == made.edges[0]
    assert (untraced, traced) == ((), sizes)
    for cases in (first, second):
        shapes = [tuple(each.sizes.values()) for each in cases]
        assert len(set(shapes)) == len(shapes)
        assert {tuple(each.sizes.values()) for each in (*made.telling, *made.edges)} <= {*shapes}


def test_a_grading_needs_no_process_but_the_prewarmed_ones(
    folder: ExerciseFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.py"
    file.write_bytes(folder.solution.read_bytes())
    asked = GradingRequest(cases=12)
    with Session() as session:
        assert grade(session, read_submission(file), folder, asked).verdict is Verdict.PASSED
        session.prewarm(read_submission(file), folder, asked, wait=True)

        def refuse(*_: object) -> None:
            raise NurseryBroken("no more processes")

        monkeypatch.setattr(Nursery, "make", refuse)
        file.write_text(file.read_text(encoding="utf-8") + "\n# saved again\n", encoding="utf-8")
        assert grade(session, read_submission(file), folder, asked).verdict is Verdict.PASSED
        with pytest.raises(NurseryBroken):
            grade(session, read_submission(file), folder, asked)


def test_a_program_that_may_look_around_gets_a_new_process(
    folder: ExerciseFolder, tmp_path: Path
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(LOOKS_AROUND.format(function=folder.exercise.function), encoding="utf-8")
    with Session() as session:
        submission = read_submission(file)
        session.prewarm(submission, folder, GradingRequest(cases=12), wait=True)
        report = grade(session, submission, folder, GradingRequest(cases=12))
    assert report.verdict is Verdict.FAILED
