"""Prewarmed processes: nobody's text has run in them, and some programs get new ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader.catalogue import exercises
from grader.errors import NurseryBroken
from grader.grading.pool import Pool, rehearsals
from grader.grading.rehearsal import rehearsal
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.whole import grade
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
SETS_A_PLATFORM = """
import jax

jax.config.update("jax_platforms", "cuda")
"""
MINE = """
from flax import linen as nn
import jax

def FUNCTION(seed, x, features):
    return nn.Dense(features).init_with_output(jax.random.PRNGKey(seed), x)[0]
"""
UNFINISHED = """
def FUNCTION(seed, x, features):
    raise NotImplementedError
"""
MARK = "the_answer_is_here"
SEARCHES = """
import ctypes
import os

def FUNCTION(seed, x, features):
    # Through a pipe: memory that another thread has returned meanwhile is an error, not a crash.
    write, (out, into) = ctypes.CDLL(None).write, os.pipe()
    looked_for = bytearray(b"KRAM"[::-1])
    its_own = bytearray(b"evah ot llew yrev ti swonk"[::-1])
    for each in (looked_for, its_own):
        each[0] -= 1  # so that these aren't found themselves
    again = "knows it very well to have"
    searched, own, reference = 0, 0, 0
    with open("/proc/self/maps") as maps:
        regions = [line.split() for line in maps if " rw" in line]
    for addresses, *_, in regions:
        start, end = (int(each, 16) for each in addresses.split("-"))
        if end - start > 1 << 28:
            continue
        for at in range(start, end, 1 << 16):
            count = write(into, ctypes.c_void_p(at), ctypes.c_size_t(min(1 << 16, end - at)))
            if count <= 0:
                break
            part = os.read(out, count)
            searched += len(part)
            for place in range(2):
                mark = (looked_for, its_own)[place]
                first = bytes([mark[0] + 1])
                hits = 0
                where = part.find(bytes(mark[1:]))
                while where >= 0:
                    hits += part[where - 1 : where] == first
                    where = part.find(bytes(mark[1:]), where + 1)
                if place:
                    own += hits
                else:
                    reference += hits
    print(f"searched {searched > 1 << 24}, of itself {min(own, 1)}, of the reference {reference}")
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


def test_a_rehearsal_prints_nothing(pool: Pool, side: Side, folder: ExerciseFolder) -> None:
    cases = plan(folder.exercise, count=12, seed=0).discriminating
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


def test_a_finished_process_is_not_taken(pool: Pool, side: Side) -> None:
    pool.fill("key", lambda: side, [((), ())])
    pool.wait()
    assert side.is_idle()
    side.end()
    assert pool.take("key") is None


def test_a_process_that_could_not_rehearse_is_not_taken(
    pool: Pool, side: Side, folder: ExerciseFolder
) -> None:
    side.give("broken.py", "import os; os._exit(0)")
    cases = plan(folder.exercise, count=12, seed=0).discriminating
    pool.fill("key", lambda: side, [(cases, ())])
    assert pool.take("key") is None


def test_processes_for_another_file_are_not_taken_but_stopped(pool: Pool, side: Side) -> None:
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

    def enter_sandbox(self) -> None:
        """It is in the sandbox."""

    def load(self, seconds: float, *, discard_output: bool) -> LoadOutcome:
        assert seconds > 0
        assert discard_output
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


def test_a_stopped_rehearsal_finishes_its_case(pool: Pool) -> None:
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


def test_each_process_rehearses_every_size_once_in_order_of_use(
    folder: ExerciseFolder,
) -> None:
    made = plan(folder.exercise, count=12, seed=0)
    sizes = traced_sizes(folder.exercise)
    (first, untraced), (second, traced) = rehearsals(made, sizes)
    assert first[0] == made.discriminating[0]
    assert second[0] == made.edges[0]
    assert (untraced, traced) == ((), sizes)
    for cases in (first, second):
        shapes = [tuple(each.sizes.values()) for each in cases]
        assert len(set(shapes)) == len(shapes)
        assert {tuple(each.sizes.values()) for each in (*made.discriminating, *made.edges)} <= {
            *shapes
        }


def test_a_grading_needs_only_the_prewarmed_processes(
    folder: ExerciseFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.py"
    file.write_bytes(folder.solution.read_bytes())
    asked = GradingRequest(cases=12)
    with Session() as session:
        assert grade(session, read_submission(file), folder, asked).verdict is Verdict.PASSED
        session.prewarm(read_submission(file), folder, asked, wait=True)

        def refuse(*_: object, **__: object) -> None:
            raise NurseryBroken("no more processes")

        monkeypatch.setattr(Nursery, "make", refuse)
        file.write_text(file.read_text(encoding="utf-8") + "\n# saved again\n", encoding="utf-8")
        assert grade(session, read_submission(file), folder, asked).verdict is Verdict.PASSED
        with pytest.raises(NurseryBroken):
            grade(session, read_submission(file), folder, asked)


def test_a_rehearsal_that_hangs_is_not_waited_for(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.grading.pool._PATIENCE", 0.01)
    slow: Any = Slow()
    pool.fill("key", lambda: slow, [(("case",) * 5, ())])  # type: ignore[arg-type]
    slow.called.wait()
    assert pool.take("key") is None
    assert slow.may_end.is_set(), "its process is still there"


@pytest.mark.slow
@pytest.mark.parametrize("folder", exercises(), ids=lambda each: each.exercise.slug)
def test_every_exercise_is_rehearsed_at_all_its_sizes(maker: Maker, folder: ExerciseFolder) -> None:
    exercise = folder.exercise
    program = Program(exercise=exercise, name="rehearsal.py", text=rehearsal(exercise))
    side = Side(maker, program, policy=None)
    side.enter_sandbox()
    assert side.load(15.0) == Loaded()
    (cases, _), _ = rehearsals(plan(exercise, count=12, seed=0), ())
    for case in cases:
        side.begin(case, 20.0)
        assert isinstance(side.finish().outcome, Completed)
    side.end()


@pytest.mark.parametrize(
    "version",
    [
        MINE,
        pytest.param(LOOKS_AROUND, marks=pytest.mark.slow),
        pytest.param(UNFINISHED, marks=pytest.mark.slow),
        pytest.param("no Python", marks=pytest.mark.slow),
    ],
)
def test_a_prewarmed_process_has_no_trace_of_the_reference_or_the_last_version(
    folder: ExerciseFolder, tmp_path: Path, version: str
) -> None:
    """Searched by a program in it that reads all of the memory that it can write."""
    name = folder.exercise.function
    solution = tmp_path / "solution.py"
    text = folder.solution.read_text(encoding="utf-8")
    solution.write_text(f"{text}\ndef {MARK}():\n    return '{MARK}'\n", encoding="utf-8")
    course = msgspec.structs.replace(folder, solution=solution)
    file = tmp_path / "mine.py"
    file.write_text(f"# {MARK}\n" + version.replace("FUNCTION", name), encoding="utf-8")
    asked = GradingRequest(cases=12)
    with Session() as session:
        submission = read_submission(file)
        grade(session, submission, course, asked)
        session.prewarm(submission, course, asked, wait=True)
        side = session._pool.take((course.exercise.slug, str(file)))
        assert side is not None
        side.give("looks.py", SEARCHES.replace("FUNCTION", name).replace("KRAM", MARK[::-1]))
        assert side.load(30.0) == Loaded()
        side.begin(session.plan(course.exercise, asked).discriminating[0], 60.0)
        assert isinstance(side.finish().outcome, Completed)
        side.end()
        found, _, _ = side.printed()
    assert found == "searched True, of itself 1, of the reference 0\n"


def test_a_program_that_may_look_around_gets_a_new_process(
    folder: ExerciseFolder, tmp_path: Path
) -> None:
    text = LOOKS_AROUND.format(function=folder.exercise.function)
    assert "raised" not in prewarmed_rules(folder, tmp_path / "mine.py", text)


def test_a_program_that_sets_up_jax_gets_a_new_process(
    folder: ExerciseFolder, tmp_path: Path
) -> None:
    """Where XLA runs already, a platform that isn't there makes no difference."""
    text = SETS_A_PLATFORM + folder.solution.read_text(encoding="utf-8")
    assert prewarmed_rules(folder, tmp_path / "mine.py", text) == ("raised",)


def prewarmed_rules(folder: ExerciseFolder, file: Path, text: str) -> tuple[str, ...]:
    """Save a file for which processes are prewarmed, and return which rules find something."""
    file.write_text(text, encoding="utf-8")
    with Session() as session:
        submission = read_submission(file)
        session.prewarm(submission, folder, GradingRequest(cases=12), wait=True)
        report = grade(session, submission, folder, GradingRequest(cases=12))
    assert report.verdict is Verdict.FAILED
    return tuple(report.rules)
