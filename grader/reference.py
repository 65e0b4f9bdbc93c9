"""The reference's answers: looked up where a run before has had them, else had from its process."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import msgspec

from grader import cache
from grader.case import Case
from grader.equivalence import Trace
from grader.exercise import ExerciseFolder
from grader.observation import Completed, Loaded, Observation, Raised
from grader.process.side import Side

_MOST: Final = 600
"""How many answers are kept for one exercise."""

_SECONDS: Final = 60.0

Traces = tuple[Trace, ...]


class ReferenceBroken(Exception):
    """The reference did not load, or failed on a case: the exercise is at fault."""


class _Book(msgspec.Struct, kw_only=True):
    """What is known of a reference, as it stands in the cache's file."""

    observations: dict[str, Observation] = {}
    traces: dict[str, Traces] = {}

    @property
    def size(self) -> int:
        """How many answers there are."""
        return len(self.observations) + len(self.traces)


class Reference:
    """A reference's answers. `open_side` starts its process, if an answer is not known yet.

    Several gradings may ask at the same time; the process answers one of them after another.
    """

    def __init__(
        self, folder: ExerciseFolder, open_side: Callable[[], Side], cache_folder: Path | None
    ) -> None:
        self._open_side = open_side
        self._side: Side | None = None
        self._loaded = False
        self.text = folder.solution.read_text(encoding="utf-8")
        self._path = _book_path(folder, cache_folder)
        self._book = _read_book(self._path)
        self._known = self._book.size
        self.lock = threading.RLock()

    def knows(self, case: Case) -> Observation | None:
        """Return the answer to a case, if there is one."""
        return self._book.observations.get(_digest(case))

    def learn(self, case: Case, observation: Observation) -> None:
        """Remember the answer to a case; `ReferenceBroken` if it is none."""
        if not isinstance(observation.outcome, Completed):
            raise ReferenceBroken(f"the reference fails: {_reason(observation.outcome)}")
        self._book.observations[_digest(case)] = observation

    def trace(self, sizes: tuple[dict[str, int], ...]) -> Traces:
        """Return the reference's fingerprints."""
        digest = _digest(sizes)
        with self.lock:
            if digest not in self._book.traces:
                process = self.process()
                process.begin_trace(sizes)
                self._book.traces[digest] = process.finish_trace(_SECONDS)
            return self._book.traces[digest]

    def prepare(self, cases: Iterable[Case]) -> None:
        """Start the process now if it will be needed, so that it loads beside the submission's."""
        with self.lock:
            if any(self.knows(case) is None for case in cases):
                self._open()

    def process(self) -> Side:
        """Return the side that has loaded the solution. The caller holds the lock."""
        side = self._open()
        if not self._loaded:
            side.shut_in()
            loaded = side.load(_SECONDS)
            if not isinstance(loaded, Loaded):
                raise ReferenceBroken(f"the reference does not load: {_reason(loaded)}")
            self._loaded = True
        return side

    def _open(self) -> Side:
        if self._side is None:
            self._side = self._open_side()
        return self._side

    def player(self) -> ReferencePlayer:
        """Return a player of its own for one grading."""
        return ReferencePlayer(self)

    def close(self) -> None:
        """Remember what is new, and end the process."""
        if self._path is not None and self._known < self._book.size <= _MOST:
            cache.write(self._path, msgspec.msgpack.encode(self._book))
        if self._side is not None:
            self._side.end()
            self._side = None


class ReferencePlayer:
    """The reference as one grading plays it: each `begin` is followed by its `finish`."""

    failure: object | None = None

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._case: Case | None = None
        self._holds = False

    def begin(self, case: Case, seconds: float) -> None:
        """Start on a case; where its answer is not known the process is held till `finish`."""
        self._case = case
        self._holds = False
        if self._reference.knows(case) is not None:
            return
        self._reference.lock.acquire()
        self._holds = True
        try:
            self._reference.process().begin(case, seconds)
        except BaseException:
            self._release()
            raise

    def finish(self) -> Observation:
        """Return what the reference does on the case."""
        assert self._case is not None
        if not self._holds:
            known = self._reference.knows(self._case)
            assert known is not None
            return known
        try:
            found = self._reference.process().finish()
            self._reference.learn(self._case, found)
        finally:
            self._release()
        return found

    def _release(self) -> None:
        self._holds = False
        self._reference.lock.release()


def _reason(outcome: object) -> str:
    if isinstance(outcome, Raised):
        return f"{outcome.exception}: {outcome.message}"
    return str(outcome)


def _digest(value: object) -> str:
    return hashlib.sha256(msgspec.msgpack.encode(value)).hexdigest()


def _book_path(folder: ExerciseFolder, cache_folder: Path | None) -> Path | None:
    """Return the file for this exercise, this solution's text and these versions."""
    if cache_folder is None:
        return None
    content = msgspec.msgpack.encode(folder.exercise) + folder.solution.read_bytes()
    name = hashlib.sha256(content + cache.versions_digest().encode()).hexdigest()[:20]
    return cache_folder / "reference" / f"{folder.exercise.slug}-{name}.msgpack"


def _read_book(path: Path | None) -> _Book:
    data = cache.read(path) if path is not None else None
    if data is None:
        return _Book()
    try:
        return msgspec.msgpack.decode(data, type=_Book)
    except (msgspec.DecodeError, RecursionError):
        return _Book()
