"""How to say a report's facts in words, the same in every format that people read."""

from __future__ import annotations

import re

from grader.evidence.notation import value_text
from grader.model.case import Case, Container
from grader.model.finding import Finding, Severity
from grader.model.report import Equivalence, Equivalent, Repaired, Report, Status, Verdict

VERDICT_WORDS = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "not passed",
    Verdict.UNGRADABLE: "not passed",
    Verdict.ERROR: "grader error",
}

# Code in a sentence; splitting at it gives text and code alternately.
CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")

_SEVERITY_PREFIX = {Severity.ERROR: "", Severity.WARNING: "warning: ", Severity.NOTE: "note: "}


def counted(number: int, noun: str) -> str:
    """Return `1 case`, `2 cases`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def case_words(case: Case) -> str:
    """Return `seed 0, inputs f32[2,1], features 1`, with no-break spaces inside each part."""
    parts = [f"{each.name}\u00a0{value_text(each.value)}" for each in case.arguments]
    container = " (a NumPy array)" if case.container is Container.NUMPY else ""
    retrained = " (with changed weights)" if case.retrained else ""
    return ", ".join(parts) + container + retrained


def case_text(case: Case) -> str:
    """Return the same with plain spaces, for what isn't wrapped by words."""
    return case_words(case).replace("\u00a0", " ")


def message_words(finding: Finding) -> str:
    """Return the message, after its severity unless it is an error."""
    return _SEVERITY_PREFIX[finding.severity] + finding.message


def checks_words(report: Report) -> str:
    """Return `6 of 8 checks`; empty if nothing was checked."""
    if not report.checks:
        return ""
    passed = sum(check.status is Status.PASSED for check in report.checks)
    return f"{passed} of {counted(len(report.checks), 'check')}"


def verdict_words(report: Report) -> str:
    """Return `not passed, 6 of 8 checks`."""
    return ", ".join(filter(None, [VERDICT_WORDS[report.verdict], checks_words(report)]))


def count_words(report: Report) -> str:
    """Return `100 cases, seed 0 (dot) 16 executed (dot) 1.9 s`."""
    cases = report.cases
    if cases.generated == 0 and cases.executed == 0:
        parts = ["no case was run"]
    else:
        parts = [
            f"{counted(cases.generated, 'case')}, seed {cases.seed}",
            f"{cases.executed} executed",
        ]
    seconds = report.duration_s
    digits = 1 if seconds >= 0.1 else 2
    return " \u00b7 ".join([*parts, f"{seconds:.{digits}f} s"])


def repair_words(report: Report) -> str:
    """Return what is known of the fixed program; nothing unless it passes."""
    if report.repair.status is not Repaired.PASSES:
        return ""
    count = report.repair.changes
    return f"with {'this change' if count == 1 else f'these {count} changes'} your program passes"


def equivalence_words(report: Report) -> list[str]:
    """Return what was proved about the output, as a sentence; one for each of several functions."""
    if not report.parts:
        return [_proof_words(report.equivalence)]
    return [f"{each.function}: {_proof_words(each.equivalence)}" for each in report.parts]


def _proof_words(found: Equivalence) -> str:
    scope = found.scope.strip().rstrip(".")
    match found.status:
        case Equivalent.PROVED:
            return f"Proved: {scope}."
        case Equivalent.DIFFERENT:
            return f"It doesn't compute the same as the reference: {scope}."
        case Equivalent.UNKNOWN:
            why = f" ({scope})" if scope else ""
            return f"Not proved for every input{why}; judged by the executed cases."
