"""Arguments turned into values without pydantic, which Typer would import for it.

Typer 0.26 and later validate each argument with a pydantic adapter; importing pydantic takes longer
than all else that a command such as `grade list` does. Where Typer has no such adapters, or an
argument is of a kind that is not known here, Typer's own way is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple, get_args

import typer

from grader.cli.problem import quoted_blank, shortened

Convert = Callable[[Any], object]


def lighten(params: list[Any]) -> list[Any]:
    """Return a command's parameters, each with a converter of our own."""
    for param in params:
        descriptor = getattr(param, "type_descriptor", None)
        if descriptor is None or getattr(param, "_runtime_param", descriptor) is not None:
            continue
        leaf = get_args(descriptor.annotation)[0] if descriptor.is_list else descriptor.annotation
        convert = _converter(
            leaf, _Range(descriptor.parameter_info.min, descriptor.parameter_info.max)
        )
        if convert is not None:
            param._runtime_param = _Light(convert)  # noqa: SLF001 - there is no public way
    return params


class _Range(NamedTuple):
    """The numbers that an option takes; None where there is no bound."""

    least: float | None
    most: float | None

    def takes(self, number: float) -> bool:
        """Whether the number is between the bounds; what isn't a number is not."""
        above = self.least is None or number >= self.least
        below = self.most is None or number <= self.most
        return above and below and number == number  # noqa: PLR0124 - nan is not itself

    @property
    def words(self) -> str:
        """The bounds in words."""
        if self.least is None or self.most is None:
            return "" if self.least is None else f" of at least {self.least}"
        return f" from {self.least} to {self.most}"


class _Light:
    """Does what Typer's `RuntimeParam` does."""

    def __init__(self, convert: Convert) -> None:
        self._convert = convert

    def coerce(self, value: Any, param: Any, ctx: Any) -> object:  # noqa: ANN401
        """Return the value of an argument; `BadParameter` says what is wrong with it."""
        many = param.multiple or param.nargs == -1
        if value is None:
            return () if many else None
        try:
            return [self._convert(each) for each in value] if many else self._convert(value)
        except ValueError as error:
            raise typer.BadParameter(str(error), ctx=ctx, param=param) from error


def _converter(leaf: object, allowed: _Range) -> Convert | None:
    if leaf in {str, bool}:
        return lambda value: value
    if leaf is Path:
        return _path
    if leaf is int:
        return lambda text: _number(text, int, "a whole number", allowed)
    if leaf is float:
        return lambda text: _number(text, float, "a number", allowed)
    if isinstance(leaf, type) and issubclass(leaf, Enum):
        return lambda text: _choice(text, leaf)
    return None


def _path(text: object) -> Path:
    """Return a path; an empty one, as of a variable that isn't set, would be this folder."""
    if text == "":
        raise ValueError("it is empty; name a file or a folder")
    return Path(str(text))


def _number(text: object, kind: Callable[[str], float], noun: str, allowed: _Range) -> float:
    given = quoted_blank(shortened(str(text)))
    try:
        number = kind(str(text))
    except ValueError:
        raise ValueError(f"{given} is not {noun}") from None
    if not allowed.takes(number):
        raise ValueError(f"{given} is not {noun}{allowed.words}")
    return number


def _choice(text: object, choices: type[Enum]) -> Enum:
    values = [str(each.value) for each in choices]
    if isinstance(text, choices):
        return text
    if text not in values:
        raise ValueError(f"{text} is none of {', '.join(values)}")
    return choices(text)
