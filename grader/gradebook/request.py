"""What is asked of a class's grading."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from grader.gradebook.outcome.exports import Platform
from grader.grading.request import Front, GradingRequest, Option

if TYPE_CHECKING:
    from grader.model.report import Report

_MOST_POINTS: Final = 1_000_000
_CLASS: Final = frozenset({Front.CLASS})


@dataclass(frozen=True, kw_only=True)
class ClassRequest(GradingRequest):
    """What is asked of all gradings of a class, and of the class.

    `exports` are as given, `FORMAT[=PATH]`.
    """

    gradebook: Annotated[
        Path | None,
        Option(
            flags=("--gradebook",),
            metavar="FILE",
            help="Where to keep all reports; by default .grade/gradebook.sqlite in the folder.",
            fronts=_CLASS,
        ),
    ] = None
    students: Annotated[
        str | None,
        Option(
            flags=("--students",),
            metavar="PATTERN",
            help="How paths name students, such as {name}_{id}_{rest}.py.",
            fronts=_CLASS,
        ),
    ] = None
    roster: Annotated[
        Path | None,
        Option(
            flags=("--roster",),
            metavar="CSV",
            help="The class: id, name and email of each student.",
            fronts=_CLASS,
        ),
    ] = None
    points: Annotated[
        float,
        Option(
            flags=("--points",),
            metavar="N",
            least=0,
            most=_MOST_POINTS,
            help="The points for an exercise with every check passed, for --export.",
            fronts=_CLASS,
        ),
    ] = 100.0
    anonymous: Annotated[
        bool,
        Option(
            flags=("--anonymous",),
            help="Show no names on the pages and in the terminal; reports, exports and feedback "
            "have them.",
            fronts=_CLASS,
        ),
    ] = False
    again: Annotated[
        bool,
        Option(flags=("--again",), help="Grade again what has been graded.", fronts=_CLASS),
    ] = False
    exports: Annotated[
        tuple[str, ...],
        Option(
            flags=("--export",),
            metavar="FORMAT[=PATH]",
            help=f"Write the grades for a platform: {', '.join(Platform)}.",
            fronts=_CLASS,
        ),
    ] = ()
    feedback: Annotated[
        Path | None,
        Option(
            flags=("--feedback",),
            metavar="DIR",
            help="Write a page for each student, as the platform takes it back.",
            fronts=_CLASS,
        ),
    ] = None
    html: Annotated[
        Path | None,
        Option(
            flags=("--html",),
            metavar="DIR",
            help="Write pages about what the class got wrong.",
            fronts=_CLASS,
        ),
    ] = None
    dask: Annotated[
        str | None,
        Option(
            flags=("--dask",),
            metavar="ADDRESS",
            help="Grade with a Dask cluster: its scheduler's address, or local:N for N workers "
            "here.",
            fronts=_CLASS,
        ),
    ] = None
    insecure: Annotated[
        bool,
        Option(
            flags=("--insecure",),
            help="Let --dask use another machine without TLS: others on that network can then "
            "read submissions, forge reports, and run programs as you.",
            fronts=_CLASS,
        ),
    ] = False

    def repairs(self, report: Report) -> bool:
        """Whether to try if the fixed program passes: reports are kept, whoever reads one now."""
        return self.repair and report.cases.generated > 0
