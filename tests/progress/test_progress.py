"""What is remembered, and what the commands are told of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.model.exercise import Check, Exercise
from grader.model.finding import Finding, Severity
from grader.model.report import (
    CaseCount,
    Environment,
    Equivalence,
    Equivalent,
    Output,
    Report,
    Verdict,
)
from grader.model.source import Source
from grader.progress import Attempt, Progress, Standing

SLUG = "two-plus-two"
Add = Callable[..., None]


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.fixture
def progress(tmp_path: Path, notes: list[str]) -> Iterator[Progress]:
    ticks = itertools.count(1000)
    with Progress.open(
        tmp_path / "deep" / "progress.sqlite3", note=notes.append, clock=lambda: next(ticks)
    ) as opened:
        yield opened
    assert notes == []


@pytest.fixture
def add(progress: Progress) -> Add:
    digests = itertools.count()

    def record(*rules: str, exercise: str = SLUG, digest: str | None = None) -> None:
        progress.record_attempt(
            Attempt(
                time=0.0,
                exercise=exercise,
                path="/home/learner/my.py",
                digest=str(next(digests)) if digest is None else digest,
                verdict="failed" if rules else "passed",
                rules=rules,
                score=0.5,
            )
        )

    return record


def finding(rule: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(rule=rule, severity=severity, check=Check.PARAMS, message="m", help="h")


def report(*findings: Finding, verdict: Verdict = Verdict.FAILED, known: bool = True) -> Report:
    exercise = Exercise(
        slug=SLUG,
        title="Sums",
        topic="sums",
        level=1,
        function="add",
        parameters=(),
        dimensions=(),
        output=(),
        module="",
        checks=(),
        takeaway="",
    )
    return Report(
        verdict=verdict,
        score=0.25,
        summary="",
        exercise=exercise if known else None,
        path="my.py",
        sha256="ab" * 32,
        source=Source("my.py", ""),
        checks=(),
        findings=findings,
        equivalence=Equivalence(status=Equivalent.UNKNOWN, scope=""),
        cases=CaseCount(seed=0, generated=0, executed=0),
        output=Output(),
        environment=Environment(python="", jax="", flax="", hypothesis="", platform=""),
        duration_s=0.0,
    )


def test_nothing_is_known_at_first(progress: Progress) -> None:
    assert progress.attempts() == ()
    assert progress.standings() == {}
    assert progress.standing(SLUG) == Standing()
    assert progress.latest() is None
    assert progress.hints_shown(SLUG) == 0
    assert progress.same_finding_streak(SLUG) is None
    assert not progress.standing(SLUG).passed


def test_a_report_is_stored(progress: Progress) -> None:
    warning = finding("odd", Severity.WARNING)
    progress.record(report(finding("root"), warning, finding("leaf"), finding("root")))
    (attempt,) = progress.attempts(SLUG)
    assert attempt == Attempt(
        time=1000.0,
        exercise=SLUG,
        path=str(Path("my.py").absolute()),
        digest="ab" * 32,
        verdict="failed",
        rules=("root", "leaf"),
        score=0.25,
    )


@pytest.mark.parametrize(
    "forgotten", [report(known=False), report(verdict=Verdict.ERROR)], ids=["no exercise", "error"]
)
def test_other_reports_are_not_stored(progress: Progress, forgotten: Report) -> None:
    progress.record(forgotten)
    assert progress.attempts() == ()


def test_attempts_come_newest_first_and_by_exercise(progress: Progress, add: Add) -> None:
    add("a")
    add("b", exercise="other")
    add("c")
    assert [each.rules for each in progress.attempts()] == [("c",), ("b",), ("a",)]
    assert [each.rules for each in progress.attempts(SLUG)] == [("c",), ("a",)]
    assert [each.rules for each in progress.attempts(last=1)] == [("c",)]


def test_a_pass_stays_a_pass(progress: Progress, add: Add) -> None:
    add("a")
    assert not progress.standing(SLUG).passed
    add()
    add("a")
    assert progress.standing(SLUG).passed
    assert progress.standing(SLUG) == Standing(attempts=3, passed=True)


def test_the_streak_counts_versions_that_share_their_first_mistake(
    progress: Progress, add: Add
) -> None:
    add("b")
    add("a")
    add("a", "b", digest="same")
    add("a", "b", digest="same")
    add("b", exercise="other")
    add("a")
    assert progress.same_finding_streak(SLUG) == ("a", 3)


def test_a_pass_ends_the_streak(progress: Progress, add: Add) -> None:
    add("a")
    add()
    assert progress.same_finding_streak(SLUG) is None
    add("a")
    assert progress.same_finding_streak(SLUG) == ("a", 1)


def test_the_latest_exercise_was_started_or_attempted_last(
    progress: Progress, tmp_path: Path
) -> None:
    progress.record_start("other", tmp_path / "other.py")
    progress.record(report())
    assert progress.latest() == (SLUG, Path("my.py").absolute())
    progress.record_start("third", tmp_path / "third.py")
    assert progress.latest() == ("third", tmp_path / "third.py")
    assert progress.latest("other") == ("other", tmp_path / "other.py")
    assert progress.latest("unknown") is None
    assert progress.standing("third") == Standing(started=True)


def test_hints_come_one_by_one_and_stop_at_the_last(progress: Progress) -> None:
    assert [progress.show_next_hint(SLUG, 3) for _ in range(5)] == [1, 2, 3, 3, 3]
    assert progress.hints_shown(SLUG) == 3
    progress.set_hints_shown(SLUG, 0)
    assert progress.hints_shown(SLUG) == 0
    assert progress.show_next_hint(SLUG, 3) == 1


def test_an_exercise_without_hints_shows_none(progress: Progress) -> None:
    assert progress.show_next_hint(SLUG, 0) == 0


def test_progress_that_is_off_stores_nothing() -> None:
    with Progress(None) as progress:
        progress.record(report())
        progress.record_start(SLUG, Path("my.py"))
        assert progress.attempts() == ()
        assert progress.show_next_hint(SLUG, 3) == 1
        assert progress.hints_shown(SLUG) == 0


def test_stored_progress_survives_reopening(tmp_path: Path, notes: list[str]) -> None:
    file = tmp_path / "progress.sqlite3"
    with Progress.open(file, note=notes.append) as first:
        first.record(report(finding("a")))
        first.show_next_hint(SLUG, 3)
    with Progress.open(file, note=notes.append) as second:
        assert [each.rules for each in second.attempts()] == [("a",)]
        assert second.hints_shown(SLUG) == 1
    assert notes == []


def test_a_closed_progress_ignores_writes(tmp_path: Path, notes: list[str]) -> None:
    progress = Progress.open(tmp_path / "progress.sqlite3", note=notes.append)
    progress.close()
    progress.record(report())
    assert progress.attempts() == ()
    assert notes == []
