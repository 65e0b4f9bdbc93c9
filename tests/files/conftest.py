"""A course with an exercise that allows files beside the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from grader.catalogue import exercises
from grader.grading.session import Session
from grader.model.exercise import ExerciseFolder


@pytest.fixture(scope="session")
def folder() -> ExerciseFolder:
    """The first exercise, as if its declaration had `files`."""
    found = next(each for each in exercises() if each.slug == "nn-vmap-shared")
    exercise = msgspec.structs.replace(found.exercise, files=("helpers.py", "more.py"))
    return msgspec.structs.replace(found, exercise=exercise)


@pytest.fixture(scope="session")
def session() -> Iterator[Session]:
    with Session() as shared:
        yield shared


@pytest.fixture
def hand_in(tmp_path: Path) -> Path:
    """An empty folder that a learner's files go into."""
    found = tmp_path / "hw"
    found.mkdir()
    return found
