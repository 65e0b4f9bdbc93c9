"""`grade new` and `grade verify`: start an exercise, and check one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from rich.text import Text

from grader.cli.bar import Bar
from grader.cli.console import console as new_console
from grader.cli.console import put
from grader.cli.problem import visible
from grader.cli.words import DOT, count, shown_path
from grader.errors import CommandWrong, Exit, NameWrong
from grader.grading.color import Color
from grader.model.exercise import ExerciseFolder
from grader.render.console import takes
from grader.suggestion import did_you_mean

if TYPE_CHECKING:
    from rich.console import Console

    from grader.authoring.course import Found
    from grader.authoring.like import Like
    from grader.authoring.line import Line

_NAME_WIDTH: Final = 12
_MARKS: Final = {"right": ("✓", "+"), "wrong": ("✗", "x"), "skipped": (DOT, "-")}
_STYLES: Final = {"right": "green", "wrong": "red", "skipped": "dim"}


# --------------------------------------------------------------------------------------------- new


def new(exercise: str, folder: Path, like: Like) -> int:
    """Write the skeleton of an exercise into a course's folder. Raises `CommandWrong`."""
    from grader.authoring.skeleton import Skeleton

    try:
        skeleton = Skeleton.of(exercise, folder, like)
    except NameWrong as error:
        raise CommandWrong(f"{visible(exercise)}: {error}") from error
    _refuse_taken(skeleton.slug, skeleton.written, folder)
    try:
        skeleton.write()
    except FileExistsError as error:
        raise CommandWrong(
            f"{visible(str(error.filename))} already exists and is left as it is"
        ) from error
    except OSError as error:
        where = visible(str(folder))
        raise CommandWrong(f"{where} can't be written to: {error.strerror}") from error
    put(new_console(), _written(skeleton.folder, skeleton.solution, exercise, folder))
    return Exit.PASSED


def _refuse_taken(slug: str, written: tuple[str, ...], folder: Path) -> None:
    """Refuse a name that would make two exercises of one name, or of the same functions."""
    from grader.authoring.course import course

    for each in itertools.chain(*course([folder])):
        if slug == each.slug:
            raise CommandWrong(f"{slug} is an exercise already; choose another name")
        if isinstance(each, ExerciseFolder) and set(written) == set(each.exercise.written):
            raise CommandWrong(
                f"{slug} would ask for {' and '.join(written)}, as {each.slug} does; "
                "choose another name"
            )


def _written(exercise: Path, solution: Path, slug: str, folder: Path) -> Text:
    course = shown_path(folder.absolute())
    steps = (
        (f"grade verify {slug} --exercises {course}", "what is left to do"),
        (f"grade {shown_path(solution.absolute())} --exercises {course}", "the solution passes"),
    )
    text = Text(no_wrap=True, overflow="ignore")  # a command that is cut in two can't be copied
    for path in (exercise, solution):
        text.append(f"{shown_path(path.absolute())}\n", "bold")
    text.append("\nThis is a small exercise that works. Turn it into yours, file by file.\n")
    text.append("\nnext:\n")
    for command, purpose in steps:
        text.append(f"  {command}\n", "bold").append(f"      {purpose}\n")
    text.rstrip()
    return text


# ------------------------------------------------------------------------------------------ verify


def verify(names: Sequence[str], folders: Sequence[Path], color: Color) -> int:
    """Verify the named exercises, else the course's own, else all. Raises `CommandWrong`."""
    from concurrent.futures import ThreadPoolExecutor

    from grader.authoring.course import course
    from grader.authoring.grades import AT_A_TIME
    from grader.authoring.verify import Verification
    from grader.grading.session import Session
    from grader.labels import labelled

    shipped, own = course(folders)
    wanted = _chosen(names, shipped, own)
    known = [each for each in (*shipped, *own) if isinstance(each, ExerciseFolder)]
    console = new_console(color)
    right = 0
    gradings = sum(len(labelled(each)) for each in wanted if isinstance(each, ExerciseFolder))
    with (
        ThreadPoolExecutor(1) as background,  # it ends at once when the session is closed
        Session(gradings=gradings, at_once=AT_A_TIME) as session,
        Bar("  grading") as bar,
    ):
        waiting = [Verification(found, known, session) for found in wanted]
        for each in waiting[1:2]:
            each.begin(background)  # beside the first solution, which has nothing else to wait for
        for found in wanted:
            put(console, _heading(found))
            wrong = False
            current = waiting.pop(0)
            following = [partial(each.begin, background) for each in waiting[1:2]]
            for line in current.lines(bar.tell, *following):
                with bar.aside():
                    put(console, *_rows(line, console))
                wrong = wrong or bool(line.problems)
            right += not wrong
            put(console, "")
    put(console, _conclusion(right, len(wanted)))
    return Exit.PASSED if right == len(wanted) else Exit.NOT_PASSED


def _chosen(
    names: Sequence[str], shipped: Sequence[Found], own: Sequence[Found]
) -> Sequence[Found]:
    if not names:
        return own or shipped
    chosen: list[Found] = []
    for name in names:
        found = [each for each in (*shipped, *own) if name in _names(each)]
        if not found:
            meant = did_you_mean(name, [each.slug for each in (*shipped, *own)])
            if Path(name, "exercises").is_dir():
                meant = f"; grade verify --exercises {visible(name)} verifies that folder's"
            raise CommandWrong(f"there is no exercise {visible(name)}{meant}")
        chosen += [each for each in found if each not in chosen]
    return chosen


def _names(found: Found) -> set[str]:
    return {*found.names, found.folder.name.replace("_", "-")}


def _heading(found: Found) -> Text:
    return Text.assemble((found.slug, "bold"), (f"  {shown_path(found.folder)}", "dim"))


def _rows(line: Line, console: Console) -> Iterator[Text]:
    """Yield the line, and under it what is missing, wrapped."""
    fancy, plain = _MARKS[line.state]
    mark = fancy if takes(fancy, console.encoding) else plain
    said = line.said if not line.problems else f"{count(len(line.problems), 'thing')} to fix"
    row = Text.assemble(
        (f"  {mark} ", _STYLES[line.state]), (f"{line.name:<{_NAME_WIDTH}}", "bold"), said
    )
    yield row if not line.skipped else Text(row.plain, "dim")
    for problem in line.problems:
        lines = wrap(visible(problem), max(console.width - 8, 30), break_on_hyphens=False)
        yield from (Text(f"      {' ' if n else '-'} {part}") for n, part in enumerate(lines))


def _conclusion(right: int, total: int) -> str:
    if total == 1:
        return "The exercise is right." if right else "The exercise is not right yet."
    return f"{right} of {count(total, 'exercise')} are right."
