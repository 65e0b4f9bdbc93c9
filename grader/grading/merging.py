"""One report on several functions of a file, made of a report on each: every mistake once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from grader.evidence.mentions import mentioned
from grader.evidence.notation import listing
from grader.judge import score, summary
from grader.model.exercise import Check, Exercise
from grader.model.finding import Finding, Severity
from grader.model.report import (
    CaseCount,
    CheckResult,
    Equivalence,
    Equivalent,
    Output,
    Part,
    Report,
    Status,
    Timing,
    Verdict,
)
from grader.rules import rule_by_id

_ANSWERS = frozenset({Check.RUNS, Check.SHAPE, Check.VALUES})


def merged(exercise: Exercise, reports: Sequence[Report], duration_s: float) -> Report:
    """Return the report on all functions; `reports` are on the exercise's parts, in their order.

    A finding without a function is about the whole file.
    """
    telling = _Telling(exercise, reports)
    checks = tuple(telling.check(each) for report in reports for each in report.checks)
    first = next((each for each in reports if each.environment.protections), reports[0])
    return msgspec.structs.replace(
        first,
        verdict=_verdict([each.verdict for each in reports]),
        score=score(checks, exercise),
        summary=next(_broken(reports), None) or summary(telling.findings, checks),
        exercise=exercise,
        checks=checks,
        findings=telling.findings,
        equivalence=_equivalence(exercise, reports),
        cases=_cases([each.cases for each in reports]),
        output=_output([each.output for each in reports]),
        duration_s=duration_s,
        timings=_timings(reports),
        fault=next((each.fault for each in reports if each.fault), ""),
        parts=tuple(map(_part, exercise.written, reports)),
    )


def about(report: Report, function: str) -> Report:
    """Say of a report's findings which function they are about; "" for the whole file."""
    replace = msgspec.structs.replace
    return replace(
        report, findings=tuple(replace(each, function=function) for each in report.findings)
    )


class _Telling:
    """Chooses what is told: of a mistake that shows in several functions, the first sighting.

    A symptom is silent where the function uses another one of them that gives wrong answers.
    """

    def __init__(self, exercise: Exercise, reports: Sequence[Report]) -> None:
        self._source = reports[0].source
        self._entries = {each.function: each.entry for each in exercise.parts}
        self._wrong = [
            name for name, each in zip(exercise.written, reports, strict=True) if _is_wrong(each)
        ]
        self._roots: dict[str, Finding] = {}
        self._told: list[Finding] = []
        self._notes: dict[int, dict[str, None]] = {}
        every = [each for report in reports for each in report.findings]
        for each in sorted(every, key=lambda each: any(self._used(each.function))):
            self._tell(each)
        self._places = [every.index(each) for each in self._told]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is told, in the order of the functions."""
        told = [
            msgspec.structs.replace(each, details=(*each.details, *self._notes.get(at, ())))
            for at, each in enumerate(self._told)
        ]
        return tuple(each for _, each in sorted(zip(self._places, told, strict=True), key=_first))

    def check(self, result: CheckResult) -> CheckResult:
        """Say which finding a failed check follows from, if none of its own function is told."""
        root = self._roots.get(result.function)
        own = any(each.function == result.function and _is_error(each) for each in self._told)
        if root is None or own or result.status is not Status.FAILED:
            return result
        reason = f"this follows from {root.rule}: {root.message}"
        return msgspec.structs.replace(result, reason=reason)

    def _tell(self, finding: Finding) -> None:
        same = next((each for each in self._told if _is_same(each, finding)), None)
        root, note = same, f"It shows in `{finding.function}`, too."
        if root is None:
            root, note = self._cause(finding)
        if root is None:
            self._told.append(finding)
            return
        if finding.function != root.function and _is_error(finding):
            self._roots.setdefault(finding.function, root)
            self._notes.setdefault(self._told.index(root), {})[note] = None

    def _cause(self, finding: Finding) -> tuple[Finding | None, str]:
        """Return the error of a function that this one uses, if that may be why it was found."""
        if finding.certain or rule_by_id(finding.rule).shows is None:
            return None, ""
        for used in self._used(finding.function):
            for each in self._told:
                if each.function == used and _is_error(each):
                    note = f"`{finding.function}` uses `{used}`; the answers of both are wrong."
                    return each, note
        return None, ""

    def _used(self, function: str) -> list[str]:
        """Return the functions with wrong answers that this one uses, and that don't use it."""
        return [each for each in self._wrong if self._uses(function, each)]

    def _uses(self, function: str, other: str) -> bool:
        if not function or function == other:
            return False
        return other in self._mentioned(function) and function not in self._mentioned(other)

    def _mentioned(self, function: str) -> frozenset[str]:
        return mentioned(self._source, self._entries[function])


def _first(pair: tuple[int, Finding]) -> int:
    return pair[0]


def _is_wrong(report: Report) -> bool:
    return any(each.check in _ANSWERS and each.status is Status.FAILED for each in report.checks)


def _is_error(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR


def _is_same(told: Finding, other: Finding) -> bool:
    """Whether two functions, or the whole file for each of them, show one mistake at one place."""
    if told.rule != other.rule or (told.function == other.function and told.function):
        return False
    if told.span is None or other.span is None or _of_file(told):
        return told.span == other.span and told.message == other.message and _of_file(told)
    return told.span == other.span


def _of_file(finding: Finding) -> bool:
    return finding.check is Check.LOADS or not finding.function


# ---------------------------------------------------------------------------------- taken together


def _verdict(verdicts: Sequence[Verdict]) -> Verdict:
    if all(each is Verdict.UNGRADABLE for each in verdicts):
        return Verdict.UNGRADABLE
    if any(each in {Verdict.FAILED, Verdict.UNGRADABLE} for each in verdicts):
        return Verdict.FAILED
    return Verdict.ERROR if Verdict.ERROR in verdicts else Verdict.PASSED


def _broken(reports: Sequence[Report]) -> Iterator[str]:
    """Yield why nothing is known, if no function has a mistake and one can't be graded."""
    if all(each.verdict in {Verdict.PASSED, Verdict.ERROR} for each in reports):
        yield from (each.summary for each in reports if each.verdict is Verdict.ERROR)


def _equivalence(exercise: Exercise, reports: Sequence[Report]) -> Equivalence:
    """Say what is proved of all: no more than of each."""
    found = [each.equivalence for each in reports]
    kinds = {each.status for each in found}
    if len(kinds) == 1:
        status = found[0].status
    else:
        status = Equivalent.DIFFERENT if Equivalent.DIFFERENT in kinds else Equivalent.UNKNOWN
    scopes: dict[str, list[str]] = {}
    for name, each in zip(exercise.written, found, strict=True):
        words = each.scope if each.status is status else f"{each.status}, {each.scope}"
        scopes.setdefault(words, []).append(name)
    said = (f"{listing(names)}: {words}" for words, names in scopes.items())
    return Equivalence(status=status, scope="; ".join(said))


def _cases(counts: Sequence[CaseCount]) -> CaseCount:
    return CaseCount(
        seed=counts[0].seed,
        generated=sum(each.generated for each in counts),
        executed=sum(each.executed for each in counts),
    )


def _output(printed: Sequence[Output]) -> Output:
    """Put what was printed together; what each process printed alike stands there once."""
    return Output(
        stdout="".join(dict.fromkeys(each.stdout for each in printed)),
        stderr="".join(dict.fromkeys(each.stderr for each in printed)),
        truncated=any(each.truncated for each in printed),
    )


def _timings(reports: Sequence[Report]) -> tuple[Timing, ...]:
    found: dict[str, Timing] = {}
    for each in (timing for report in reports for timing in report.timings):
        before = found[each.part].seconds if each.part in found else 0.0
        found[each.part] = msgspec.structs.replace(each, seconds=before + each.seconds)
    return tuple(found.values())


def _part(function: str, report: Report) -> Part:
    return Part(function=function, score=report.score, equivalence=report.equivalence)
