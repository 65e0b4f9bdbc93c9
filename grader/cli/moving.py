"""`grade progress export` and `import`: a learner's progress for another machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from grader.cli.early import STDIN
from grader.cli.options import Direction
from grader.cli.words import count, shown_path
from grader.errors import CommandWrong, Exit, reason
from grader.progress import Progress
from grader.progress.exchange import NotProgress, SavedProgress, from_text, to_text

_LARGEST = 64 << 20  # a hundred thousand attempts take about 30 MB


def move_progress(direction: Direction, file: Path, *, overwrite: bool) -> int:
    """Write all progress to a file, or add that of a file; `-` is standard output or input."""
    with Progress.open() as progress:
        if not progress.available:
            raise CommandWrong("your progress isn't available; grade doctor shows where it is kept")
        if direction is Direction.EXPORT:
            _export(progress.saved(), file, overwrite=overwrite)
        else:
            _import(progress, file)
    return Exit.PASSED


def _export(saved: SavedProgress, file: Path, *, overwrite: bool) -> None:
    if str(file) == STDIN:
        sys.stdout.write(to_text(saved))
        return
    try:
        _write(file, to_text(saved), overwrite=overwrite)
    except FileExistsError:
        raise CommandWrong(
            f"{shown_path(file)} already exists and is left as it is; --force overwrites it"
        ) from None
    except OSError as error:
        raise CommandWrong(f"{shown_path(file)} can't be written: {reason(error)}") from error
    words = f"{shown_path(file)} holds your progress: {_size(saved)}"
    print(f"{words}\n\nnext, on the other machine:\n  grade progress import {file.name}")


def _write(file: Path, text: str, *, overwrite: bool) -> None:
    """Write all of the text or nothing; only the user may read it."""
    if not overwrite and os.path.lexists(file):
        raise FileExistsError
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.touch(mode=0o600)
        beside.write_text(text, encoding="ascii")
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _import(progress: Progress, file: Path) -> None:
    before = progress.saved()
    shown = "standard input" if str(file) == STDIN else shown_path(file)
    try:
        saved = from_text(_read(file))
    except OSError as error:
        raise CommandWrong(f"{shown} can't be read: {reason(error)}") from error
    except NotProgress as error:
        raise CommandWrong(f"{shown} can't be imported: {error}") from error
    if not progress.merge(saved):
        raise CommandWrong(f"nothing was imported from {shown}")
    after = progress.saved()
    new = len(after.attempts) - len(before.attempts)
    known = len(saved.attempts) - new
    already = f" ({known} were here already)" if known else ""
    print(f"{count(new, 'attempt')} imported{already}; grade list shows where you are")


def _read(file: Path) -> bytes:
    if str(file) == STDIN:
        return sys.stdin.buffer.read(_LARGEST)
    with file.open("rb") as opened:
        return opened.read(_LARGEST)


def _size(saved: SavedProgress) -> str:
    exercises = {each.exercise for each in saved.attempts}
    exercises |= {each.exercise for each in saved.starts}
    return f"{count(len(saved.attempts), 'attempt')} at {count(len(exercises), 'exercise')}"
