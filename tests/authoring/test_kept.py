"""A verification keeps reports until something changes that they depend on."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from grader.authoring.kept import KeptReports
from grader.catalogue import exercises
from grader.grading.known import known_texts
from grader.grading.request import GradingRequest
from grader.model.effort import Effort
from grader.model.exercise import ExerciseFolder
from grader.model.finding import Finding
from grader.model.submission import Submission, read_submission
from grader.rules import TITLED, UNEXPLAINED, rule_by_id
from tests.fixing import report_on

SHARED = exercises()[0]


@pytest.fixture
def folder(tmp_path: Path) -> ExerciseFolder:
    """A copy of an exercise, which can be changed."""
    copy = tmp_path / SHARED.folder.name
    shutil.copytree(SHARED.folder, copy)
    solution = shutil.copy(SHARED.solution, tmp_path)
    return msgspec.structs.replace(SHARED, folder=copy, solution=Path(solution))


@pytest.fixture
def submission(folder: ExerciseFolder) -> Submission:
    return read_submission(min((folder.folder / "mistakes").glob("*.py")))


def kept(folder: ExerciseFolder, request: GradingRequest | None = None) -> KeptReports:
    return KeptReports(folder, request or GradingRequest(), folder.folder.parent / "cache")


def keep(folder: ExerciseFolder, submission: Submission, rule: str) -> None:
    found = Finding(rule=rule, check=rule_by_id(rule).check, message="a message", help="help")
    kept(folder).keep(submission, report_on(submission.source, [found], folder.exercise))


def test_a_kept_report_is_found_again(folder: ExerciseFolder, submission: Submission) -> None:
    assert kept(folder).find(submission) is None
    keep(folder, submission, "wrong-shape")
    found = kept(folder).find(submission)
    assert found is not None
    assert [each.rule for each in found.findings] == ["wrong-shape"]


def test_other_submissions_and_options_have_none(
    folder: ExerciseFolder, submission: Submission
) -> None:
    keep(folder, submission, "wrong-shape")
    for other in (GradingRequest(cases=7), GradingRequest(effort=Effort.CAUGHT)):
        assert kept(folder, other).find(submission) is None
    path = Path(submission.path)
    path.write_text(path.read_text() + "\n# one more line\n")
    assert kept(folder).find(read_submission(path)) is None


def test_another_solution_drops_them(folder: ExerciseFolder, submission: Submission) -> None:
    keep(folder, submission, "wrong-shape")
    folder.solution.write_text(folder.solution.read_text() + "\n")
    assert kept(folder).find(submission) is None


@pytest.mark.parametrize("rule", [UNEXPLAINED, "wrong-shape", "wrong-order", TITLED])
def test_known_mistakes_matter_where_no_rule_explains_the_answer(
    folder: ExerciseFolder, submission: Submission, rule: str
) -> None:
    keep(folder, submission, rule)
    assert kept(folder).find(submission) is not None
    explained = read_submission(sorted((folder.folder / "mistakes").glob("*.py"))[1])
    keep(folder, explained, "derived-key")
    (folder.folder / "mistakes" / "a_new_one.py").write_text(
        '"""Adds one."""\n\nx = 1  # expect: wrong-values\n'
    )
    assert '"""Adds one."""\n\nx = 1  # expect: wrong-values\n' in known_texts(folder)
    assert kept(folder).find(submission) is None
    assert kept(folder).find(explained) is not None


@pytest.mark.parametrize("rule", ["timed-out", "crashed", "nondeterministic"])
def test_what_may_be_chance_is_graded_each_time(
    folder: ExerciseFolder, submission: Submission, rule: str
) -> None:
    keep(folder, submission, rule)
    assert kept(folder).find(submission) is None


def test_without_a_cache_nothing_is_kept(folder: ExerciseFolder, submission: Submission) -> None:
    nowhere = KeptReports(folder, GradingRequest(), None)
    nowhere.keep(submission, report_on(submission.source, [], folder.exercise))
    assert nowhere.find(submission) is None


def test_a_damaged_report_counts_as_none(folder: ExerciseFolder, submission: Submission) -> None:
    keep(folder, submission, "wrong-shape")
    (path,) = filter(Path.is_file, (folder.folder.parent / "cache").rglob("*"))
    path.write_bytes(b"damaged")
    assert kept(folder).find(submission) is None
