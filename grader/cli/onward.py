"""From one exercise to the next: `grade next`, and `n` in `grade watch`."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from grader.cli import choose
from grader.cli.console import console as new_console
from grader.cli.console import put, steps
from grader.cli.course import command_for, course_option, grade_command
from grader.cli.learn import begun
from grader.cli.starter import copy_starters
from grader.cli.words import shown_path
from grader.errors import CommandWrong, Exit
from grader.grading.color import Color
from grader.model.exercise import ExerciseFolder
from grader.progress import Progress


class Begun(NamedTuple):
    """A learner's file for an exercise; `new` if it was just created."""

    file: Path
    new: bool


def next_exercise(folders: Sequence[Path], color: Color, *, skip: bool) -> int:
    """Start the exercise after the current one, or go on with it, and say what to do next."""
    known = choose.available(folders).exercises
    with Progress.open() as progress:
        here = choose.at(known, progress)
        if not progress.available:
            raise CommandWrong(
                "your progress isn't available, so it's unknown what is next; "
                "grade start EXERCISE starts one"
            )
        if here is not None and not (skip or progress.standing(here.exercise.slug).passed):
            return _not_yet(here, progress, color)
        folder = choose.following(known, here, progress)
        if folder is None:
            return _nothing_left(here, progress, color)
        found = begin(folder, Path(), progress)
    console = new_console(color)
    what = "is yours to fill in." if found.new else "is where you left it."
    put(console, *begun(folder, shown_path(found.file.absolute()), what, folders, console.width))
    return Exit.PASSED


def begin(folder: ExerciseFolder, where: Path, progress: Progress | None) -> Begun:
    """Return the file that the learner has for this exercise, or copy the starter to `where`.

    Nothing is overwritten. `progress` is None if nothing may be remembered. Raises `CommandWrong`
    if the file can't be written.
    """
    file = where / f"{folder.exercise.folder_name}.py"
    known = None if progress is None else progress.latest(folder.exercise.slug)
    for each in ([known[1]] if known else []) + [file]:
        if each.suffix == ".py" and each.is_file():
            return Begun(_relative(each), new=False)
    copy_starters(folder, file, overwrite=False)
    if progress is not None:
        progress.record_start(folder.exercise.slug, file)
    return Begun(file, new=True)


def _relative(file: Path) -> Path:
    """Return the path from this folder, if the file is in it."""
    with contextlib.suppress(ValueError):
        return file.relative_to(Path.cwd())
    return file


def _not_yet(here: ExerciseFolder, progress: Progress, color: Color) -> int:
    """Say that the current exercise isn't passed: which commands go on with it, which past it."""
    latest = progress.latest(here.exercise.slug)
    skip = f"grade next --skip{course_option(here)}"
    rows = [(command_for(here, "hint"), "the next hint"), (skip, "goes on anyway")]
    if latest is not None and latest[1].is_file():
        rows.insert(0, (grade_command(here, latest[1]), "grades your file"))
    console = new_console(color, stderr=True)
    words = f"You haven't passed {here.exercise.slug} yet."
    put(console, words, "", steps(rows, console.width))
    return Exit.NOT_PASSED


def _nothing_left(here: ExerciseFolder | None, progress: Progress, color: Color) -> int:
    if here is not None and not progress.standing(here.exercise.slug).passed:
        put(new_console(color, stderr=True), f"Only {here.exercise.slug} is left to pass.")
        return Exit.NOT_PASSED
    put(new_console(color), "You have passed every exercise.")
    return Exit.PASSED
