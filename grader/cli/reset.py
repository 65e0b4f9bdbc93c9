"""`grade reset`: the starter in place of a learner's file, of which a copy is kept."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from grader.cli import choose
from grader.cli.console import console as new_console
from grader.cli.console import put, steps
from grader.cli.course import command_for, grade_command
from grader.cli.starter import copy_starter, keep_copy, same_file
from grader.cli.words import shown_path
from grader.errors import CommandWrong, Exit
from grader.grading.color import Color
from grader.model.exercise import ExerciseFolder
from grader.progress import Progress


def reset_exercise(
    name: str, file: Path | None, folders: Sequence[Path], color: Color, *, yes: bool
) -> int:
    """Ask, copy the learner's file to a free name beside it, and put the starter in its place."""
    folder = choose.named(name, choose.available(folders, name))
    console = new_console(color)
    with Progress.open() as progress:
        target = _file_of(folder, file, progress)
        shown = shown_path(target)
        beside = [(each, target.with_name(each.name)) for each in folder.starter_files]
        changed = [(each, place) for each, place in beside if not same_file(place, each)]
        if same_file(target, folder.starter) and not changed:
            put(console, f"{shown} is the starter already.")
            return Exit.PASSED
        if not (yes or _agreed(shown)):
            put(console, f"{shown} wasn't changed.")
            return Exit.PASSED
        kept = keep_copy(target)
        copy_starter(folder.starter, target, overwrite=True)
        for starter, place in changed:
            if place.is_file():
                keep_copy(place)
            copy_starter(starter, place, overwrite=True)
        progress.record_start(folder.exercise.slug, target)
    rows = [(f"grade {shown}", "when you have filled it in")]
    if file is None:
        rows[0] = (grade_command(folder, target), rows[0][1])
    rows.append((command_for(folder, "show"), "the lesson and the task"))
    words = f"{shown} is the starter again; what you had is in {shown_path(kept)}."
    put(console, f"{words}\n\nnext:", steps(rows, console.width))
    return Exit.PASSED


def _file_of(folder: ExerciseFolder, file: Path | None, progress: Progress) -> Path:
    """Return the file to reset: the one named, else the one begun or graded last, else the usual.

    A link stays a link: the file that it leads to is reset.
    """
    latest = progress.latest(folder.exercise.slug)
    usual = Path.cwd() / f"{folder.exercise.folder_name}.py"
    tried = [file] if file is not None else [*([latest[1]] if latest else []), usual]
    for each in tried:
        if each.suffix == ".py" and each.is_file():
            return each.resolve()
    if file is not None:
        raise CommandWrong(f"{shown_path(file)} isn't a Python file, so there is nothing to reset")
    start = command_for(folder, "start")
    raise CommandWrong(f"no file of yours for {folder.exercise.slug} was found; {start} creates it")


def _agreed(shown: str) -> bool:
    """Ask on the terminal. Raises `CommandWrong` if nobody can answer."""
    if not (sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()):
        raise CommandWrong(f"{shown} would be replaced, and nobody can be asked; add --yes")
    sys.stderr.write(f"Put the starter in place of {shown}? A copy is kept. [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
