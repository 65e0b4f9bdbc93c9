"""The reference's answers: from the cache if possible, otherwise from its process."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from grader import cache
from grader.catalogue import course_text
from grader.errors import ExerciseBroken, ReferenceBroken
from grader.model.case import Case
from grader.model.exercise import ExerciseFolder
from grader.model.observation import Completed, Crashed, Loaded, Observation, Raised
from grader.model.trace import Trace
from grader.process.side import Side
from grader.render.words import case_text

_MOST: Final = 600
"""How many answers are cached for one exercise."""

_SECONDS: Final = 60.0

Traces = tuple[Trace, ...]


def _solution_text(folder: ExerciseFolder) -> str:
    try:
        return course_text(folder.solution)
    except ExerciseBroken as error:
        raise ReferenceBroken(f"the solution {error}") from error


class _Book(msgspec.Struct, kw_only=True):
    """What is known about a reference, as the cache stores it."""

    observations: dict[str, Observation] = {}
    altered: dict[str, Observation] = {}
    traces: dict[str, Traces] = {}

    @property
    def size(self) -> int:
        """The number of answers."""
        return len(self.observations) + len(self.altered) + len(self.traces)


class Reference:
    """A reference's answers. `open_side` starts its process when an answer isn't known yet.

    Several gradings may ask at the same time; the process answers one after the other. It runs
    cases ahead of time, so that it compiles programs that the submissions then only load.
    """

    def __init__(
        self, folder: ExerciseFolder, open_side: Callable[[], Side], cache_folder: Path | None
    ) -> None:
        self._open_side = open_side
        self._side: Side | None = None
        self._loaded = False
        self._closed = False
        self.text = _solution_text(folder)
        self._path = _book_path(folder, cache_folder)
        self._book = _read_book(self._path)
        self._known = self._book.size
        self._turn = threading.RLock()
        self._ahead: set[str] = set()
        self._played = threading.Condition()
        self._threads: list[threading.Thread] = []

    def answer(self, case: Case) -> Observation:
        """Return what the reference does with a case. Raises `ReferenceBroken` if it fails."""
        digest = _digest(case)
        self._wait_for(digest)
        with self._turn:
            known = self._book.observations.get(digest)
            return self._play(case, digest) if known is None else known

    def altered(self, case: Case) -> Observation:
        """Return what it does where its transforms, or lifted modules, give other numbers.

        It takes a process of its own, as it does for a submission.
        """
        digest = _digest(case)
        with self._turn:
            if digest not in self._book.altered:
                side = self._open_side()
                try:
                    self._load(side, alters=True)
                    side.begin(case, _SECONDS)
                    self._book.altered[digest] = side.finish()
                finally:
                    side.end()
            return self._book.altered[digest]

    def trace(self, sizes: tuple[dict[str, int], ...]) -> Traces:
        """Return the reference's fingerprints."""
        digest = _digest(sizes)
        self._wait_for(digest)
        with self._turn:
            self._traced(sizes)
            return self._book.traces[digest]

    def prepare(self, cases: Sequence[Case], sizes: tuple[dict[str, int], ...] = ()) -> None:
        """Start running unknown ones of these cases and tracing at `sizes`, without waiting."""
        with self._played:
            missing = {_digest(each): each for each in cases}
            known = self._book.observations.keys() | self._ahead
            missing = {digest: each for digest, each in missing.items() if digest not in known}
            traced = _digest(sizes)
            traces = bool(sizes) and traced not in self._book.traces.keys() | self._ahead
            if not missing and not traces:
                return
            self._ahead |= missing.keys() | ({traced} if traces else set())
            work = [(digest, partial(self._answered, each)) for digest, each in missing.items()]
            if traces:
                work.append((traced, partial(self._traced, sizes)))
            thread = threading.Thread(target=self._play_ahead, args=(work,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """Cache what is new, and stop the process."""
        self._closed = True
        if self._side is not None:
            self._side.end()
        for thread in self._threads:
            thread.join()
        if self._path is not None and self._known < self._book.size <= _MOST:
            cache.write(self._path, msgspec.msgpack.encode(self._book))

    # ------------------------------------------------------------------------------------- ahead

    def _play_ahead(self, work: list[tuple[str, Callable[[], object]]]) -> None:
        """Do each piece of work, until one fails: whoever needs it tries again and gets the error.

        After a failure, nobody waits for the rest either.
        """
        try:
            for digest, play in work:
                if self._closed:
                    return
                with self._turn:
                    play()
                self._done({digest})
        except Exception:  # noqa: BLE001, S110  # see above
            pass
        finally:
            self._done({digest for digest, _ in work})

    def _done(self, digests: set[str]) -> None:
        with self._played:
            self._ahead -= digests
            self._played.notify_all()

    def _wait_for(self, digest: str) -> None:
        """Wait until a result that is scheduled ahead of time is there."""
        with self._played:
            self._played.wait_for(lambda: digest not in self._ahead)

    # ----------------------------------------------------------------------------------- process

    def _answered(self, case: Case) -> None:
        digest = _digest(case)
        if digest not in self._book.observations:
            self._play(case, digest)

    def _play(self, case: Case, digest: str) -> Observation:
        process = self._process()
        process.begin(case, _SECONDS)
        found = process.finish()
        if not isinstance(found.outcome, Completed):
            reason = _reason(found.outcome)
            raise ReferenceBroken(f"the reference fails: {reason}; with {case_text(case)}")
        self._book.observations[digest] = found
        return found

    def _traced(self, sizes: tuple[dict[str, int], ...]) -> None:
        digest = _digest(sizes)
        if digest not in self._book.traces:
            process = self._process()
            process.begin_trace(sizes)
            self._book.traces[digest] = process.finish_trace(_SECONDS)

    def _process(self) -> Side:
        """Return the side that has loaded the solution. The caller must hold the turn."""
        if self._side is None:
            self._side = self._open_side()
        if not self._loaded:
            self._load(self._side)
            self._loaded = True
        return self._side

    def _load(self, side: Side, *, alters: bool = False) -> None:
        side.enter_sandbox()
        loaded = side.load(_SECONDS, alters=alters)
        if not isinstance(loaded, Loaded):
            raise ReferenceBroken(f"the reference does not load: {_reason(loaded)}")


def _reason(outcome: object) -> str:
    if isinstance(outcome, Raised):
        return f"{outcome.exception}: {outcome.message}"
    return outcome.reason if isinstance(outcome, Crashed) else str(outcome)


def _digest(value: object) -> str:
    return hashlib.sha256(msgspec.msgpack.encode(value)).hexdigest()


def _book_path(folder: ExerciseFolder, cache_folder: Path | None) -> Path | None:
    """Return the cache file for this exercise, this solution's text and these versions."""
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
