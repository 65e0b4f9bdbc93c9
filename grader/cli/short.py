"""What a learner asks for while working, in its shortest form: `grade list`, `grade hint NAME`.

Typer takes as long to import as these take to run, and has nothing to add where no option is given.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from grader.cli.early import COMPLETION
from grader.cli.folders import exercise_folders
from grader.grading.color import Color

_NAME: Final = re.compile(r"\w[\w-]*")
"""A word that is no option, and that no shell or Click would expand."""


def short_command(argv: Sequence[str]) -> Callable[[], int] | None:
    """Return what `argv` asks for; None if Typer has to read it."""
    if not argv or COMPLETION in os.environ:
        return None
    verb, *words = argv
    found = _COMMANDS.get(verb)
    if found is None:
        return None
    command, most = found
    plain = len(words) <= most and all(map(_NAME.fullmatch, words))
    return partial(command, *words) if plain else None


def _list() -> int:
    from grader.cli.standing import list_exercises

    return list_exercises(exercise_folders(), Color.AUTO)


def _show(exercise: str | None = None) -> int:
    from grader.cli.learn import show_lesson

    return show_lesson(exercise, exercise_folders(), Color.AUTO)


def _hint(exercise: str | None = None) -> int:
    from grader.cli.learn import show_hints

    return show_hints(exercise, exercise_folders(), Color.AUTO, every=False)


_COMMANDS: Final[dict[str, tuple[Callable[..., int], int]]] = {
    "list": (_list, 0),
    "show": (_show, 1),
    "hint": (_hint, 1),
}
"""By its verb: the command, and how many words it takes."""
