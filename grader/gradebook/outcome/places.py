"""What a platform called a hand-in, and wants to hear again to know whose it is.

Each function reads a name as its platform's own importer does, and returns None if that importer
would not find the student. A number counts only if the student has it: `hw_1_2.py` looks like a
file from Canvas, and a grade for user 1 would go to somebody else.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from grader.gradebook.classroom import HandedIn

_MOODLE: Final = re.compile(r"[^_/]*_(\d+)_assign(?:submission|feedback)_[a-z]+(?:_.*)?")


_CANVAS_ENTRY: Final = re.compile(r"\w+?(?:_LATE)?_(\d+)_(?:text|link)\.html")
_GRADESCOPE: Final = re.compile(r"submission_(\d+)")


class CanvasPlace(NamedTuple):
    """A file that Canvas named `<name>[_LATE]_<user>_<attachment>_<file>`.

    `user` is Canvas's number of the student, empty in an anonymous assignment.
    """

    name: str
    user: str


class MoodlePlace(NamedTuple):
    """A folder that Moodle named `<name>_<participant>_assignsubmission_file`, or such a file."""

    name: str
    participant: str
    is_folder: bool


def canvas_place(handed: HandedIn) -> CanvasPlace | None:
    """Read a name as `infer_comment_context_from_filename` does.

    https://github.com/instructure/canvas-lms/blob/master/app/models/abstract_assignment.rb
    """
    name = PurePosixPath(handed.place or handed.path).name
    parts = [part for part in name.split("_") if part != "LATE"]
    if "assignsubmission" in parts or handed.student is None:
        return None
    if parts[0] == "anon" and len(parts) > 3:
        return CanvasPlace(name, "") if handed.student.number in parts[1:2] else None
    numbers = [part for part in parts if part.isascii() and part.isdecimal()]
    if len(numbers) < 2 or numbers[0] != handed.student.number:
        return None
    return CanvasPlace(name, numbers[0])


def canvas_user(handed: HandedIn) -> str:
    """Return Canvas's number of who handed it in, also of a text entry; empty if it isn't there."""
    place = canvas_place(handed)
    if place is not None:
        return place.user
    entry = _CANVAS_ENTRY.fullmatch(PurePosixPath(handed.place or handed.path).name)
    if entry is None or handed.student is None or entry[1] != handed.student.number:
        return ""
    return entry[1]


def moodle_place(handed: HandedIn) -> MoodlePlace | None:
    """Read a path as `is_valid_filename_for_import` does.

    https://github.com/moodle/moodle/blob/main/mod/assign/feedback/file/importziplib.php
    """
    if handed.student is None:
        return None
    last = PurePosixPath(handed.path).name
    for part in PurePosixPath(handed.path).parts:
        found = _MOODLE.fullmatch(part)
        if found and found[1] == handed.student.number:
            return MoodlePlace(part, found[1], is_folder=part != last)
    return None


def submission_number(handed: HandedIn) -> str | None:
    """Return Gradescope's number of a submission, which its export calls the folder by."""
    found = [_GRADESCOPE.fullmatch(part) for part in PurePosixPath(handed.path).parts]
    return next((match[1] for match in found if match), None)
