"""The judge: from a transcript to findings, checks and a score. Pure: the same in, the same out."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from grader.compare import OtherKind, OtherShape, OtherType, OtherValues, Same
from grader.evidence import Evidence
from grader.evidence.exceptions import text_lines
from grader.exercise import Check, Exercise
from grader.finding import Finding, Severity
from grader.observation import Completed, FunctionMissing, Loaded
from grader.report import CheckResult, Status, Verdict
from grader.rules import RULES, rule_by_id
from grader.source import Source
from grader.transcript import Transcript


def judge(transcript: Transcript) -> tuple[Finding, ...]:
    """Return everything that is wrong, the root of it first.

    What merely follows from another finding is left out, as the rules say of each other.
    """
    evidence = Evidence(transcript)
    found = _found(evidence)
    shown = [each for each in found if each.case is not None]
    if not _has_error(shown) and any(look.failed for look in evidence.looks):
        # What every rule takes for the consequence of another one's mistake is told as it is.
        return _found(Evidence(transcript, excuses=False))
    return found


def _found(evidence: Evidence) -> tuple[Finding, ...]:
    found: list[Finding] = []
    explained: set[str] = set()
    for rule in RULES:
        findings = rule.findings(evidence, explained=rule.id in explained)
        found.extend(findings)
        if _has_error(findings):
            explained |= rule.explains
    return _told_once(sorted(found, key=lambda each: each.case is None), evidence)


def _told_once(found: Iterable[Finding], evidence: Evidence) -> tuple[Finding, ...]:
    """Show an exception under the first finding alone that it belongs to.

    What no case shows yet comes behind what keeps it from being shown.
    """
    raised = [look.raised for look in evidence.looks if look.raised is not None]
    exceptions = {line for each in raised for line in text_lines(each)}
    seen: set[str] = set()
    kept = []
    for each in found:
        details = tuple(line for line in each.details if line not in seen)
        kept.append(msgspec.structs.replace(each, details=details))
        seen |= exceptions.intersection(details)
    return tuple(kept)


def static_findings(source: Source, exercise: Exercise) -> tuple[Finding, ...]:
    """Return what is wrong with a file that needn't be run to be seen: it can't load.

    A file that may define the function in a way that can't be seen is given the benefit of
    the doubt.
    """
    if source.unfit is not None:
        return _static("unreadable-file", Transcript(exercise=exercise, source=source))
    if source.syntax_fault is not None:
        return _static("syntax-error", Transcript(exercise=exercise, source=source))
    if source.may_define(exercise.function):
        return ()
    names = tuple(dict.fromkeys(name for name, _ in source.bindings()))
    missing = FunctionMissing(callables=tuple(name for name in names if source.function(name)))
    return _static("missing-function", Transcript(exercise=exercise, source=source, loaded=missing))


def _static(rule: str, transcript: Transcript) -> tuple[Finding, ...]:
    return rule_by_id(rule).findings(Evidence(transcript))


def _has_error(findings: Iterable[Finding]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


# ------------------------------------------------------------------------------------------ checks


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict, how each check ended, and the share of them that passed, by weight."""

    verdict: Verdict
    checks: tuple[CheckResult, ...]
    score: float
    summary: str


def assess(findings: tuple[Finding, ...], transcript: Transcript) -> Assessment:
    """Sum up what was found."""
    results = checks(findings, transcript)
    weights = {spec.check: spec.weight for spec in transcript.exercise.checks}
    total = sum(weights.values())
    passed = sum(weights[each.check] for each in results if each.status is Status.PASSED)
    return Assessment(
        verdict=_verdict(findings, transcript),
        checks=results,
        score=passed / total if total else 0.0,
        summary=_summary(findings),
    )


def _verdict(findings: tuple[Finding, ...], transcript: Transcript) -> Verdict:
    """Return the verdict. No finding is no pass where nothing ran that could have shown one."""
    errors = [each for each in findings if each.severity is Severity.ERROR]
    if not errors:
        return Verdict.PASSED if transcript.exchanges else Verdict.ERROR
    never_ran = any(each.check is Check.LOADS for each in errors)
    return Verdict.UNGRADABLE if never_ran else Verdict.FAILED


def checks(findings: tuple[Finding, ...], transcript: Transcript) -> tuple[CheckResult, ...]:
    """Return how each check of the exercise ended.

    A check fails by its own findings, and also by the plain facts: a wrong axis makes the numbers
    wrong, even if it is only reported once.
    """
    failed = {each.check for each in findings if each.severity is Severity.ERROR}
    status = {**_facts(transcript), **dict.fromkeys(failed, Status.FAILED)}
    return tuple(
        CheckResult(check=spec.check, title=spec.title, status=status[spec.check])
        for spec in transcript.exercise.checks
    )


def _facts(transcript: Transcript) -> dict[Check, Status]:
    """Return what the outcomes say of each check, whatever the rules have found."""
    facts = dict.fromkeys(Check, Status.SKIPPED)
    if not isinstance(transcript.loaded, Loaded):
        return facts | {Check.LOADS: Status.FAILED}
    facts[Check.LOADS] = Status.PASSED
    evidence = Evidence(transcript)
    ended = [isinstance(look.exchange.actual.outcome, Completed) for look in evidence.looks]
    if ended:
        facts[Check.RUNS] = Status.PASSED if all(ended) else Status.FAILED
    if any(ended):
        facts |= dict.fromkeys((Check.LIFTED, Check.PARAMS, Check.RNG, Check.PURE), Status.PASSED)
        facts |= _compared(evidence)
    return facts


def _compared(evidence: Evidence) -> dict[Check, Status]:
    comparisons = [look.comparison for look in evidence.completed]
    shaped = [each for each in comparisons if isinstance(each, Same | OtherValues)]
    other = [each for each in comparisons if isinstance(each, OtherKind | OtherShape | OtherType)]
    wrong = any(isinstance(each, OtherValues) for each in comparisons)
    facts = {Check.SHAPE: Status.FAILED if other else Status.PASSED}
    if shaped:
        facts[Check.VALUES] = Status.FAILED if wrong else Status.PASSED
    return facts


def _summary(findings: tuple[Finding, ...]) -> str:
    errors = [each for each in findings if each.severity is Severity.ERROR]
    if not errors:
        return "everything that was checked is right"
    more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
    return f"{errors[0].message}{more}"
