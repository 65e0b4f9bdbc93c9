"""A session: the processes, caches and references that several gradings share."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path
from typing import Final

import msgspec

from grader import cache, wire
from grader.catalogue import course_text
from grader.errors import NurseryBroken
from grader.grading.access import Access
from grader.grading.known import KnownMistakes
from grader.grading.passing import Passing
from grader.grading.pool import Pool, of_each_shape, rehearsals
from grader.grading.reference import Reference
from grader.grading.rehearsal import rehearsal
from grader.grading.request import GradingRequest
from grader.model.exercise import Exercise, ExerciseFolder
from grader.model.source import Source
from grader.model.submission import Submission
from grader.process.checker import Checker
from grader.process.launch import Launched, can_fork
from grader.process.side import Program, Side
from grader.process.worker import Maker, Nursery, Spawner
from grader.proof.reading import read
from grader.sandbox.policy import Policy
from grader.search.kept import plan_of
from grader.search.plan import Plan, traced_sizes

_MANY: Final = 8
"""From how many gradings on it pays to warm up: that takes about as long as one."""


class Session:
    """Shared by all gradings of one command. Close it to stop its processes.

    There will be so many `gradings`, and so many `at_once`.
    """

    def __init__(
        self, launched: Launched | None = None, *, gradings: int = 1, at_once: int = 1
    ) -> None:
        self._left = gradings
        self._at_once = at_once
        self._many = gradings >= _MANY
        self._warmed: set[tuple[str, str]] = set()
        self._launched = launched
        self._made: Maker | None = None
        self._making = threading.Lock()
        self._planning = threading.Lock()
        self._warming = threading.Lock()
        self._counting = threading.Lock()
        self._aborted = False
        self._cache = cache.cache_folder()
        self._references: dict[str, Reference] = {}
        self._known: dict[str, KnownMistakes] = {}
        self._passing: dict[tuple[str, GradingRequest], Passing] = {}
        self._plans: dict[tuple[str, str, int, int], Plan] = {}
        self._pool = Pool()
        self.access = Access()

    @property
    def crowded(self) -> bool:
        """Whether other gradings keep the processors busy: a second process only costs time."""
        enough = min(self._at_once, max(os.cpu_count() or 1, 2))
        return 1 < enough <= self._left

    def finish_one(self) -> None:
        """Count a grading that has ended: the last ones have the processors for themselves."""
        with self._counting:
            self._left -= 1

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Cache what the references did, and stop every process."""
        if self._aborted:
            self.abort()
            return
        self._pool.close()
        for reference in self._references.values():
            reference.close()
        if self._made is not None:
            self._made.close()
        elif self._launched is not None:
            self._launched.close()
        if self._cache is not None:
            cache.prune_sometimes(self._cache)

    def abort(self) -> None:
        """Stop every process at once; waiting threads get `NurseryBroken`."""
        with self._making:
            self._aborted = True
        if self._made is not None:
            self._made.close()
        elif self._launched is not None:
            self._launched.close()

    @property
    def _maker(self) -> Maker:
        """Makes the processes; started when the first one is needed."""
        with self._making:
            if self._aborted:
                raise NurseryBroken("the session has ended")
            if self._made is None:
                forks = self._launched is not None or can_fork()
                self._made = Nursery(self._launched) if forks else Spawner()
            return self._made

    def plan(self, exercise: Exercise, asked: GradingRequest) -> Plan:
        """Return the plan of cases, made once."""
        key = (exercise.slug, exercise.part, asked.cases, asked.seed)
        with self._planning:
            if key not in self._plans:
                self._plans[key] = plan_of(
                    exercise, count=asked.cases, seed=asked.seed, folder=self._cache
                )
            return self._plans[key]

    def reference(self, folder: ExerciseFolder) -> Reference:
        """Return the exercise's reference, which all its gradings share."""
        with self._making:
            if folder.key not in self._references:
                self._references[folder.key] = Reference(
                    folder, lambda: self._reference_side(folder), self._cache
                )
            return self._references[folder.key]

    def known(self, folder: ExerciseFolder) -> KnownMistakes:
        """Return the exercise's known mistakes, which all its gradings share."""
        with self._making:
            if folder.key not in self._known:
                self._known[folder.key] = KnownMistakes(
                    folder, lambda each: self.submission_side(each, folder), self._cache
                )
            return self._known[folder.key]

    def passing(self, folder: ExerciseFolder, request: GradingRequest) -> Passing:
        """Return the programs that are known to pass if they are graded in this way."""
        text = self.reference(folder).text
        key = folder.key, request
        with self._making:
            if key not in self._passing:
                self._passing[key] = Passing(folder, text)
            return self._passing[key]

    def _reference_side(self, folder: ExerciseFolder) -> Side:
        program = self._program(folder.exercise, folder.solution.name, self.reference(folder).text)
        own = cache.reference_compile_cache(self._cache)
        if own is not None and program.compile_cache is not None:
            program = msgspec.structs.replace(
                program, compile_cache=str(own), shared_cache=program.compile_cache
            )
        return Side(self._maker, program, policy=None)

    def submission_side(self, submission: Submission, folder: ExerciseFolder) -> Side:
        """Start a sandboxed process for a submission, or take one that is prewarmed for it.

        No submission has run in either. But a prewarmed process has started XLA, so a program that
        could tell, or that sets up jax for itself, gets a new one, as when it is graded once.
        """
        self._pool.stop()
        exercise = folder.exercise
        program = self._program(exercise, submission.path, submission.source.text)
        beside = tuple(map(_sent, submission.source.files[1:]))
        program = msgspec.structs.replace(program, files=beside)
        key = folder.key, program.name
        plain = not beside and read(program.text, exercise.function).cannot_tell
        if key in self._pool and plain:
            side = self._pool.take(key)
            if side is not None:
                side.give(program.name, program.text)
                return side
        return Side(self._maker, program, policy=self._policy(submission, program, folder))

    def give(self, side: Side, submission: Submission, folder: ExerciseFolder) -> None:
        """Give a process that ran a text of a submission the next text of the same one."""
        program = self._program(folder.exercise, submission.path, submission.source.text)
        side.give(program.name, program.text)

    def warm(self, exercise: Exercise, plan: Plan) -> None:
        """Do once what each process would do for itself, if there will be many."""
        with self._warming:
            key = exercise.slug, exercise.part
            if self._many and key not in self._warmed:
                self._warmed.add(key)
                cases = (*plan.discriminating, *plan.edges, *plan.rest)
                self._maker.warm(
                    wire.Warm(
                        exercise=exercise,
                        text=rehearsal(exercise),
                        traced=traced_sizes(exercise),
                        sizes=tuple(each.sizes for each in of_each_shape(cases)),
                    )
                )

    def checker(self, folder: ExerciseFolder) -> Checker | None:
        """Start a process for the author's own check, None if the exercise has none.

        It is sandboxed like a submission's, and each grading has its own.
        """
        exercise = folder.exercise
        if not folder.own_check.is_file() or (exercise.part and not exercise.has_own_check):
            return None
        text = course_text(folder.own_check)
        program = Program(exercise=exercise, name=folder.own_check.name, text=text)
        return Checker(Side(self._maker, program, policy=self.access.policy(folder)), text)

    def prewarm(
        self,
        submission: Submission,
        folder: ExerciseFolder,
        asked: GradingRequest,
        *,
        wait: bool = False,
    ) -> None:
        """Start processes for the file's next version; with `wait`, wait until they are ready.

        Of several functions they are for the first one, which is called first.
        """
        folder = folder.parts[0]
        exercise = folder.exercise
        sizes = traced_sizes(exercise) if asked.prove else ()
        program = self._program(exercise, submission.path, rehearsal(exercise))

        def open_side() -> Side:
            return Side(self._maker, program, policy=self._policy(submission, program, folder))

        plan = self.plan(exercise, asked)
        with contextlib.suppress(NurseryBroken):  # the next grading reports it
            self._pool.fill((folder.key, program.name), open_side, rehearsals(plan, sizes))
        if wait:
            self._pool.wait()

    def _program(self, exercise: Exercise, name: str, text: str) -> Program:
        folder = cache.compile_cache(self._cache)
        return Program(
            exercise=exercise,
            name=_absolute(name),
            text=text,
            compile_cache=str(folder) if folder is not None and _is_sent(str(folder)) else None,
        )

    def _policy(self, submission: Submission, program: Program, folder: ExerciseFolder) -> Policy:
        """Let a submission read Python, its own file and the compiled programs; no solution."""
        beside = (each.name for each in submission.source.files[1:] if each.unread is None)
        paths = [Path(each).absolute() for each in (submission.path, *beside)]
        # A function of a notebook has a name for a path, and a folder may have that name.
        own = [str(path) for path in paths if _is_sent(str(path)) and path.is_file()]
        if program.compile_cache is not None:
            own.append(program.compile_cache)
        return self.access.policy(folder, *own)

    def unhurried(self) -> float:
        """Seconds that importing the libraries took: many of them on a busy machine."""
        self._maker.wait()
        return self._maker.import_seconds or 1.0


def _sent(file: Source) -> wire.FileText:
    """Return what is sent of a file beside a submission."""
    fault = file.unread.message if file.unread is not None else ""
    return wire.FileText(name=_absolute(file.name), text=file.text, fault=fault)


def _absolute(name: str) -> str:
    return _sendable(str(Path(name).absolute()))


def _sendable(path: str) -> str:
    """Return the path in a form that can be sent to processes: escape bytes that aren't UTF-8."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")


def _is_sent(path: str) -> bool:
    return _sendable(path) == path
