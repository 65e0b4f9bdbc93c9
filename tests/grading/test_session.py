"""What a session has the nursery do before many gradings."""

from __future__ import annotations

from typing import cast

import msgspec
import pytest

from grader import wire
from grader.catalogue import exercises
from grader.grading.session import Session
from grader.process.worker import Maker
from grader.search.cases import plan


class Nursery:
    """Keeps the requests."""

    def __init__(self) -> None:
        self.asked: list[wire.Warm] = []

    def warm(self, request: wire.Warm) -> None:
        self.asked.append(request)

    def close(self) -> None:
        pass


def asked_of(gradings: int, cases: int) -> list[wire.Warm]:
    exercise = exercises()[0].exercise
    made = plan(exercise, count=cases, seed=0)
    nursery = Nursery()
    with Session(gradings=gradings, at_once=2) as session:
        session._made = cast("Maker", nursery)
        session.warm(exercise, made)
        session.warm(exercise, made)
    return nursery.asked


def test_few_gradings_need_no_warming() -> None:
    assert not asked_of(gradings=2, cases=20)


def test_it_is_asked_once_and_for_each_shape_once() -> None:
    """However many cases there are: the nursery reads a message of 64 KiB at most."""
    for cases in (20, 400):
        (request,) = asked_of(gradings=50, cases=cases)
        shapes = [tuple(each.values()) for each in request.sizes]
        assert len(set(shapes)) == len(shapes) > 3
        assert len(msgspec.msgpack.encode(request)) < 16384


@pytest.mark.parametrize(
    ("gradings", "at_once", "crowded"),
    [(1, 8, [False]), (3, 1, [False] * 3), (3, 2, [True, True, False]), (4, 9, [True] * 3)],
)
def test_the_last_gradings_leave_processors_idle(
    gradings: int, at_once: int, crowded: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    with Session(gradings=gradings, at_once=at_once) as session:
        for each in crowded:
            assert session.crowded is each
            session.finish_one()
