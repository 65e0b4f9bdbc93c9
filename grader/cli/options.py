"""What commands take: the options of a grading, and those of several commands.

A grading's options are declared in `grader.grading.request`; here they become Typer's.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from enum import StrEnum, unique
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from grader.authoring.like import Like
from grader.cli import coercion
from grader.cli.folders import exercise_folders
from grader.errors import CommandWrong
from grader.grading.color import Color
from grader.grading.request import Declared, Front, GradingRequest, Option, declared, offered
from grader.render import RENDERERS


@unique
class Direction(StrEnum):
    """Where progress goes: to a file, or from it."""

    EXPORT = "export"
    IMPORT = "import"


# -------------------------------------------------------------------------------------- completion


def complete_exercise(incomplete: str) -> list[tuple[str, str]]:
    """Offer the exercises with names that begin with `incomplete`."""
    from grader.catalogue import catalogue

    try:
        known = [each.exercise for each in catalogue(exercise_folders()).exercises]
    except CommandWrong:
        return []
    return [(each.slug, each.title) for each in known if each.slug.startswith(incomplete)]


def complete_rule(incomplete: str) -> list[tuple[str, str]]:
    """Offer the rules with names that begin with `incomplete`."""
    from grader.cli.choose import rules

    return [(each.id, each.title) for each in rules() if each.id.startswith(incomplete)]


def complete_format(incomplete: str) -> list[str]:
    """Offer the report formats that begin with `incomplete`."""
    return [each for each in RENDERERS if each.startswith(incomplete)]


def complete_like(incomplete: str) -> list[str]:
    """Offer what a new exercise can be like."""
    return [each for each in Like if each.startswith(incomplete)]


def complete_direction(incomplete: str) -> list[str]:
    """Offer `export` and `import`."""
    return [each for each in Direction if each.startswith(incomplete)]


def complete_file(incomplete: str) -> list[str]:
    """Offer the Python files and the folders that begin with `incomplete`."""
    typed = Path(incomplete)
    folder = typed if incomplete.endswith(("/", os.sep)) else typed.parent
    head = incomplete[: len(incomplete) - len(os.path.basename(incomplete))]  # noqa: PTH119
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return []
    names = [f"{each.name}/" if each.is_dir() else each.name for each in entries]
    wanted = [f"{head}{name}" for name in names if name.endswith((".py", "/")) and name[0] != "."]
    return [each for each in wanted if each.startswith(incomplete)]


_COMPLETED = {"SLUG": complete_exercise, "FORMAT[=PATH]": complete_format}
"""Completions of a value, by its name in the help."""

# --------------------------------------------------------------------------- options of a grading


def takes(
    front: Front, request: type[GradingRequest] = GradingRequest
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Give a command all options of a front. It gets them as a `request`, its last argument.

    Typer reads parameters off the signature.
    """

    def wrap(command: Callable[..., int]) -> Callable[..., int]:
        names = offered(front, request)
        own = list(inspect.signature(command, eval_str=True).parameters.values())[:-1]

        @wraps(command)
        def wrapped(**values: Any) -> int:  # noqa: ANN401
            asked = _request(request, {name: values.pop(name) for name in names})
            return command(*values.values(), asked)

        parameters = [*own, *(_parameter(name, each) for name, each in names.items())]
        wrapped.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return wrapped

    return wrap


def _request(request: type[GradingRequest], values: dict[str, Any]) -> GradingRequest:
    known = declared(request)
    made = {name: _field(known[name], value) for name, value in values.items()}
    return request(**{**made, "exercises": exercise_folders(list(made["exercises"]))})


def _field(each: Declared, value: Any) -> Any:  # noqa: ANN401
    """Return what a field holds for what Typer gives."""
    if isinstance(each.default, tuple):
        return tuple(value or ())
    return not value if each.switches_off else value


def _parameter(name: str, each: Declared) -> inspect.Parameter:
    listed = isinstance(each.default, tuple)
    kind: Any = list[get_args(each.kind)[0]] | None if listed else each.kind  # type: ignore[misc]
    default = None if listed else False if each.switches_off else each.default
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, _typer_option(each)],
    )


def _typer_option(each: Declared) -> Any:  # noqa: ANN401 - as Typer declares it
    option = each.option
    return typer.Option(
        *option.flags,
        metavar=option.metavar,
        help=option.help,
        callback=conversion(each),
        autocompletion=_COMPLETED.get(option.metavar or ""),
    )


def conversion(each: Declared) -> coercion.Convert | None:
    """Return what turns the text into a value of the field's type, None if it stays a text."""
    convert = _of_one(each.option, {each.kind, *get_args(each.kind)})
    return coercion.each(convert) if convert and isinstance(each.default, tuple) else convert


def _of_one(option: Option, kinds: set[Any]) -> coercion.Convert | None:
    if Path in kinds:
        return coercion.path
    if int in kinds:
        return coercion.whole(option.least, option.most)
    if float in kinds:
        return coercion.real(option.least, option.most)
    choices = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, StrEnum)]
    return coercion.choice(choices[0]) if choices else None


def _alone(name: str) -> Any:  # noqa: ANN401
    """Return a grading's option for a command that takes few of them."""
    return _typer_option(declared()[name])


# ------------------------------------------------------------------------- of several commands


def argument(
    metavar: str,
    about: str,
    complete: Callable[[str], Any] | None = None,
    convert: coercion.Convert | None = None,
) -> Any:  # noqa: ANN401 - as Typer declares it
    """Return an argument for Typer, without a default in its help."""
    return typer.Argument(
        metavar=metavar,
        help=about,
        autocompletion=complete,
        callback=convert,
        show_default=False,
    )


LikeOption = Annotated[
    Like,
    typer.Option(
        metavar="KIND",
        help="What it begins with: linen (a layer and nn.vmap), pairwise (jax.vmap), nnx "
        "(nnx.vmap), class (a module that the learner writes) or functions (several in one "
        "file).",
        callback=coercion.choice(Like),
        autocompletion=complete_like,
    ),
]
ColorOption = Annotated[Color, _alone("color")]
ExercisesOption = Annotated[list[Path] | None, _alone("exercises")]
ExerciseArgument = Annotated[
    str | None, argument("EXERCISE", "The exercise; by default the current one.", complete_exercise)
]
FileArgument = Annotated[Path, argument("FILE", "Your file.", complete_file, coercion.path)]
FilesArgument = Annotated[
    list[Path],
    argument(
        "FILE...",
        "What to grade; the function in a file tells which exercise it is.",
        complete_file,
        coercion.each(coercion.path),
    ),
]
ClassArgument = Annotated[
    Path,
    argument("PATH", "A folder or a zip of submissions.", complete_file, coercion.path),
]
