"""Which exercise and which rule a command is about."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.catalogue import Catalogue, catalogue
from grader.cli.problem import quoted_blank, visible
from grader.errors import CommandWrong, ExerciseBroken
from grader.model.exercise import Check, ExerciseFolder
from grader.progress import Progress
from grader.suggestion import did_you_mean

if TYPE_CHECKING:
    from grader.rules.rule import Rule


def available(folders: Sequence[Path], wanted: str | None = None) -> Catalogue:
    """Return the exercises; broken ones are named on stderr, a line each.

    Except for the one that is `wanted` by name: `named` raises what is wrong with it.
    """
    found = catalogue(folders)
    for each in found.broken:
        if wanted not in each.names:
            print(f"grade: an exercise is broken: {visible(each.reason)}", file=sys.stderr)
    return found


def named(name: str, found_in: Catalogue) -> ExerciseFolder:
    """Return the exercise called `name`: its slug, its folder's name or its function's.

    Raises `CommandWrong` if there is none, or several have that function, and `ExerciseBroken`.
    """
    known = found_in.exercises
    by_name = [each for each in known if name in each.names]
    found = by_name or [each for each in known if each.exercise.function == name]
    if len(found) == 1:
        return found[0]
    for broken in found_in.broken:
        if not found and name in broken.names:
            raise ExerciseBroken(broken.reason)
    slugs = [each.exercise.slug for each in known]
    meant = did_you_mean(name, slugs) or "; grade list shows them"
    raise CommandWrong(f"there is no exercise {quoted_blank(name)}{meant}")


def current(name: str | None, folders: Sequence[Path], progress: Progress) -> ExerciseFolder:
    """Return the exercise called `name`; without one the last started or attempted, or the only.

    Raises `CommandWrong` if that leaves it open.
    """
    found = available(folders, name)
    known = found.exercises
    if name is not None:
        return named(name, found)
    latest = progress.latest()
    for each in known:
        if len(known) == 1 or (latest is not None and each.exercise.slug == latest[0]):
            return each
    if not progress.available:
        raise CommandWrong("which exercise? your progress isn't available, so name it")
    raise CommandWrong("which exercise? grade list shows them, and grade start begins one")


def first_to_do(known: Sequence[ExerciseFolder], progress: Progress) -> ExerciseFolder | None:
    """Return the first exercise that has not been passed, None if all have been."""
    standings = progress.standings()
    for each in known:
        standing = standings.get(each.exercise.slug)
        if standing is None or not standing.passed:
            return each
    return None


def rules() -> tuple[Rule, ...]:
    """Return every rule, in the order of the checks."""
    from grader.rules import RULES

    order = {check: number for number, check in enumerate(Check)}
    return tuple(sorted(RULES, key=lambda rule: order[rule.check]))


def rule_named(name: str) -> Rule:
    """Return the rule with the id `name`; `CommandWrong` if there is none."""
    known = rules()
    for rule in known:
        if rule.id == name.strip().lower():
            return rule
    meant = did_you_mean(name, [rule.id for rule in known]) or "; grade explain lists them"
    raise CommandWrong(f"there is no rule {quoted_blank(name)}{meant}")
