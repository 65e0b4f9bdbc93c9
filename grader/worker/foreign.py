"""Names and texts of objects that are not trusted: nothing of theirs is called, all of it is cut."""

from __future__ import annotations

import functools
import types
from collections.abc import Iterable
from typing import Any

import numpy as np
from flax import linen as nn

_NAME = type.__dict__["__name__"]
_MRO = type.__dict__["__mro__"]
_DICT = type.__dict__["__dict__"]
_LONGEST_NAME = 80
_NUMPY_SCALARS = frozenset(np.sctypeDict.values())
_ATOMS = frozenset({bool, float, complex, str, bytes, type(None), type(...)})


def clean(text: str, limit: int) -> str:
    """Return `text` as a plain `str` of at most `limit` characters that can be encoded."""
    cut = str.__getitem__(text, slice(0, limit + 1))
    whole = cut.encode("utf-8", "backslashreplace").decode("utf-8")
    return whole if len(whole) <= limit else whole[: limit - 1] + "…"


def class_name(cls: type) -> str:
    """Name of a class, whatever its metaclass says."""
    return clean(_NAME.__get__(cls), _LONGEST_NAME)


def mro(cls: type) -> tuple[type, ...]:
    """Return the class and its bases in the order in which Python looks at them."""
    return tuple(_MRO.__get__(cls))


def defined_in(value: object) -> str:
    """Name of the module that defines a class or a function; empty when it can't be told."""
    if type(value) is functools.partial:
        return defined_in(value.func)
    if issubclass(type(value), type):
        found = _DICT.__get__(value).get("__module__", "")
    elif type(value) is types.FunctionType:
        found = value.__module__
    else:
        return ""
    return clean(found, _LONGEST_NAME) if type(found) is str else ""


def module_bases(cls: type) -> tuple[str, ...]:
    """Flax modules that `cls` derives from, nearest first: `flax.linen.linear.Dense`."""
    return tuple(
        f"{defined_in(base)}.{class_name(base)}"
        for base in mro(cls)[1:]
        if issubclass(base, nn.Module)
    )


def name_of(value: object) -> str:
    """Name of a class, a function or a partial of one; else the name of its class."""
    if type(value) is functools.partial:
        return name_of(value.func)
    if issubclass(type(value), type):
        return class_name(value)  # type: ignore[arg-type]
    if type(value) is types.FunctionType:
        return clean(value.__name__, _LONGEST_NAME)
    if type(value) is types.MethodType:
        return name_of(value.__func__)
    return class_name(type(value))


def describe(value: object, limit: int = 200) -> str:
    """Say in a line what a value is: `None`, `3.5`, `a Dense module`, `the function f`."""
    cls = type(value)
    if cls in _ATOMS:
        return clean(repr(_shortened(value)), limit)
    if cls is int:
        return _describe_int(value)  # type: ignore[arg-type]
    if cls in _NUMPY_SCALARS and not issubclass(cls, (np.object_, np.void)):
        return clean(repr(value), limit)
    if cls is types.FunctionType:
        return f"the function {name_of(value)}"
    if cls is types.ModuleType:
        return "a module"
    if issubclass(cls, type):
        return f"the class {name_of(value)}"
    if issubclass(cls, nn.Module):
        return f"a {class_name(cls)} module"
    return f"a value of type {class_name(cls)}"


def names(values: Iterable[Any]) -> tuple[str, ...]:
    """Return the texts among some values, cleaned; other values are described."""
    return tuple(
        clean(value, _LONGEST_NAME) if type(value) is str else describe(value, _LONGEST_NAME)
        for value in values
    )


def _shortened(value: object) -> object:
    return value[:400] if type(value) in (str, bytes) else value  # type: ignore[index]


def _describe_int(value: int) -> str:
    bits = value.bit_length()
    return repr(value) if bits <= 256 else f"an int of {bits} bits"
