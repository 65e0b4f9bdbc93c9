"""Parses programs, for all threads of the grader."""

from __future__ import annotations

import ast
import threading
import warnings
from typing import Final

_PARSING: Final = threading.Lock()


def parsed(text: str) -> ast.Module:
    """Parse a file's text without warnings. Raises what `ast.parse` raises.

    One thread at a time: before Python 3.13, all threads share one count of the tree's depth
    (https://github.com/python/cpython/issues/106905), and they share the filters of warnings.
    """
    with _PARSING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text.removeprefix("\ufeff"))


def expression(text: str) -> ast.Expression:
    """Parse an expression, as `parsed` does a file."""
    with _PARSING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text, mode="eval")
