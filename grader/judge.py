"""The judge: from a transcript to findings, checks and a score. Pure: the same in, the same out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from grader.checks import Ended, observed
from grader.evidence import Evidence
from grader.evidence.exceptions import text_lines
from grader.model.exercise import Check, Exercise
from grader.model.finding import Finding, Severity
from grader.model.observation import FunctionMissing, Span
from grader.model.report import CheckResult, Status, Verdict
from grader.model.source import Source
from grader.model.transcript import Transcript
from grader.rules import RULES, Rule, rule_by_id
from grader.rules.rule import Sighting

Sighted = tuple[Rule, tuple[Sighting, ...]]
"""A rule, and all that it saw."""


def judge(transcript: Transcript, rules: tuple[Rule, ...] = RULES) -> tuple[Finding, ...]:
    """Return everything that is wrong, the root of it first.

    What merely follows from another finding is left out. What looks like it, and is a last resort,
    is told where nothing else was seen to go wrong in a case.
    """
    evidence = Evidence(transcript)
    sighted = [(rule, tuple(rule.find(evidence))) for rule in rules]
    found = _unexplained(sighted, last_resort=False)
    if not _has_error(each for each in found if each.case is not None):
        found = _unexplained(sighted, last_resort=True)
    return _told_once(sorted(found, key=lambda each: each.case is None), evidence)


def _unexplained(sighted: Iterable[Sighted], *, last_resort: bool) -> list[Finding]:
    """Go down the rules, and leave out what those above account for."""
    found: list[Finding] = []
    above: list[Rule] = []
    exact: list[Rule] = []
    for rule, sightings in sighted:
        told = [each for each in sightings if last_resort or not each.last_resort]
        if any(each.accounts_for(rule) for each in exact):
            told = []
        elif any(each.accounts_for(rule) for each in above):
            told = [each for each in told if each.certain]
        places: dict[tuple[Span | None, str], Finding] = {}
        for each in told:
            places.setdefault((each.span, each.about), rule.finding(each))
        found.extend(places.values())
        if _has_error(places.values()) and not all(each.aside for each in told):
            above.append(rule)
            exact += [rule] if any(each.exact for each in told) else []
    return found


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
    """Return what is wrong with a file that can't load, which needs no run to see.

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
    defined = source.function if exercise.flax_class is None else source.class_called
    missing = FunctionMissing(callables=tuple(name for name in names if defined(name)))
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
    return Assessment(
        verdict=_verdict(findings, transcript),
        checks=results,
        score=score(results, transcript.exercise),
        summary=summary(findings, results),
    )


def score(results: Sequence[CheckResult], exercise: Exercise) -> float:
    """Return the share of checks that passed, by weight."""
    weights = {
        (part.part, spec.check): spec.weight for part in exercise.parts for spec in part.checks
    }
    total = sum(weights.values())
    passed = sum(
        weights[each.function, each.check] for each in results if each.status is Status.PASSED
    )
    return passed / total if total else 0.0


def _verdict(findings: tuple[Finding, ...], transcript: Transcript) -> Verdict:
    """Return the verdict. Without findings it is only a pass if something ran that could fail."""
    errors = [each for each in findings if each.severity is Severity.ERROR]
    if not errors:
        return Verdict.PASSED if transcript.exchanges else Verdict.ERROR
    never_ran = any(each.check is Check.LOADS for each in errors)
    return Verdict.UNGRADABLE if never_ran else Verdict.FAILED


def checks(findings: tuple[Finding, ...], transcript: Transcript) -> tuple[CheckResult, ...]:
    """Return how each check of the exercise ended.

    A check fails by its own findings, and also by what was observed: a wrong axis makes the numbers
    wrong, even if it is only reported once.
    """
    failed = {each.check for each in findings if each.severity is Severity.ERROR}
    ended = observed(Evidence(transcript))
    ended |= dict.fromkeys(failed, Ended(status=Status.FAILED))
    return tuple(
        CheckResult(
            check=spec.check,
            title=spec.title,
            status=ended[spec.check].status,
            reason=ended[spec.check].missing,
            function=transcript.exercise.part,
        )
        for spec in transcript.exercise.checks
    )


def summary(findings: Sequence[Finding], results: Sequence[CheckResult]) -> str:
    """Say in one line what was found."""
    errors = [each for each in findings if each.severity is Severity.ERROR]
    if not errors:
        skipped = [each.name for each in results if each.status is Status.SKIPPED]
        return f"everything that was checked is right{_not_shown(skipped)}"
    first = f"{errors[0].function}: " if errors[0].function else ""
    more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
    return f"{first}{errors[0].message}{more}"


def _not_shown(skipped: list[str]) -> str:
    return f"; not shown: {', '.join(skipped)}" if skipped else ""
