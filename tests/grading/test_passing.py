"""A text is known to pass if it is the same program as one that does."""

from __future__ import annotations

import pytest

from grader.catalogue import exercises
from grader.grading.passing import Passing
from grader.grading.repair import repaired
from grader.model.edit import Edit
from grader.model.finding import Finding
from grader.model.observation import Span
from grader.model.report import Repaired, Report
from grader.model.submission import Submission, from_bytes
from tests.fixing import report_on

FOLDER = next(each for each in exercises() if each.exercise.slug == "nn-vmap-shared")
SOLUTION = FOLDER.solution.read_text(encoding="utf-8")
FUNCTION = FOLDER.exercise.function
PROGRAM = f"def {FUNCTION}(seed, x_batch, features):\n    return x_batch * {{}}\n"


def submission(text: str) -> Submission:
    return from_bytes("mine.py", text.encode())


@pytest.fixture
def passing() -> Passing:
    return Passing(FOLDER, SOLUTION)


def test_the_solution_passes_with_other_comments_and_layout(passing: Passing) -> None:
    assert passing.holds(submission(SOLUTION))
    assert passing.holds(submission(f"# what was asked for\n\n{SOLUTION}\n"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("features=features", "features=features + 1"),
        ("PRNGKey(seed)", "PRNGKey(0)"),
        ("model", "net"),
    ],
)
def test_another_program_may_not(passing: Passing, before: str, after: str) -> None:
    assert before in SOLUTION
    assert not passing.holds(submission(SOLUTION.replace(before, after)))


def test_what_has_passed_passes_again(passing: Passing) -> None:
    first, second = (submission(PROGRAM.format(each)) for each in ("2", "(2)  # twice"))
    assert not passing.holds(first)
    passing.add(first)
    assert passing.holds(second)
    assert not passing.holds(submission(PROGRAM.format(3)))


@pytest.mark.parametrize(
    "factor",
    [
        "len(open(__file__).read())",
        "len(__doc__)",
        "len(inspect.getsource(inspect))",
        "sys._getframe().f_lineno",
        f"{FUNCTION}.__code__.co_firstlineno",
        f"len({FUNCTION}.__doc__)",
        "(lambda: 0).__code__.co_firstlineno",
    ],
)
def test_a_program_that_may_look_at_its_text_is_never_known(passing: Passing, factor: str) -> None:
    text = f"import inspect, sys\n{PROGRAM.format(factor)}"
    passing.add(submission(text))
    assert not passing.holds(submission(text))


def test_what_cannot_be_read_is_never_known(passing: Passing) -> None:
    broken = submission("def broken(:\n")
    passing.add(broken)
    assert not passing.holds(broken)


def test_a_program_that_is_known_to_pass_is_not_graded_again(passing: Passing) -> None:
    graded: list[str] = []
    wrong = SOLUTION.replace("PRNGKey(seed)", "PRNGKey(1)")

    def grade(found: Submission) -> Report:
        graded.append(found.source.text)
        return report_on(found.source, (), FOLDER.exercise)

    line = next(n for n, each in enumerate(wrong.splitlines(), 1) if "PRNGKey(1)" in each)
    column = wrong.splitlines()[line - 1].index("PRNGKey(1)") + len("PRNGKey(") + 1
    span = Span(line=line, column=column, end_line=line, end_column=column + 1)

    def mend(text: str) -> Report:
        finding = Finding(
            rule="derived-key",
            check=FOLDER.exercise.checks[0].check,
            message="",
            help="",
            span=span,
            edits=(Edit(span=span, text=text),),
        )
        found = submission(wrong)
        return repaired(report_on(found.source, (finding,), FOLDER.exercise), found, grade, passing)

    assert mend("seed").repair.status is Repaired.PASSES
    assert graded == []
    for _ in range(2):
        assert mend("seed + 0").repair.status is Repaired.PASSES
    assert len(graded) == 1
