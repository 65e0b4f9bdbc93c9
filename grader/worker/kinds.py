"""Questions of type that a traced program asks: a size and the seed answer like the int they are.

Other stand-ins answer for themselves where an array would say the same; where it would not, the
question is noted. And `len`, which Python lets return nothing but an int, returns a symbolic size.
"""

from __future__ import annotations

import builtins
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import jax
import jax.export
import numpy as np

from grader.model.trace import Asked

_isinstance, _getattr, _hasattr, _len, _type = isinstance, getattr, hasattr, len, type
_NONE: Final = object()
_TELLING: Final = frozenset({"aval", "committed", "device", "devices", "sharding", "weak_type"})
SAMPLE: Final = 2
"""An int like the sizes and seeds of a call, as far as types go."""
_PRODUCT: Final = np.int64(SAMPLE)


class Kinds:
    """Answers such questions; `ask` gets those that a stand-in would answer otherwise.

    `arrays` are the stand-ins for what is passed: a caller may pass JAX's arrays or NumPy's.
    """

    def __init__(
        self, seeds: tuple[Any, ...], arrays: Sequence[Any], ask: Callable[[Asked], None]
    ) -> None:
        self._seeds = seeds
        self._arrays = arrays
        self._ask = ask
        self.multiplied = False
        """Whether `np.prod` has multiplied sizes: then a size may stand for a number of NumPy's."""

    def questions(self) -> Mapping[str, Any]:
        """Return what to give to the program, by the builtins' names."""
        return {
            "isinstance": self._is_instance,
            "type": self._type_of,
            "hasattr": self._has,
            "getattr": self._get,
            "len": _length,
        }

    def _is_int(self, value: Any) -> bool:
        return any(value is seed for seed in self._seeds) or jax.export.is_symbolic_dim(value)

    def _is_instance(self, value: Any, kinds: Any) -> bool:
        kinds = _without(self._type_of, kinds)
        if self._is_int(value):
            if self.multiplied and _isinstance(SAMPLE, kinds) is not _isinstance(_PRODUCT, kinds):
                self._ask(Asked.KIND)
            return _isinstance(SAMPLE, kinds)
        found = _isinstance(value, kinds)
        if _has_protocol(kinds):  # it looks attributes up, which may fail in a trace only
            self._ask(Asked.KIND)
        if any(_alike(kind, kinds) is not found for kind in self._possible(value)):
            self._ask(Asked.KIND)
        return found

    def _possible(self, value: Any) -> tuple[type, ...]:
        """Return the types of what a stand-in may stand for in a call; none for anything else."""
        if not _is_tracer(value):
            return ()
        passed = any(value is each for each in self._arrays)
        return (*_possible(value), *((np.ndarray,) if passed else ()))

    def _type_of(self, *arguments: Any, **options: Any) -> Any:
        if len(arguments) == 1 and not options:
            if self._is_int(arguments[0]):
                if self.multiplied:
                    self._ask(Asked.KIND)
                return int
            if _is_tracer(arguments[0]):
                self._ask(Asked.KIND)
        return _type(*arguments, **options)

    def _has(self, value: Any, name: str) -> bool:
        self._look_up(value, name)
        return _hasattr(value, name)

    def _get(self, value: Any, name: str, *default: Any) -> Any:
        self._look_up(value, name)
        found = _getattr(value, name, *default)
        if _isinstance(found, types.BuiltinMethodType):  # it may ask where nobody is seen to
            self._ask(Asked.KIND)
        return found

    def _look_up(self, value: Any, name: str) -> None:
        if name.startswith("_") or name in _TELLING:
            self._ask(Asked.KIND)
        ints = (int, np.int64) if self.multiplied else (int,)
        kinds = ints if self._is_int(value) else self._possible(value)
        found = _hasattr(value, name)
        failed = not found and any(name in vars(base) for base in _type(value).__mro__)
        if failed or any(_hasattr(kind, name) is not found for kind in kinds):
            self._ask(Asked.KIND)


def _length(value: Any) -> Any:
    if _is_tracer(value) and value.ndim and jax.export.is_symbolic_dim(value.shape[0]):
        return value.shape[0]
    return _len(value)


def _has_protocol(kinds: Any) -> bool:
    if _isinstance(kinds, tuple):
        return any(map(_has_protocol, kinds))
    return bool(_getattr(kinds, "_is_protocol", False))


def _is_tracer(value: Any) -> bool:
    return _isinstance(value, jax.core.Tracer)


def is_array(stand_in: Any) -> bool:
    """Say whether this can only stand for an array of jax, not for an int as well."""
    return _possible(stand_in) == (_array_type(),)


def _possible(value: Any) -> tuple[type, ...]:
    """Return the types of what a stand-in for an array may stand for in a call.

    The size of a named axis is an int there.
    """
    aval = value.aval
    counts = np.issubdtype(np.dtype(aval.dtype), np.integer) if _is_plain(aval) else False
    if (_getattr(aval, "weak_type", False) or counts) and value.shape == ():
        return (_array_type(), int)
    return (_array_type(),)


def _is_plain(aval: Any) -> bool:
    return _isinstance(_getattr(aval, "dtype", None), np.dtype)


def _array_type() -> type:
    """Return the class of arrays, without an array: that would start a backend."""
    import jaxlib._jax as native

    found: type = native.ArrayImpl
    return found


def _alike(kind: type, kinds: Any) -> bool | object:
    try:
        return issubclass(kind, kinds)
    except TypeError:
        return _NONE


def _without(question: Any, kinds: Any) -> Any:
    """Put the builtin `type` in the place of what the program was given for it."""
    if kinds == question:
        return builtins.type
    if _isinstance(kinds, tuple):
        return tuple(_without(question, each) for each in kinds)
    return kinds
