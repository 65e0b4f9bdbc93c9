"""Known mistakes told by their answers: a submission that gives all of them makes the mistake."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from grader import cache
from grader.compare import Same, compare, tolerance_of
from grader.grading.observed import observing
from grader.model.case import Case
from grader.model.exercise import Exercise
from grader.model.observation import Completed, Observation
from grader.model.submission import Submission
from grader.model.transcript import Exchange, Known, Transcript
from grader.process.side import Side

_SECONDS: Final = 15.0
_AT_ONCE: Final = 2
_MOST: Final = 8
"""Cases that are compared."""
_LEAST: Final = 3
"""Cases with a wrong answer that must agree. Fewer could agree by chance, for small sizes."""
_MOST_KEPT: Final = 4_000
"""How many answers are cached for one exercise."""

_Book = dict[str, dict[str, Completed]]
"""The answers of each mistake, by its digest and then by the case's."""


class KnownAnswers:
    """What an exercise's known mistakes answer, each run in a process of its own when needed.

    Most differ in the first case, so no other is run. Answers are cached in `cache_folder`.
    """

    def __init__(
        self,
        exercise: Exercise,
        open_side: Callable[[Submission], Side],
        cache_folder: Path | None = None,
    ) -> None:
        self._exercise = exercise
        self._open_side = open_side
        self._path = _path(exercise, cache_folder)
        self._book = _read(self._path)
        self._kept = _size(self._book)
        self._turn = threading.Lock()

    def like(
        self, transcript: Transcript, mistakes: Sequence[tuple[Submission, Known]]
    ) -> Known | None:
        """Return the only mistake that gives a submission's answers; None if there isn't one."""
        compared = self._compared(transcript)
        wrong = [each for each in compared if not self._agree(each, each.expected.outcome)]
        if len(wrong) < _LEAST:
            return None
        with self._turn:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                made = pool.map(lambda each: self._makes(each[0], compared), mistakes)
                alike = [
                    known for (_, known), is_made in zip(mistakes, made, strict=True) if is_made
                ]
            self._keep()
        descriptions = {each.description for each in alike}
        if len(descriptions) != 1:
            return None
        return msgspec.structs.replace(alike[0], cases=len(compared))

    def _compared(self, transcript: Transcript) -> list[Exchange]:
        """Return the first cases that ran, the first time that each did."""
        found: dict[bytes, Exchange] = {}
        for each in transcript.exchanges:
            if isinstance(each.actual.outcome, Completed):
                found.setdefault(_key(each.case), each)
        return list(found.values())[:_MOST]

    def _makes(self, mistake: Submission, compared: Sequence[Exchange]) -> bool:
        answers = self._book.setdefault(mistake.sha256, {})
        by_digest = {_digest(each.case): each for each in compared}
        unknown = [each.case for digest, each in by_digest.items() if digest not in answers]
        with closing(observing(lambda: self._open_side(mistake), unknown, _SECONDS)) as fresh:
            return all(
                self._agree(each, answers.get(digest) or _next(answers, digest, fresh))
                for digest, each in by_digest.items()
            )

    def _agree(self, exchange: Exchange, other: object) -> bool:
        """Whether the submission's answer is the other one, within the tolerance."""
        ours = exchange.actual.outcome
        if not isinstance(ours, Completed) or not isinstance(other, Completed):
            return False
        tolerance = tolerance_of(exchange.case, exchange.expected, self._exercise.tolerance)
        return isinstance(compare(other.result, ours.result, tolerance), Same)

    def _keep(self) -> None:
        """Cache what is new."""
        size = _size(self._book)
        if self._path is not None and self._kept < size <= _MOST_KEPT:
            cache.write(self._path, msgspec.msgpack.encode(self._book))
            self._kept = size


def _next(
    answers: dict[str, Completed], digest: str, fresh: Iterator[Observation]
) -> Completed | None:
    """Run a mistake's next case, and remember what it returns; None if it returns nothing."""
    found = next(fresh, None)
    if found is None or not isinstance(found.outcome, Completed):
        return None
    answers[digest] = found.outcome
    return found.outcome


def _key(case: Case) -> bytes:
    return msgspec.msgpack.encode(case)


def _digest(case: Case) -> str:
    return hashlib.sha256(_key(case)).hexdigest()


def _size(book: _Book) -> int:
    return sum(map(len, book.values()))


def _path(exercise: Exercise, cache_folder: Path | None) -> Path | None:
    """Return the cache file for this exercise and these versions."""
    if cache_folder is None:
        return None
    content = msgspec.msgpack.encode(exercise) + cache.versions_digest().encode()
    name = hashlib.sha256(content).hexdigest()[:20]
    return cache_folder / "known" / f"{exercise.slug}-answers-{name}.msgpack"


def _read(path: Path | None) -> _Book:
    data = cache.read(path) if path is not None else None
    try:
        return {} if data is None else msgspec.msgpack.decode(data, type=_Book)
    except (msgspec.DecodeError, RecursionError):
        return {}
