"""Many submissions in one session: each is graded as closely as is needed."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import msgspec
import pytest

from grader.authoring import grades
from grader.catalogue import exercises
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.model.edit import Edit
from grader.model.effort import Effort
from grader.model.exercise import ExerciseFolder
from grader.model.finding import Finding
from grader.model.observation import Span
from grader.model.report import Repair, Repaired, Report
from grader.model.submission import Submission, read_submission
from grader.rules import rule_by_id
from tests.fixing import report_on

SHARED = next(each for each in exercises() if each.exercise.level == 1)
FOUND = {Effort.CAUGHT: "wrong-values", Effort.RULES: "wrong-shape", Effort.EVERYTHING: "raised"}

EDIT = Edit(span=Span(line=1, column=1, end_line=1, end_column=2), text="x")


class Fake:
    """A session, and a grading that finds another rule for each effort."""

    def __init__(self) -> None:
        self.efforts: list[Effort] = []
        self.handed: list[object] = []

    def reference(self, part: ExerciseFolder) -> None:
        pass

    def passing(self, folder: ExerciseFolder, asked: GradingRequest) -> None:
        pass

    def grade(
        self,
        _: Session,
        submission: Submission,
        folder: ExerciseFolder,
        asked: GradingRequest,
        *,
        handover: object = None,
    ) -> Report:
        self.handed.append(handover)
        self.efforts.append(asked.effort)
        rule = FOUND[asked.effort]
        found = Finding(rule=rule, check=rule_by_id(rule).check, message="a message", help="help")
        return report_on(submission.source, [found], folder.exercise)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Fake:
    made = Fake()
    monkeypatch.setattr(grades, "grade", made.grade)
    monkeypatch.setattr(grades, "cache_folder", lambda: tmp_path)
    return made


def rules_of(fake: Fake, wanted: str) -> list[str]:
    """Grade a mistake until a rule is found, and return the rules of the report that counts."""
    submission = read_submission(min((SHARED.folder / "mistakes").glob("*.py")))
    told: list[bool] = []
    with grades.Grades(cast("Session", fake), GradingRequest(), lambda: told.append(True)) as made:
        report = made.begin(
            SHARED,
            submission,
            tuple(FOUND),
            lambda report: any(each.rule == wanted for each in report.findings),
        ).result()
    assert told == [True]
    return [each.rule for each in report.findings]


@pytest.mark.parametrize("place", range(3))
def test_it_is_graded_more_closely_until_that_is_enough(fake: Fake, place: int) -> None:
    wanted = [*FOUND.values()][place]
    assert rules_of(fake, wanted) == [wanted]
    assert fake.efforts == [*FOUND][: place + 1]


def test_the_closest_look_counts_if_none_is_enough(fake: Fake) -> None:
    assert rules_of(fake, "timed-out") == [FOUND[Effort.EVERYTHING]]
    assert fake.efforts == [*FOUND]


def test_reports_are_kept_by_effort(fake: Fake) -> None:
    assert rules_of(fake, "wrong-shape") == rules_of(fake, "wrong-shape") == ["wrong-shape"]
    assert rules_of(fake, "wrong-values") == ["wrong-values"]
    assert fake.efforts == [Effort.CAUGHT, Effort.RULES]


def test_what_is_fixed_runs_after_it(fake: Fake) -> None:
    submission = read_submission(min((SHARED.folder / "mistakes").glob("*.py")))
    with grades.Grades(cast("Session", fake), GradingRequest()) as made:
        report, fixed = made.begin_fixing(SHARED, submission, tuple(FOUND), lambda _: True)
    assert [each.rule for each in report.result().findings] == [FOUND[Effort.CAUGHT]]
    assert fixed.result() is report.result(), "it has no edits"


def test_all_of_an_exercise_may_run_in_one_process(fake: Fake) -> None:
    for rule in FOUND.values():
        rules_of(fake, rule)
    assert len(fake.handed) == len(FOUND)
    assert None not in fake.handed


@pytest.mark.parametrize(
    ("status", "edits", "closer"),
    [
        (Repaired.PASSES, (EDIT,), False),
        (Repaired.FAILS, (EDIT,), False),
        (Repaired.FAILS, (), True),
        (Repaired.NONE, (), False),
    ],
)
def test_edits_that_are_withdrawn_are_made_again_from_the_closest_look(
    fake: Fake,
    monkeypatch: pytest.MonkeyPatch,
    status: Repaired,
    edits: tuple[Edit, ...],
    closer: bool,
) -> None:
    def repaired(report: Report, *_: object) -> Report:
        return msgspec.structs.replace(report, repair=Repair(status=status, edits=edits))

    monkeypatch.setattr(grades, "repaired", repaired)
    submission = read_submission(min((SHARED.folder / "mistakes").glob("*.py")))
    with grades.Grades(cast("Session", fake), GradingRequest()) as made:
        _, fixed = made.begin_fixing(SHARED, submission, tuple(FOUND), lambda _: True)
        rules = [each.rule for each in fixed.result().findings]
    assert rules == [FOUND[Effort.EVERYTHING if closer else Effort.CAUGHT]]
    assert fake.efforts == [Effort.CAUGHT, *([Effort.EVERYTHING] if closer else [])]
