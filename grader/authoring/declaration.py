"""Whether the declaration of an exercise is complete, and agrees with itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from grader.authoring.line import Line, unfinished
from grader.catalogue import mistyped
from grader.evidence.notation import listing
from grader.model.exercise import (
    Check,
    Choice,
    Exercise,
    ExerciseFolder,
    Number,
    sizes_named,
)
from grader.model.relations import misrelated
from grader.model.transforms import TRANSFORMS, Kind
from grader.rules import RULES
from grader.suggestion import did_you_mean

SLUG: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
ALWAYS: Final = (Check.LOADS, Check.RUNS, Check.SHAPE, Check.VALUES, Check.PURE)
"""Every exercise has these checks; the others are for exercises that lift, or use keys."""


def declaration(folder: ExerciseFolder, known: Sequence[ExerciseFolder]) -> Line:
    """Check the declaration; `known` are all exercises that it will be listed with."""
    problems = [*obstacles(folder, known)]
    if not _mistyped(folder.exercise):
        problems += _texts(folder.exercise)
        problems += unfinished(folder.folder / "exercise.py")
    return Line(name="declaration", said="loads, and is complete", problems=tuple(problems))


def obstacles(folder: ExerciseFolder, known: Sequence[ExerciseFolder]) -> tuple[str, ...]:
    """Say what has to be fixed before anything can be graded."""
    exercise = folder.exercise
    return _mistyped(exercise) or (
        *_names(folder, known),
        *_sizes(exercise),
        *(problem for part in exercise.parts for problem in _of_function(part)),
        *_untaught(exercise),
        *_own_check(folder),
    )


def _of_function(part: Exercise) -> Iterator[str]:
    """Look at what is declared of a function; a problem says which, if there are several."""
    where = f"{part.part}: " if part.part else ""
    for problem in (*_parameters(part), *_checks(part), *_transforms(part)):
        yield f"{where}{problem}"


def _mistyped(exercise: Exercise) -> tuple[str, ...]:
    """Name the field with the wrong type; nothing checks types when it loads."""
    error = mistyped(exercise)
    if error is None:
        return ()
    return (f"a field of the declaration is of the wrong type, change it: {error}",)


def _names(folder: ExerciseFolder, known: Sequence[ExerciseFolder]) -> Iterator[str]:
    exercise = folder.exercise
    if not SLUG.fullmatch(exercise.slug):
        yield f'slug "{exercise.slug}" is not in kebab case: use small letters, digits and hyphens'
    elif folder.folder.name != exercise.folder_name:
        yield (
            f"the folder is called {folder.folder.name} and the slug asks for "
            f"{exercise.folder_name}: rename one of them"
        )
    for name in exercise.written:
        if not name.isidentifier():
            yield f'function "{name}" isn\'t a valid Python name: choose another'
    for other in known:
        if other.folder == folder.folder:
            continue
        if other.exercise.slug == exercise.slug:
            yield f"{other.folder} has the slug {exercise.slug} too: choose another"
        yield from _told_apart(exercise, other.exercise)


def _told_apart(exercise: Exercise, other: Exercise) -> Iterator[str]:
    """Say why a file for one of them may be taken for the other's."""
    ours, theirs = set(exercise.written), set(other.written)
    if ours <= theirs or theirs <= ours:
        shared = listing([each for each in exercise.written if each in theirs])
        several = "s" if len(ours & theirs) > 1 else ""
        article = "" if several else "a "
        yield (
            f"{other.slug} asks for {article}function{several} {shared} too, and a file "
            f"is recognised by its function{several}: choose another name"
        )


def _texts(exercise: Exercise) -> Iterator[str]:
    for field in ("title", "topic", "takeaway"):
        if not getattr(exercise, field).strip():
            yield f"{field} is empty: fill it in"
    if exercise.level < 1:
        yield f"level is {exercise.level}: the first exercises of a course have 1"
    for part in exercise.parts:
        lifts = Check.LIFTED in [each.check for each in part.checks]
        if lifts and not part.module.strip():
            yield "module is empty: fill it in"
        if part.tolerance <= 0:
            yield f"tolerance is {part.tolerance}: it multiplies the usual one, so 1.0 is usual"


# ------------------------------------------------------------------------------------------- sizes


def _sizes(exercise: Exercise) -> Iterator[str]:
    dimensions = [each.name for each in exercise.dimensions]
    yield from _twice("dimensions", dimensions)
    yield from _unnameable(dimensions)
    yield from _dimensions(exercise, dimensions)


def _parameters(exercise: Exercise) -> Iterator[str]:
    parameters = [each.name for each in exercise.parameters]
    yield from _twice("parameters", parameters)
    yield from _unnameable(parameters)
    for parameter in exercise.parameters:
        if isinstance(parameter, Number | Choice) and not parameter.choices:
            yield f'"{parameter.name}" has no choices: name two or three'


def _unnameable(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if not name.isidentifier():
            yield f'"{name}" isn\'t a valid Python name: choose another'


def _dimensions(exercise: Exercise, known: list[str]) -> Iterator[str]:
    used = {name: where for part in exercise.parts for name, where in sizes_named(part)}
    for name, where in used.items():
        if name not in known:
            meant = did_you_mean(name, known)
            yield f'{where} names "{name}", which isn\'t a dimension{meant or ": declare it"}'
    yield from misrelated(exercise)
    for dimension in exercise.dimensions:
        if dimension.name not in used:
            yield f'no parameter has the dimension "{dimension.name}": use it, or leave it out'
        if dimension.largest < 2:
            yield f'dimension "{dimension.name}" is at most {dimension.largest}: let it vary'
        if not dimension.noun.strip():
            yield f'dimension "{dimension.name}" has no noun: say what it is, such as the batch'


def _transforms(exercise: Exercise) -> Iterator[str]:
    titles = [each.title for each in TRANSFORMS if each.kind is not Kind.LIFTED]
    for name in (*(title for use in exercise.uses for title in use.any_of), *exercise.forbids):
        if name == "nn.vmap":
            yield "nn.vmap is asked for by `module` and Check.LIFTED: leave it out of uses, forbids"
        elif name not in titles:
            meant = did_you_mean(name, titles) or f": the table has {listing(titles)}"
            yield f'"{name}" isn\'t in the table of transforms{meant}'
    for use in exercise.uses:
        if not use.any_of:
            yield f"a Use of {use.of or 'something'} names no transform: fill in any_of"
        if not use.of.strip():
            yield f"the Use of {listing(use.any_of)} doesn't say of what: fill in of"
    checked = Check.TRANSFORM in [each.check for each in exercise.checks]
    if checked != bool(exercise.uses or exercise.forbids):
        yield "Check.TRANSFORM and uses belong together: add the one that is missing"


def _own_check(folder: ExerciseFolder) -> Iterator[str]:
    name, there = folder.own_check.name, folder.own_check.is_file()
    if there and not folder.exercise.has_own_check:
        yield f"{name} is there: add a CheckSpec for Check.TASK, with a title"
    if not there and folder.exercise.has_own_check:
        yield f"Check.TASK has a title, and there is no {name}: write it, or leave the check out"


def _twice(kind: str, names: Iterable[str]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{kind} has {name} {count} times: once is enough, or another name is wanted"


# ------------------------------------------------------------------------------------------ checks


def _checks(exercise: Exercise) -> Iterator[str]:
    titled = [each.check for each in exercise.checks]
    yield from _twice("checks", (f"Check.{each.name}" for each in titled))
    missing = [f"Check.{each.name}" for each in ALWAYS if each not in titled]
    if missing:
        yield f"checks leaves out {listing(missing)}: add a CheckSpec with a title for each"
    for each in exercise.checks:
        if not each.title.strip():
            yield f"Check.{each.check.name} has no title: say in a few words what is checked"
        if each.weight <= 0:
            yield f"Check.{each.check.name} weighs {each.weight}: a weight is above 0"


def _untaught(exercise: Exercise) -> Iterator[str]:
    ids = [rule.id for rule in RULES]
    for name in exercise.untaught:
        if name not in ids:
            yield f'untaught names "{name}", which isn\'t a rule{did_you_mean(name, ids)}'
