"""The commands of `grade` with their arguments; each imports what it needs when it runs.

`grade --help` has to answer at once, so nothing here imports rich, numpy or jax at its top.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.models import CommandInfo

from grader.authoring.like import Like
from grader.cli import coercion
from grader.cli import options as given
from grader.cli.app import GRADE, Command, GradeCommand, GradeGroup
from grader.cli.early import STDIN
from grader.cli.folders import exercise_folders
from grader.cli.missing import meant_command, no_such_file
from grader.cli.version import version_line
from grader.errors import CommandWrong
from grader.gradebook.request import ClassRequest
from grader.grading.color import Color
from grader.grading.request import Front, GradingRequest

app = typer.Typer(
    name="grade",
    cls=GradeGroup,
    help="Grade JAX and Flax exercises: what is wrong, which idea it is, and where.",
    epilog="Write ./list for a file with the name of a command.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)
LEARN = "Learn"
AROUND = "Around it"


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(version_line())
        raise typer.Exit


VersionOption = Annotated[
    bool,
    typer.Option(
        "--version",
        callback=_version,
        is_eager=True,
        help="Show the versions of grade, jax and flax, and exit.",
    ),
]


@app.callback(invoke_without_command=True)
def welcome(context: typer.Context, version: VersionOption = False) -> int:  # noqa: ARG001
    """Grade JAX and Flax exercises: what is wrong, which idea it is, and where."""
    if context.invoked_subcommand is not None:
        return 0
    if not sys.stdout.isatty():
        typer.echo(context.get_help())
        return 0
    from grader.cli.standing import show_welcome

    return show_welcome()


@app.command(GRADE, cls=GradeCommand, hidden=True)
@given.takes(Front.COMMAND)
def grade(files: given.FilesArgument, request: GradingRequest) -> int:
    """Grade files, or standard input for `-`."""
    meant = meant_command(files, _command_names())
    if meant is not None:
        raise CommandWrong(meant)
    if len(files) == 1 and str(files[0]) != STDIN and not os.path.lexists(files[0]):
        from grader.cli.choose import exercise_for_file

        other = exercise_for_file(files[0], request.exercises)
        raise CommandWrong(other or no_such_file(files[0]))
    from grader.cli.grading import grade_files

    return grade_files(tuple(files), request)


def _command_names() -> list[str]:
    return [name_of(each) for each in app.registered_commands if not each.hidden]


def name_of(command: CommandInfo) -> str:
    """Return the word that a command is called by."""
    return str(command.name or getattr(command.callback, "__name__", ""))


ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")]


@app.command("list", cls=Command, rich_help_panel=LEARN)
def list_(color: given.ColorOption = Color.AUTO, exercises: given.ExercisesOption = None) -> int:
    """List the exercises and your progress."""
    from grader.cli.standing import list_exercises

    return list_exercises(exercise_folders(exercises), color)


@app.command(cls=Command, rich_help_panel=LEARN)
def show(
    exercise: given.ExerciseArgument = None,
    color: given.ColorOption = Color.AUTO,
    exercises: given.ExercisesOption = None,
) -> int:
    """Show an exercise's lesson and task."""
    from grader.cli.learn import show_lesson

    return show_lesson(exercise, exercise_folders(exercises), color)


@app.command(cls=Command, rich_help_panel=LEARN)
def start(
    exercise: Annotated[
        str | None,
        given.argument(
            "EXERCISE",
            "The exercise; by default the first one that you haven't passed.",
            given.complete_exercise,
        ),
    ] = None,
    path: Annotated[
        Path | None,
        given.argument(
            "PATH",
            "Where to put your file; by default in this folder.",
            given.complete_file,
            coercion.path,
        ),
    ] = None,
    force: ForceOption = False,
    color: given.ColorOption = Color.AUTO,
    exercises: given.ExercisesOption = None,
) -> int:
    """Start an exercise: copy its starter file."""
    from grader.cli.learn import start_exercise

    return start_exercise(exercise, path, exercise_folders(exercises), color, overwrite=force)


@app.command("next", cls=Command, rich_help_panel=LEARN)
def next_(
    skip: Annotated[
        bool, typer.Option("--skip", help="Go on even if you haven't passed the current one.")
    ] = False,
    color: given.ColorOption = Color.AUTO,
    exercises: given.ExercisesOption = None,
) -> int:
    """Start the next exercise of the course, once you have passed the current one."""
    from grader.cli.onward import next_exercise

    return next_exercise(exercise_folders(exercises), color, skip=skip)


@app.command(cls=Command, rich_help_panel=LEARN)
def reset(
    exercise: Annotated[str, given.argument("EXERCISE", "The exercise.", given.complete_exercise)],
    file: Annotated[
        Path | None,
        given.argument(
            "FILE",
            "Your file; by default the one that you started or graded last.",
            given.complete_file,
            coercion.path,
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
    color: given.ColorOption = Color.AUTO,
    exercises: given.ExercisesOption = None,
) -> int:
    """Begin an exercise again: put the starter in place of your file, and keep a copy."""
    from grader.cli.reset import reset_exercise

    return reset_exercise(exercise, file, exercise_folders(exercises), color, yes=yes)


@app.command(cls=Command, rich_help_panel=LEARN)
@given.takes(Front.WATCH)
def watch(file: given.FileArgument, request: GradingRequest) -> int:
    """Grade a file again on every save."""
    from grader.cli.watch import watch as watch_file

    return watch_file(file, request)


@app.command(cls=Command, rich_help_panel=LEARN)
def hint(
    exercise: given.ExerciseArgument = None,
    every: Annotated[bool, typer.Option("--all", help="Show all hints at once.")] = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Forget which hints you have seen.")
    ] = False,
    color: given.ColorOption = Color.AUTO,
    exercises: given.ExercisesOption = None,
) -> int:
    """Show the next hint, one more each time."""
    from grader.cli.learn import forget_hints, show_hints

    folders = exercise_folders(exercises)
    if reset:
        return forget_hints(exercise, folders, color)
    return show_hints(exercise, folders, color, every=every)


@app.command(cls=Command, rich_help_panel=LEARN)
def solution(
    exercise: given.ExerciseArgument = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Show it even if you haven't passed yet.")
    ] = False,
    color: given.ColorOption = Color.AUTO,
    exercises: given.ExercisesOption = None,
) -> int:
    """Show the solution, once you have passed."""
    from grader.cli.learn import show_solution

    return show_solution(exercise, exercise_folders(exercises), color, reveal=reveal)


@app.command(cls=Command, rich_help_panel=LEARN)
def explain(
    rule: Annotated[
        str | None,
        given.argument(
            "RULE", "The rule, as named in a finding; by default all of them.", given.complete_rule
        ),
    ] = None,
    web: Annotated[
        bool, typer.Option("--web", help="Open it in the browser (GRADER_SITE is the website).")
    ] = False,
    color: given.ColorOption = Color.AUTO,
) -> int:
    """Explain a mistake: what it means, why it matters, wrong and right code."""
    from grader.cli.learn import explain_rule, list_rules, open_rule

    if web:
        return open_rule(rule)
    return list_rules(color) if rule is None else explain_rule(rule, color)


@app.command(cls=Command, rich_help_panel=LEARN)
def history(
    exercise: Annotated[
        str | None, given.argument("EXERCISE", "Only this exercise.", given.complete_exercise)
    ] = None,
    last: Annotated[
        int,
        typer.Option(
            "--last",
            "-n",
            metavar="N",
            callback=coercion.whole(1, 10**6),
            help="How many attempts to show.",
        ),
    ] = 20,
    color: given.ColorOption = Color.AUTO,
    exercises: given.ExercisesOption = None,
) -> int:
    """Show your attempts and their verdicts."""
    from grader.cli.standing import show_history

    return show_history(exercise, exercise_folders(exercises), color, last=last)


@app.command(cls=Command, rich_help_panel=LEARN)
def progress(
    direction: Annotated[
        given.Direction,
        given.argument(
            "export|import",
            "What to do.",
            given.complete_direction,
            coercion.choice(given.Direction),
        ),
    ],
    file: Annotated[
        Path,
        given.argument(
            "FILE",
            "A JSON file; - for standard output or input.",
            given.complete_file,
            coercion.path,
        ),
    ],
    force: ForceOption = False,
) -> int:
    """Move your progress to another machine: export it to a file, import it there."""
    from grader.cli.moving import move_progress

    return move_progress(direction, file, overwrite=force)


@app.command("class", cls=Command, rich_help_panel=AROUND)
@given.takes(Front.CLASS, ClassRequest)
def class_(path: given.ClassArgument, request: ClassRequest) -> int:
    """Grade a class's submissions: gradebook, exports, and what the class got wrong."""
    from grader.cli.classroom import grade_class

    return grade_class(path, request)


@app.command(cls=Command, rich_help_panel=AROUND)
@given.takes(Front.EDITOR)
def lsp(request: GradingRequest) -> int:
    """Show findings in your editor at every save, as a language server."""
    from grader.cli.editor import serve

    return serve(request)


@app.command(cls=Command, rich_help_panel=AROUND)
def doctor(color: given.ColorOption = Color.AUTO) -> int:
    """Show versions, the cache, and which protections are active here."""
    from grader.cli.doctor import doctor as examine

    return examine(color)


@app.command(cls=Command, rich_help_panel=AROUND)
def new(
    exercise: Annotated[str, given.argument("EXERCISE", "Its name, in kebab case.")],
    folder: Annotated[Path, given.argument("DIR", "Your course's folder.", convert=coercion.path)],
    like: given.LikeOption = Like.LINEN,
) -> int:
    """Write the skeleton of a new exercise, for course authors."""
    from grader.cli.authoring import new as write_skeleton

    return write_skeleton(exercise, folder, like)


@app.command(cls=Command, rich_help_panel=AROUND)
def verify(
    names: Annotated[
        list[str] | None,
        given.argument(
            "EXERCISE...",
            "The exercises; by default those of your course, or all.",
            given.complete_exercise,
        ),
    ] = None,
    color: given.ColorOption = Color.AUTO,
    exercises: given.ExercisesOption = None,
) -> int:
    """Check that exercises are right, for course authors."""
    from grader.cli.authoring import verify as check

    return check(names or (), exercise_folders(exercises), color)
