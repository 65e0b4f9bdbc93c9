"""The console that a report is printed on: its colours, its width, the characters it can show.

The learner's choice comes first (`--color`), then the environment, then the kind of stream.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import IO

from rich.console import Console

from grader.render.layout import ASCII, UNICODE, Page

# A longer line is hard to read however wide the window is.
WIDEST = 100
NARROWEST = 40
DEFAULT_WIDTH = 80
_IS_SIZE = re.compile("[0-9]{1,4}")


def console_for(stream: IO[str], color: str, env: Mapping[str, str]) -> Console:
    """Return a console for `stream`; `color` is `auto`, `always` or `never`.

    `auto` means colour on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`; `FORCE_COLOR`
    turns it on in a pipe. `COLUMNS` sets the width; the default outside a terminal is 80 columns.
    """
    colored = _colored(stream, color, env)
    return Console(
        file=stream,
        color_system="standard" if colored else None,
        force_terminal=colored or _is_terminal(stream),
        no_color=not colored,
        width=_width(stream, env),
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        _environ={**usable(env), "NO_COLOR": "" if colored else "1", "FORCE_COLOR": ""},
    )


def page_for(console: Console) -> Page:
    """Return the page to lay out for: ASCII if the stream can't take more or is dumb."""
    encoding = console.encoding
    plain = console.is_dumb_terminal or not takes("".join(UNICODE), encoding)
    width = max(min(console.width, WIDEST), NARROWEST)
    return Page(width, ASCII if plain else UNICODE, encoding)


def _colored(stream: IO[str], color: str, env: Mapping[str, str]) -> bool:
    if color != "auto":
        return color == "always"
    if env.get("NO_COLOR"):
        return False
    if env.get("FORCE_COLOR", "") not in ("", "0"):
        return True
    return _is_terminal(stream) and env.get("TERM", "").lower() not in ("dumb", "unknown")


def _is_terminal(stream: IO[str]) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def _width(stream: IO[str], env: Mapping[str, str]) -> int:
    """Return the value of `COLUMNS` if it is a usable width, otherwise the terminal's width."""
    columns = env.get("COLUMNS", "")
    if _IS_SIZE.fullmatch(columns) and int(columns) > 0:
        return int(columns)
    if not _is_terminal(stream):
        return DEFAULT_WIDTH
    try:
        return os.get_terminal_size(stream.fileno()).columns or DEFAULT_WIDTH
    except (OSError, ValueError):
        return DEFAULT_WIDTH


def page_width(stream: IO[str], env: Mapping[str, str]) -> int:
    """Return the width to lay out for, neither too narrow nor too wide to read."""
    return max(min(_width(stream, env), WIDEST), NARROWEST)


def usable(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without invalid sizes, which rich would obey or fail on."""
    sizes = ("COLUMNS", "LINES")
    return {
        name: value
        for name, value in env.items()
        if name not in sizes or (_IS_SIZE.fullmatch(value) and int(value) > 0)
    }


def takes(text: str, encoding: str) -> bool:
    """Whether a stream of `encoding` can show `text`."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
