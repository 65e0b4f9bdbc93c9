"""Verdicts and findings are the same with and without the cache, the nursery and the proof."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from grader.render import RENDERERS
from grader.report import Report
from grader.session import Asked, Session
from grader.submission import read_submission
from tests.labelled import Labelled, labelled

FEW = 200
"""One in how many labelled submissions a plain run of the tests grades in every mode."""

CASES = 20

MODES = {
    "without the cache": {"GRADER_CACHE": "0"},
    "without the nursery": {"GRADER_NURSERY": "0"},
    "without the proof": {},
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "each" in metafunc.fixturenames:
        everything = metafunc.config.getoption("--everything")
        chosen = labelled() if everything else labelled()[::FEW]
        metafunc.parametrize("each", chosen, ids=str)


@pytest.fixture(scope="module")
def usual() -> Iterator[Session]:
    with Session() as made:
        yield made


@pytest.fixture(scope="module", params=MODES)
def other(request: pytest.FixtureRequest) -> Iterator[tuple[Session, Asked]]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in MODES[request.param].items():
            patch.setenv(name, value)
        with Session() as made:
            yield made, Asked(cases=CASES, prove=request.param != "without the proof")


def judged(report: Report) -> object:
    """What a report says of a submission, and shows of each finding."""
    document = json.loads(RENDERERS["json"](report))
    return [document[key] for key in ("verdict", "score", "summary", "checks", "findings")]


def test_a_mode_changes_nothing(
    each: Labelled, usual: Session, other: tuple[Session, Asked]
) -> None:
    session, asked = other
    submission = read_submission(each.path)
    expected = judged(usual.grade(submission, each.folder, Asked(cases=CASES)))
    assert judged(session.grade(submission, each.folder, asked)) == expected
