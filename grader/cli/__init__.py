"""The `grade` command."""

from __future__ import annotations

import contextlib
import gc
import os
import sys

_LEAST_ADDRESS_SPACE = 256 << 20
_LEAST_DATA = 96 << 20
_INTERRUPTED = 130


def main() -> None:
    """Run the command line, and exit with its code.

    The worker's libraries take longer to import than everything else, so another process starts to
    import them first, if this looks like a grading.
    """
    try:
        code = _started(sys.argv[1:])
    except KeyboardInterrupt:  # before or after what handles it
        sys.stderr.write("grade: interrupted\n")
        code = _INTERRUPTED
    if code == _INTERRUPTED:
        _leave(code)
    gc.freeze()  # what is left goes with the process; Python would look through all of it once more
    sys.exit(code)


def _started(argv: list[str]) -> int:
    _installed_first()
    if (reason := _cannot_start()) is not None:
        sys.stderr.write(f"grade: {reason}\n")
        return 3
    return _run(argv)


def _leave(code: int) -> None:
    """End the process without waiting for threads: of an interrupted run, some may be at work."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)


def _cannot_start() -> str | None:
    """Say why not even the libraries of this process can be imported, None if they can."""
    if not os.path.isfile(__file__):
        return "the grader can't run from a zip file: install it with pip, or unpack it"
    if sys.platform != "win32":
        import resource

        for number, words, letter, least in (
            (resource.RLIMIT_AS, "address space", "v", _LEAST_ADDRESS_SPACE),
            (resource.RLIMIT_DATA, "data", "d", _LEAST_DATA),
        ):
            limit, _ = resource.getrlimit(number)
            if 0 <= limit < least:  # OpenBLAS would end the process
                return (
                    f"this shell allows {limit >> 20} MB of {words} (ulimit -{letter}): "
                    f"set ulimit -{letter} 4194304 or more"
                )
    return None


def _installed_first() -> None:
    """Look for modules last in the current folder and those of PYTHONPATH.

    A learner's own `random.py` or `numpy/` there would take the place of the real one.
    """
    try:
        named = {
            os.path.abspath(path) for path in os.environ.get("PYTHONPATH", "").split(os.pathsep)
        }
        named.add(os.getcwd())
        last = [path for path in sys.path if os.path.abspath(path) in named]
    except OSError:  # the current folder is gone
        return
    sys.path[:] = [path for path in sys.path if path not in last] + last


def _run(argv: list[str]) -> int:
    from grader.cli import early
    from grader.cli.streams import fill_closed_descriptors

    fill_closed_descriptors()
    try:
        if early.is_grading(argv):
            from grader.cli.interrupts import INTERRUPTS

            INTERRUPTS.take()
        early.start(argv)
        gc.disable()  # the imports leave many objects for good; don't collect them again and again
        from grader.cli.run import run

        return run(argv)
    finally:
        early.discard()
