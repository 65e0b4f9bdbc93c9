"""The learner's progress: the welcome, the list of exercises, and the history of attempts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.cli import choose
from grader.cli.console import command_line, put, steps
from grader.cli.console import console as new_console
from grader.cli.course import command_for, grade_command
from grader.cli.course_map import course_map, state
from grader.cli.folders import exercise_folders
from grader.cli.words import DOT, count, shown_path
from grader.errors import Exit
from grader.grading.color import Color
from grader.hints import read_hints
from grader.model.exercise import ExerciseFolder
from grader.progress import Attempt, Progress, Standing

_VERDICTS = {"passed": "bold green", "failed": "bold red", "ungradable": "bold red"}
_NEW = Standing()
_NOT_AVAILABLE = "Your progress isn't available right now."


def list_exercises(folders: Sequence[Path], color: Color) -> int:
    """Show the course as a map: what is passed, what comes next, and the command for it."""
    known = choose.available(folders).exercises
    with Progress.open() as progress:
        standings = progress.standings()
        first = choose.next_up(known, progress)
        step = "" if first is None else _step(first, progress)
        available = progress.available
    console = new_console(color)
    put(console, *course_map(known, standings if available else None, first, console.width))
    put(console, "", *_conclusion(_summary(known, standings), step, available, console.width))
    return Exit.PASSED


def _conclusion(summary: str, step: str, available: bool, room: int) -> list[Text]:
    """Return the progress, and the next command on one line."""
    if not available:
        return [Text(_NOT_AVAILABLE)]
    together = f"{summary} {DOT} next: {step}" if step else summary
    if not step or cell_len(together) <= room:
        return [Text(together)]
    return [Text(summary), command_line(f"next: {step}")]


def _summary(known: Sequence[ExerciseFolder], standings: dict[str, Standing]) -> str:
    passed = sum(standings.get(each.exercise.slug, _NEW).passed for each in known)
    return f"{passed} of {count(len(known), 'exercise')} passed"


def _step(first: ExerciseFolder, progress: Progress) -> str:
    begun = progress.latest(first.exercise.slug)
    if begun is None or not begun[1].is_file():
        return command_for(first, "start")
    return grade_command(first, begun[1])


# ------------------------------------------------------------------------------------- welcome


def show_welcome() -> int:
    """Show the progress and the next command."""
    known = choose.available(exercise_folders()).exercises
    console = new_console()
    with Progress.open() as progress:
        standings, latest = progress.standings(), progress.latest()
        first = choose.next_up(known, progress)
        available = progress.available
        here = choose.at(known, progress)
    put(console, Text.assemble(("grade", "bold"), f" {DOT} exercises in JAX and Flax, judged"), "")
    if not available:
        put(console, _NOT_AVAILABLE)
        rows = []
    elif here is None or latest is None:
        put(console, "You haven't begun an exercise yet.")
        rows = [("grade start", "puts the first one into this folder")]
    else:
        standing = standings.get(here.exercise.slug, _NEW)
        put(console, f"You are at {here.exercise.slug}: {state(standing)}.")
        rows = _steps_at(here, latest[1], standing, first)
    if any(each.passed for each in standings.values()):
        put(console, f"{_summary(known, standings)}.")
    rows += [("grade list", "all exercises"), ("grade --help", "every command and option")]
    put(console, "", steps(rows, console.width))
    return Exit.PASSED


def _steps_at(
    folder: ExerciseFolder, file: Path, standing: Standing, first: ExerciseFolder | None
) -> list[tuple[str, str]]:
    if standing.passed:
        following = [] if first is None else [("grade next", "starts the next one")]
        return [*following, (command_for(folder, "solution"), "to compare with yours")]
    seen = f"you have seen {standing.hints} of {len(read_hints(folder))}"
    reading = [("grade show", "the lesson and the task"), ("grade hint", f"the next hint; {seen}")]
    name = shown_path(file)
    if file.is_file():
        grading = [(f"grade {name}", "grade your file")]
        return [*grading, (f"grade watch {name}", "grade it at every save"), *reading]
    if file.suffix != ".py":  # what was graded was a notebook's
        return reading
    again = "your file is gone: a new one"
    return [(command_for(folder, "start"), again), *reading]


# ------------------------------------------------------------------------------------- history


def show_history(name: str | None, folders: Sequence[Path], color: Color, *, last: int) -> int:
    """Show the last attempts, the newest at the end."""
    slug = None
    if name is not None:
        slug = choose.named(name, choose.available(folders, name)).exercise.slug
    with Progress.open() as progress:
        attempts, available = progress.attempts(slug, last), progress.available
    console = new_console(color)
    if not available:
        put(console, _NOT_AVAILABLE)
        return Exit.PASSED
    if attempts:
        put(console, _history(attempts[::-1], console))
    else:
        of = "" if slug is None else f" at {slug}"
        put(console, f"There are no attempts{of} yet; grade FILE makes one.")
    return Exit.PASSED


def _history(attempts: Sequence[Attempt], console: Console) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for heading in ("when", "exercise", "verdict"):
        table.add_column(heading, no_wrap=True)
    table.add_column("mistakes", overflow="fold")
    table.show_header = True
    table.header_style = "bold"
    day = "%Y-%m-%d %H:%M" if console.width >= 72 else "%m-%d %H:%M"
    for each in attempts:
        when = datetime.fromtimestamp(each.time).astimezone()
        verdict = Text(each.verdict, _VERDICTS.get(each.verdict, ""))
        table.add_row(when.strftime(day), each.exercise, verdict, ", ".join(each.rules))
    return table
