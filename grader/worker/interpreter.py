"""The interpreter's own state that a program may change, given back after each of its turns."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import jax

_settrace, _gettrace = sys.settrace, sys.gettrace
_setprofile, _getprofile = sys.setprofile, sys.getprofile
_update_config = jax.config.update
_BUILTINS = vars(builtins)


class Interpreter:
    """Builtins, trace functions and the filtering of tracebacks.

    What the program did to the builtins is in force again in its next turn, and not in between:
    the grader's own code must not run on them.
    """

    def __init__(self) -> None:
        self._ours = dict(_BUILTINS)
        self._theirs: dict[str, object] = {}

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Let the program have the interpreter for the `with` block."""
        trace, profile = _gettrace(), _getprofile()
        filtering = jax.config.jax_traceback_filtering
        _update_config("jax_traceback_filtering", "off")  # a removed frame can't be told of
        _BUILTINS.update(self._theirs)
        try:
            yield
        finally:
            _settrace(trace)
            _setprofile(profile)
            self._take_back()
            _update_config("jax_traceback_filtering", filtering)

    def _take_back(self) -> None:
        ours = self._ours
        self._theirs = {
            name: value for name, value in _BUILTINS.items() if ours.get(name) is not value
        }
        for name in self._theirs:
            del _BUILTINS[name]
        _BUILTINS.update(ours)
