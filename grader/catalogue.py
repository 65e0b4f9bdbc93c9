"""The available exercises: those that come with the grader, and those in a course's folders."""

from __future__ import annotations

import contextlib
import importlib.util
import keyword
import os
import re
import sys
import traceback
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Final, NamedTuple

import msgspec

from grader.errors import ExerciseBroken, reason
from grader.model.exercise import (
    Choice,
    Exercise,
    ExerciseFolder,
    FlaxClass,
    Integers,
    Number,
    Seed,
    Size,
    leaves,
    sizes_named,
)
from grader.model.relations import misrelated

_IMPORT: Final = re.compile(r"^[ \t]*(?:import|from)[ \t]+(\w+)", re.MULTILINE)
_PACKAGE = Path(__file__).resolve().parent
_MOST_FILES: Final = 8
_LIBRARIES: Final = frozenset(
    {
        *("jax", "jaxlib", "flax", "numpy", "scipy", "ml_dtypes", "opt_einsum", "optax", "orbax"),
        *("chex", "msgpack", "rich", "treescope", "typing_extensions", "yaml", "grader", "pytest"),
        *("msgspec", "hypothesis", "typer", "pygments", "tensorstore", "torch", "tensorflow"),
        *("matplotlib", "pandas", "equinox", "haiku", "einops", "site", "sitecustomize"),
        *("usercustomize", "setuptools", "pip"),
    }
)
"""Packages that a program, jax or flax may import. A file beside the program would hide them."""

_OWN_FILES: Final = frozenset(
    {"exercise", "starter", "checks", "submission", "conftest", "setup", "__init__", "__main__"}
)
_FUNCTION: Final = re.compile(r"\bfunction\s*=\s*[\"'](\w+)[\"']")


class BrokenExercise(NamedTuple):
    """A folder with a declaration that doesn't load, and why.

    `function` is the function that the exercise asks for, if its text shows that.
    """

    folder: Path
    reason: str
    function: str | None = None

    @property
    def names(self) -> set[str]:
        """The names that the exercise can be called by."""
        return {self.folder.name, self.slug}

    @property
    def slug(self) -> str:
        """The exercise's slug, derived from its folder's name."""
        return self.folder.name.replace("_", "-")


class Catalogue(NamedTuple):
    """The exercises that load, sorted by level and name, and those that don't."""

    exercises: tuple[ExerciseFolder, ...]
    broken: tuple[BrokenExercise, ...]


@cache
def shipped() -> tuple[Path, Path]:
    """Return the folders of the exercises and of the solutions that come with the grader.

    A wheel has them inside the package, a checkout next to it.
    """
    inside = _PACKAGE / "_shipped"
    root = inside if inside.is_dir() else _PACKAGE.parent
    return root / "exercises", root / "solutions"


def load_exercise(folder: Path, solutions: Path) -> ExerciseFolder:
    """Load the declaration in `folder`; the solution is `<solutions>/<folder name>.py`.

    Raises `ExerciseBroken`. The declaration is code by the course's author, so it's trusted.
    """
    exercise = getattr(_module(folder), "EXERCISE", None)
    if not isinstance(exercise, Exercise):
        raise ExerciseBroken(f"{folder / 'exercise.py'} does not define EXERCISE, an Exercise")
    solution = solutions / f"{folder.name}.py"
    if _is_plain_numpy(solution):
        exercise = msgspec.structs.replace(exercise, plain_numpy=True)
    found = ExerciseFolder(exercise=exercise, folder=folder, solution=solution)
    return msgspec.structs.replace(found, exercise=_with_given(exercise, found.starter))


def _with_given(exercise: Exercise, starter: Path) -> Exercise:
    """Add the starter's text, if it can be read."""
    try:
        return msgspec.structs.replace(exercise, given=course_text(starter))
    except ExerciseBroken:
        return exercise


def _module(folder: Path) -> ModuleType:
    """Run the declaration; its output goes to stderr, since stdout may be for a report."""
    declaration = folder / "exercise.py"
    name = f"grader_exercise_{folder.name}"
    spec = importlib.util.spec_from_file_location(name, declaration)
    if spec is None or spec.loader is None or not os.path.lexists(declaration):
        raise ExerciseBroken(f"{folder} has no exercise.py")
    if not os.path.isfile(declaration):  # noqa: PTH113 - which never raises
        raise ExerciseBroken(f"{declaration} is not a regular file")
    module = importlib.util.module_from_spec(spec)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise ExerciseBroken(
            f"{declaration} does not load: {_raised(error, declaration)}"
        ) from error
    return module


def _raised(error: BaseException, declaration: Path) -> str:
    """Say what a declaration raised, and in which of its lines."""
    own = {str(declaration), str(declaration.absolute())}
    if isinstance(error, SyntaxError) and error.filename in own:
        return f"line {error.lineno} isn't valid Python ({error.msg})"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename in own]
    where = f", in line {lines[-1]}" if lines else ""
    said = str(error)
    return f"{type(error).__name__}{f': {said}' if said else ''}{where}"


def course_text(path: Path) -> str:
    """Return the text of a course's file. Raises `ExerciseBroken`."""
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise ExerciseBroken(f"{path} is not a regular file")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ExerciseBroken(f"{path} can't be read: {reason(error)}") from error


def _is_plain_numpy(solution: Path) -> bool:
    """Whether a solution imports NumPy and neither jax nor flax, judged by its text."""
    try:
        text = course_text(solution)
    except ExerciseBroken:
        return False
    packages = set(_IMPORT.findall(text))
    return "numpy" in packages and not packages & {"jax", "flax"}


def catalogue(extra: Iterable[Path] = ()) -> Catalogue:
    """Return every exercise, and why others are broken.

    `extra` are folders laid out like the project: `exercises/<name>/` and `solutions/<name>.py`.
    """
    found: list[ExerciseFolder] = []
    broken: list[BrokenExercise] = []
    for folder, solutions in _folders(extra):
        try:
            found.append(_usable(load_exercise(folder, solutions)))
        except ExerciseBroken as error:
            broken.append(BrokenExercise(folder, str(error), _function(folder)))
    found.sort(key=lambda each: (each.exercise.level, each.exercise.slug))
    return Catalogue(tuple(found), tuple(broken))


def exercises(extra: Iterable[Path] = ()) -> tuple[ExerciseFolder, ...]:
    """Return every exercise, sorted by level and name.

    Raises `ExerciseBroken` for the first one that does not load.
    """
    found = catalogue(extra)
    for each in found.broken:
        raise ExerciseBroken(each.reason)
    return found.exercises


def _folders(extra: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    """Yield the folders that have a declaration, each with the folder of its solution."""
    places = [shipped(), *((root / "exercises", root / "solutions") for root in extra)]
    seen: set[str] = set()
    for root, solutions in places:
        if root.is_dir() and os.path.realpath(root) not in seen:
            seen.add(os.path.realpath(root))
            for folder in sorted(root.iterdir()):
                if os.path.lexists(folder / "exercise.py"):
                    yield folder, solutions


def _usable(folder: ExerciseFolder) -> ExerciseFolder:
    """Return the exercise if its fields have the right types. Raises `ExerciseBroken`.

    Nothing checks them when the declaration runs, and a grading would fail later.
    """
    declaration = folder.folder / "exercise.py"
    exercise = folder.exercise
    if (error := mistyped(exercise)) is not None:
        raise ExerciseBroken(f"{declaration} has a field of the wrong type: {error}") from error
    problems = (_misnamed(exercise), _misfiled(exercise), *map(_unusable, exercise.parts))
    for problem in chain(*problems):
        raise ExerciseBroken(f"{declaration}: {problem}")
    return folder


def mistyped(exercise: Exercise) -> Exception | None:
    """Say which field isn't of its type, None if each is."""
    try:
        msgspec.msgpack.decode(msgspec.msgpack.encode(exercise), type=Exercise)
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError) as error:
        return error
    return None


def _left_out(exercise: Exercise) -> Iterator[str]:
    for field in ("function", "parameters", "checks"):
        if not getattr(exercise, field):
            yield f"{exercise.part or 'EXERCISE'} has no {field}: fill it in"


def _misnamed(exercise: Exercise) -> Iterator[str]:
    """Say why several functions can't be told apart."""
    if len(exercise.functions) == 1:
        yield "functions has one alone: declare it with function, parameters and checks"
    if len(set(exercise.written)) < len(exercise.written):
        yield "functions has the same name twice"
    if exercise.beside:
        yield "beside is set by the grader: leave it out"


def _misfiled(exercise: Exercise) -> Iterator[str]:
    """Say which of the files can't be imported by a plain name that is theirs alone."""
    if len(exercise.files) > _MOST_FILES:
        yield f"files has more than {_MOST_FILES} names"
    if len({each.casefold() for each in exercise.files}) < len(exercise.files):
        yield "files has the same name twice"
    for name in exercise.files:
        module = name.removesuffix(".py")
        imported = unicodedata.normalize("NFKC", module)  # what Python makes of it in an import
        if module == name or not module.isidentifier() or keyword.iskeyword(module):
            yield f'files has "{name}": a file is named like a module, such as "helpers.py"'
        elif module != imported:
            yield f'files has "{name}", which Python would import as "{imported}.py"'
        elif module.lower() in sys.stdlib_module_names or module.lower() in _LIBRARIES:
            yield f'files has "{name}": {module} is a module of Python or of a library'
        elif module in {*_OWN_FILES, exercise.folder_name}:
            yield f'files has "{name}", which another file of the exercise is called'


def _unusable(exercise: Exercise) -> Iterator[str]:
    """Say why no case could be made."""
    yield from _left_out(exercise)
    known = {each.name for each in exercise.dimensions}
    for name, _ in sizes_named(exercise):
        if name not in known:
            yield f'"{name}" is used as a size but is not a dimension'
    for dimension in exercise.dimensions:
        if dimension.largest < 1:
            yield f'the largest "{dimension.name}" is below 1'
    yield from misrelated(exercise)
    for parameter in exercise.parameters:
        if isinstance(parameter, Number | Choice) and not parameter.choices:
            yield f'"{parameter.name}" has no choices'
    for array in (each for parameter in exercise.parameters for each in leaves(parameter)):
        if isinstance(array, Integers):
            yield from _numberless(array)
    yield from _miscalled(exercise)
    if exercise.flax_class is not None:
        yield from _misbuilt(exercise, exercise.flax_class)


def _numberless(array: Integers) -> Iterator[str]:
    """Say which integers some case couldn't have: a size may be 1."""
    if array.low > array.high:
        yield f'"{array.name}" has no numbers from {array.low} to {array.high}'
    elif array.below and array.low > 0:
        yield f'"{array.name}" has no numbers from {array.low} if "{array.below}" is 1'
    elif array.at_most and array.low > 1:
        yield f'"{array.name}" has no numbers from {array.low} if "{array.at_most}" is 1'


def _misbuilt(exercise: Exercise, wanted: FlaxClass) -> Iterator[str]:
    """Say why the class can't be instantiated as the declaration says."""
    kinds = {each.name: each for each in exercise.parameters}
    for name in wanted.fields:
        if name not in kinds:
            yield f'the field "{name}" is not a parameter'
        elif isinstance(kinds[name], Seed) or any(leaves(kinds[name])):
            yield f'"{name}" can\'t be a field: those are sizes, numbers, flags and choices'
    if sum(isinstance(each, Seed) for each in exercise.parameters) != 1:
        yield "a class needs one Seed among the parameters, from which its weights are made"


def _miscalled(exercise: Exercise) -> Iterator[str]:
    """Say which arguments can't be passed as the declaration says."""
    names = [each.name for each in exercise.parameters]
    for name in (*exercise.keyword_only, *exercise.optional):
        if name not in names:
            yield f'"{name}" is not a parameter'
    named = names[len(names) - len(exercise.keyword_only) :] if exercise.keyword_only else []
    if set(named) != set(exercise.keyword_only):
        yield "the parameters in keyword_only have to be the last ones"
    last = False
    for each in exercise.parameters:
        if isinstance(each, Seed | Size) and each.name in exercise.optional:
            yield f'"{each.name}" can\'t be optional: a seed or a size is in every case'
        if last and each.name not in (*exercise.optional, *exercise.keyword_only):
            yield f'"{each.name}" is not optional, and stands behind one that is'
        last |= each.name in exercise.optional


def _function(folder: Path) -> str | None:
    """Read from a broken declaration's text which function the exercise asks for."""
    try:
        text = (folder / "exercise.py").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = _FUNCTION.search(text)
    return found[1] if found else None
