"""Whether the labelled mistakes show every rule and every check that the exercise can meet.

A rule can apply to an exercise if a mutant of its solution gets it. The checks are those with a
title in the declaration. Mistakes that any program can make (an endless loop, too much memory)
don't have to be shown by every exercise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from grader.authoring.line import Line
from grader.authoring.mutants import Mutant
from grader.evidence.notation import listing
from grader.labels import Labelled, places
from grader.model.exercise import Exercise
from grader.model.report import Report
from grader.rules import RULES, rule_by_id
from grader.suggestion import did_you_mean

_IDS = frozenset(rule.id for rule in RULES)
_ANYWHERE: Final = frozenset({"timed-out", "out-of-memory", "crashed"})
"""What any program can run into, and on a busy machine by no fault of its own."""

_OF_CLASSES: Final = frozenset({"unfit-class"})


def rules(
    exercise: Exercise,
    mistakes: Sequence[tuple[Labelled, Report]],
    mutants: Sequence[tuple[Mutant, Report]],
) -> Line:
    """Check that the labels name existing rules, and all rules that can apply."""
    shown = {rule for each, _ in mistakes for _, rule in each.expected} & _IDS
    can_apply = _first_mutants(mutants)
    missing = {name: can_apply[name] for name in can_apply.keys() - shown - {*exercise.untaught}}
    problems = (
        *_unknown(mistakes),
        *_untitled(exercise, shown | can_apply.keys()),
        *_unshown(missing),
        *_unfailed(exercise, shown | missing.keys()),
        *_untouched(exercise, [report for _, report in mistakes]),
    )
    said = f"{len(shown)} are shown by a mistake, and so is each that a mutant gets"
    return Line(name="rules", said=said, problems=problems)


def _first_mutants(mutants: Sequence[tuple[Mutant, Report]]) -> dict[str, Mutant]:
    """Return the rules that mutants get, each with the first mutant that gets it.

    Without those that no exercise has to show.
    """
    found: dict[str, Mutant] = {}
    for mutant, report in mutants:
        for _, rule in sorted(places(report), key=str):
            if rule not in _ANYWHERE:
                found.setdefault(rule, mutant)
    return found


def _unknown(mistakes: Sequence[tuple[Labelled, Report]]) -> Iterator[str]:
    for each, _ in mistakes:
        for _, rule in sorted(each.expected, key=str):
            if rule not in _IDS:
                meant = did_you_mean(rule, _IDS) or "; grade explain lists them"
                yield f"{each.kind}/{each.name} names {rule}, which isn't a rule{meant}"


def _untitled(exercise: Exercise, can_apply: set[str]) -> Iterator[str]:
    titled = {each.check for part in exercise.parts for each in part.checks}
    for check in sorted({rule_by_id(name).check for name in can_apply} - titled):
        names = [name for name in sorted(can_apply) if rule_by_id(name).check is check]
        yield (
            f"Check.{check.name} has no title, and {listing(names)} can be found: add a CheckSpec "
            "for it to the declaration"
        )


def _unshown(missing: Mapping[str, Mutant]) -> Iterator[str]:
    for name, mutant in sorted(missing.items()):
        yield (
            f"no mistake shows {name}: label one, such as the solution with line "
            f"{mutant.line} changed ({mutant.name}), or name it in untaught"
        )


def _unfailed(exercise: Exercise, named: set[str]) -> Iterator[str]:
    """Name the checks that no rule of `named` belongs to."""
    failed = {rule_by_id(name).check for name in (*named, *exercise.untaught) if name in _IDS}
    is_class = any(part.flax_class for part in exercise.parts)
    titles = {spec.check: spec.title for part in exercise.parts[::-1] for spec in part.checks}
    for check, title in titles.items():
        if check not in failed:
            names = [
                rule.id
                for rule in RULES
                if rule.check is check and (is_class or rule.id not in _OF_CLASSES)
            ]
            yield (
                f"no mistake fails the check {check} ({title}): label one of "
                f"{', '.join(names)}, or name one in untaught"
            )


def _untouched(exercise: Exercise, reports: Sequence[Report]) -> Iterator[str]:
    """Name each of several functions that no mistake is about."""
    found = {each.function for report in reports for each in report.findings}
    for function in (each.name for each in exercise.functions):
        if function not in found:
            yield f"no mistake is about {function}: write one"
