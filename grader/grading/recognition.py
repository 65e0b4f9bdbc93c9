"""Which exercise a file is for, where some of the exercises may be broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from grader.beside import with_files
from grader.catalogue import BrokenExercise, Catalogue
from grader.model.exercise import Exercise, ExerciseFolder
from grader.model.linking import modules_named
from grader.model.submission import Submission, Unrecognised, defines, defines_some, recognise

Joining: TypeAlias = Callable[[Submission, Exercise], Submission]
"""Adds the files beside a submission that an exercise allows."""


def exercise_of(
    submission: Submission, known: Catalogue, read: Joining = with_files
) -> ExerciseFolder | BrokenExercise | Unrecognised:
    """Return the exercise that a file is for, or why the file doesn't tell.

    `read` adds the files beside it that an exercise allows.
    """
    try:
        found = recognised(submission, known.exercises, read)
    except Unrecognised as error:
        return error
    if known.broken and not defines_some(read(submission, found.exercise).source, found):
        return _broken_for(submission, known.broken) or found
    return found


def recognised(
    submission: Submission, known: Sequence[ExerciseFolder], read: Joining = with_files
) -> ExerciseFolder:
    """Return the exercise that a file is for. Raises `Unrecognised`.

    Where a file defines no exercise's functions, one beside it that it imports may do so.
    """
    found = recognise(submission.source, known)
    tree = submission.source.tree
    if tree is None or defines_some(submission.source, found):
        return found
    named = {f"{each}.py" for each in modules_named(tree)}
    near = [each for each in known if not named.isdisjoint(each.exercise.files)]
    joined = {each.slug: read(submission, each.exercise).source for each in near}
    taking = [each for each in near if defines(joined[each.slug], each)]
    if taking:
        return recognise(joined[taking[0].slug], taking)
    having = [e for e in near if any(defines(file, e) for file in joined[e.slug].files[1:])]
    return having[0] if len(having) == 1 else found


def _broken_for(submission: Submission, broken: Sequence[BrokenExercise]) -> BrokenExercise | None:
    """Return the broken exercise that a file is for, or may be for as none says it isn't."""
    names = {name for name, _ in submission.source.bindings()}
    stem = Path(submission.path).stem.replace("-", "_")
    for each in broken:
        if each.function in names or each.folder.name == stem:
            return each
    return next((each for each in broken if each.function is None), None)
