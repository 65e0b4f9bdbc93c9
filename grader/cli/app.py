"""The Typer app: which word is a command and which a file, and how a wrong line is reported."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from grader.cli.coercion import lighten
from grader.cli.early import COMPLETION
from grader.errors import CommandWrong
from grader.suggestion import did_you_mean

GRADE = "FILE..."
"""The command that runs if the first word isn't a command; nobody can type its name."""

_MANY_OBJECTS = 20_000
"""Python's own threshold, 700, is for programs that don't know what they make."""

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


def typer_command(argv: Sequence[str]) -> Callable[[], object]:
    """Return the command that Typer reads off `argv`; it raises `CommandWrong` if that is wrong."""
    commands = _commands(argv)
    _collect_seldom()

    def command() -> object:
        try:
            return commands.main(list(argv), prog_name="grade", standalone_mode=False)
        except typer.Abort:
            raise KeyboardInterrupt from None
        except Exception as error:
            # Typer's and Click's own, whichever they derive from.
            if hasattr(error, "format_message"):
                raise CommandWrong(_usage_line(error)) from None
            raise

    return command


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

    if COMPLETION in os.environ:
        return get_command(app)
    needed = {GRADE, *argv[:1]}
    chosen = copy(app)
    chosen.registered_commands = [
        each for each in app.registered_commands if name_of(each) in needed
    ]
    return get_command(chosen)


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
