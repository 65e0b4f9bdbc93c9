"""The exercises that are there: found in the shipped folder and in folders of a course's own."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from grader.exercise import Exercise, ExerciseFolder

_IMPORT: Final = re.compile(r"^[ \t]*(?:import|from)[ \t]+(\w+)", re.MULTILINE)
_PACKAGE = Path(__file__).resolve().parent


class ExerciseBroken(Exception):
    """An exercise's own files are at fault: one is missing, or its declaration does not load."""


@cache
def shipped() -> tuple[Path, Path]:
    """Return the folders of the exercises and of the solutions that come with the grader.

    A wheel carries them inside the package; a checkout has them beside it.
    """
    inside = _PACKAGE / "_shipped"
    root = inside if inside.is_dir() else _PACKAGE.parent
    return root / "exercises", root / "solutions"


def load_exercise(folder: Path, solutions: Path) -> ExerciseFolder:
    """Load the declaration in `folder`; the solution is `<solutions>/<folder name>.py`.

    Raises `ExerciseBroken`. The declaration is the course author's code and is trusted.
    """
    declaration = folder / "exercise.py"
    name = f"grader_exercise_{folder.name}"
    spec = importlib.util.spec_from_file_location(name, declaration)
    if spec is None or spec.loader is None or not declaration.is_file():
        raise ExerciseBroken(f"{folder} has no exercise.py")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ExerciseBroken(f"{declaration} does not load: {error!r}") from error
    exercise = getattr(module, "EXERCISE", None)
    if not isinstance(exercise, Exercise):
        raise ExerciseBroken(f"{declaration} does not define EXERCISE, an Exercise")
    solution = solutions / f"{folder.name}.py"
    if _is_plain_numpy(solution):
        exercise = msgspec.structs.replace(exercise, plain_numpy=True)
    return ExerciseFolder(exercise=exercise, folder=folder, solution=solution)


def _is_plain_numpy(solution: Path) -> bool:
    """Whether a solution imports NumPy, and neither jax nor flax; it isn't run for that."""
    try:
        text = solution.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    packages = set(_IMPORT.findall(text))
    return "numpy" in packages and not packages & {"jax", "flax"}


def exercises(extra: Iterable[Path] = ()) -> tuple[ExerciseFolder, ...]:
    """Return every exercise, by level and then by name.

    `extra` are folders laid out like the project: `exercises/<name>/` and `solutions/<name>.py`.
    Raises `ExerciseBroken` for the first one that does not load.
    """
    places = [shipped(), *((root / "exercises", root / "solutions") for root in extra)]
    found = [
        load_exercise(folder, solutions)
        for root, solutions in places
        if root.is_dir()
        for folder in sorted(root.iterdir())
        if (folder / "exercise.py").is_file()
    ]
    return tuple(sorted(found, key=lambda each: (each.exercise.level, each.exercise.slug)))
