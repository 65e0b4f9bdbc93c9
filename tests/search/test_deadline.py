"""How long a case may take: by the reference, and longer on a busy machine."""

from __future__ import annotations

import os

import pytest

from grader.search.deadline import Deadline, stretch


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr("grader.search.deadline._processors", lambda: 2)
    return monkeypatch


def loaded(load: pytest.MonkeyPatch, average: float) -> None:
    load.setattr(os, "getloadavg", lambda: (average, 0.0, 0.0))


@pytest.mark.parametrize(("average", "expected"), [(0, 5), (1.9, 5), (4, 10), (6, 15), (99, 20)])
def test_a_busy_machine_gives_more_time(
    load: pytest.MonkeyPatch, average: float, expected: float
) -> None:
    loaded(load, average)
    assert Deadline(None).next() == expected


def test_the_requested_deadline_stays(load: pytest.MonkeyPatch) -> None:
    loaded(load, 8)
    assert Deadline(3.0).next() == 3.0


def test_a_slow_reference_gives_more_time(load: pytest.MonkeyPatch) -> None:
    loaded(load, 0)
    deadline = Deadline(None)
    deadline.spend(reference=2.0, submission=1.0)
    assert deadline.next() == 40.0


def test_a_whole_run_has_an_end(load: pytest.MonkeyPatch) -> None:
    loaded(load, 0)
    deadline = Deadline(None)
    deadline.spend(reference=0.1, submission=58.0)
    assert deadline.next() == 2.0
    deadline.spend(reference=0.1, submission=58.0)
    assert deadline.next() == 0.1


def test_where_the_load_is_unknown_nothing_is_stretched(load: pytest.MonkeyPatch) -> None:
    def unknown() -> tuple[float, float, float]:
        raise OSError

    load.setattr(os, "getloadavg", unknown)
    assert stretch() == 1.0
