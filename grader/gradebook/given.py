"""The programs that students are given to start from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from grader.catalogue import course_text
from grader.errors import ExerciseBroken
from grader.gradebook.programs import program_of
from grader.model.exercise import ExerciseFolder
from grader.model.source import Source

STARTER: Final = "the starter as it is"


def given_programs(folders: Iterable[ExerciseFolder]) -> dict[str, str]:
    """Return the starters' fingerprints, and what to call such a file; none that can't be read."""
    found: dict[str, str] = {}
    for folder in folders:
        try:
            tree = Source(folder.starter.name, course_text(folder.starter)).tree
        except ExerciseBroken:
            continue
        if tree is not None:
            found[program_of(tree).fingerprint] = STARTER
    return found
