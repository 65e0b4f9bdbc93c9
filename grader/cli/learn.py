"""What learners ask for besides gradings: lesson, starter, hints, solution, explanations."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from textwrap import wrap

from rich.text import Text

from grader.catalogue import course_text
from grader.cli import choose
from grader.cli.console import command, command_line, print_paged, put, steps
from grader.cli.console import console as new_console
from grader.cli.course import command_for, course_option, grade_command
from grader.cli.pages import hint_page, lesson_page, rule_page, solution_page
from grader.cli.problem import visible
from grader.cli.words import DOT, shown_path
from grader.errors import CommandWrong, Exit
from grader.grading.color import Color
from grader.grading.courses import EXERCISES_VARIABLE
from grader.hints import read_hints
from grader.model.exercise import ExerciseFolder
from grader.progress import Progress
from grader.website import SITE_VARIABLE, rule_address


def show_lesson(name: str | None, folders: Sequence[Path], color: Color) -> int:
    """Show the lesson and the task of an exercise, paged if it is long."""
    with Progress.open() as progress:
        folder = _lesson_of(name, folders, progress)
        exercise = folder.exercise
        latest = progress.latest(exercise.slug)
    about = Text(f"{exercise.slug} {DOT} level {exercise.level} {DOT} {exercise.topic}\n", "dim")
    mine = latest[1] if latest is not None and latest[1].is_file() else None
    step = grade_command(folder, mine) if mine else command_for(folder, "start")
    print_paged(new_console(color), about, lesson_page(folder), command_line(f"\nnext: {step}"))
    return Exit.PASSED


def _lesson_of(name: str | None, folders: Sequence[Path], progress: Progress) -> ExerciseFolder:
    """Return the exercise to show; newcomers get the first one by default."""
    if name is None and progress.latest() is None and progress.available:
        known = choose.available(folders).exercises
        if known:
            return known[0]
    return choose.current(name, folders, progress)


def start_exercise(
    name: str | None, path: Path | None, folders: Sequence[Path], color: Color, *, overwrite: bool
) -> int:
    """Copy the starter to `path`, or into this folder, and say what to do next."""
    from grader.cli.starter import copy_starters  # which needs more than hints do

    found = choose.available(folders, name)
    with Progress.open() as progress:
        if name is None:
            folder = _first_to_do(found.exercises, progress)
        else:
            folder = choose.named(name, found)
        target = _target(folder, path)
        copy_starters(folder, target, overwrite=overwrite)
        progress.record_start(folder.exercise.slug, target)
    console = new_console(color)
    shown = shown_path(target.absolute())
    put(console, *begun(folder, shown, "is yours to fill in.", folders, console.width))
    return Exit.PASSED


def _first_to_do(known: Sequence[ExerciseFolder], progress: Progress) -> ExerciseFolder:
    folder = choose.first_to_do(known, progress)
    if not progress.available:
        raise CommandWrong(
            "your progress isn't available, so name the exercise; grade list shows them"
        )
    if folder is None:
        raise CommandWrong("you have passed every exercise; name the one to begin again")
    return folder


def _target(folder: ExerciseFolder, path: Path | None) -> Path:
    """Return the file to write: `path` if it names a Python file, else one in that folder."""
    if path is not None and path.suffix == ".py" and not path.is_dir():
        return path
    return (path or Path()) / f"{folder.exercise.folder_name}.py"


def begun(
    folder: ExerciseFolder, file: str, what: str, folders: Sequence[Path], room: int
) -> tuple[Text, ...]:
    """Return what is said of a learner's file at the start of an exercise, and the next steps."""
    exercise = folder.exercise
    rows = (
        *_course_kept(folders),
        (f"grade show {shlex.quote(exercise.slug)}", "the lesson and the task"),
        (f"grade {file}", "when you have filled it in"),
        (f"grade watch {file}", "to grade it at every save"),
    )
    also = f" Beside it is {_beside(folder)}." if folder.starter_files else ""
    text = Text.assemble((file, "bold"), f" {what}{also}\n{exercise.title}\n\nnext:")
    return text, steps(rows, room)


def _beside(folder: ExerciseFolder) -> str:
    from grader.evidence.notation import listing  # few exercises have such files

    return listing([each.name for each in folder.starter_files])


def _course_kept(folders: Sequence[Path]) -> tuple[tuple[str, str], ...]:
    """Say how the next commands find a course that was named for only one command."""
    if not folders or os.environ.get(EXERCISES_VARIABLE):
        return ()
    named = os.pathsep.join(str(each.absolute()) for each in folders)
    setting = "set" if os.name == "nt" else "export"
    shown = f"{EXERCISES_VARIABLE}={shlex.quote(visible(named))}"
    return ((f"{setting} {shown}", "so that every command finds this exercise"),)


def show_hints(name: str | None, folders: Sequence[Path], color: Color, *, every: bool) -> int:
    """Show one more hint than last time, or all of them."""
    with Progress.open() as progress:
        folder = choose.current(name, folders, progress)
        slug, hints = folder.exercise.slug, read_hints(folder)
        total, before = len(hints), progress.hints_shown(slug)
        if every:
            progress.set_hints_shown(slug, total)
            numbers = range(1, total + 1)
        else:
            number = progress.show_next_hint(slug, total)
            numbers = range(number, number + 1)
    console = new_console(color)
    for number in numbers:
        put(console, hint_page(hints[number - 1], number, total, slug), "")
    named = f" {shlex.quote(slug)}" if name is not None else ""
    words = f"{named}{course_option(folder)}"
    put(console, Text(_after_hint(numbers[-1], total, before, words), "dim"))
    return Exit.PASSED


def _after_hint(number: int, total: int, before: int, words: str) -> str:
    """Say what comes after hint `number`, when `before` had been seen.

    `words` are those that a command needs to be about the same exercise.
    """
    if number < total:
        return f"{command(f'grade hint{words}')} shows the next one; {total - number} to go"
    if before < total:
        together = command(f"grade hint{words} --all")
        return f"that was the last hint; {together} shows them together"
    reveal = command(f"grade solution{words} --reveal")
    return f"you have seen every hint; {reveal} shows a solution, if you want it"


def forget_hints(name: str | None, folders: Sequence[Path], color: Color) -> int:
    """Begin again with the first hint."""
    with Progress.open() as progress:
        folder = choose.current(name, folders, progress)
        slug = folder.exercise.slug
        progress.set_hints_shown(slug, 0)
    hint = command(command_for(folder, "hint"))
    put(new_console(color), f"{slug}: {hint} starts again with the first hint")
    return Exit.PASSED


def show_solution(name: str | None, folders: Sequence[Path], color: Color, *, reveal: bool) -> int:
    """Show the solution after a pass, or if it is asked for explicitly."""
    with Progress.open() as progress:
        folder = choose.current(name, folders, progress)
        slug = folder.exercise.slug
        standing, hints = progress.standing(slug), len(read_hints(folder))
        available = progress.available
    if not (standing.passed or reveal or available):
        raise CommandWrong(
            f"your progress isn't available, so it's unknown whether you have passed {slug}; "
            f"{command_for(folder, 'solution', '--reveal')} shows the solution now"
        )
    if not (standing.passed or reveal):
        hint = command(command_for(folder, "hint"))
        more = "" if standing.hints >= hints else f" {hint} gives you the next step."
        reveal_command = command_for(folder, "solution", "--reveal")
        error_console = new_console(color, stderr=True)
        put(
            error_console,
            f"You have not passed {slug} yet, and a solution teaches most after you have tried it "
            f"yourself.{more}",
            "",
            steps([(reveal_command, "shows it now")], error_console.width),
        )
        return Exit.NOT_PASSED
    text = course_text(folder.solution)
    console = new_console(color)
    if console.is_terminal:
        print_paged(console, solution_page(folder, text))
    else:
        sys.stdout.write(text)
    return Exit.PASSED


def list_rules(color: Color) -> int:
    """List every rule under its check."""
    console = new_console(color)
    rules = choose.rules()
    width = max((len(rule.id) for rule in rules), default=0)
    for check, group in groupby(rules, key=lambda rule: rule.check):
        put(console, Text(str(check), "bold"))
        for rule in group:
            put(console, _entry(rule.id, width, rule.title, console.width))
    put(console, Text(f"\n{command('grade explain RULE')} says more about one of them", "dim"))
    return Exit.PASSED


def _entry(name: str, width: int, text: str, room: int) -> Text:
    """Return `  name   text`, the text wrapped under itself."""
    indent = width + 4
    line = Text(f"  {name:<{width}}  ")
    return line.append(f"\n{'':{indent}}".join(wrap(text, max(room - indent, 20))))


def open_rule(name: str | None) -> int:
    """Open the website's page about a rule, or about all, in the browser, and print its address.

    Without a website, it is the documentation of the argument at fault.
    """
    import webbrowser

    rule = None if name is None else choose.rule_named(name)
    address = rule_address(None if rule is None else rule.id)
    if address is None and rule is None:
        raise CommandWrong(f"there is no website: set {SITE_VARIABLE} to its address")
    if address is None and rule is not None:
        address = rule.link
        print(f"note: {SITE_VARIABLE} isn't set: this is the library's page", file=sys.stderr)
    print(address, flush=True)
    webbrowser.open(str(address))
    return Exit.PASSED


def explain_rule(name: str, color: Color) -> int:
    """Explain one rule."""
    print_paged(new_console(color), rule_page(choose.rule_named(name)))
    return Exit.PASSED
