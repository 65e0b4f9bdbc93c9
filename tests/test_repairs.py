"""What programs are told, done: then they pass, or another mistake is found."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from grader.catalogue import exercises
from grader.grading.repair import repaired
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.whole import grade
from grader.judge import judge
from grader.labels import MISTAKES, Labelled, places, read_labels
from grader.model.exercise import ExerciseFolder
from grader.model.finding import Severity
from grader.model.report import Repaired, Report
from grader.model.submission import Submission, read_submission
from tests.fixing import report_on
from tests.labelled import labelled
from tests.recordings import path_of, replayed

pytestmark = pytest.mark.slow

FEWER_CASES = GradingRequest(cases=12)
SURE = 0.9
"""At least this share of the programs passes for which every finding has edits. The others have a
mistake behind the mistake."""


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session() as made:
        yield made


FEW = 4
"""One of so many is mended, unless all are asked for: each takes a grading or two."""

SEVERAL = Path(__file__).parent / "several"
"""Programs with two or three mistakes, each labelled."""
FEW_OF_SEVERAL = 10


def with_edits(folder: ExerciseFolder) -> list[tuple[Labelled, Report]]:
    """Return the mistakes for which the report knows what to change, from their recordings."""
    found: list[tuple[Labelled, Report]] = []
    for each in labelled():
        if each.folder == folder and each.kind == MISTAKES:
            transcript = replayed(each, path_of(each))
            report = report_on(transcript.source, judge(transcript), folder.exercise)
            if any(finding.edits for finding in report.findings):
                found.append((each, report))
    return found


def mended(
    session: Session, folder: ExerciseFolder, known: tuple[Labelled, Report]
) -> tuple[str, Report, Report]:
    each, report = known

    def again(submission: Submission) -> Report:
        return grade(session, submission, folder, FEWER_CASES)

    return str(each), report, repaired(report, read_submission(each.path), again)


@pytest.mark.parametrize("folder", exercises(), ids=lambda each: each.exercise.slug)
def test_following_the_report_fixes_the_program(
    session: Session, folder: ExerciseFolder, request: pytest.FixtureRequest
) -> None:
    everything = request.config.getoption("--everything")
    known = with_edits(folder)[:: 1 if everything else FEW]
    with ThreadPoolExecutor(2) as pool:
        tried = list(pool.map(partial(mended, session, folder), known))
    whole = [
        (name, later)
        for name, report, later in tried
        if all(each.edits for each in report.findings if each.severity is Severity.ERROR)
    ]
    failing = [name for name, later in whole if later.repair.status is not Repaired.PASSES]
    withdrawn = [
        name
        for name, _, later in tried
        if later.repair.status is Repaired.FAILS and not later.repair.edits
    ]
    print(f"{len(whole) - len(failing)} of {len(whole)} pass; {failing}")
    assert withdrawn == [], "the same mistake is found again"
    assert len(failing) <= len(whole) * (1 - SURE), failing


@pytest.mark.parametrize("folder", exercises(), ids=lambda each: each.exercise.slug)
def test_several_mistakes_are_all_named_and_fixed(
    session: Session, folder: ExerciseFolder, request: pytest.FixtureRequest
) -> None:
    """Each round names what stands in the text as it was, and nothing that is right."""
    everything = request.config.getoption("--everything")
    paths = sorted((SEVERAL / folder.folder.name).glob("*.py"))
    paths = paths[:: 1 if everything else FEW_OF_SEVERAL]

    def whole(path: Path) -> Report:
        submission = read_submission(path)
        again = partial(grade, session, folder=folder, request=FEWER_CASES)
        return repaired(again(submission), submission, again)

    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(whole, paths))
    found = {path.stem: places(report) for path, report in zip(paths, reports, strict=True)}
    assert found == {path.stem: read_labels(path.read_text("utf-8")) for path in paths}
    status = {path.stem: report.repair.status for path, report in zip(paths, reports, strict=True)}
    assert status == dict.fromkeys(found, Repaired.PASSES)
