"""What a submission may read: what imports need and its own file, but no solution."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from grader.catalogue import shipped
from grader.model.exercise import ExerciseFolder
from grader.sandbox.limits import Limits
from grader.sandbox.paths import listable_above, listed_paths, python_paths, readable_without
from grader.sandbox.policy import Policy

_CPU_SECONDS: Final = 600

Place = tuple[Path, Path]
"""A folder of exercises and the folder of their solutions."""


class Access:
    """Makes the policies of a session. The paths to grant are found once per course."""

    def __init__(self) -> None:
        self._granted: dict[Place, Policy] = {}

    def policy(self, folder: ExerciseFolder, *own: str) -> Policy:
        """Let a submission read Python and its own paths."""
        policy = self.without_own(folder.folder.parent, folder.solution.parent)
        return Policy(
            readable=(*policy.readable, *own),
            listable=policy.listable,
            memory_bytes=policy.memory_bytes,
            cpu_seconds=policy.cpu_seconds,
        )

    def without_own(self, *place: Path) -> Policy:
        """Let any submission of a course, by default the shipped one, read Python."""
        exercises, solutions = place or shipped()
        where = exercises, solutions
        if where not in self._granted:
            self._granted[where] = _granted(where)
        return self._granted[where]


def _granted(place: Place) -> Policy:
    secrets = tuple(dict.fromkeys(str(path) for each in (shipped(), place) for path in _in(each)))
    roots = python_paths(secrets)
    return Policy(
        readable=readable_without(roots, secrets),
        listable=(*listed_paths(), *listable_above(roots, secrets)),
        memory_bytes=Limits().memory,
        cpu_seconds=_CPU_SECONDS,
    )


def _in(place: Place) -> Iterator[Path]:
    """Yield the answers of a course: its solutions, and the folders of its exercises.

    The folder that contains all exercises isn't one: it may also contain the virtual environment.
    """
    exercises, solutions = place
    yield solutions
    yield from solutions.glob("*.py")
    yield from (found.parent for found in exercises.glob("*/exercise.py"))
