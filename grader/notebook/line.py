"""The options behind `%%grade`, spelt as on the command line."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, get_args

from grader.grading.courses import listed_courses
from grader.grading.request import Declared, Front, GradingRequest, offered
from grader.notebook.gather import CannotGrade


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong, instead of ending the process."""
        raise CannotGrade(f"%%grade: {message}")


def options_in(line: str) -> GradingRequest:
    """Return what is asked for in the line. Raises `CannotGrade` if that isn't understood."""
    parser = _Parser(prog="%%grade", add_help=False, allow_abbrev=False)
    for name, each in offered(Front.NOTEBOOK).items():
        parser.add_argument(
            *each.option.flags, dest=name, **{"default": each.default, **_kind(each)}
        )
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise CannotGrade(f"%%grade: {error}") from error
    values = vars(parser.parse_args(words))
    return GradingRequest(**{**values, "exercises": tuple(values["exercises"]) or listed_courses()})


def _kind(each: Declared) -> dict[str, Any]:
    """Return how argparse reads an option."""
    kinds = {each.kind, *get_args(each.kind)}
    if bool in kinds:
        return {"action": "store_false" if each.switches_off else "store_true"}
    if Path in kinds:
        return {"action": "extend", "nargs": 1, "type": Path, "default": []}
    for kind in (int, float):
        if kind in kinds:
            return {"type": _bounded(kind, each)}
    return {}


def _bounded(kind: Callable[[str], float], each: Declared) -> Callable[[str], float]:
    least, most = each.option.least, each.option.most

    def read(text: str) -> float:
        number = kind(text)
        if (least is not None and number < least) or (most is not None and number > most):
            raise argparse.ArgumentTypeError(f"it has to be from {least} to {most}")
        return number

    read.__name__ = "number"  # what argparse calls it: `invalid number value`
    return read
