"""What runs in a Dask worker. It keeps one session for all submissions of a command.

Submissions are sandboxed in separate processes, as on one machine; none runs in this one.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Final

from grader.catalogue import catalogue
from grader.gradebook.cluster.facts import differences, facts
from grader.gradebook.cluster.messages import (
    Asked,
    Graded,
    Job,
    Refused,
    Run,
    received,
    sent,
)
from grader.grading.courses import EXERCISES_VARIABLE
from grader.grading.guarded import graded
from grader.grading.packing import packed
from grader.grading.session import Session

_IDLE: Final = 600.0
"""Seconds after which a command that has said nothing is taken to have died."""

_MANY: Final = 1000
"""How many gradings to prepare for: a command that asks for a cluster has many."""


class Desk:
    """What one command needs here: the exercises, and a session that its gradings share."""

    def __init__(self, asked: Asked) -> None:
        own = os.environ.get(EXERCISES_VARIABLE, "").split(os.pathsep)
        courses = [Path(each) for each in (*asked.courses, *own) if each]
        found = catalogue(courses).exercises
        self.folders = {each.slug: each for each in found}
        self.facts = facts(found)
        self.session = Session(gradings=_MANY, at_once=_MANY)
        self.at_work = 0
        self.last_used = time.monotonic()

    @property
    def is_left(self) -> bool:
        """Whether nobody seems to use it now."""
        return not self.at_work and time.monotonic() - self.last_used > _IDLE


class Desks:
    """The desks of the commands that use this worker."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._desks: dict[str, Desk] = {}

    def take(self, run: Run) -> Desk:
        """Return a command's desk, for one grading."""
        with self._lock:
            for name in [name for name, desk in self._desks.items() if desk.is_left]:
                self._desks.pop(name).session.close()
            if run.name not in self._desks:
                self._desks[run.name] = Desk(run.asked)
            desk = self._desks[run.name]
            desk.at_work += 1
            return desk

    def leave(self, desk: Desk) -> None:
        """End a grading."""
        with self._lock:
            desk.at_work -= 1
            desk.last_used = time.monotonic()

    def clear(self, name: str) -> None:
        """End a command's session, also in the middle of a grading."""
        with self._lock:
            desk = self._desks.pop(name, None)
        if desk is None:
            return
        if desk.at_work:
            desk.session.abort()
        desk.session.close()


_DESKS: Final = Desks()


def describe(data: bytes) -> bytes:
    """Return the worker's facts for a `Run`, and have all ready for its first submission."""
    desk = _DESKS.take(received(data, Run))
    _DESKS.leave(desk)
    return sent(desk.facts)


def grade(data: bytes) -> bytes:
    """Grade a `Job`, and return a `Reply`."""
    job = received(data, Job)
    desk = _DESKS.take(job.run)
    try:
        return sent(_reply(desk, job))
    finally:
        _DESKS.leave(desk)


def _reply(desk: Desk, job: Job) -> Graded | Refused:
    found = differences(job.run.facts, desk.facts)
    if found:
        return Refused(differences=found)
    request = job.run.asked.request
    report = graded(desk.session, job.submission, desk.folders[job.slug], request)
    return Graded(report=packed(report))


async def clear(name: str) -> None:
    """End a command's session. Dask waits for functions, but for no coroutine."""
    _DESKS.clear(name)
