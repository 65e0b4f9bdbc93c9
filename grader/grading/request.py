"""What a user asks of a grading: every option, declared once for every front."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum, auto, unique
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, get_type_hints

from grader.grading.color import Color
from grader.grading.courses import EXERCISES_VARIABLE
from grader.model.effort import Effort
from grader.render import RENDERERS

if TYPE_CHECKING:
    from grader.model.report import Report

_MOST_CASES: Final = 5_000
"""Drawing and running more takes minutes, and shows nothing that these don't."""
_LARGEST_SEED: Final = 2**64 - 1
_LOAD_SECONDS: Final = 15.0
_LEAST_LOAD_SECONDS: Final = 5.0
"""A file's imports may take this long, whatever the deadline of a case."""


@unique
class Front(Enum):
    """Where a request comes from."""

    COMMAND = auto()
    WATCH = auto()
    NOTEBOOK = auto()
    CLASS = auto()
    EDITOR = auto()


@dataclass(frozen=True, kw_only=True)
class Option:
    """How a field of the request is given. In a notebook, its keyword is the field's name.

    A flag of a field that is true without it switches that off. `least` and `most` are the bounds
    of a number on the command line.
    """

    flags: tuple[str, ...]
    help: str
    metavar: str | None = None
    least: float | None = None
    most: float | None = None
    fronts: frozenset[Front] = frozenset(Front)


_COMMAND: Final = frozenset({Front.COMMAND})
_TERMINAL: Final = frozenset({Front.COMMAND, Front.WATCH})
_FILES: Final = frozenset({Front.COMMAND, Front.CLASS})
_LEARNER: Final = frozenset({Front.COMMAND, Front.WATCH, Front.NOTEBOOK, Front.EDITOR})


@dataclass(frozen=True, kw_only=True)
class GradingRequest:
    """What is asked of a grading. It goes from its front to whatever uses it unchanged.

    A field with an `Option` is offered by the fronts that it names, in this order. `timeout` is
    the deadline of a case in seconds; `reports` are as given, `FORMAT[=PATH]`; `prove` and
    `effort` are no options: watch asks for all findings of a file that is proved right, and what
    edits or mutations have made of a program isn't looked at as closely.
    """

    exercise: Annotated[
        str | None,
        Option(
            flags=("--exercise",),
            metavar="SLUG",
            help="Grade as this exercise, whichever function the file defines.",
            fronts=frozenset(Front) - {Front.EDITOR},
        ),
    ] = None
    reports: Annotated[
        tuple[str, ...],
        Option(
            flags=("--report",),
            metavar="FORMAT[=PATH]",
            help=f"Also write a report: {', '.join(RENDERERS)}. Without PATH it takes stdout.",
            fronts=_FILES,
        ),
    ] = ()
    cases: Annotated[
        int,
        Option(
            flags=("--cases",),
            metavar="N",
            least=1,
            most=_MOST_CASES,
            help=f"How many cases to generate, at most {_MOST_CASES}.",
        ),
    ] = 100
    seed: Annotated[
        int,
        Option(
            flags=("--seed",),
            metavar="N",
            least=0,
            most=_LARGEST_SEED,
            help="The seed that cases are generated from, of at most 64 bits.",
        ),
    ] = 0
    timeout: Annotated[
        float | None,
        Option(
            flags=("--timeout",),
            metavar="SECONDS",
            least=0.1,
            most=3600,
            help="The deadline of a case, at most an hour; by default based on the reference's "
            "time.",
        ),
    ] = None
    color: Annotated[
        Color,
        Option(
            flags=("--color",),
            metavar="WHEN",
            help="Whether to colour what is printed.",
            fronts=_FILES | _TERMINAL,
        ),
    ] = Color.AUTO
    quiet: Annotated[
        bool, Option(flags=("--quiet", "-q"), help="Print only the verdict.", fronts=_FILES)
    ] = False
    verbose: Annotated[
        bool,
        Option(flags=("--verbose", "-v"), help="Print more: every finding.", fronts=_TERMINAL),
    ] = False
    exit_zero: Annotated[
        bool,
        Option(
            flags=("--exit-zero",),
            help="Exit with 0 even if the file has not passed.",
            fronts=_FILES,
        ),
    ] = False
    jobs: Annotated[
        int | None,
        Option(
            flags=("--jobs",),
            metavar="N",
            least=1,
            help="How many files to grade at the same time.",
            fronts=_FILES,
        ),
    ] = None
    ci: Annotated[
        bool,
        Option(
            flags=("--no-ci",),
            help="Add no annotations or summary in GitHub Actions.",
            fronts=_COMMAND,
        ),
    ] = True
    require_sandbox: Annotated[
        bool,
        Option(flags=("--require-sandbox",), help="Refuse to run a file without a sandbox."),
    ] = False
    progress: Annotated[
        bool,
        Option(flags=("--no-progress",), help="Don't store this attempt.", fronts=_LEARNER),
    ] = True
    repair: Annotated[
        bool,
        Option(
            flags=("--no-repair",),
            help="Don't try whether the program passes with the changes that the report advises.",
        ),
    ] = True
    diff: Annotated[
        bool,
        Option(
            flags=("--diff",),
            help="Print the fix as a diff, and the report to stderr.",
            fronts=_COMMAND,
        ),
    ] = False
    fix: Annotated[
        bool,
        Option(
            flags=("--fix",),
            help="Fix the file, if it is known to pass then; never on CI.",
            fronts=_COMMAND,
        ),
    ] = False
    exercises: Annotated[
        tuple[Path, ...],
        Option(
            flags=("--exercises",),
            metavar="DIR",
            help=f"A folder with exercises/ and solutions/ in it (also {EXERCISES_VARIABLE}).",
        ),
    ] = ()
    prove: bool = True
    effort: Effort = Effort.EVERYTHING

    def repairs(self, report: Report) -> bool:
        """Whether to try if the fixed program passes.

        Mistakes that show without running a file are reported at once, without trying a fix.
        """
        told = (not self.quiet or bool(self.reports)) and report.cases.generated > 0
        return self.diff or self.fix or (self.repair and told)

    @property
    def of_edited(self) -> GradingRequest:
        """What to ask of a text that edits have made.

        To see that it passes takes a part of the many cases that come last, unless the learner's
        file becomes that text.
        """
        return self if self.fix else self.with_effort(Effort.PASSES)

    def with_effort(self, effort: Effort) -> GradingRequest:
        """Ask for more or less."""
        return replace(self, effort=effort)

    @property
    def at_once(self) -> int:
        """How many files to grade at once."""
        return self.jobs or os.cpu_count() or 1

    @property
    def load_seconds(self) -> float:
        """The deadline for loading the file."""
        return _LOAD_SECONDS if self.timeout is None else max(self.timeout, _LEAST_LOAD_SECONDS)


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A field that is an option: its type and its default."""

    kind: object
    default: object
    option: Option

    @property
    def switches_off(self) -> bool:
        """Whether its flag makes it false."""
        return self.default is True


def declared(request: type[GradingRequest] = GradingRequest) -> Mapping[str, Declared]:
    """Return all options by their fields' names, in order."""
    kind: type = request
    return _declared(kind)


@cache
def _declared(request: type) -> Mapping[str, Declared]:
    hints = get_type_hints(request, include_extras=True)
    defaults = {each.name: each.default for each in fields(request)}
    return {
        name: Declared(
            kind=hints[name].__origin__,
            default=defaults[name],
            option=hints[name].__metadata__[0],
        )
        for name in defaults
        if hasattr(hints[name], "__metadata__")
    }


def offered(front: Front, request: type[GradingRequest] = GradingRequest) -> Mapping[str, Declared]:
    """Return the options that a front offers."""
    return {name: each for name, each in declared(request).items() if front in each.option.fronts}
