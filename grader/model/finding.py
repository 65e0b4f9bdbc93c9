"""A finding: one mistake that a rule found, with its place and its evidence."""

from __future__ import annotations

from enum import StrEnum, unique

import msgspec

from grader.model.case import Case
from grader.model.edit import Edit
from grader.model.exercise import Check
from grader.model.observation import Span


@unique
class Severity(StrEnum):
    """How serious a finding is: only an error keeps a submission from passing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class ShapeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of shape evidence: `params/kernel   f32[3,4,2]   expected f32[4,2]   remark`.

    `expected` or `actual` is None if that side has nothing there. `surplus_axis` is the axis of
    `actual` to mark, since it should not be there.
    """

    name: str
    expected: str | None
    actual: str | None
    remark: str = ""
    surplus_axis: int | None = None


class MappedArray(msgspec.Struct, frozen=True, kw_only=True):
    """An array that a map takes apart or puts together along `axis`, from the front.

    `axis` is None if every run has all of it. `noun` is what that axis counts, empty if that isn't
    certain.
    """

    shape: tuple[int, ...]
    axis: int | None
    noun: str = ""


class AxisDrawing(msgspec.Struct, frozen=True, kw_only=True):
    """Along which axis an array is mapped on both sides, as it was observed.

    `name` is the array; `relation` what a run of the mapped function does with its part: `gets`,
    `gives` or `has`.
    """

    name: str
    relation: str
    actual: MappedArray
    expected: MappedArray


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A mistake explained, whichever rule explains it.

    `message` is one line that says what happened. `label` is the short text under the marked
    source. `shapes`, `drawing` and `details` are evidence (details are whole sentences or lines);
    `why` says why it matters; `help` is one next step. `case` is the smallest case that shows it.
    `evidence` is the machine-readable form: JSON values only. `certain` says that it has its own
    evidence, so no other mistake accounts for it. `edits` do what `help` says, if it is known what
    to write where; whether the program is right then is unknown until it is graded.
    """

    message: str
    help: str
    why: str = ""
    span: Span | None = None
    label: str = ""
    shapes: tuple[ShapeRow, ...] = ()
    drawing: AxisDrawing | None = None
    details: tuple[str, ...] = ()
    evidence: dict[str, object] = {}
    case: Case | None = None
    severity: Severity = Severity.ERROR
    certain: bool = False
    edits: tuple[Edit, ...] = ()


class Finding(Account, frozen=True, kw_only=True):
    """What a rule says about a submission; `function` is which of several functions it is about."""

    rule: str
    check: Check
    function: str = ""

    @property
    def check_name(self) -> str:
        """How people read the check's name, with the function's if there are several."""
        return f"{self.function}: {self.check}" if self.function else str(self.check)
