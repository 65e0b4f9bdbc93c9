"""A report: the verdict on one submission, with everything that a renderer needs."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import NamedTuple

import msgspec

from grader.model.edit import Edit
from grader.model.exercise import Check, Exercise, Repairs
from grader.model.finding import Finding, Severity
from grader.model.observation import Span
from grader.model.source import Source


@unique
class Verdict(StrEnum):
    """`ungradable`: it never got to run. `error`: the grader or the exercise is broken."""

    PASSED = "passed"
    FAILED = "failed"
    UNGRADABLE = "ungradable"
    ERROR = "error"


@unique
class Status(StrEnum):
    """The result of a check; `skipped` if nothing was observed that could have failed it."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@unique
class Equivalent(StrEnum):
    """Whether the submission was proved to compute the same as the reference."""

    PROVED = "proved"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the report's last lines. `reason` says why a check was skipped.

    `function` is which of several functions was checked, empty if the task asks for one. Of a check
    that failed, `reason` is the finding that it follows from, if that is about another function.
    """

    check: Check
    title: str
    status: Status
    reason: str = ""
    function: str = ""

    @property
    def name(self) -> str:
        """How people read its name, with the function's if there are several."""
        return f"{self.function}: {self.check}" if self.function else str(self.check)


class Equivalence(msgspec.Struct, frozen=True, kw_only=True):
    """The proof, or why there is none; `scope` says in words what it covers."""

    status: Equivalent
    scope: str


class CaseCount(msgspec.Struct, frozen=True, kw_only=True):
    """The seed that the cases were generated from, and how many of them were executed."""

    seed: int
    generated: int
    executed: int


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """What the submission printed, cut to a limit; `truncated` if there was more."""

    stdout: str = ""
    stderr: str = ""
    truncated: bool = False


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """Versions that the submission ran with, and the protections that were active.

    `missing` are the kernel's protections that weren't available.
    """

    python: str
    jax: str
    flax: str
    hypothesis: str
    platform: str
    protections: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """Wall time of one part of the run, in seconds.

    `within`: it belongs to the part before it, and is summed over that part's processes.
    """

    part: str
    seconds: float
    within: bool = False


@unique
class Repaired(StrEnum):
    """Whether the fixed program passes; `none` if there was nothing to fix it with."""

    PASSES = "passes"
    FAILS = "fails"
    NONE = "none"


@unique
class Told(StrEnum):
    """Whether the learner has seen the fixed program: not yet, as a diff, or in the file."""

    NOT_YET = "not yet"
    SHOWN = "shown"
    WRITTEN = "written"


class Repair(msgspec.Struct, frozen=True, kw_only=True):
    """The attempted fix of the program: `edits` of its text, graded together.

    `changes` counts the findings that they are for. `text` is the fixed program, `beside` the
    files beside it, changed or not, and `told` says who knows it.
    """

    status: Repaired = Repaired.NONE
    edits: tuple[Edit, ...] = ()
    changes: int = 0
    text: str = ""
    told: Told = Told.NOT_YET
    beside: tuple[str, ...] = ()


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one of several functions, and of no other."""

    function: str
    score: float
    equivalence: Equivalence


class Place(NamedTuple):
    """A place in a report: a file, and a span in that file; `main` is the one that was graded."""

    path: str
    source: Source
    span: Span
    main: bool


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict and its reasons.

    `exercise` is None if the run ended before one was recognised. `findings` are in the order
    in which a learner should read them, the cause first. `score` is from 0 to 1. `course_option`
    is what a command needs to find the exercise, empty for most. `repair` says whether the
    program passes with the findings' edits. `student` is who handed it in, if it is one of a
    class's; empty if that is nobody. `fault` says what is wrong with the author's own check, empty
    if nothing is; only `grade verify` shows it, unless it keeps the program from being graded.
    `parts` are the functions, if there are several; the rest of the report is about all of them.
    `digests` are those of the files if there are several, the one at `path` first; `sha256` is of
    all of them then.
    """

    verdict: Verdict
    score: float
    summary: str
    exercise: Exercise | None
    path: str
    sha256: str
    source: Source
    checks: tuple[CheckResult, ...]
    findings: tuple[Finding, ...]
    equivalence: Equivalence
    cases: CaseCount
    output: Output
    environment: Environment
    duration_s: float
    timings: tuple[Timing, ...] = ()
    course_option: str = ""
    repair: Repair = Repair()
    student: str | None = None
    fault: str = ""
    parts: tuple[Part, ...] = ()
    digests: tuple[str, ...] = ()

    def place(self, span: Span) -> Place:
        """Return the file that a span is in, and where in it: what people are shown."""
        placed = self.source.place(span)
        main = self.source.number(span) == 0
        path = self.path if main else placed.file.name
        return Place(path=path, source=placed.file, span=placed.span, main=main)

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """The path and the digest of each file, the main one's first."""
        paths = (self.path, *(each.name for each in self.source.files[1:]))
        return tuple(zip(paths, self.digests or (self.sha256,), strict=False))

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules of the errors, the cause first."""
        errors = [each.rule for each in self.findings if each.severity is Severity.ERROR]
        return tuple(dict.fromkeys(errors))

    @property
    def shows_repair(self) -> bool:
        """Whether the course lets a learner see the edits."""
        return self.exercise is None or self.exercise.repairs is Repairs.ASKED

    @property
    def has_diff_to_ask_for(self) -> bool:
        """Whether a learner may ask for the edits, and hasn't yet."""
        return self.has_repair_to_show and self.repair.told is Told.NOT_YET

    @property
    def has_repair_to_show(self) -> bool:
        """Whether edits are known with which the program passes, and may be seen."""
        return self.repair.status is Repaired.PASSES and self.shows_repair
