"""Damaged submissions, graded in one session."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from grader.catalogue import exercises
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.whole import grade
from grader.model.report import Report
from grader.model.submission import Unrecognised, from_bytes, recognise
from tests.fuzz import damage
from tests.fuzz.check import check
from tests.hostile.hostile_world import descendants
from tests.labelled import labelled

SECONDS = 5.0


class Damaged(NamedTuple):
    """A damaged file and its result: a report, or an error that must not happen."""

    number: int
    data: bytes
    found: Report | Exception


class Fuzzer:
    """Grades damaged files two at a time, with its own scratch folders to inspect."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._sources = [each.path.read_bytes() for each in labelled() if is_quick(each.path)]
        self._known = exercises()
        self._session = Session()
        self._scratch = tempfile.TemporaryDirectory(prefix="grader-fuzz-")
        self._before = descendants(os.getpid())

    def __enter__(self) -> Self:
        self._usual = tempfile.tempdir
        tempfile.tempdir = self._scratch.name
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        tempfile.tempdir = self._usual
        self._session.close()
        self._scratch.cleanup()

    def run(self, count: int) -> Iterator[Damaged]:
        """Yield the result of each of `count` files, in order."""
        with ThreadPoolExecutor(2) as pool:
            yield from pool.map(self._graded, range(count))

    def left(self) -> list[str]:
        """End the session, and return what it has left: processes and folders."""
        self._session.close()
        processes = descendants(os.getpid()) - self._before
        folders = sorted(each.name for each in Path(self._scratch.name).iterdir())
        return [*(f"process {each}" for each in sorted(processes)), *folders]

    def _graded(self, number: int) -> Damaged:
        data = damage.program(self._sources, random.Random(f"{self._seed} {number}"))
        try:
            submission = from_bytes("damaged.py", data)
            try:
                folder = recognise(submission.source, self._known)
            except Unrecognised:
                folder = self._known[0]
            report = grade(self._session, submission, folder, GradingRequest(timeout=SECONDS))
            check(report)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            return Damaged(number, data, error)
        return Damaged(number, data, report)


def is_quick(path: Path) -> bool:
    """Whether a file is worth damaging: some take their time, or the machine's memory."""
    words = ("timed-out", "out-of-memory", "while True")
    return not any(word.encode() in path.read_bytes() for word in words)
