"""The consoles that commands print to, and the pager for pages longer than the screen."""

from __future__ import annotations

import os
import re
import shlex
import sys
from textwrap import wrap
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from grader.cli.problem import visible
from grader.grading.color import Color
from grader.render.console import page_width, usable
from grader.render.layout import COMMAND_SPACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType


def console(color: Color = Color.AUTO, *, stderr: bool = False) -> Console:
    """Return a console on which nothing acts as markup; `auto` follows the terminal.

    NO_COLOR takes away bold and italics too, as in reports.
    """
    always = color is Color.ALWAYS
    plain = color is Color.NEVER or (not always and bool(os.environ.get("NO_COLOR")))
    depth: Literal["auto", "standard"] = "standard" if always and _dumb() else "auto"
    stream = sys.stderr if stderr else sys.stdout
    return Console(
        stderr=stderr,
        width=page_width(stream, os.environ),
        markup=False,
        emoji=False,
        highlight=False,
        force_terminal=True if always else None,
        no_color=False if always else None,
        color_system=None if plain else depth,
        _environ=usable(os.environ),
    )


def _dumb() -> bool:
    """Whether the terminal says that it has no colours."""
    return os.environ.get("TERM", "") in ("", "dumb", "unknown")


def put(console: Console, *pages: RenderableType | str) -> None:
    """Print `pages` without the blanks that rich fills the ends of lines with."""
    console.file.write(rendered(console, *pages))
    console.file.flush()


def rendered(console: Console, *pages: RenderableType | str) -> str:
    """Return `pages` as they would be printed by `put`."""
    with console.capture() as captured:
        for page in pages:
            whole = isinstance(page, Text) and page.no_wrap  # which printing it forgets
            # Not cropped: a link that is cut off leads nowhere.
            console.print(
                page,
                crop=False,
                no_wrap=True if whole else None,
                overflow="ignore" if whole else None,
            )
    return re.sub(r" +$", "", captured.get(), flags=re.MULTILINE).replace(COMMAND_SPACE, " ")


def command(text: str) -> str:
    """Return a command for a sentence, which is then wrapped before or after it and never in it."""
    return text.replace(" ", COMMAND_SPACE)


def command_line(text: str) -> Text:
    """Return a line with a command, which stays one line however narrow the page is."""
    return Text(text, no_wrap=True, overflow="ignore")


def steps(rows: Sequence[tuple[str, str]], room: int) -> Text:
    """Return commands and what each is for, beside it or below where it doesn't fit beside."""
    width = max((cell_len(step) for step, _ in rows), default=0)
    beside = all(width + cell_len(purpose) + 4 <= room for _, purpose in rows)
    text = command_line("")
    for step, purpose in rows:
        text.append(f"  {step}", "bold")
        if beside:
            text.append(f"{' ' * (width - cell_len(step))}  {purpose}\n")
        else:
            lines = wrap(purpose, max(room - 6, 20)) or [""]
            text.append("".join(f"\n      {line}" for line in lines) + "\n")
    text.rstrip()
    return text


def print_paged(console: Console, *pages: RenderableType) -> None:
    """Print `pages`, through the learner's pager if they are longer than the terminal is high."""
    text = rendered(console, *pages)
    long = _interactive(console) and text.count("\n") >= console.height
    pager = _pager() if long else []
    if not pager or not _through(pager, text):
        console.file.write(text)
        console.file.flush()


def _interactive(console: Console) -> bool:
    return console.is_terminal and sys.stdout.isatty() and sys.stdin.isatty()


def _pager() -> list[str]:
    """Return the pager's command, empty where there is none that keeps colours.

    As everywhere, a `PAGER` that is set to nothing asks for none.
    """
    import shutil

    chosen = os.environ.get("PAGER")
    if chosen is None:
        return ["less"] if not _dumb() and shutil.which("less") else []
    try:
        wanted = shlex.split(chosen)
    except ValueError as error:
        return _no_pager(f"PAGER isn't a command ({error}): {chosen}")
    if wanted and not shutil.which(wanted[0]):
        return _no_pager(f"PAGER names a program that is not there: {wanted[0]}")
    return wanted


def _no_pager(why: str) -> list[str]:
    print(f"note: {visible(why)}", file=sys.stderr)
    return []


def _through(pager: list[str], text: str) -> bool:
    """Show the text in the pager; return whether it took it."""
    import signal
    import subprocess

    # FRX: leave when all of it fits, show colours, leave the text on the screen at the end.
    environment = {"LESS": "FRX", "LESSCHARSET": "utf-8", **os.environ}
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the pager
    try:
        ended = subprocess.run(  # noqa: S603 - the pager is the learner's own choice
            pager, input=text, text=True, encoding="utf-8", env=environment, check=False,
            errors="backslashreplace",
        )  # fmt: skip
    except OSError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return ended.returncode <= 0  # above 0 it could not do it; below, it was ended by a signal
