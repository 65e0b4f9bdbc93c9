"""The report that a learner reads in a terminal; `design.md`, "What a learner reads", is its form.

Everything is laid out as complete lines before printing, so pipes, narrow windows and golden files
get the same text, and rich only adds colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from rich.console import Console
from rich.text import Text

from grader.model.report import Report
from grader.render.blocks import later_lines, report_lines
from grader.render.console import page_for
from grader.render.layout import Line, Role
from grader.render.summary import summary_table

# No yellow, white or bright colour: they vanish on a light background.
_STYLES = {
    Role.PLAIN: "",
    Role.STRONG: "bold",
    Role.FAINT: "dim",
    Role.PASSED: "bold green",
    Role.ERROR: "bold red",
    Role.WARNING: "bold magenta",
    Role.NOTE: "bold cyan",
}


def render_terminal(
    report: Report, console: Console, *, verbose: bool = False, quiet: bool = False
) -> None:
    """Print `report`. `verbose` adds timings, versions and snippets; `quiet` keeps the essentials.

    With `quiet` it prints a line per finding, `path:line:column: message [rule]`, and the verdict.
    """
    lines = report_lines(report, page_for(console), verbose=verbose, quiet=quiet)
    print_lines(lines, console)


def render_later(report: Report, console: Console, shown: int, *, verbose: bool = False) -> None:
    """Print what a repair adds to a report of which `shown` findings are printed already."""
    print_lines(later_lines(report, page_for(console), shown, verbose=verbose), console)


def render_summary(reports: Sequence[Report], console: Console) -> None:
    """Print a table of several reports."""
    print_lines(summary_table(reports, page_for(console)), console)


def print_lines(lines: list[Line], console: Console) -> None:
    """Print laid-out lines without wrapping, markup or highlighting."""
    for line in lines:
        text = Text(no_wrap=True, end="")
        for role, pieces in groupby(line, key=attrgetter("role")):
            text.append("".join(piece.text for piece in pieces), style=_STYLES[role])
        text.rstrip()
        console.print(text, soft_wrap=True, highlight=False, markup=False, emoji=False)
