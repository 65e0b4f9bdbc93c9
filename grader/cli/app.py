"""The Typer app: which word is a command and which a file, and how each outcome is reported."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from copy import copy
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from grader.cli.coercion import lighten
from grader.cli.problem import folder_is_gone, visible
from grader.cli.streams import output_failure, prepare_streams
from grader.errors import (
    TRACEBACK_VARIABLE,
    ClusterBroken,
    CommandWrong,
    ExerciseBroken,
    Exit,
    GradebookBroken,
    broken_words,
)
from grader.grading.machine import lacks
from grader.suggestion import did_you_mean

GRADE = "FILE..."
"""The command that runs if the first word isn't a command; nobody can type its name."""

_MANY_OBJECTS = 20_000
"""Python's own threshold, 700, is for programs that don't know what they make."""

_COMPLETION = "_GRADE_COMPLETE"
"""The environment variable with which a shell asks for completions."""

# Click's Context is a different class in each version of Typer, so it's Any here.


class GradeGroup(TyperGroup):
    """The commands, with `grade FILE` as the default."""

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401
        """Return the parameters with converters of our own."""
        return lighten(super().get_params(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        """Put the default command's name before arguments that don't start with a command."""
        own = {name for param in self.get_params(ctx) for name in param.opts}
        if args and args[0] not in self.commands and args[0] not in own:
            args = [GRADE, *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:  # noqa: ANN401
        """Offer commands, then the files and options of the default command."""
        grade = self.commands[GRADE]
        found = [
            *super().shell_complete(ctx, incomplete),
            *grade.params[0].shell_complete(ctx, incomplete),
            *grade.shell_complete(ctx, incomplete),
        ]
        return list({item.value: item for item in found}.values())

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """Show every command, and the default command's arguments and options."""
        from grader.cli import help as page

        grade = self.commands[GRADE]
        options = page.option_rows([*grade.params, *self.get_params(ctx)])
        text = page.help_text(
            usages=(page.usage_of("grade", grade.params), "grade COMMAND [ARGUMENTS]"),
            about=self.help or "",
            sections=[*self._command_sections(), ("Options of grade FILE", options)],
            epilog=self.epilog or "",
        )
        formatter.write(text)

    def _command_sections(self) -> list[tuple[str, list[tuple[str, str]]]]:
        from grader.cli.commands import app, name_of
        from grader.cli.help import command_row

        panels: dict[str, list[tuple[str, str]]] = {}
        for each in app.registered_commands:
            if not each.hidden:
                row = command_row(name_of(each), each.callback)
                panels.setdefault(str(each.rich_help_panel), []).append(row)
        return [*panels.items()]


class Command(TyperCommand):
    """A command with a name."""

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401
        """Return the parameters with converters of our own."""
        return lighten(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """Show the command's own help."""
        from grader.cli import help as page

        params = self.get_params(ctx)
        text = page.help_text(
            usages=(page.usage_of(ctx.command_path, params),),
            about=self.help or "",
            sections=[
                ("Arguments", page.argument_rows(params)),
                ("Options", page.option_rows(params)),
            ],
        )
        formatter.write(text)


class GradeCommand(Command):
    """`grade FILE`; its help is the program's."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """Show the help of `grade`."""
        ctx.parent.command.format_help(ctx.parent, formatter)


def run(argv: Sequence[str]) -> int:
    """Run the command line `argv` (without the program's name); return the exit code."""
    prepare_streams()
    try:
        return _finished(_invoke(argv))
    except KeyboardInterrupt:
        return _interrupted()
    except SystemExit as leaving:  # completion, and a command that ended the process itself
        return _code(leaving.code)


def _invoke(argv: Sequence[str]) -> int:
    try:
        commands = _commands(argv)
        _collect_seldom()
        result = commands.main(list(argv), prog_name="grade", standalone_mode=False)
    except typer.Abort:
        return _interrupted()
    except (CommandWrong, ExerciseBroken, GradebookBroken, ClusterBroken) as error:
        return _say(f"{error.about}{error}", error.code)
    except Exception as error:  # noqa: BLE001 - the last line before the learner's eyes
        if hasattr(error, "format_message"):  # Typer's and Click's own, whichever they derive from
            return _say(_usage_line(error), Exit.WRONG_COMMAND)
        return _broken(error)
    # Typer turns an interrupt into this code without a word.
    return _interrupted() if result == Exit.INTERRUPTED else _code(result)


def _collect_seldom() -> None:
    """Collect garbage again, but not among what was imported, nor after each few objects.

    A short command only imports; a long one makes few cycles, and they are small.
    """
    gc.freeze()
    gc.set_threshold(_MANY_OBJECTS)
    gc.enable()


def _commands(argv: Sequence[str]) -> Any:  # noqa: ANN401
    """Return Click's form of the commands that `argv` needs, since making all takes a while."""
    from grader.cli.commands import app, name_of

    if _COMPLETION in os.environ:
        return get_command(app)
    needed = {GRADE, *argv[:1]}
    chosen = copy(app)
    chosen.registered_commands = [
        each for each in app.registered_commands if name_of(each) in needed
    ]
    return get_command(chosen)


def _code(result: object) -> int:
    return result if isinstance(result, int) else 0


def _finished(code: int) -> int:
    """Write out what is buffered; a full disk must not look like success."""
    sys.stdout.flush()
    failure = output_failure()
    if failure is None:
        return code
    return _say(f"the output could not be written: {failure.strerror}", Exit.BROKEN)


def _say(text: str, code: Exit) -> int:
    line = " ".join(text.split())
    typer.echo(f"grade: {visible(line)}", err=True)
    return int(code)


def _interrupted() -> int:
    if sys.stderr.isatty():
        typer.echo(err=True)  # the terminal has put ^C on this line
    return _say("interrupted", Exit.INTERRUPTED)


def _broken(error: Exception) -> int:
    if folder_is_gone():
        gone = "the current folder is gone; change to another (cd) and try again"
        return _say(gone, Exit.WRONG_COMMAND)
    if os.environ.get(TRACEBACK_VARIABLE):
        from traceback import print_exception

        print_exception(error)
    if isinstance(error, (OSError, MemoryError)) and (missing := lacks()):
        return _say("; ".join(missing), Exit.BROKEN)
    return _say(broken_words(error), Exit.BROKEN)


def _usage_line(error: Any) -> str:  # noqa: ANN401
    """Report in our own style what Typer found wrong with the command line."""
    option = getattr(error, "option_name", None)
    if type(error).__name__ == "NoSuchOption" and option:
        return f"there is no option {option}{did_you_mean(option, _options(error))}"
    context = getattr(error, "ctx", None)
    name = context.command.name if context and context.parent else None
    where, command = (f"{name}: ", f"grade {name}") if name and name != GRADE else ("", "grade")
    text = str(error.format_message()).rstrip(".")
    return f"{where}{text[:1].lower()}{text[1:]}; {command} --help shows how"


def _options(error: Any) -> list[str]:  # noqa: ANN401
    """Return the options that could have been meant: the command's, and the program's own."""
    context, names = getattr(error, "ctx", None), []
    while context is not None:
        names += [name for param in context.command.get_params(context) for name in param.opts]
        context = context.parent
    return names
