"""`grade new`: the skeleton of an exercise, which works as it stands."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran

from grader.authoring import parts
from grader.authoring.course import course
from grader.authoring.declaration import declaration
from grader.authoring.like import Like
from grader.authoring.submissions import starter
from grader.authoring.verify import Verification
from grader.catalogue import exercises
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.whole import grade as graded
from grader.labels import ACCEPTED, MISTAKES, labelled, places
from grader.model.exercise import ExerciseFolder
from grader.model.report import Status, Verdict
from grader.model.submission import read_submission

Grade = Callable[..., Ran]

FILES = {
    "exercises/my_own/README.md",
    "exercises/my_own/accepted/positional_knobs.py",
    "exercises/my_own/exercise.py",
    "exercises/my_own/hints.md",
    "exercises/my_own/mistakes/params_per_example.py",
    "exercises/my_own/starter.py",
    "solutions/my_own.py",
}


def files_of(folder: Path) -> set[str]:
    return {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}


def test_the_skeleton_is_an_exercise(grade: Grade, here: Path) -> None:
    made = grade("new", "my-own", "course")
    assert (made.code, made.err) == (0, "")
    assert files_of(here / "course") == FILES
    assert "$" not in "".join(
        each.read_text() for each in (here / "course").rglob("*.[pm]*") if each.suffix != ".pyc"
    )
    (own,) = course([here / "course"])[1]
    assert isinstance(own, ExerciseFolder)
    assert own.exercise.slug == "my-own"
    assert own.exercise.function == own.exercise.folder_name == "my_own"
    listed = grade("list", "--exercises", "course")
    assert "my-own" in listed.out


def test_verify_lists_the_remaining_work(grade: Grade, here: Path) -> None:
    grade("new", "my-own", "course")
    (own,) = course([here / "course"])[1]
    with Session() as session:  # starts nothing as long as nothing is graded
        lines = Verification(own, (), session).lines()
        problems = {line.name: line.problems for _, line in zip(range(4), lines, strict=False)}
    assert problems["files"] == ()
    todos = [each for name in problems for each in problems[name]]
    assert all(" says TODO: " in each for each in todos)
    assert [each.split()[0] for each in todos] == [
        "exercise.py", "README.md", "README.md", "hints.md", "hints.md", "hints.md"
    ]  # fmt: skip


@pytest.mark.parametrize("like", Like)
def test_each_kind_has_nothing_wrong_but_what_is_left_to_do(
    grade: Grade, here: Path, like: Like
) -> None:
    assert grade("new", "my-own", "course", "--like", like).code == 0
    (own,) = course([here / "course"])[1]
    assert isinstance(own, ExerciseFolder)
    assert own.exercise.written == {
        Like.CLASS: ("MyOwn",),
        Like.FUNCTIONS: ("init_my_own", "apply_my_own"),
    }.get(like, ("my_own",))
    assert "$" not in "".join(
        each.read_text() for each in (here / "course").rglob("*.[pm]*") if each.suffix != ".pyc"
    )
    looks = (declaration(own, ()), parts.files(own), parts.lesson(own), parts.hints(own))
    problems = [each for line in looks for each in line.problems]
    assert all(" says TODO: " in each for each in problems)
    assert [*parts.program_problems(own, own.solution)] == []
    assert [*parts.program_problems(own, own.starter)] == []
    assert {each.kind for each in labelled(own)} == {MISTAKES, ACCEPTED}


@pytest.mark.slow
@pytest.mark.parametrize("like", Like)
def test_each_kind_works_at_once(grade: Grade, here: Path, session: Session, like: Like) -> None:
    """Every file gets what it should, by the same checks as in `grade verify`."""
    grade("new", f"my-{like}", "course", "--like", like)  # a session knows exercises by name
    (own,) = course([here / "course"])[1]
    assert isinstance(own, ExerciseFolder)
    solved = graded(session, read_submission(own.solution), own, GradingRequest())
    assert (solved.verdict, {each.status for each in solved.checks}) == (
        Verdict.PASSED, {Status.PASSED},
    )  # fmt: skip
    for each in labelled(own):
        report = graded(session, read_submission(each.path), own, GradingRequest())
        assert places(report) == each.expected, each
    begun = graded(session, read_submission(own.starter), own, GradingRequest())
    assert starter(own, begun).problems == ()


def test_an_unknown_kind_is_refused(grade: Grade, here: Path) -> None:
    ran = grade("new", "my-own", "course", "--like", "haiku")
    assert ran.code == 2
    assert "haiku is none of linen, pairwise, nnx, class, functions" in ran.err
    assert files_of(here) == set()


def test_a_second_exercise_goes_next_to_the_first(grade: Grade, here: Path) -> None:
    assert grade("new", "my-own", "course").code == 0
    assert grade("new", "my-other", "course").code == 0
    own = [each.exercise.slug for each in exercises([here / "course"])]
    assert {"my-own", "my-other"} <= set(own)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("MyOwn", "exercises are named in kebab case, such as my-exercise; did you mean my-own?"),
        ("my_own", "did you mean my-own?"),
        ("7", "exercises are named in kebab case, such as my-exercise"),
        ("../up", "exercises are named in kebab case"),
        ("class", "class is a Python keyword"),
    ],
)
def test_invalid_names_are_refused(grade: Grade, here: Path, name: str, says: str) -> None:
    ran = grade("new", name, "course")
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert files_of(here) == set()


def test_a_taken_name_is_refused(grade: Grade, here: Path) -> None:
    shipped = exercises()[0].exercise
    ran = grade("new", shipped.slug, "course")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"grade: {shipped.slug} is an exercise already; choose another name\n"
    slug = shipped.function.replace("_", "-")
    ran = grade("new", slug, "course")
    assert ran.code == 2
    assert f"would ask for {shipped.function}, as {shipped.slug} does" in ran.err
    assert files_of(here) == set()


def test_nothing_is_overwritten(grade: Grade, here: Path) -> None:
    solution = here / "course" / "solutions" / "my_own.py"
    solution.parent.mkdir(parents=True)
    solution.write_text("mine")
    ran = grade("new", "my-own", "course")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "grade: course/solutions/my_own.py already exists and is left as it is\n"
    assert files_of(here) == {"course/solutions/my_own.py"}
    assert solution.read_text() == "mine"


def test_an_unwritable_place(grade: Grade, here: Path) -> None:
    (here / "file").touch()
    ran = grade("new", "my-own", "file")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"grade: file can't be written to: {os.strerror(20)}\n"
