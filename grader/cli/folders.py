"""The course folders that a command looks into."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.cli.problem import visible
from grader.errors import CommandWrong
from grader.grading.courses import EXERCISES_VARIABLE, listed_courses


def exercise_folders(given: Sequence[Path] | None = None) -> tuple[Path, ...]:
    """Return the course folders of `--exercises`, or else of the environment variable.

    Raises `CommandWrong` if one isn't a folder.
    """
    folders = tuple(given or listed_courses())
    for folder in folders:
        if not (folder / "exercises").is_dir():
            origin = "--exercises" if given else EXERCISES_VARIABLE
            name = visible(str(folder))
            raise CommandWrong(f"{origin}: {name} has no folder called exercises in it")
    return folders
