"""The `grade` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Carry out the command line, and exit with its code.

    The worker's libraries take longer to import than all of the rest, so their import is begun
    in another process before anything else, if this looks like a grading.
    """
    try:
        code = _run(sys.argv[1:])
    except KeyboardInterrupt:  # before or after what handles it
        code = 130
    sys.exit(code)


def _run(argv: list[str]) -> int:
    from grader.cli import early

    try:
        early.start(argv)
        from grader.cli.app import run

        return run(argv)
    finally:
        early.discard()
