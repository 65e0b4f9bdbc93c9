"""The arguments of a call: made from a case, and compared with it afterwards."""

from __future__ import annotations

from typing import Any, assert_never

import jax.numpy as jnp
import numpy as np

from grader.model.case import ArrayValue, Case, Container, FloatValue, IntValue, TupleValue, Value

_asarray = jnp.asarray
_frombuffer = np.frombuffer
_tobytes = np.ndarray.tobytes


class Arguments:
    """The positional arguments of one call, and what they were before it."""

    def __init__(self, case: Case) -> None:
        self._given: list[tuple[str, ArrayValue, np.ndarray[Any, Any]]] = []
        self._container = case.container
        self.values = tuple(self._build(each.name, each.value) for each in case.arguments)

    def mutated(self) -> tuple[str, ...]:
        """Names of the arguments that changed during the call, in order."""
        changed = [name for name, value, array in self._given if _differs(array, value)]
        return tuple(dict.fromkeys(changed))

    def _build(self, name: str, value: Value) -> object:
        match value:
            case ArrayValue():
                return self._array(name, value)
            case TupleValue():
                return tuple(self._array(name, item) for item in value.items)
            case IntValue() | FloatValue():
                return value.value
        assert_never(value)

    def _array(self, name: str, value: ArrayValue) -> object:
        flat = _frombuffer(value.data, dtype=jnp.dtype(value.dtype))
        array = flat.reshape(value.shape).copy()
        if self._container is Container.JAX:
            return _asarray(array)
        self._given.append((name, value, array))
        return array


def _differs(array: np.ndarray[Any, Any], value: ArrayValue) -> bool:
    if array.shape != value.shape or array.dtype.name != value.dtype:
        return True
    return _tobytes(array) != value.data
