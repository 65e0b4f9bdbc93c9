"""Verdicts and findings are the same whether or not there are the cache, the nursery, the proof
and processes that have rehearsed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache

import msgspec
import pytest

from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.whole import grade
from grader.labels import Labelled
from grader.model.report import Report
from grader.render import RENDERERS
from tests.labelled import labelled

FEW = 240
"""One in how many labelled submissions a plain run of the tests grades in every mode."""

CASES = 12
"""All that tell mistakes apart, the edges, and two more."""

MODES = {
    "without the cache": {"GRADER_CACHE": "0"},
    "without the nursery": {"GRADER_NURSERY": "0"},
    "without the proof": {},
    "prewarmed": {},
}


pytestmark = pytest.mark.slow


class Mode(msgspec.Struct, frozen=True, kw_only=True):
    """A session that differs from the usual one."""

    session: Session
    asked: GradingRequest
    prewarms: bool


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "each" in metafunc.fixturenames:
        everything = metafunc.config.getoption("--everything")
        chosen = labelled() if everything else labelled()[::FEW]
        metafunc.parametrize("each", chosen, ids=str)


@pytest.fixture(scope="module")
def usual() -> Iterator[Session]:
    with Session() as made:
        made.unhurried()  # it has its nursery before a mode does without
        yield made


@pytest.fixture(scope="module")
def expected(usual: Session) -> Callable[[Labelled], object]:
    """Return what the usual session says of a submission, which it grades once for all modes."""

    @cache
    def of(each: Labelled) -> object:
        asked = GradingRequest(cases=CASES)
        return judged(grade(usual, each.submission, each.folder, asked))

    return of


@pytest.fixture(scope="module", params=MODES)
def other(request: pytest.FixtureRequest) -> Iterator[Mode]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in MODES[request.param].items():
            patch.setenv(name, value)
        with Session() as made:
            asked = GradingRequest(cases=CASES, prove=request.param != "without the proof")
            yield Mode(session=made, asked=asked, prewarms=request.param == "prewarmed")


def judged(report: Report) -> object:
    """What a report says of a submission, and shows of each finding."""
    document = json.loads(RENDERERS["json"](report))
    if any(each.rule == "nondeterministic" for each in report.findings):
        for each in document["findings"]:  # the case that shows it first is a matter of chance
            del each["evidence"], each["counterexample"]
    for each in document["findings"]:  # how a known mistake was recognised depends on the mode
        if {*each.get("evidence", ())} == {"cases", "proved"}:
            del each["evidence"]
    return [document[key] for key in ("verdict", "score", "summary", "checks", "findings")]


def test_a_mode_changes_nothing(
    each: Labelled, expected: Callable[[Labelled], object], other: Mode
) -> None:
    submission = each.submission
    if other.prewarms:
        other.session.prewarm(submission, each.folder, other.asked, wait=True)
    assert judged(grade(other.session, submission, each.folder, other.asked)) == expected(each)
