"""The course folders that are named for every command, by an environment variable."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

EXERCISES_VARIABLE: Final = "GRADER_EXERCISES"


def listed_courses() -> tuple[Path, ...]:
    """Return the course folders that the environment variable names."""
    listed = os.environ.get(EXERCISES_VARIABLE, "").split(os.pathsep)
    return tuple(Path(each) for each in listed if each)
