"""Starts the nursery early, from the bare command line; the grading takes it over."""

from __future__ import annotations

import ast
import contextlib
import os
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.process.launch import Launched

STDIN = "-"
"""What stands for standard input on the command line."""

COMPLETION = "_GRADE_COMPLETE"
"""The environment variable with which a shell asks for completions."""

_IDLE = frozenset(
    {"list", "show", "start", "next", "reset", "hint", "solution", "explain", "history"}
    | {"progress", "doctor", "new", "verify"}
)
_LAST = frozenset({"--help", "-h", "--version"})

_started: list[Launched] = []


def start(argv: Sequence[str]) -> None:
    """Start the nursery if `argv` looks like a grading of a file that is Python."""
    if not argv or argv[0] in _IDLE or _LAST.intersection(argv) or COMPLETION in os.environ:
        return
    if _is_elsewhere(argv) or not any(_is_program(word) for word in argv):
        return
    from grader.process.launch import can_fork, launch

    if can_fork():
        with contextlib.suppress(OSError):  # whoever grades tries again, and says why
            _started.append(launch())


def is_grading(argv: Sequence[str]) -> bool:
    """Whether `argv` is plainly `grade FILE…`, which loses nothing before a report is done."""
    first = argv[0] if argv else ""
    return first not in _IDLE | {"watch", "class"} and (first == STDIN or os.path.exists(first))


def take() -> Launched | None:
    """Return the nursery that was started, for its new owner to close."""
    return _started.pop() if _started else None


def discard() -> None:
    """End the nursery if nobody has taken it."""
    while _started:
        _started.pop().close()


def _is_elsewhere(argv: Sequence[str]) -> bool:
    """Whether a cluster grades: it has its own nurseries."""
    return any(word == "--dask" or word.startswith("--dask=") for word in argv)


def _is_program(word: str) -> bool:
    """Whether `word` is a file that Python can read; others that may hold programs count, too."""
    if word == STDIN or os.path.isdir(word):
        return True
    if not os.path.isfile(word) or word.endswith(".ipynb"):
        return os.path.isfile(word)
    from grader.model.decoding import LARGEST, decode

    try:
        with open(word, "rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(decode(file.read(LARGEST + 1)))
    except (OSError, SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True
