"""Grades in the form that a platform imports. Each platform is a file and a line here."""

from __future__ import annotations

import importlib
from enum import StrEnum, unique
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.gradebook.outcome.exports.grades import Exported, Grades


@unique
class Platform(StrEnum):
    """What `--export` takes."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    GRADESCOPE = "gradescope"
    CSV = "csv"


_MODULES = {Platform.CSV: "table"}
"""Where the module isn't called like the platform."""


def usual_name(platform: Platform) -> Path:
    """Return the file's name where none is asked for, in the working folder."""
    return Path(_module(platform).NAME)


def export(platform: Platform, grades: Grades, target: Path | None = None) -> Exported:
    """Write the file for a platform; with several exercises a file for each, named after it.

    Without a target it gets its usual name. Raises `ReportNotWritten`.
    """
    exported: Exported = _module(platform).export(grades, target or usual_name(platform))
    return exported


def _module(platform: Platform) -> Any:  # noqa: ANN401 - a module of this package
    return importlib.import_module(f"{__name__}.{_MODULES.get(platform, platform)}")
