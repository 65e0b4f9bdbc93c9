"""Runs a command line, and reports how it ended."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from grader.cli.problem import folder_is_gone, visible
from grader.cli.short import short_command
from grader.cli.streams import output_failure, prepare_streams
from grader.errors import (
    TRACEBACK_VARIABLE,
    ClusterBroken,
    CommandWrong,
    ExerciseBroken,
    Exit,
    GradebookBroken,
    broken_words,
)


def run(argv: Sequence[str]) -> int:
    """Run the command line `argv` (without the program's name); return the exit code."""
    prepare_streams()
    try:
        return _finished(_ended(argv))
    except KeyboardInterrupt:
        return _interrupted()
    except SystemExit as leaving:  # completion, and a command that ended the process itself
        return _code(leaving.code)


def _ended(argv: Sequence[str]) -> int:
    try:
        command = short_command(argv) or _typer_command(argv)
        result = command()
    except (CommandWrong, ExerciseBroken, GradebookBroken, ClusterBroken) as error:
        return _say(f"{error.about}{error}", error.code)
    except Exception as error:  # noqa: BLE001 - the last line before the learner's eyes
        return _broken(error)
    # Typer turns an interrupt into this code without a word.
    return _interrupted() if result == Exit.INTERRUPTED else _code(result)


def _typer_command(argv: Sequence[str]) -> Callable[[], object]:
    from grader.cli.app import typer_command

    return typer_command(argv)


def _code(result: object) -> int:
    return result if isinstance(result, int) else 0


def _finished(code: int) -> int:
    """Write out what is buffered; a full disk must not look like success."""
    sys.stdout.flush()
    failure = output_failure()
    if failure is None:
        return code
    return _say(f"the output could not be written: {failure.strerror}", Exit.BROKEN)


def _say(text: str, code: Exit) -> int:
    line = " ".join(text.split())
    print(f"grade: {visible(line)}", file=sys.stderr, flush=True)
    return int(code)


def _interrupted() -> int:
    if sys.stderr.isatty():
        print(file=sys.stderr)  # the terminal has put ^C on this line
    return _say("interrupted", Exit.INTERRUPTED)


def _broken(error: Exception) -> int:
    if folder_is_gone():
        gone = "the current folder is gone; change to another (cd) and try again"
        return _say(gone, Exit.WRONG_COMMAND)
    if os.environ.get(TRACEBACK_VARIABLE):
        from traceback import print_exception

        print_exception(error)
    if isinstance(error, (OSError, MemoryError)):
        from grader.grading.machine import lacks

        if missing := lacks():
            return _say("; ".join(missing), Exit.BROKEN)
    return _say(broken_words(error), Exit.BROKEN)
