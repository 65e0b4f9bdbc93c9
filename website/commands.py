"""The commands, as `--help` shows them."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator

from grader.cli.commands import app
from grader.cli.run import run
from website.pages import Page


def pages() -> Iterator[Page]:
    """Yield one page with the help of `grade` and of each command."""
    names = [str(each.name or getattr(each.callback, "__name__", "")) for each in
             app.registered_commands if not each.hidden]  # fmt: skip
    parts = ["# Commands", _shown("grade", "--help")]
    parts += [f"## grade {name}\n\n{_shown('grade', name, '--help')}" for name in names]
    yield Page("Reference", "Commands", "commands.md", "\n\n".join(parts))


def _shown(_program: str, *arguments: str) -> str:
    os.environ["COLUMNS"] = "80"
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        run(arguments)
    return f"```text\n{printed.getvalue().strip()}\n```"
