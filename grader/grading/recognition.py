"""Which exercise a file is for, where some of the exercises may be broken."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.catalogue import BrokenExercise, Catalogue
from grader.model.exercise import ExerciseFolder
from grader.model.submission import Submission, Unrecognised, defines_some, recognise


def exercise_of(
    submission: Submission, known: Catalogue
) -> ExerciseFolder | BrokenExercise | Unrecognised:
    """Return the exercise that a file is for, or why the file doesn't tell."""
    try:
        found = recognise(submission.source, known.exercises)
    except Unrecognised as error:
        return error
    if known.broken and not defines_some(submission.source, found):
        return _broken_for(submission, known.broken) or found
    return found


def _broken_for(submission: Submission, broken: Sequence[BrokenExercise]) -> BrokenExercise | None:
    """Return the broken exercise that a file is for, or may be for as none says it isn't."""
    names = {name for name, _ in submission.source.bindings()}
    stem = Path(submission.path).stem.replace("-", "_")
    for each in broken:
        if each.function in names or each.folder.name == stem:
            return each
    return next((each for each in broken if each.function is None), None)
