"""A canonical form for the parameters and types of a jaxpr: equal texts mean equal values."""

from __future__ import annotations

from enum import Enum
from hashlib import blake2b
from typing import Any, Final

import jax
import jax.export
import numpy as np
from jax.extend import random as extended_random

Aval = Any
"""An abstract value of jax: shape and dtype. Its class is private."""

Parameter = Any
"""A parameter of a primitive: nearly any type."""

Shape = tuple[object, ...]
"""Sizes in canonical form: numbers, and the text of symbolic ones."""

_IMPLEMENTATIONS: Final = tuple(
    getattr(extended_random, name)
    for name in ("threefry_prng_impl", "rbg_prng_impl", "unsafe_rbg_prng_impl")
)
_KNOWN_BY_TEXT: Final = frozenset({("scan", "ft_in"), ("scan", "ft_out")})
"""Parameters of private classes with a complete text, by primitive and name."""


class NotComparable(Exception):
    """The jaxpr doesn't determine what some part of the program means. The text says which."""


def canonical_type(aval: Aval) -> tuple[Shape, str]:
    """Return shape and dtype of an array; weak types don't outlive the trace."""
    if not hasattr(aval, "shape") or not hasattr(aval, "dtype"):
        raise NotComparable(f"handles a {type(aval).__name__}, which isn't an array")
    return tuple(canonical(size) for size in aval.shape), str(aval.dtype)


def canonical(value: Parameter, place: tuple[str, str] = ("", "")) -> object:
    """Return `value` as nested tuples of numbers and text; `place` is its primitive and name.

    Raises `NotComparable` for values without such a form, above all functions.
    """
    if value is None or isinstance(value, bool | str | bytes):
        return value
    if _is_array(value):
        return _array(value)
    if isinstance(value, Enum):
        return ("enum", type(value).__name__, value.name)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float | complex):
        return (type(value).__name__, repr(value))
    return _named(value, place)


def _named(value: Parameter, place: tuple[str, str]) -> object:
    if jax.export.is_symbolic_dim(value):
        return ("size", str(value))
    if isinstance(value, np.dtype) or is_extended(value):
        return ("dtype", str(value))
    if isinstance(value, type) and issubclass(value, np.generic):
        return ("dtype", str(np.dtype(value)))
    if any(value is known for known in _IMPLEMENTATIONS):
        return ("impl", value.name)
    return _container(value, place)


def _container(value: Parameter, place: tuple[str, str]) -> object:
    if isinstance(value, tuple | list):
        name = type(value).__name__ if hasattr(value, "_fields") else "tuple"
        return (name, *(canonical(item, place) for item in value))
    if isinstance(value, dict):
        return ("dict", *sorted((repr(key), canonical(value[key], place)) for key in value))
    if place in _KNOWN_BY_TEXT:
        return ("text", str(value))
    primitive, name = place
    raise NotComparable(f"uses {primitive or 'a value'} with {name or 'a type'} that can't be read")


def is_extended(dtype: Parameter) -> bool:
    """Whether `dtype` is one of jax's own, such as that of typed keys."""
    try:
        return bool(jax.dtypes.issubdtype(dtype, jax.dtypes.extended))
    except TypeError:
        return False


def _is_array(value: Parameter) -> bool:
    """Recognise arrays and NumPy scalars; jax's private class for constants looks similar."""
    if isinstance(value, np.ndarray | np.generic | jax.Array):
        return True
    return all(hasattr(value, name) for name in ("shape", "dtype", "__array__"))


def _array(value: Parameter) -> object:
    if is_extended(value.dtype):
        return ("key", str(value.dtype), _array(jax.random.key_data(value)))
    array = np.asarray(value)
    if array.dtype.hasobject:
        raise NotComparable("holds an array of Python objects")
    if array.ndim == 0 and array.dtype.kind in "iu":
        return int(array)
    content = blake2b(np.ascontiguousarray(array).tobytes(), digest_size=20).hexdigest()
    return ("array", str(array.dtype), array.shape, content)
