"""The interpreter state that a program may change; restored after each of its turns."""

from __future__ import annotations

import builtins
import sys

import jax

_settrace, _gettrace = sys.settrace, sys.gettrace
_setprofile, _getprofile = sys.setprofile, sys.getprofile
_set_depth, _get_depth = sys.setrecursionlimit, sys.getrecursionlimit
_update_config = jax.config.update
_BUILTINS = vars(builtins)


class Interpreter:
    """Builtins, trace functions, the recursion limit and the filtering of tracebacks.

    The program's changes to the builtins and the limit apply again in its next turn, but not in
    between: the grader's own code must not run with them.
    """

    def __init__(self) -> None:
        self._ours = dict(_BUILTINS)
        self._theirs: dict[str, object] = {}
        self._their_depth = _get_depth()

    def lend(self) -> None:
        """Start the program's turn."""
        self._trace, self._profile = _gettrace(), _getprofile()
        self._filtering = jax.config.jax_traceback_filtering
        self._depth = _get_depth()
        _update_config("jax_traceback_filtering", "off")  # reports need all frames
        _set_depth(self._their_depth)
        _BUILTINS.update(self._theirs)

    def silence(self) -> None:
        """Remove trace and profile functions that the program set."""
        if _gettrace() is not self._trace:
            _settrace(self._trace)
        if _getprofile() is not self._profile:
            _setprofile(self._profile)

    def take_back(self) -> None:
        """End the program's turn. Nothing here may use a builtin before they are restored."""
        ours = self._ours
        self._theirs = {
            name: value for name, value in _BUILTINS.items() if ours.get(name) is not value
        }
        for name in self._theirs:
            del _BUILTINS[name]
        _BUILTINS.update(ours)
        self._their_depth = _get_depth()
        _set_depth(self._depth)
        _update_config("jax_traceback_filtering", self._filtering)
