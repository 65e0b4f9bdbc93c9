"""The fields of a module as texts: equal for equal settings, in every process.

Each `lecun_normal()` makes a new closure; initialisers are compared by what they close over.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import types
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np
from flax import linen as nn
from flax.core import FrozenDict

from grader.model.observation import Setting
from grader.worker.arrays import array_type, digest_of, is_tracer
from grader.worker.foreign import Foreign, class_name, clean, defined_in, describe, name_of

_MOST_FIELDS = 40
_MOST_ITEMS = 12
_DEEPEST = 4
_LONGEST = 300
_NOT_SETTINGS = frozenset({"parent", "name"})
_ATOMS = frozenset({bool, int, str, type(None), type(jax.numpy.float32)})
_LIBRARIES = ("jax.", "flax.")
_LINEN = "flax.linen."
_BOXING = frozenset({"flax.core.meta", "flax.linen.spmd"})
"""Where initialisers are wrapped that give the same numbers, with the names of their axes."""
_NOTHING: Mapping[str, Foreign] = types.MappingProxyType({})
_fields = dataclasses.fields
_MISSING = dataclasses.MISSING


def settings_of(module: Foreign, passed: Mapping[str, Foreign] = _NOTHING) -> tuple[Setting, ...]:
    """Return the fields that a module was made with, in order.

    A field that is None may have been `passed` to a call instead.
    """
    values = vars(module)
    fields = [each for each in _fields(module) if each.init and each.name not in _NOT_SETTINGS]
    return tuple(
        _setting(field, values[field.name], passed.get(field.name))
        for field in fields[:_MOST_FIELDS]
        if field.name in values
    )


def passed_to(module: Foreign, method: str, args: Foreign, kwargs: Foreign) -> dict[str, Foreign]:
    """Return what a method of one of Flax's own modules is called with, after the first, by name.

    Flax's modules take some of their fields in the call as well: `nn.merge_param`.
    """
    if not (kwargs or len(args) > 1) or not defined_in(type(module)).startswith(_LINEN):
        return {}
    code = getattr(inspect.unwrap(getattr(type(module), method)), "__code__", None)
    names = code.co_varnames[1 : code.co_argcount] if code is not None else ()
    return {**dict(zip(names[1:], args[1:], strict=False)), **kwargs}


def _setting(field: dataclasses.Field[Any], value: Foreign, passed: Foreign) -> Setting:
    if value is None and passed is not None:
        return Setting(name=field.name, text=text_of(passed), default=False, passed=True)
    default = field.default
    if default is _MISSING and field.default_factory in (list, dict, set, tuple):
        default = field.default_factory()
    return setting(field.name, value, default, missing=default is _MISSING)


def setting(name: str, value: Foreign, default: Foreign, *, missing: bool) -> Setting:
    """Return a setting as text, and whether it is the default, if there is one."""
    text = _remembered(value) if _never_changes(value) else text_of(value)
    same = value is default or (not missing and text == text_of(default))
    return Setting(name=clean(name, 80), text=text, default=same)


def _never_changes(value: Foreign) -> bool:
    """Whether this very value always has the same text: an atom, or a function of a library."""
    if type(value) is types.FunctionType:
        return str(value.__globals__.get("__name__")).startswith(_LIBRARIES)
    return type(value) in _ATOMS


@functools.lru_cache(maxsize=512, typed=True)
def _remembered(value: Foreign) -> str:
    return text_of(value)


def text_of(value: Foreign, depth: int = 0) -> str:
    """Describe a setting's value in one line, without addresses."""
    return clean(_text(value, depth), _LONGEST)


def _text(value: Foreign, depth: int) -> str:
    if type(value) is FrozenDict:  # Flax turns every dict that a field gets into one
        value = dict(value.items())
    cls = type(value)
    if depth > _DEEPEST:
        return "…"
    if cls in (tuple, list, set, frozenset, dict):
        return _container_text(value, depth)
    if cls is types.FunctionType:
        return _function_text(value, depth)
    if cls is functools.partial:
        return _partial_text(value, depth)
    return _dtype_name(value) or _other_text(value)


def _container_text(value: Foreign, depth: int) -> str:
    cls = type(value)
    if cls is dict:
        pairs = list(value.items())[:_MOST_ITEMS]
        items = [f"{text_of(key, depth + 1)}: {text_of(item, depth + 1)}" for key, item in pairs]
    else:
        items = [text_of(item, depth + 1) for item in list(value)[:_MOST_ITEMS]]
    ordered = sorted(items) if cls in (set, frozenset) else items
    return f"{cls.__name__}({', '.join(ordered)})"


def _other_text(value: Foreign) -> str:
    cls = type(value)
    array = array_type(value)
    if array is not None:
        traced = "a traced " if is_tracer(value) else ""
        return f"{traced}{array.dtype}{list(array.shape)} {digest_of(value) or ''}".rstrip()
    if issubclass(cls, type):
        return f"{defined_in(value)}.{class_name(value)}"
    if issubclass(cls, nn.Module):
        inner = ", ".join(f"{each.name}={each.text}" for each in settings_of(value))
        return f"{class_name(cls)}({inner})"
    if callable(value):
        return name_of(value)
    return describe(value)


def _dtype_name(value: Foreign) -> str | None:
    """Name of a number type in any spelling: `jnp.float32`, `np.float32`, `np.dtype(…)`."""
    cls = type(value)
    if issubclass(cls, np.dtype):
        return str(value.name)
    if class_name(cls) == "_ScalarMeta" and defined_in(cls).startswith("jax."):
        return str(value.dtype.name)
    if cls is type and value in _NUMBER_TYPES:
        return np.dtype(value).name
    return None


_NUMBER_TYPES = frozenset(
    cls for cls in np.sctypeDict.values() if issubclass(cls, (np.number, np.bool_))
)


def _function_text(function: types.FunctionType, depth: int) -> str:
    """Name a function by where it is defined and what it closes over."""
    inner = vars(function).get("__wrapped__")
    if function.__globals__.get("__name__") in _BOXING and type(inner) is types.FunctionType:
        return _function_text(inner, depth)
    parts = [_cell_text(name, cell, depth) for name, cell in _cells(function)]
    closed = f"({', '.join(parts)})" if parts else ""
    return f"{defined_in(function)}.{clean(function.__qualname__, 120)}{closed}"


def _cells(function: types.FunctionType) -> list[tuple[str, Any]]:
    return list(zip(function.__code__.co_freevars, function.__closure__ or (), strict=False))[
        :_MOST_ITEMS
    ]


def _cell_text(name: str, cell: Foreign, depth: int) -> str:
    try:
        value = cell.cell_contents
    except ValueError:  # the cell is still empty
        return name
    return f"{name}={text_of(value, depth + 1)}"


def _partial_text(value: functools.partial[Any], depth: int) -> str:
    args = [text_of(item, depth + 1) for item in value.args]
    keywords = [
        f"{clean(name, 80)}={text_of(item, depth + 1)}" for name, item in value.keywords.items()
    ]
    return f"{text_of(value.func, depth + 1)}({', '.join([*args, *keywords])})"
