"""A session: the processes and caches that gradings share, and the grading of one submission."""

from __future__ import annotations

import contextlib
import platform
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec

from grader import cache
from grader.catalogue import shipped
from grader.exercise import Exercise, ExerciseFolder
from grader.finding import Finding
from grader.judge import assess, judge, static_findings
from grader.known import KnownMistakes
from grader.limits import Limits
from grader.observation import Loaded, LoadOutcome
from grader.prewarmed import Pool, rehearsals
from grader.process.launch import Launched, can_fork
from grader.process.side import Program, Side
from grader.process.worker import Maker, Nursery, NurseryBroken, Spawner
from grader.proof import Proof
from grader.reference import Reference
from grader.report import (
    CaseCount,
    CheckResult,
    Environment,
    Equivalence,
    Equivalent,
    Output,
    Report,
    Status,
    Timing,
    Verdict,
)
from grader.rules import UNEXPLAINED
from grader.sandbox.confine import listable_above, python_paths, readable_without
from grader.sandbox.policy import Policy, Protection
from grader.search.kept import plan_of
from grader.search.plan import Plan, traced_sizes
from grader.search.run import Deadline, Search
from grader.submission import Submission
from grader.transcript import Transcript
from grader.transparency import Reach, transparency

_LOAD_SECONDS: Final = 15.0
_LEAST_LOAD_SECONDS: Final = 5.0
"""A file's imports have nothing to do with how long a case may take."""
_CPU_SECONDS: Final = 600


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a user asks of a grading. `timeout` is the deadline of a case in seconds."""

    cases: int = 100
    seed: int = 0
    timeout: float | None = None
    prove: bool = True
    require_sandbox: bool = False

    @property
    def load_seconds(self) -> float:
        """The deadline for loading the file."""
        return _LOAD_SECONDS if self.timeout is None else max(self.timeout, _LEAST_LOAD_SECONDS)


class Cancelled(Exception):
    """The grading was cancelled; there is no report."""


class SandboxMissing(Exception):
    """A protection that was insisted on is not to be had on this system."""


class Stopwatch:
    """Wall time of the parts of a run, in the order in which they first came."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._within: set[str] = set()
        self.began = time.perf_counter()

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count the block's time as `name`'s."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.add(name, time.perf_counter() - began)

    def add(self, name: str, seconds: float, *, within: bool = False) -> None:
        """Count `seconds` as `name`'s, a part by itself or `within` the one before."""
        self._seconds[name] = self._seconds.get(name, 0.0) + seconds
        if within:
            self._within.add(name)

    def timings(self) -> tuple[Timing, ...]:
        """Return what was counted."""
        return tuple(
            Timing(part=name, seconds=each, within=name in self._within)
            for name, each in self._seconds.items()
        )


class Session:
    """Shared by the gradings of one command. Close it: it has processes."""

    def __init__(self, launched: Launched | None = None) -> None:
        self._launched = launched
        self._made: Maker | None = None
        self._making = threading.Lock()
        self._cache = cache.cache_folder()
        self._references: dict[str, Reference] = {}
        self._known: dict[str, KnownMistakes] = {}
        self._plans: dict[tuple[str, int, int], Plan] = {}
        self._pool = Pool()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Remember what the references did, and end every process."""
        self._pool.close()
        for reference in self._references.values():
            reference.close()
        if self._made is not None:
            self._made.close()
        elif self._launched is not None:
            self._launched.close()
        if self._cache is not None:
            cache.prune_sometimes(self._cache)

    @property
    def _maker(self) -> Maker:
        """What makes the processes, started when the first one is needed."""
        with self._making:
            if self._made is None:
                forks = self._launched is not None or can_fork()
                self._made = Nursery(self._launched) if forks else Spawner()
            return self._made

    def grade(
        self,
        submission: Submission,
        folder: ExerciseFolder,
        asked: Asked,
        tell: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Report:
        """Grade one submission.

        `tell` is called with how many cases ran and how many there are. Raises `ReferenceBroken`
        and `NurseryBroken`, which are not the submission's fault.
        """
        return self.grading(submission, folder, asked).run(tell)

    def grading(self, submission: Submission, folder: ExerciseFolder, asked: Asked) -> Grading:
        """Return a grading to be run, which another thread may cancel."""
        return Grading(self, submission, folder, asked)

    def plan(self, exercise: Exercise, asked: Asked) -> Plan:
        """Return the plan of cases, made once."""
        key = (exercise.slug, asked.cases, asked.seed)
        if key not in self._plans:
            self._plans[key] = plan_of(
                exercise, count=asked.cases, seed=asked.seed, folder=self._cache
            )
        return self._plans[key]

    def reference(self, folder: ExerciseFolder) -> Reference:
        """Return the exercise's reference, which all its gradings share."""
        slug = folder.exercise.slug
        with self._making:
            if slug not in self._references:
                self._references[slug] = Reference(
                    folder, lambda: self._reference_side(folder), self._cache
                )
            return self._references[slug]

    def known(self, folder: ExerciseFolder) -> KnownMistakes:
        """Return the exercise's known mistakes, which all its gradings share."""
        slug = folder.exercise.slug
        with self._making:
            if slug not in self._known:
                self._known[slug] = KnownMistakes(
                    folder, lambda each: self.submission_side(each, folder.exercise), self._cache
                )
            return self._known[slug]

    def _reference_side(self, folder: ExerciseFolder) -> Side:
        program = self._program(folder.exercise, folder.solution.name, folder.solution.read_text())
        program = msgspec.structs.replace(program, writes_cache=True)
        return Side(self._maker, program, policy=None)

    def submission_side(self, submission: Submission, exercise: Exercise) -> Side:
        """Start a process for a submission, to be shut in; or take one that is prewarmed for it.

        Only a program that can look at nothing but its arguments gets one where others have run.
        """
        self._pool.stop()
        program = self._program(exercise, submission.path, submission.source.text)
        key = exercise.slug, program.name
        if key in self._pool and transparency(program.text, exercise).reach is not Reach.NOTHING:
            side = self._pool.take(key)
            if side is not None:
                side.give(program.name, program.text)
                return side
        return Side(self._maker, program, policy=self._policy(submission, program))

    def prewarm(
        self,
        submission: Submission,
        folder: ExerciseFolder,
        asked: Asked,
        *,
        wait: bool = False,
    ) -> None:
        """Begin to have processes ready for the file's next version; `wait` until they are."""
        exercise = folder.exercise
        sizes = traced_sizes(exercise) if asked.prove else ()
        program = self._program(exercise, submission.path, self.reference(folder).text)

        def open_side() -> Side:
            return Side(self._maker, program, policy=self._policy(submission, program))

        plan = self.plan(exercise, asked)
        with contextlib.suppress(NurseryBroken):  # the next grading says so
            self._pool.fill((exercise.slug, program.name), open_side, rehearsals(plan, sizes))
        if wait:
            self._pool.wait()

    def _program(self, exercise: Exercise, name: str, text: str) -> Program:
        folder = cache.compile_cache(self._cache)
        return Program(
            exercise=exercise,
            name=str(Path(name).absolute()),
            text=text,
            compile_cache=str(folder) if folder is not None else None,
        )

    def _policy(self, submission: Submission, program: Program) -> Policy:
        """Let a submission read Python, its own file and the compiled programs; no solution."""
        own = [str(Path(submission.path).absolute())]
        if program.compile_cache is not None:
            own.append(program.compile_cache)
        limits = Limits()
        return Policy(
            readable=(*readable_without(self._python, self._secret), *own),
            listable=listable_above(self._python, self._secret),
            memory_bytes=limits.memory,
            cpu_seconds=_CPU_SECONDS,
        )

    @cached_property
    def _python(self) -> tuple[str, ...]:
        return python_paths()

    @cached_property
    def _secret(self) -> tuple[str, ...]:
        """What a submission may not read although it may lie beside the packages."""
        return tuple(str(folder) for folder in shipped())

    def unhurried(self) -> float:
        """Seconds that importing the libraries took: what a busy machine shows itself by."""
        self._maker.wait()
        return self._maker.import_seconds or 1.0


class Grading:
    """The grading of one submission, from its process to its report."""

    def __init__(
        self,
        session: Session,
        submission: Submission,
        folder: ExerciseFolder,
        asked: Asked,
    ) -> None:
        self._session = session
        self._submission = submission
        self._exercise = folder.exercise
        self._asked = asked
        self._watch = Stopwatch()
        self._folder = folder
        self._sizes = traced_sizes(folder.exercise) if asked.prove else ()
        self._sides: list[Side] = []
        self._cancelled = False
        self._transcript: Transcript | None = None

    @property
    def transcript(self) -> Transcript | None:
        """What was observed, once `run` has returned; None if the file never got to a process."""
        return self._transcript

    def cancel(self) -> None:
        """End the processes; `run` then raises `Cancelled` instead of returning."""
        self._cancelled = True
        self._close()

    def run(self, tell: Callable[[int, int], None] = lambda _done, _total: None) -> Report:
        """Grade. Raises what `Session.grade` raises, and `Cancelled`."""
        found = static_findings(self._submission.source, self._exercise)
        if found:
            return static_report(self._submission, self._exercise, found, self._asked)
        try:
            report = self._graded(tell)
        except NurseryBroken:
            if not self._cancelled:
                raise
        finally:
            self._close()
        if self._cancelled:
            raise Cancelled
        return report

    def _close(self) -> None:
        for side in tuple(self._sides):
            side.end()

    def _graded(self, tell: Callable[[int, int], None]) -> Report:
        """Load, search for mistakes and for a proof, judge."""
        with self._watch.part("plan"):
            cases = self._session.plan(self._exercise, self._asked)
        with self._watch.part("imports"):
            unhurried = self._session.unhurried()
        self._reference = self._session.reference(self._folder)
        self._reference.prepare((*cases.telling, *cases.edges), self._sizes)
        with self._watch.part("start"):
            side = self._start()
        with self._watch.part("load"):
            loaded = side.load(self._asked.load_seconds)
        if not isinstance(loaded, Loaded):
            return self._report(self._nothing_ran(loaded), _unknown(), cases)
        proof = self._begin_proof()
        search = Search(
            exercise=self._exercise,
            source=self._submission.source,
            reference=self._reference,
            submission=side,
            second=proof,
            fresh=self._fresh,
            deadline=Deadline(self._asked.timeout, unhurried),
            tell=tell,
        )
        with self._watch.part("cases"):
            transcript = search.run(cases, proof.proved)
        self._count_processes()
        return self._report(self._likened(transcript, proof), proof.equivalence(transcript), cases)

    def _likened(self, transcript: Transcript, proof: Proof) -> Transcript:
        """Look among the known mistakes where no rule says what makes the numbers wrong."""
        if UNEXPLAINED not in {finding.rule for finding in judge(transcript)}:
            return transcript
        with self._watch.part("known mistakes"):
            known = self._session.known(self._folder).like(proof, self._sizes)
        return msgspec.structs.replace(transcript, known=known)

    def _open(self) -> Side:
        if self._cancelled:
            raise Cancelled
        side = self._session.submission_side(self._submission, self._exercise)
        self._sides.append(side)
        return side

    def _count_processes(self) -> None:
        """Count what the submission's processes did while the cases were played."""
        spent = [side.spent for side in self._sides]
        compiling = sum(each.compiling for each in spent)
        self._watch.add("trace", sum(each.trace for each in spent), within=True)
        self._watch.add("compile", compiling, within=True)
        self._watch.add("execute", sum(each.call for each in spent) - compiling, within=True)

    def _start(self) -> Side:
        """Have a process that is shut in as was asked, before it is given the file."""
        side = self._open()
        side.shut_in()
        missing = _missing(side)
        if self._asked.require_sandbox and missing:
            why = "; ".join(f"{each.name} ({each.detail})" for each in missing)
            raise SandboxMissing(f"--require-sandbox asks for what is not active here: {why}")
        return side

    def _fresh(self) -> Side:
        side = self._start()
        side.load(self._asked.load_seconds)
        return side

    def _begin_proof(self) -> Proof:
        proof = Proof(self._reference, self._submission.source, self._exercise, self._sizes)
        proof.begin(self._open, wanted=self._asked.prove, seconds=self._asked.load_seconds)
        return proof

    def _nothing_ran(self, loaded: LoadOutcome) -> Transcript:
        return Transcript(exercise=self._exercise, source=self._submission.source, loaded=loaded)

    def _report(self, transcript: Transcript, equivalence: Equivalence, cases: Plan) -> Report:
        self._transcript = transcript
        with self._watch.part("judge"):
            findings = judge(transcript)
        side = self._sides[0]
        self._close()
        out, err, truncated = side.printed()
        return _report_of(
            self._submission,
            transcript,
            findings,
            equivalence=equivalence,
            cases=CaseCount(
                seed=self._asked.seed,
                generated=cases.total,
                executed=len(transcript.exchanges),
            ),
            output=Output(stdout=out, stderr=err, truncated=truncated),
            environment=_environment(side),
            watch=self._watch,
        )


def static_report(
    submission: Submission, exercise: Exercise, found: tuple[Finding, ...], asked: Asked
) -> Report:
    """Report on a file that need not be run to know that it can't be graded."""
    return _report_of(
        submission,
        Transcript(exercise=exercise, source=submission.source),
        found,
        equivalence=_unknown(),
        cases=CaseCount(seed=asked.seed, generated=0, executed=0),
        output=Output(),
        environment=_environment(None),
        watch=Stopwatch(),
    )


def error_report(submission: Submission, exercise: Exercise, reason: str, asked: Asked) -> Report:
    """Report that the grader or the exercise is broken, which says nothing of the submission."""
    return Report(
        verdict=Verdict.ERROR,
        score=0.0,
        summary=reason,
        exercise=exercise,
        path=submission.path,
        sha256=submission.sha256,
        source=submission.source,
        checks=tuple(
            CheckResult(check=each.check, title=each.title, status=Status.SKIPPED)
            for each in exercise.checks
        ),
        findings=(),
        equivalence=_unknown(),
        cases=CaseCount(seed=asked.seed, generated=0, executed=0),
        output=Output(),
        environment=_environment(None),
        duration_s=0.0,
    )


def _report_of(
    submission: Submission,
    transcript: Transcript,
    findings: tuple[Finding, ...],
    *,
    equivalence: Equivalence,
    cases: CaseCount,
    output: Output,
    environment: Environment,
    watch: Stopwatch,
) -> Report:
    assessment = assess(findings, transcript)
    return Report(
        verdict=assessment.verdict,
        score=assessment.score,
        summary=assessment.summary,
        exercise=transcript.exercise,
        path=submission.path,
        sha256=submission.sha256,
        source=submission.source,
        checks=assessment.checks,
        findings=findings,
        equivalence=equivalence,
        cases=cases,
        output=output,
        environment=environment,
        duration_s=time.perf_counter() - watch.began,
        timings=watch.timings(),
    )


def _unknown(scope: str = "the program did not come to be traced") -> Equivalence:
    return Equivalence(status=Equivalent.UNKNOWN, scope=scope)


def _environment(side: Side | None) -> Environment:
    """Return what the submission ran on; what is installed here, if it did not run."""
    ran = side.versions if side is not None else None
    active = tuple(each.name for each in side.protections if each.active) if side else ()
    missing = tuple(each.name for each in _missing(side)) if side else ()
    return Environment(
        python=ran.python if ran else platform.python_version(),
        jax=ran.jax if ran else version("jax"),
        flax=ran.flax if ran else version("flax"),
        hypothesis=version("hypothesis"),
        platform=ran.platform if ran else f"{sys.platform}-{platform.machine()}",
        protections=active,
        missing=missing,
    )


def _missing(side: Side) -> tuple[Protection, ...]:
    """Return the layers of the kernel that a submission's process is not shut in with."""
    return tuple(each for each in side.protections if each.kernel and not each.active)
