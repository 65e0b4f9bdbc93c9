"""The `grade` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Carry out the command line, and exit with its code.

    The worker's libraries take longer to import than all of the rest, so their import is begun
    in another process before anything else, if this looks like a grading.
    """
    from grader.cli import early

    argv = sys.argv[1:]
    early.start(argv)
    try:
        from grader.cli.app import run

        code = run(argv)
    finally:
        early.discard()
    sys.exit(code)
