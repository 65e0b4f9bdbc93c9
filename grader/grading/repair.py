"""Proves a diagnosis: make the findings' edits, and grade the program that comes of it.

A finding says what is wrong; its edits say what to write instead. If the edited program passes, the
diagnosis was right. If it fails in another way, the learner has made a further mistake, which the
first one hid. If it fails in the same way, the edits are withdrawn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from grader.errors import NurseryBroken, ReferenceBroken, SandboxMissing
from grader.model.edit import Edit, Edited, whole_lines
from grader.model.exercise import Check
from grader.model.finding import Finding, Severity
from grader.model.observation import Span
from grader.model.report import Repair, Repaired, Report, Verdict
from grader.model.submission import Submission, from_bytes
from grader.rules import rule_by_id

_MOST_ROUNDS: Final = 4
_SECONDS: Final = 30.0
"""No round begins later than this."""

Grade = Callable[[Submission], Report]
"""Grades another text of a submission, with the same options. Raises as `grade` does."""

Mistake = tuple[str, Span | None]


def repaired(report: Report, submission: Submission, grade: Grade) -> Report:
    """Return the report with what its repair shows: whether it passes, and further mistakes."""
    errors = _errors(report.findings)
    if report.verdict is Verdict.PASSED or not any(each.edits for each in errors):
        return report
    return _Rounds(submission, grade).run(report, errors)


class _Rounds:
    """Mends a program again and again, until it passes or nothing more is known."""

    def __init__(self, submission: Submission, grade: Grade) -> None:
        self._submission = submission
        self._grade = grade
        self._texts: list[Edited] = []
        self._changes = 0
        self._further: list[Finding] = []
        self._known: set[str] = set()

    def run(self, report: Report, errors: Sequence[Finding]) -> Report:
        """Mend, grade, and put what comes of it into the report."""
        began = time.monotonic()
        current, found = self._submission, tuple(errors)
        self._known |= {each.rule for each in found}
        status = Repaired.FAILS
        while len(self._texts) < _MOST_ROUNDS and time.monotonic() - began < _SECONDS:
            mending = [each for each in found if each.edits]
            edited = Edited(current.source, [edit for each in mending for edit in each.edits])
            graded = self._graded(current, edited) if mending else None
            if graded is None:
                break
            current, again = graded
            self._texts.append(edited)
            self._changes += len(mending)
            if again.verdict is Verdict.PASSED:
                status = Repaired.PASSES
                break
            found = _errors(again.findings)
            if self._is_no_better(mending, found, stopped=_stopped(errors)):
                self._withdraw(len(mending))
                break
            self._note(found)
        return self._told(report, status)

    def _graded(self, before: Submission, edited: Edited) -> tuple[Submission, Report] | None:
        """Grade the edited text; None if it can't be graded."""
        after = from_bytes(before.path, edited.text.encode("utf-8", "surrogatepass"))
        if after.source.tree is None:
            return None
        try:
            return after, self._grade(after)
        except (NurseryBroken, ReferenceBroken, SandboxMissing, ImportError):
            return None  # the report stands, whatever can't be checked of it

    def _is_no_better(
        self, mending: Sequence[Finding], found: Sequence[Finding], *, stopped: bool
    ) -> bool:
        """Whether a mistake is still there, or the edits have made one.

        `stopped`: the learner's own text didn't run.
        """
        edited = self._texts[-1]
        ours = any(each.span is not None and edited.wrote(each.span) for each in found)
        left = {_mistake(self._in_the_original(each)) for each in found}
        same = left & {self._placed(each) for each in mending}
        return ours or bool(same) or (_stopped(found) and not stopped)

    def _withdraw(self, changes: int) -> None:
        """Take back the last edits: what they should have mended is still there."""
        self._texts.pop()
        self._changes -= changes

    def _note(self, found: Sequence[Finding]) -> None:
        """Keep the mistakes of a kind that wasn't seen before."""
        for each in map(self._in_the_original, found):
            if each.rule not in self._known:
                self._known.add(each.rule)
                self._further.append(each)

    def _in_the_original(self, finding: Finding) -> Finding:
        """Return a finding at its place in the learner's text."""
        return msgspec.structs.replace(finding, span=self._original(finding.span, self._texts))

    def _placed(self, finding: Finding) -> Mistake:
        """Return a finding of the text before the last edits, at its place in the learner's."""
        return finding.rule, self._original(finding.span, self._texts[:-1])

    @staticmethod
    def _original(span: Span | None, texts: Sequence[Edited]) -> Span | None:
        for edited in reversed(texts):
            span = edited.before(span) if span is not None else None
        return span

    def _told(self, report: Report, status: Repaired) -> Report:
        if not self._texts:
            return msgspec.structs.replace(report, repair=Repair(status=Repaired.FAILS))
        text = self._texts[-1].text
        repair = Repair(status=status, edits=self._edits(text), changes=self._changes, text=text)
        sure = [each for each in self._further if status is Repaired.PASSES or _is_cause(each)]
        further = tuple(map(_shown_later, sure))
        return msgspec.structs.replace(report, repair=repair, findings=report.findings + further)

    def _edits(self, text: str) -> tuple[Edit, ...]:
        """Return the edits of the learner's text: of several rounds together, line by line."""
        if len(self._texts) == 1:
            return self._texts[0].edits
        return whole_lines(self._submission.source, text)


_LATER: Final = "This only shows once what stands above is mended."


def _shown_later(finding: Finding) -> Finding:
    return msgspec.structs.replace(finding, details=(_LATER, *finding.details), edits=())


def _stopped(findings: Sequence[Finding]) -> bool:
    """Whether a program doesn't run, for no reason that is known: edits may be why."""
    return any(each.check in {Check.LOADS, Check.RUNS} for each in findings)


def _is_cause(finding: Finding) -> bool:
    """Whether a rule names the mistake itself: a symptom may be left over from the one before."""
    return rule_by_id(finding.rule).shows is None and not _stopped([finding])


def _errors(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(each for each in findings if each.severity is Severity.ERROR)


def _mistake(finding: Finding) -> Mistake:
    return finding.rule, finding.span
