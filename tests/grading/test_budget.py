"""Work that takes too long is ended, whatever it does; other work is done as if nothing were."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from grader.grading.budget import Budget, TookTooLong
from grader.grading.grading import judging_seconds


def loop() -> None:
    while True:
        pass


def swallow() -> None:
    while True:
        with contextlib.suppress(Exception):
            loop()


def generate() -> Iterator[int]:
    try:
        yield from iter(int, 1)
    finally:
        time.sleep(0.01)


def grow() -> None:
    found: dict[int, int] = {}
    for number in generate():
        found[len(found)] = number


def recurse() -> None:
    def deeper(levels: int) -> int:
        return levels and deeper(levels - 1) + deeper(levels - 1)

    deeper(200)


@pytest.mark.parametrize("stuck", [loop, swallow, grow, recurse])
def test_stuck_work_is_ended(stuck: Callable[[], None]) -> None:
    before = threading.active_count()
    with pytest.raises(TookTooLong):
        Budget(0.2).spend(stuck)
    assert threading.active_count() == before, "the work goes on"


def test_results_and_exceptions_are_passed_on() -> None:
    budget = Budget(10.0)
    assert budget.spend(lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        budget.spend(lambda: 1 // 0)


def test_pieces_of_work_share_the_time() -> None:
    def piece() -> None:
        end = time.thread_time() + 0.25
        while time.thread_time() < end:
            pass

    budget = Budget(0.6)
    with pytest.raises(TookTooLong):
        for _ in range(5):
            budget.spend(piece)


def test_waiting_uses_nothing_up_where_the_system_counts_processor_time() -> None:
    if not hasattr(time, "pthread_getcpuclockid"):
        pytest.skip("no clock of a thread's own here")
    Budget(0.2).spend(lambda: time.sleep(0.5))


def test_time_is_looked_at_before_the_clock_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "another")
    with pytest.raises(TookTooLong):
        Budget(0.2).spend(loop)


def test_more_cases_may_take_longer_to_judge() -> None:
    """A right program that needs a thousand cases to pass isn't one that sent forged records."""
    assert judging_seconds(12) == judging_seconds(100) > 0
    assert judging_seconds(1000) == 10 * judging_seconds(100)
