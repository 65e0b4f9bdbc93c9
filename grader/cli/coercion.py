"""Arguments turned into values by our own callbacks.

Typer 0.26 and later validate each argument with a pydantic adapter; importing pydantic takes longer
than the rest of a command such as `grade list`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from math import inf
from pathlib import Path
from typing import Any

import typer

from grader.cli.problem import quoted_blank, shortened

Convert = Callable[[Any], Any]


def lighten(params: list[Any]) -> list[Any]:
    """Return a command's parameters, which leave conversion to their callbacks.

    `Parameter.process_value` is Click's own place for that.
    """
    for param in params:
        if "process_value" not in vars(param):
            param.process_value = _AsGiven(param)
    return params


class _AsGiven:
    """Hands the text of an argument to its callback."""

    def __init__(self, param: Any) -> None:  # noqa: ANN401 - another class in each version of Typer
        self._param = param
        self._missing = param.process_value

    def __call__(self, ctx: Any, value: Any) -> object:  # noqa: ANN401
        param = self._param
        if param.required and param.value_is_missing(value):
            return self._missing(ctx, value)
        if value is None and (param.multiple or param.nargs == -1):
            value = ()
        return value if param.callback is None else param.callback(ctx, param, value)


def each(convert: Convert) -> Convert:
    """Return a callback that turns every text of a list into a value."""
    return lambda texts: [convert(text) for text in texts or ()]


def path(text: Any) -> Path | None:  # noqa: ANN401
    """Return a path; an empty one, as of a variable that isn't set, would be this folder."""
    if text == "":
        raise typer.BadParameter("it is empty; name a file or a folder")
    return None if text is None else Path(str(text))


def whole(least: float | None = None, most: float | None = None) -> Convert:
    """Return a callback that takes whole numbers between bounds."""
    return lambda text: _number(text, int, "a whole number", least, most)


def real(least: float | None = None, most: float | None = None) -> Convert:
    """Return a callback that takes numbers between bounds."""
    return lambda text: _number(text, float, "a number", least, most)


def choice(choices: type[StrEnum]) -> Convert:
    """Return a callback that takes the values of `choices`."""

    def convert(text: str | None) -> StrEnum | None:
        if text is None:
            return None
        if text not in {*choices}:
            raise typer.BadParameter(f"{text} is none of {', '.join(choices)}")
        return choices(text)

    return convert


def _number(
    text: object, kind: Convert, noun: str, least: float | None, most: float | None
) -> float | None:
    """Return a number between the bounds, None for no text; what isn't a number is not."""
    if text is None:
        return None
    given = quoted_blank(shortened(str(text)))
    try:
        number: float = kind(str(text))
    except ValueError:
        raise typer.BadParameter(f"{given} is not {noun}") from None
    low, high = -inf if least is None else least, inf if most is None else most
    if not low <= number <= high:
        bounds = f" of at least {least}" if most is None else f" from {least} to {most}"
        raise typer.BadParameter(f"{given} is not {noun}{bounds if least is not None else ''}")
    return number
