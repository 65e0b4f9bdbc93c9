"""Every way in which the grader gives up, and the exit code that each ends a command with.

GraderError
├── CommandWrong        2  what was asked for can't be done
├── NameWrong           2  no exercise can be called that
├── Unreadable          2  `model/submission.py`: the file can't be read
├── Unrecognised        2  `model/submission.py`: no one exercise is meant
├── ExerciseBroken      3  an exercise's own files are at fault
├── ReferenceBroken     3  its solution fails
├── NurseryBroken       3  the grader's own processes failed
├── WireBroken          3  what a process sent makes no sense
├── SandboxMissing      3  a required protection isn't available
├── ReportNotWritten    3  a report is lost
├── GradebookBroken     3  the gradebook can't be read or written
├── ClusterBroken       3  a cluster's scheduler or workers are lost
└── Cancelled         130  the grading was cancelled
"""

from __future__ import annotations

from enum import IntEnum, unique
from typing import ClassVar, Final

TRACEBACK_VARIABLE: Final = "GRADER_TRACEBACK"
"""Set in the environment, it shows where the grader itself fails."""


@unique
class Exit(IntEnum):
    """Exit codes, as the contract has them."""

    PASSED = 0
    NOT_PASSED = 1
    WRONG_COMMAND = 2
    BROKEN = 3
    INTERRUPTED = 130


class GraderError(Exception):
    """Why there is no answer. `about` comes before the text if a command ends with it."""

    code: ClassVar[Exit] = Exit.BROKEN
    about: ClassVar[str] = ""


class CommandWrong(GraderError):
    """What was asked for can't be done; the text says what and what to do instead, in a line."""

    code = Exit.WRONG_COMMAND


class NameWrong(GraderError):
    """No exercise can be called that; the text says why, and names the nearest that one can."""

    code = Exit.WRONG_COMMAND


class ExerciseBroken(GraderError):
    """An exercise's own files are at fault: one is missing, or its declaration does not load."""

    about = "an exercise is broken: "


class ReferenceBroken(GraderError):
    """The reference did not load, or failed on a case: the exercise is at fault."""


class NurseryBroken(GraderError):
    """The grader's own processes failed, which is nobody's submission's fault."""


class WireBroken(GraderError):
    """A message that isn't a frame, or isn't expected now."""


class SandboxMissing(GraderError):
    """A required protection isn't available on this system."""


class ReportNotWritten(GraderError):
    """The report could not be written; the text says where and why."""


class GradebookBroken(GraderError):
    """The gradebook can't be read or written; the text says where and why."""


class ClusterBroken(GraderError):
    """The scheduler of a cluster is lost, or its workers; the text says which."""


class Cancelled(GraderError):
    """The grading was cancelled; there is no report."""

    code = Exit.INTERRUPTED


def reason(error: Exception) -> str:
    """Return what an error says: of the system's, the words without the number and the path."""
    return getattr(error, "strerror", None) or str(error)


def broken_words(error: Exception) -> str:
    """Say in a line what went wrong in the grader itself, and how to see where."""
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"the grader itself is broken: {what} (set {TRACEBACK_VARIABLE}=1 to see where)"
