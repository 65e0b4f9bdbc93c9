"""After each hostile submission: a verdict, a whole report, and a world that is as it was."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import jsonschema
import msgspec
import pytest
from hostile_world import ROOT, SECRET, Label, World, descendants, labels

from grader.catalogue import exercises
from grader.cli.grading import exit_code
from grader.evidence import Evidence
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.whole import grade as graded
from grader.judge import judge
from grader.model.report import Report
from grader.model.submission import read_submission, recognise
from grader.render import RENDERERS
from grader.rules import RULES, rule_by_id
from grader.rules.rule import Sighting

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strangers are graded on Linux")

LARGEST_REPORT = 200_000
PATIENCE = 30.0
"""Seconds, on a machine that is busy with other things: the limit of a case, and some more."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("hostile"), Path(os.environ["GRADER_CACHE_DIR"]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(made.home))
        patch.setenv("HOSTILE_SECRET", SECRET)
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        patch.setattr(tempfile, "tempdir", str(made.scratch))
        yield made
    made.close()


@pytest.fixture(scope="module")
def session(world: World) -> Iterator[Session]:
    """One session for all: what one submission breaks would show in the next."""
    assert world.scratch.is_dir()
    with Session() as shared:
        grade(shared, ROOT / "solutions" / "nn_vmap_shared.py", 60)
        yield shared


def grade(session: Session, path: Path, seconds: float) -> Report:
    submission = read_submission(path)
    folder = recognise(submission.source, exercises())
    return graded(session, submission, folder, GradingRequest(timeout=seconds, cases=12))


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    text = (ROOT / "grader" / "render" / "schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


@pytest.fixture(scope="module")
def own_lines() -> list[str]:
    """Lines of the solution that nobody else has written."""
    text = (ROOT / "solutions" / "nn_vmap_shared.py").read_text(encoding="utf-8")
    found = [line.strip() for line in text.splitlines() if len(line.strip()) > 50]
    assert found
    return found


def of_each_family() -> Iterator[object]:
    """Yield the labels; but for the first of each family, they are slow."""
    families: set[str] = set()
    for label in labels():
        family = label.name.partition("_")[0]
        marks = [pytest.mark.slow] if family in families else []
        families.add(family)
        yield pytest.param(label, marks=marks, id=label.name)


@pytest.mark.parametrize("label", list(of_each_family()))
def test_held(
    label: Label,
    world: World,
    session: Session,
    schema: jsonschema.Draft202012Validator,
    own_lines: list[str],
) -> None:
    path = world.place(label.name)
    files, processes = world.files(), descendants(os.getpid())

    report = grade(session, path, label.seconds)

    rules = {finding.rule for finding in report.findings}
    assert report.verdict.value in label.outcomes, rules
    assert not label.rules or rules & label.rules, rules
    if label.outcomes <= {"failed", "ungradable"}:
        assert exit_code([report.verdict], GradingRequest()) == 1
    assert report.duration_s < label.seconds + PATIENCE
    pids, folders = _of_references(session)
    assert descendants(os.getpid()) <= processes | pids, "a process is left"
    assert world.files() == files
    assert not world.poison()
    assert not world.knocks(), "a connection was made"
    assert {*world.scratch.iterdir()} <= folders, "a scratch folder is left"
    document = RENDERERS["json"](report)
    assert len(document.encode()) < LARGEST_REPORT
    schema.validate(json.loads(document))
    assert label.says in document
    assert "ESCAPED" not in report.output.stdout + report.output.stderr
    for name, render in RENDERERS.items():
        text = render(report)
        assert SECRET not in text, name
        assert not [line for line in own_lines if line in text], name
        assert not ACTING.search(text), f"{name} would act on a terminal, or on a reader's eye"
        assert name == "html" or not COMMAND.search(text), f"{name} would act on a CI system"


def _of_references(session: Session) -> tuple[set[int], set[Path]]:
    """The processes and folders of the references, which are there as long as the session is."""
    sides = [each._side for each in session._references.values() if each._side is not None]
    return {each._worker._pid for each in sides}, {each._worker.scratch for each in sides}


ACTING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
COMMAND = re.compile(r"^\s*::error::owned|##vso\[", re.MULTILINE)


def stuck(evidence: Evidence) -> Iterator[Sighting]:
    """Look at every entry of the records with every other, again and again."""
    while any(look.exchange.actual.record.roots for look in evidence.looks):
        yield from ()


def test_judging_ends(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a rule does with what a process has sent, there is a report, and it says so."""
    rule = msgspec.structs.replace(rule_by_id("raised"), find=stuck)
    stuck_too = partial(judge, rules=(*RULES, rule))
    monkeypatch.setattr("grader.grading.grading.judge", stuck_too)
    monkeypatch.setattr("grader.grading.grading._JUDGING_SECONDS", 0.5)
    report = grade(session, ROOT / "solutions" / "nn_vmap_shared.py", 60)
    assert report.verdict.value == "failed"
    (finding,) = report.findings
    assert finding.rule == "crashed"
    assert "records that take more than 0.5 s to judge" in " ".join(finding.details)
    assert report.equivalence.status.value == "unknown"
    assert report.cases.executed > 1


def test_nobody_is_worse_off(session: Session) -> None:
    """After all that, the solution passes in the same session."""
    report = grade(session, ROOT / "solutions" / "nn_vmap_shared.py", 60)
    assert report.verdict.value == "passed"


def test_the_collection_is_large() -> None:
    assert len(labels()) >= 40
