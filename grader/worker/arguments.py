"""The arguments of a call: made from a case, and compared with it afterwards."""

from __future__ import annotations

from typing import Any, assert_never

import jax
import jax.numpy as jnp
import numpy as np

from grader.model.case import (
    ArrayValue,
    BoolValue,
    Case,
    Container,
    DictValue,
    FloatValue,
    IntValue,
    KeyValue,
    TextValue,
    TupleValue,
    Value,
)

_asarray = jnp.asarray
_key = jax.random.key
_old_key = jax.random.PRNGKey
_frombuffer = np.frombuffer
_tobytes = np.ndarray.tobytes


class Arguments:
    """The arguments of one call, by position and by name, and what they were before it."""

    def __init__(self, case: Case) -> None:
        self._given: list[tuple[str, ArrayValue, np.ndarray[Any, Any]]] = []
        self._container = case.container
        self._dicts: list[tuple[str, dict[str, object], dict[str, object]]] = []
        built = [(each, self._build(each.name, each.value)) for each in case.arguments]
        self.values = tuple(value for each, value in built if not each.by_name)
        self.named = {each.name: value for each, value in built if each.by_name}

    def mutated(self) -> tuple[str, ...]:
        """Names of the arguments that changed during the call, in order."""
        changed = [name for name, value, array in self._given if _differs(array, value)]
        changed += [name for name, given, before in self._dicts if not _same_items(given, before)]
        return tuple(dict.fromkeys(changed))

    def _build(self, name: str, value: Value) -> object:
        match value:
            case ArrayValue():
                return self._array(name, value)
            case TupleValue():
                return tuple(self._build(name, item) for item in value.items)
            case DictValue():
                return self._dict(name, value)
            case IntValue() | FloatValue() | BoolValue() | TextValue():
                return value.value
            case KeyValue():
                return _key(value.seed) if value.typed else _old_key(value.seed)
        assert_never(value)

    def _dict(self, name: str, value: DictValue) -> object:
        made = {key: self._build(name, item) for key, item in value.items.items()}
        self._dicts.append((name, made, dict(made)))
        return made

    def _array(self, name: str, value: ArrayValue) -> object:
        flat = _frombuffer(value.data, dtype=jnp.dtype(value.dtype))
        array = flat.reshape(value.shape).copy()
        if self._container is Container.JAX:
            return _asarray(array)
        self._given.append((name, value, array))
        return array


def _same_items(given: dict[str, object], before: dict[str, object]) -> bool:
    return given.keys() == before.keys() and all(given[key] is before[key] for key in before)


def _differs(array: np.ndarray[Any, Any], value: ArrayValue) -> bool:
    if array.shape != value.shape or array.dtype.name != value.dtype:
        return True
    return _tobytes(array) != value.data
