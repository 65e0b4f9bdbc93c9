"""Wording that several commands share."""

from __future__ import annotations

import contextlib
import os
import shlex
from pathlib import Path

DOT = "\u00b7"


def count(number: int, noun: str) -> str:
    """Return `1 hint`, `2 hints`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def shown_path(path: Path) -> str:
    """Return `path` as one would type it: relative if it is inside this folder, and quoted."""
    with contextlib.suppress(ValueError, OSError):
        path = path.relative_to(Path.cwd())
    text = str(path)
    if os.name == "nt":
        return f'"{text}"' if " " in text else text
    return shlex.quote(text) if text.isprintable() else _ansi_quoted(text)


def _ansi_quoted(text: str) -> str:
    r"""Quote what doesn't print as bash, zsh and ksh have it: `$'l\xf6sung.py'`."""
    quoted = []
    for char in text:
        if char in "\\'":
            quoted.append(f"\\{char}")
        elif char.isprintable():
            quoted.append(char)
        else:
            quoted += [f"\\x{byte:02x}" for byte in os.fsencode(char)]
    return f"$'{''.join(quoted)}'"
