"""How a report's facts are put into words: the same ones in every format that people read."""

from __future__ import annotations

import re

from grader.case import Argument, ArrayValue, Case, Container, FloatValue, IntValue, TupleValue
from grader.finding import Finding, Severity
from grader.report import Equivalent, Report, Status, Verdict

VERDICT_WORDS = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "not passed",
    Verdict.UNGRADABLE: "not passed",
    Verdict.ERROR: "grader error",
}

# Code in a sentence; splitting at it gives sentence and code in turn.
CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")

_SEVERITY_PREFIX = {Severity.ERROR: "", Severity.WARNING: "warning: ", Severity.NOTE: "note: "}

_SHORT_DTYPES = {"bfloat16": "bf16", "bool": "bool"}
_SHORT_KINDS = {"float": "f", "uint": "u", "int": "i", "complex": "c"}


def counted(number: int, noun: str) -> str:
    """Return `1 case`, `2 cases`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def short_dtype(dtype: str) -> str:
    """Return JAX's short name: `f32` for `float32`."""
    if dtype in _SHORT_DTYPES:
        return _SHORT_DTYPES[dtype]
    for kind, letter in _SHORT_KINDS.items():
        bits = dtype.removeprefix(kind)
        if bits != dtype and bits.isdigit():
            return letter + bits
    return dtype


def array_type(value: ArrayValue) -> str:
    """Return dtype and shape in JAX's notation: `f32[2,3]`."""
    return f"{short_dtype(value.dtype)}[{','.join(map(str, value.shape))}]"


def _argument(argument: Argument) -> str:
    match argument.value:
        case ArrayValue() as array:
            text = array_type(array)
        case TupleValue(items=items):
            text = f"({', '.join(map(array_type, items))})"
        case IntValue(value=value) | FloatValue(value=value):
            text = str(value)
    return f"{argument.name}\u00a0{text}"


def case_words(case: Case) -> str:
    """Return `seed 0, x_batch f32[2,1], features 1`, with no-break spaces inside each part."""
    words = ", ".join(_argument(argument) for argument in case.arguments)
    return words + (" (a NumPy array)" if case.container is Container.NUMPY else "")


def message_words(finding: Finding) -> str:
    """Return the message, with the severity before it unless it is an error."""
    return _SEVERITY_PREFIX[finding.severity] + finding.message


def checks_words(report: Report) -> str:
    """Return `6 of 8 checks`; empty where nothing was checked."""
    if not report.checks:
        return ""
    passed = sum(check.status is Status.PASSED for check in report.checks)
    return f"{passed} of {counted(len(report.checks), 'check')}"


def seconds_words(seconds: float) -> str:
    """Return `1.9 s`, or `0.02 s` for what takes less than a tenth."""
    return f"{seconds:.1f} s" if seconds >= 0.1 else f"{seconds:.2f} s"


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
    return " \u00b7 ".join([*parts, seconds_words(report.duration_s)])


def equivalence_words(report: Report) -> str:
    """Return what was proved, as a sentence; empty where there is nothing to say."""
    status, scope = report.equivalence.status, report.equivalence.scope.strip().rstrip(".")
    match status:
        case Equivalent.PROVED:
            head = "Proved to compute the same as the reference"
        case Equivalent.DIFFERENT:
            head = "Computes something else than the reference"
        case Equivalent.UNKNOWN:
            head = "Not proved for all inputs; judged by the executed cases"
    return f"{head}: {scope}." if scope else f"{head}."
