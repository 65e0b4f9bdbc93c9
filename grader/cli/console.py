"""The consoles that commands print to, and the pager for what is longer than the screen."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from rich.console import Console

from grader.cli.options import Color

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

WIDEST = 100
"""Prose in longer lines than this is hard to read."""


def console(color: Color = Color.AUTO, *, stderr: bool = False) -> Console:
    """Return a console on which nothing acts as markup; `auto` follows the terminal.

    NO_COLOR takes away bold and italics too, as in reports.
    """
    always = color is Color.ALWAYS
    plain = color is Color.NEVER or (not always and bool(os.environ.get("NO_COLOR")))
    depth: Literal["auto", "standard"] = "standard" if always and _dumb() else "auto"
    made = Console(
        stderr=stderr,
        markup=False,
        emoji=False,
        highlight=False,
        force_terminal=True if always else None,
        no_color=False if always else None,
        color_system=None if plain else depth,
    )
    made.width = min(made.width, WIDEST)
    return made


def _dumb() -> bool:
    """Tell whether the terminal says of itself that it has no colours."""
    return os.environ.get("TERM", "") in ("", "dumb", "unknown")


def put(console: Console, *pages: RenderableType | str) -> None:
    """Print `pages` without the blanks that rich fills the ends of lines with."""
    console.file.write(rendered(console, *pages))
    console.file.flush()


def rendered(console: Console, *pages: RenderableType | str) -> str:
    """Return `pages` as they would be printed by `put`."""
    with console.capture() as captured:
        for page in pages:
            console.print(page, crop=False)  # a link that is cut off leads nowhere
    return re.sub(r" +$", "", captured.get(), flags=re.MULTILINE)


def print_paged(console: Console, *pages: RenderableType) -> None:
    """Print `pages`, through the learner's pager if they are longer than the terminal is high."""
    text = rendered(console, *pages)
    command = _pager()
    if command and _interactive(console) and text.count("\n") >= console.height:
        _through(command, text)
    else:
        console.file.write(text)
        console.file.flush()


def _interactive(console: Console) -> bool:
    return console.is_terminal and sys.stdout.isatty() and sys.stdin.isatty()


def _pager() -> list[str]:
    """Return the pager's command, empty where there is none that keeps colours."""
    wanted = shlex.split(os.environ.get("PAGER", ""))
    if not wanted and not _dumb():
        wanted = ["less"]
    return wanted if wanted and shutil.which(wanted[0]) else []


def _through(command: list[str], text: str) -> None:
    # FRX: leave when all of it fits, show colours, leave the text on the screen at the end.
    environment = {"LESS": "FRX", "LESSCHARSET": "utf-8", **os.environ}
    with _interrupts_ignored():
        try:
            subprocess.run(  # noqa: S603 - the pager is the learner's own choice
                command, input=text, text=True, encoding="utf-8", env=environment, check=False
            )
        except OSError:
            sys.stdout.write(text)


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Leave Ctrl-C to the pager, which handles it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
