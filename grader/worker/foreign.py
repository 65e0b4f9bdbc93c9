"""Names and texts of untrusted objects: none of their code runs, and every text is truncated."""

from __future__ import annotations

import functools
import types
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from flax import linen as nn

Foreign: TypeAlias = Any
"""An object of the learner, or of a library without types."""

_NAME = type.__dict__["__name__"]
_MODULE = type.__dict__["__module__"]
_MRO = type.__dict__["__mro__"]
_LONGEST_NAME = 80
_NUMPY_SCALARS = frozenset(np.sctypeDict.values()) - {np.object_, np.void}
MODULE_NAME = "submission"
"""The module of a program's text, and what records say of the files beside it: all are its own."""

_adopted: set[str] = set()
_ATOMS = frozenset({bool, float, complex, str, bytes, type(None), type(...)})


def clean(text: str, limit: int) -> str:
    """Return `text` as a plain `str` that can be encoded, of at most `limit` characters."""
    cut = str.__getitem__(text, slice(0, limit + 1))
    whole = cut.encode("utf-8", "backslashreplace").decode("utf-8")
    return whole if len(whole) <= limit else whole[: limit - 1] + "…"


def class_name(cls: type) -> str:
    """Name of a class, without asking its metaclass."""
    return clean(_NAME.__get__(cls), _LONGEST_NAME)


def mro(cls: type) -> tuple[type, ...]:
    """Return the class and its bases in method resolution order."""
    return tuple(_MRO.__get__(cls))


def adopt(modules: Iterable[str]) -> None:
    """Take modules for parts of the program from now on."""
    _adopted.update(modules)


def disown(modules: Iterable[str]) -> None:
    """Undo `adopt`."""
    _adopted.difference_update(modules)


def defined_in(value: Foreign) -> str:
    """Name of the module that defines a class or a function; empty if unknown."""
    if type(value) is functools.partial:
        return defined_in(value.func)
    if issubclass(type(value), type):
        found = _MODULE.__get__(value)
    elif type(value) is types.FunctionType:
        found = value.__module__
    else:
        return ""
    if type(found) is not str:
        return ""
    return MODULE_NAME if found in _adopted else clean(found, _LONGEST_NAME)


def module_bases(cls: type) -> tuple[str, ...]:
    """Flax modules that `cls` derives from, nearest first: `flax.linen.linear.Dense`."""
    return tuple(
        f"{defined_in(base)}.{class_name(base)}"
        for base in mro(cls)[1:]
        if issubclass(base, nn.Module)
    )


def name_of(value: Foreign) -> str:
    """Name of a class, a function or a partial of one; for other values the name of their class."""
    if type(value) is functools.partial:
        return name_of(value.func)
    if issubclass(type(value), type):
        return class_name(value)
    if type(value) in (types.FunctionType, types.BuiltinMethodType):
        return clean(value.__name__, _LONGEST_NAME)
    if type(value) is types.MethodType:
        return name_of(value.__func__)
    return class_name(type(value))


def describe(value: Foreign, limit: int = 200) -> str:
    """Describe a value in one line: `None`, `3.5`, `a Dense module`, `the function f`."""
    cls = type(value)
    if cls is int:
        return _describe_int(value)
    if cls in _ATOMS or cls in _NUMPY_SCALARS:
        return clean(repr(_shortened(value)), limit)
    return clean(_describe_by_type(value), limit)


def _describe_by_type(value: Foreign) -> str:
    cls = type(value)
    if cls is types.FunctionType:
        return f"the function {name_of(value)}"
    if cls in (types.MethodType, types.BuiltinMethodType):
        # jax has `_reshape` behind `reshape`.
        return f"the method {name_of(value).removeprefix('_')}"
    if issubclass(cls, type):
        return f"the class {name_of(value)}"
    if issubclass(cls, nn.Module):
        return f"a {class_name(cls)} module"
    return f"a value of type {class_name(cls)}"


def names(values: Iterable[Any]) -> tuple[str, ...]:
    """Return values as texts: strings cleaned, other values described."""
    return tuple(
        clean(value, _LONGEST_NAME) if type(value) is str else describe(value, _LONGEST_NAME)
        for value in values
    )


def _shortened(value: Foreign) -> Foreign:
    return value[:400] if type(value) in (str, bytes) else value


def _describe_int(value: int) -> str:
    bits = value.bit_length()
    return repr(value) if bits <= 256 else f"an int of {bits} bits"
