"""Which exercise and which rule a command is about."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.catalogue import Catalogue, catalogue
from grader.cli.problem import quoted_blank, visible
from grader.errors import CommandWrong, ExerciseBroken
from grader.model.exercise import Check, ExerciseFolder
from grader.progress import Progress, Standing
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
    found = by_name or [each for each in known if name in each.exercise.written]
    if len(found) == 1:
        return found[0]
    for broken in found_in.broken:
        if not found and name in broken.names:
            raise ExerciseBroken(broken.reason)
    slugs = [each.exercise.slug for each in known]
    meant = did_you_mean(name, slugs) or "; grade list shows them"
    raise CommandWrong(f"there is no exercise {quoted_blank(name)}{meant}")


def exercise_for_file(path: Path, folders: Sequence[Path]) -> str | None:
    """Say which file to grade where an exercise is named instead; None if none has that name."""
    found = [each for each in catalogue(folders).exercises if str(path) in each.names]
    if len(found) != 1:
        return None
    slug, file = found[0].exercise.slug, f"{found[0].folder.name}.py"
    start = "" if os.path.lexists(file) else f"; grade start {slug} creates it"
    return f"{visible(str(path))} is an exercise, not a file: grade {file}{start}"


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


def at(known: Sequence[ExerciseFolder], progress: Progress) -> ExerciseFolder | None:
    """Return the exercise that was started or attempted last, None if it isn't among `known`."""
    latest = progress.latest()
    return next((each for each in known if latest and each.exercise.slug == latest[0]), None)


def first_to_do(known: Sequence[ExerciseFolder], progress: Progress) -> ExerciseFolder | None:
    """Return the first exercise that has not been passed, None if all have been."""
    return following(known, None, progress)


def next_up(known: Sequence[ExerciseFolder], progress: Progress) -> ExerciseFolder | None:
    """Return what to work on: the exercise begun last until it is passed, then the next one."""
    here = at(known, progress)
    if here is not None and not progress.standing(here.exercise.slug).passed:
        return here
    return following(known, here, progress)


def following(
    known: Sequence[ExerciseFolder], here: ExerciseFolder | None, progress: Progress
) -> ExerciseFolder | None:
    """Return the next exercise after `here` that hasn't been passed.

    Those left out on the way come after the last one. None if no other is left.
    """
    standings = progress.standings()
    first = 0 if here is None else known.index(here) + 1
    others = [each for each in (*known[first:], *known[:first]) if each != here]
    return next((each for each in others if not _passed(each, standings)), None)


def _passed(folder: ExerciseFolder, standings: dict[str, Standing]) -> bool:
    standing = standings.get(folder.exercise.slug)
    return standing is not None and standing.passed


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
