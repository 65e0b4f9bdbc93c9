"""A report under the name that its student gave the file, without the folders around it."""

from __future__ import annotations

from pathlib import PurePosixPath

from grader.gradebook.book import at
from grader.gradebook.classroom import Result
from grader.model.report import Report


def addressed(result: Result) -> Report:
    """Read a result's report. Folders may be called after others, such as a group's members."""
    return at(result.report(), PurePosixPath(result.handed.path).name)
