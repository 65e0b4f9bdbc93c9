"""`--help`: the commands, arguments and options, in plain columns that hold at any width."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.cli.console import console, rendered

Row = tuple[str, str]

# Click's classes move between versions of Typer, so commands and parameters are Any.


def help_text(
    usages: Iterable[str],
    about: str,
    sections: Iterable[tuple[str, Iterable[Row]]],
    epilog: str = "",
) -> str:
    """Return a page of help; each section is a title and its rows."""
    page = Group(
        Text(about),
        Text(),
        _table(zip(["Usage:", *repeat("", 9)], usages, strict=False)),
        *(part for title, rows in sections for part in _section(title, list(rows))),
        *([Text(), Text(epilog)] if epilog else []),
    )
    return rendered(console(), page)


def _section(title: str, rows: list[Row]) -> list[RenderableType]:
    if not rows:
        return []
    return [Text(), Text(title, style="bold"), Padding(_table(rows), (0, 0, 0, 2))]


def _table(rows: Iterable[Row]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True, min_width=8)
    table.add_column()
    for name, text in rows:
        table.add_row(Text(name), Text(text))
    return table


def usage_of(path: str, params: Iterable[Any]) -> str:
    """Return how a command is called: `grade start [OPTIONS] [EXERCISE] [PATH]`."""
    arguments = [
        each.metavar if each.required else f"[{each.metavar}]"
        for each in params
        if each.param_type_name == "argument"
    ]
    return " ".join([path, *arguments, "[OPTIONS]"])


def argument_rows(params: Iterable[Any]) -> list[Row]:
    """Return a row for each argument."""
    return [(each.metavar, each.help) for each in params if each.param_type_name == "argument"]


def option_rows(params: Iterable[Any]) -> list[Row]:
    """Return a row for each option that is not hidden."""
    return [
        (_option_name(each), _option_text(each))
        for each in params
        if each.param_type_name == "option" and not each.hidden
    ]


def _option_name(option: Any) -> str:  # noqa: ANN401
    names = ", ".join(sorted(option.opts, key=len))
    return names if option.is_flag else f"{names} {option.metavar}"


def _option_text(option: Any) -> str:  # noqa: ANN401
    shown = option.default is not None and not option.is_flag
    return f"{option.help} (default {option.default})" if shown else str(option.help)


def command_rows(commands: Iterable[Any]) -> list[Row]:
    """Return a row for each command."""
    return [(each.name, each.help.rstrip(".")) for each in commands]
