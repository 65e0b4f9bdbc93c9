"""Every labelled submission gets its rules on its lines, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import html5lib
import jsonschema
import pytest
import xmlschema

from grader.authoring.grades import AT_A_TIME
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.labels import Labelled, places
from grader.model.report import Report, Verdict
from grader.render import RENDERERS
from tests.labelled import Grades, labelled, sample

ROOT = Path(__file__).resolve().parent.parent
ALL = labelled()
FEWER_CASES = 12
"""All that tell mistakes apart, the edges, and two more; the recordings have a hundred."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.function is test_labelled:
        everything = metafunc.config.getoption("--everything")
        metafunc.parametrize("each", labelled() if everything else sample(), ids=str)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(gradings=len(ALL), at_once=AT_A_TIME) as made:
        yield made


@pytest.fixture(scope="module")
def grades(session: Session, request: pytest.FixtureRequest) -> Iterator[Grades]:
    """Grade what this run has selected."""
    selected = [item for item in request.session.items if item.module is request.module]
    specs = [item.callspec for item in selected if hasattr(item, "callspec")]
    wanted = [spec.params["each"] for spec in specs]
    cases = 100 if request.config.getoption("--everything") else FEWER_CASES
    made = Grades(session, [each for each in ALL if each in wanted], GradingRequest(cases=cases))
    yield made
    made.close()


@pytest.fixture(scope="module")
def check_formats() -> Callable[[Report], None]:
    """Hold a report, in each format that has one, against a schema that others wrote, or ours."""
    schemas = ROOT / "tests" / "render" / "schemas"
    ours = json.loads((ROOT / "grader" / "render" / "schema.json").read_text(encoding="utf-8"))
    theirs = json.loads((schemas / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    report_schema = jsonschema.Draft202012Validator(ours)
    sarif = jsonschema.Draft202012Validator(theirs)
    junit = xmlschema.XMLSchema(schemas / "junit-10.xsd")

    def check(report: Report) -> None:
        documents = {name: render(report) for name, render in RENDERERS.items()}
        assert len(documents["json"]) < 200_000
        report_schema.validate(json.loads(documents["json"]))
        sarif.validate(json.loads(documents["sarif"]))
        junit.validate(documents["junit"])
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        parser.parse(documents["html"])
        for name in ("gradescope", "exercism", "jsonl"):
            json.loads(documents[name])

    return check


def test_labelled(each: Labelled, grades: Grades, check_formats: Callable[[Report], None]) -> None:
    report = grades.of(each)
    assert places(report) == each.expected
    assert (report.verdict is Verdict.PASSED) == (each.path.parent.name == "accepted")
    assert (report.verdict is Verdict.PASSED) == (not each.expected)
    check_formats(report)


def test_the_sample_shows_every_rule_of_every_label() -> None:
    rules = {rule for each in ALL for _, rule in each.expected}
    assert {rule for each in sample() for _, rule in each.expected} == rules
    assert {each.folder.folder for each in sample()} == {each.folder.folder for each in ALL}


def test_there_are_enough() -> None:
    kinds = [(each.folder.exercise.level, each.path.parent.name) for each in ALL]
    assert kinds.count((1, "mistakes")) >= 60
    assert kinds.count((1, "accepted")) >= 40


def timeless(report: Report) -> object:
    """The JSON report without what two runs may differ in."""
    document = json.loads(RENDERERS["json"](report))
    del document["duration_s"]
    return json.loads(re.sub(r"\b[\d.]+ s\b", "a while", json.dumps(document)))


SOME = [each for each in ALL if each.folder.exercise.level == 1][::150]


@pytest.mark.slow
@pytest.mark.parametrize("each", SOME, ids=str)
def test_two_runs_differ_only_in_times(each: Labelled, session: Session) -> None:
    again = Grades(session, [each], GradingRequest(cases=30))
    first = timeless(again.of(each))
    second = Grades(session, [each], GradingRequest(cases=30))
    assert timeless(second.of(each)) == first
