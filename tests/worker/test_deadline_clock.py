"""A deadline that passes is reported once, and only while what it is for goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from grader import wire
from grader.worker.serve import _DeadlineClock

PATIENCE = 20.0


class Judge:
    """Takes the reports."""

    def __init__(self) -> None:
        self.reports: list[wire.Stuck] = []
        self.reported = threading.Event()

    def send(self, report: wire.Stuck) -> None:
        self.reports.append(report)
        self.reported.set()


class Program:
    """Is nowhere in particular."""

    def __init__(self, answer: Callable[[], None] = lambda: None) -> None:
        self._answer = answer
        self.asked: list[int] = []

    def where(self, thread_id: int) -> tuple[Any, ...]:
        self.asked.append(thread_id)
        self._answer()
        return ()


@pytest.fixture
def judge() -> Judge:
    return Judge()


@pytest.fixture
def clock(judge: Judge) -> _DeadlineClock:
    return _DeadlineClock(judge)  # type: ignore[arg-type]  # all that it needs of one


def test_a_deadline_is_reported(clock: _DeadlineClock, judge: Judge) -> None:
    program = Program()
    with clock.running(0.01, program):
        assert judge.reported.wait(PATIENCE)
    assert judge.reports == [wire.Stuck(frames=())]
    assert program.asked == [threading.get_ident()]


def test_a_shorter_deadline_is_reported_although_a_later_one_was_waited_for(
    clock: _DeadlineClock, judge: Judge
) -> None:
    with clock.running(1000, Program()):
        pass
    later = Program()
    with clock.running(0.01, later):
        assert judge.reported.wait(PATIENCE)
    assert len(later.asked) == 1


def test_a_later_deadline_is_reported_after_the_one_that_was_waited_for(
    clock: _DeadlineClock, judge: Judge
) -> None:
    first, second = Program(), Program()
    with clock.running(0.05, first):
        pass
    with clock.running(0.2, second):
        assert judge.reported.wait(PATIENCE)
    assert (first.asked, len(second.asked)) == ([], 1)


def test_what_has_ended_is_not_reported(clock: _DeadlineClock, judge: Judge) -> None:
    ended = Program()
    with clock.running(0.05, ended):
        pass
    time.sleep(0.2)
    assert judge.reports == []
    with clock.running(0.01, Program()):
        assert judge.reported.wait(PATIENCE)
    assert ended.asked == []


def test_each_is_reported_once(clock: _DeadlineClock, judge: Judge) -> None:
    program = Program()
    with clock.running(0.01, program):
        assert judge.reported.wait(PATIENCE)
        time.sleep(0.1)
    assert len(judge.reports) == 1


def test_the_end_waits_for_a_report(clock: _DeadlineClock, judge: Judge) -> None:
    began = threading.Event()

    def slowly() -> None:
        began.set()
        time.sleep(0.2)

    with clock.running(0.01, Program(slowly)):
        assert began.wait(PATIENCE)
    assert len(judge.reports) == 1


def test_there_is_one_thread(clock: _DeadlineClock) -> None:
    before = threading.active_count()
    for _ in range(5):
        with clock.running(1000, Program()):
            pass
    assert threading.active_count() == before + 1
