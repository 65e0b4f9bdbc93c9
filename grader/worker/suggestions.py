"""Suggestions for misspelt names, as in Python's own tracebacks."""

from __future__ import annotations

import difflib
import re
import sys
import types
from collections.abc import Iterable

from grader.worker.foreign import Foreign, clean

_MOST_NAMES = 4000
_LONGEST_NAME = 80
_NAME = re.compile(
    r"^(?:name '(?P<free>\w+)' is not defined|cannot import name '(?P<imported>\w+)' from|"
    r"module '[\w.]+' has no attribute '(?P<attribute>\w+)')"
)
_dictionary = types.ModuleType.__getattribute__


def suggestion(error: BaseException, message: str, globals_: dict[str, Foreign]) -> str | None:
    """Return the name that is nearest to the one that is missing according to an exception.

    `globals_` are those of the submission's innermost frame. None of its code runs.
    """
    found = _NAME.match(message)
    if found is None or type(error) not in (NameError, AttributeError, ImportError):
        return None
    if found["free"]:
        return _nearest(found["free"], globals_)
    home = error.obj if type(error) is AttributeError else sys.modules.get(_home(error))
    if type(home) is not types.ModuleType:
        return None
    return _nearest(found["attribute"] or found["imported"], _dictionary(home, "__dict__"))


def _home(error: BaseException) -> str:
    name = error.name if type(error) is ImportError else None
    return name if type(name) is str else ""


def _nearest(name: str, names: Iterable[Foreign]) -> str | None:
    """Return the nearest public name; a name with the same letters comes first."""
    known = [each for each in list(names)[:_MOST_NAMES] if type(each) is str and each[:1] != "_"]
    for each in known:
        if sorted(each.lower()) == sorted(name.lower()) and each != name:
            return clean(each, _LONGEST_NAME)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    return clean(near[0], _LONGEST_NAME) if near and near[0] != name else None
