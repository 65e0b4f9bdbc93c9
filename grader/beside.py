"""The files beside a submission that its exercise allows: nothing else in the folder is read."""

from __future__ import annotations

import os
from pathlib import Path

from grader.folder import leading_out, leads_out
from grader.model.exercise import Exercise
from grader.model.submission import Submission, Unreadable, of_text, read_submission


def with_files(submission: Submission, exercise: Exercise) -> Submission:
    """Add what the exercise allows, and is there, from the folder that the submission is in.

    What was read from standard input or a notebook's cell has the current folder, as in Python.
    """
    if not exercise.files:
        return submission.alone
    own = Path(submission.path)
    paths = (own.parent / name for name in exercise.files if name != own.name)
    return submission.beside([_read(each) for each in paths if _is_there(each)])


def _is_there(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except ValueError:  # no path of a file can be like this
        return False


def _read(path: Path) -> Submission:
    """Read a file; one that can't be read, or leads elsewhere, says why if it is imported."""
    try:
        if leads_out(path):
            raise leading_out(path)
        return read_submission(path)
    except Unreadable as error:
        reason = f"{path}: {error}".encode("utf-8", "replace")  # not to be taken for another one
        return of_text(str(path), reason, "", error.unfit)
