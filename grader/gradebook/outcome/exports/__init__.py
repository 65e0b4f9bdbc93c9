"""Grades in the form that a platform imports. Each platform is a file and a line here."""

from __future__ import annotations

import importlib
from enum import StrEnum, unique
from pathlib import Path
from typing import TYPE_CHECKING

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


def export(platform: Platform, grades: Grades, target: Path | None = None) -> Exported:
    """Write the file for a platform; with several exercises a file for each, named after it.

    Without a target it gets a name of its own in the working folder. Raises `ReportNotWritten`.
    """
    module = importlib.import_module(f"{__name__}.{_MODULES.get(platform, platform)}")
    exported: Exported = module.export(grades, target or Path(module.NAME))
    return exported
