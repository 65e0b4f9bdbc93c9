"""`grade verify` on an exercise's own check: each message is shown, and none of it fails."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from grader.authoring.declaration import obstacles
from grader.authoring.own_check import messages_in, own_check
from grader.catalogue import exercises
from grader.labels import Labelled
from grader.model.exercise import Check, CheckSpec, ExerciseFolder
from grader.model.finding import Finding
from grader.model.report import Report
from grader.model.source import Source
from grader.rules import AUTHORS
from tests.fixing import report_on

TEXT = """
def helper(x):
    return x


def check(case, answer, record):
    def inner():
        return "not one of its own"
    if not record.keys:
        return
    if answer.size == 0:
        return None
    if answer.size == 1:
        return f"{inner()}"
    return None if answer.size == 2 else helper("three")
"""


@pytest.fixture
def folder(tmp_path: Path) -> ExerciseFolder:
    return msgspec.structs.replace(exercises()[0], folder=tmp_path)


def shown(folder: ExerciseFolder, *lines: int, fault: str = "") -> tuple[Labelled, Report]:
    found = [
        Finding(rule=AUTHORS, check=Check.TASK, message="m", help="h", evidence={"check_line": n})
        for n in lines
    ]
    report = report_on(Source("mine.py", ""), found, folder.exercise)
    path = folder.folder / "mistakes" / "mine.py"
    each = Labelled(folder=folder, path=path, expected=frozenset())
    return each, msgspec.structs.replace(report, fault=fault)


def test_an_exercise_without_one_has_no_such_line(folder: ExerciseFolder) -> None:
    assert own_check(folder, [], []) is None


def test_the_returns_that_may_say_something() -> None:
    assert messages_in(TEXT) == [14, 15]
    assert messages_in("check = lambda case, answer, record: 'a'") == []
    assert messages_in("not Python") == []


def test_each_message_has_to_be_shown(folder: ExerciseFolder) -> None:
    folder.own_check.write_text(TEXT, encoding="utf-8")
    line = own_check(folder, [shown(folder, 14)], [])
    assert line is not None
    assert line.problems == (
        f"no mistake shows what line 15 returns: write one into mistakes/, and label it {AUTHORS}",
    )
    line = own_check(folder, [shown(folder, 14), shown(folder, 15)], [])
    assert line is not None
    assert (line.said, line.problems) == ("2 messages, each shown by a mistake", ())


def test_a_fault_is_named_once(folder: ExerciseFolder) -> None:
    folder.own_check.write_text(TEXT, encoding="utf-8")
    graded = [(name, shown(folder, fault="checks.py line 9: raises")[1]) for name in ("a", "b")]
    line = own_check(folder, [shown(folder, 14, 15)], graded)
    assert line is not None
    assert line.problems == ("checks.py line 9: raises, on what a does: fix the check",)


def test_the_file_and_the_title_belong_together(folder: ExerciseFolder) -> None:
    spec = CheckSpec(check=Check.TASK, title="mapped once")
    titled = msgspec.structs.replace(
        folder.exercise, checks=(*folder.exercise.checks, spec), slug="mine"
    )
    with_title = msgspec.structs.replace(folder, exercise=titled)
    assert any("there is no checks.py" in each for each in obstacles(with_title, ()))
    folder.own_check.write_text(TEXT, encoding="utf-8")
    assert any("add a CheckSpec for Check.TASK" in each for each in obstacles(folder, ()))
    assert not any("checks.py" in each for each in obstacles(with_title, ()))
