"""`--help`: the commands, arguments and options, in plain columns that hold at any width."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import getdoc
from itertools import repeat
from textwrap import wrap
from typing import Any

from rich.text import Text

from grader.cli.console import console, rendered

_LEAST_NAME = 8
_LEAST_TEXT = 10
"""How wide the two columns of a table are at least."""

Row = tuple[str, str]

# Click's classes move between versions of Typer, so commands and parameters are Any.


def help_text(
    usages: Iterable[str],
    about: str,
    sections: Iterable[tuple[str, Iterable[Row]]],
    epilog: str = "",
) -> str:
    """Return a page of help; each section is a title and its rows."""
    terminal = console()
    page = Text(no_wrap=True, overflow="ignore")
    _add_text(page, about, terminal.width)
    page.append("\n")
    _add_table(page, zip(["Usage:", *repeat("", 9)], usages, strict=False), terminal.width)
    for title, rows in sections:
        _add_section(page, title, list(rows), terminal.width)
    if epilog:
        page.append("\n")
        _add_text(page, epilog, terminal.width)
    page.rstrip()
    return rendered(terminal, page)


def _add_text(page: Text, text: str, width: int) -> None:
    for line in wrap(text, width, break_on_hyphens=False):
        page.append(f"{line}\n")


def _add_section(page: Text, title: str, rows: list[Row], width: int) -> None:
    if rows:
        page.append("\n").append(f"{title}\n", "bold")
        _add_table(page, rows, width, indent=2)


def _add_table(page: Text, rows: Iterable[Row], width: int, indent: int = 0) -> None:
    """Add rows of two columns: what stands in the first is bold and never wrapped."""
    rows = list(rows)
    names = max([_LEAST_NAME, *(len(name) for name, _ in rows)])
    room = max(width - indent - names - 2, _LEAST_TEXT)
    for name, text in rows:
        first, *others = wrap(text, room, break_on_hyphens=False) or [""]
        page.append(f"{'':{indent}}{name:{names}}  ", "bold").append(f"{first}\n")
        page.append("".join(f"{'':{indent + names + 2}}{line}\n" for line in others))


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


def command_row(name: str, function: object) -> Row:
    """Return the row of a command: its name, and what its docstring says."""
    return name, (getdoc(function) or "").rstrip(".")
