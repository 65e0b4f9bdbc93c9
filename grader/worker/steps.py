"""Lifted loops: what they do with collections and streams, and the class or function of a step."""

from __future__ import annotations

import functools
import inspect
import types

from flax import linen as nn

from grader.model.observation import Collections
from grader.model.transforms import Does, Kind, Transform
from grader.worker import axes
from grader.worker.foreign import Foreign, names

_MAIN = "__call__"


def is_lifted_loop(row: Transform) -> bool:
    """Whether a transform makes a loop of a Flax class, or of a function of a module."""
    return row.kind is Kind.LIFTS and row.does is Does.LOOPS


def is_module(value: Foreign) -> bool:
    """Whether a value is an instance of a Flax module."""
    return issubclass(type(value), nn.Module)


def class_of(target: Foreign) -> Foreign:
    """Return the class that a target is, or makes with some arguments; None for a function."""
    found: Foreign = target.func if type(target) is functools.partial else target
    return found if issubclass(type(found), type) and issubclass(found, nn.Module) else None


def methods_of(arguments: dict[str, Foreign]) -> tuple[str, ...]:
    """Return the names of the methods that a call lifts."""
    given: Foreign = arguments.get("methods")
    return names(given) if type(given) in (list, tuple, dict) else (_MAIN,)


def with_methods(signature: inspect.Signature, arguments: dict[str, Foreign]) -> dict[str, Foreign]:
    """Return a call's arguments, or those that `methods={"__call__": {…}}` gives instead."""
    methods = arguments.get("methods")
    if type(methods) is not dict or not methods:
        return arguments
    knobs = methods.get(_MAIN, next(iter(methods.values())))
    own = dict(knobs) if type(knobs) is dict else {}
    others = {
        name: each.default
        for name, each in signature.parameters.items()
        if each.default is not inspect.Parameter.empty and name != "methods"
    }
    return arguments | others | {name: each for name, each in own.items() if type(name) is str}


def collections_of(arguments: dict[str, Foreign]) -> Collections | None:
    """Return what a call says of collections and streams; None for a transform that says less."""
    if "variable_broadcast" not in arguments:
        return None
    return Collections(
        broadcast=axes.name_filter(arguments["variable_broadcast"]),
        carried=axes.name_filter(arguments["variable_carry"]),
        axes=axes.variable_axes(arguments["variable_axes"]),
        splits=axes.split_rngs(arguments["split_rngs"]),
    )


def is_function(value: Foreign) -> bool:
    """Whether a value is a function that was written in Python, not a class or a partial."""
    return type(value) is types.FunctionType
