"""Proves a diagnosis: make the findings' edits, and grade the program that comes of it.

A finding says what is wrong; its edits say what to write instead. If the edited program passes, the
diagnosis was right. If it fails in another way, the learner has made a further mistake, which the
first one hid. If it fails in the same way, the edits are withdrawn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from grader.errors import NurseryBroken, ReferenceBroken, SandboxMissing
from grader.grading.passing import Passing
from grader.model.edit import Edit, Edited, lines_of_all, overlap
from grader.model.exercise import Check
from grader.model.finding import Finding, Severity
from grader.model.observation import Span
from grader.model.report import Repair, Repaired, Report, Verdict
from grader.model.submission import Submission
from grader.rules import rule_by_id
from grader.rules.trait import Trait

_MOST_ROUNDS: Final = 4
_SECONDS: Final = 30.0
"""No round begins later than this."""

Grade = Callable[[Submission], Report]
"""Grades another text of a submission, with the same options. Raises as `grade` does."""

Mistake = tuple[str, Span | None]


def repaired(
    report: Report, submission: Submission, grade: Grade, passing: Passing | None = None
) -> Report:
    """Return the report with what its repair shows: whether it passes, and further mistakes.

    A program that is `passing` isn't graded again.
    """
    errors = _errors(report.findings)
    if report.verdict is Verdict.PASSED or not any(each.edits for each in errors):
        return report
    return _Rounds(submission, grade, passing).run(report, errors)


class _Graded(NamedTuple):
    """An edited text, and what is wrong with it; it passes if that is None."""

    submission: Submission
    errors: tuple[Finding, ...] | None


class _Rounds:
    """Fixes a program again and again, until it passes or nothing more is known."""

    def __init__(self, submission: Submission, grade: Grade, passing: Passing | None) -> None:
        self._submission = submission
        self._grade = grade
        self._passing = passing
        self._texts: list[Edited] = []
        self._fixed: list[Finding] = []
        self._known: list[Finding] = []
        self._sure: list[Finding] = []
        self._further: list[Finding] = []

    def run(self, report: Report, errors: Sequence[Finding]) -> Report:
        """Fix, grade, and add the result to the report."""
        began = time.monotonic()
        current, found = self._submission, tuple(errors)
        self._known += found
        status = Repaired.FAILS
        while len(self._texts) < _MOST_ROUNDS and time.monotonic() - began < _SECONDS:
            step = self._step(current, found, stopped=_stopped(errors))
            if step is None:
                break
            if step.errors is None:
                status = Repaired.PASSES
                break
            current, found = step.submission, step.errors
            self._note(found)
        return self._told(report, status)

    def _step(
        self, before: Submission, found: Sequence[Finding], *, stopped: bool
    ) -> _Graded | None:
        """Make the edits of what was found, or only those that are sure, if that gets further."""
        for fixing in _attempts(found):
            edited = Edited(before.source, [edit for each in fixing for edit in each.edits])
            graded = self._graded(before, edited)
            if graded is None:
                continue
            self._texts.append(edited)
            if not self._is_no_better(fixing, graded.errors or (), stopped=stopped):
                self._fixed += fixing
                return graded
            self._texts.pop()
        return None

    def _graded(self, before: Submission, edited: Edited) -> _Graded | None:
        """Grade the edited text, unless it is known to pass; None if it can't be graded."""
        after = before.rewritten(edited.texts)
        if any(each.tree is None and each.unread is None for each in after.source.files):
            return None
        if self._passing is not None and self._passing.holds(after):
            return _Graded(after, None)
        try:
            report = self._grade(after)
        except (NurseryBroken, ReferenceBroken, SandboxMissing, ImportError):
            return None  # the report stands, whatever can't be checked of it
        if report.verdict is not Verdict.PASSED:
            return _Graded(after, _errors(report.findings))
        if self._passing is not None:
            self._passing.add(after)
        return _Graded(after, None)

    def _is_no_better(
        self, fixing: Sequence[Finding], found: Sequence[Finding], *, stopped: bool
    ) -> bool:
        """Whether a mistake is still there, or the edits have made one.

        What comes up after a guess may be the guess's doing. `stopped`: the learner's own text
        didn't run.
        """
        edited = self._texts[-1]
        ours = any(each.span is not None and edited.wrote(each.span) for each in found)
        left = {_mistake(self._in_the_original(each)) for each in found}
        same = left & {self._placed(each) for each in fixing}
        guessed = any(map(_is_guess, fixing)) and any(
            self._is_new(self._in_the_original(each)) for each in found
        )
        return ours or guessed or bool(same) or (_stopped(found) and not stopped)

    def _note(self, found: Sequence[Finding]) -> None:
        """Keep the mistakes that weren't seen before; those of a new kind may be sure."""
        for each in map(self._in_the_original, found):
            if self._is_new(each):
                other_kind = all(known.rule != each.rule for known in self._known)
                if other_kind and (each.certain or _is_cause(each) or self._is_untouched(each)):
                    self._sure.append(each)
                self._known.append(each)
                self._further.append(each)

    def _is_untouched(self, finding: Finding) -> bool:
        """Whether the right numbers are in the wrong order, which nothing that was fixed alters.

        What undoes a wrong axis is itself wrong once the axis is fixed.
        """
        is_order = rule_by_id(finding.rule).shows is Trait.ORDER
        altered = (rule_by_id(each.rule).alters for each in self._fixed)
        return is_order and all(Trait.ORDER not in each for each in altered)

    def _is_new(self, finding: Finding) -> bool:
        alike = (known.span for known in self._known if known.rule == finding.rule)
        return not any(_meet(span, finding.span) for span in alike)

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
        text, *beside = self._texts[-1].texts
        repair = Repair(
            status=status,
            edits=self._edits((text, *beside)),
            changes=len(self._fixed),
            text=text,
            beside=tuple(beside),
        )
        named = self._further if status is Repaired.PASSES else self._sure
        further = tuple(map(_shown_later, named))
        return msgspec.structs.replace(report, repair=repair, findings=report.findings + further)

    def _edits(self, texts: Sequence[str]) -> tuple[Edit, ...]:
        """Return the edits of the learner's text: of several rounds together, line by line."""
        if len(self._texts) == 1:
            return self._texts[0].edits
        return lines_of_all(self._submission.source, texts)


_LATER: Final = "This only shows once the mistake above is fixed."


def _shown_later(finding: Finding) -> Finding:
    return msgspec.structs.replace(finding, details=(_LATER, *finding.details), edits=())


def _together(found: Sequence[Finding]) -> list[Finding]:
    """Return the findings whose edits can be made at once: of two that overlap, the cause."""
    chosen: list[Finding] = []
    for each in sorted(found, key=_is_guess):
        made = [edit for other in chosen for edit in other.edits]
        if each.edits and not any(overlap(edit, one) for edit in each.edits for one in made):
            chosen.append(each)
    return chosen


def _attempts(found: Sequence[Finding]) -> Iterator[list[Finding]]:
    """Yield the findings to fix at once: all that can be, then all but the guesses."""
    everything = _together(found)
    sure = [each for each in everything if not _is_guess(each)]
    if everything:
        yield everything
    if sure and len(sure) < len(everything):
        yield sure


def _meet(one: Span | None, other: Span | None) -> bool:
    """Whether two places have text in common; one that isn't known may be anywhere."""
    if one is None or other is None:
        return True
    return one.start <= other.end and other.start <= one.end


def _stopped(findings: Sequence[Finding]) -> bool:
    """Whether a program doesn't run, for no reason that is known: edits may be why."""
    return any(each.check in {Check.LOADS, Check.RUNS} for each in findings)


def _is_cause(finding: Finding) -> bool:
    """Whether a rule names the mistake itself: a symptom may be left over from the one before."""
    return rule_by_id(finding.rule).shows is None and not _stopped([finding])


def _is_guess(finding: Finding) -> bool:
    """Whether edits replace what a program computes, so that a right part of it may go."""
    replaces = any(each.span.start != each.span.end for each in finding.edits)
    symptom = rule_by_id(finding.rule).shows is not None
    return replaces and (symptom or finding.check in {Check.SHAPE, Check.VALUES})


def _errors(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(each for each in findings if each.severity is Severity.ERROR)


def _mistake(finding: Finding) -> Mistake:
    return finding.rule, finding.span
