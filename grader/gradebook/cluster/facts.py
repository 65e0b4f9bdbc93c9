"""What has to be the same on every machine, so that all of them give the same report."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from grader.cache import version_of
from grader.grading.setup import code_digest, exercise_digest
from grader.model.exercise import ExerciseFolder
from grader.render.tool import tool_version

_LIBRARIES: Final = ("jax", "jaxlib", "flax", "numpy", "hypothesis")


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Versions by name, the digest of the grader's code, and of each exercise by its slug."""

    versions: dict[str, str]
    code: str
    exercises: dict[str, str]


def facts(folders: Iterable[ExerciseFolder]) -> Facts:
    """Return this machine's facts."""
    return Facts(
        versions={
            "grader": tool_version(),
            "Python": platform.python_version(),
            "processor": platform.machine(),
            **{name: version_of(name) for name in _LIBRARIES},
        },
        code=code_digest(),
        exercises={each.slug: exercise_digest(each) for each in folders},
    )


def differences(here: Facts, there: Facts) -> tuple[str, ...]:
    """Say what isn't the same in a worker, a phrase for each; of exercises those used here."""
    return tuple(_differences(here, there))


def _differences(here: Facts, there: Facts) -> Iterator[str]:
    for name, ours in here.versions.items():
        theirs = there.versions.get(name, "none")
        if ours != theirs:
            yield f"{name} {theirs} there, {ours} here"
    if here.code != there.code and here.versions["grader"] == there.versions.get("grader"):
        yield "its grader's code differs, with the same version number"
    for slug, digest in here.exercises.items():
        if slug not in there.exercises:
            yield f"it doesn't have the exercise {slug}"
        elif there.exercises[slug] != digest:
            yield f"its exercise {slug} differs"
