"""NNX's objects as data: their variables with types, shapes and numbers; `StateAxes` as axes.

Nothing here imports NNX: a program that doesn't has no such objects.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Final

import jax

from grader.model.axes import CARRY
from grader.model.nnx import NodeState
from grader.model.observation import Axes, Axis, AxisTree, Variable
from grader.worker.arrays import Host, array_type, is_key, on_host
from grader.worker.foreign import Foreign, class_name, clean, describe
from grader.worker.keys import words_of
from grader.worker.variables import facts_of

_MOST_VARIABLES: Final = 60
_DEEPEST: Final = 12
_INTERNAL: Final = "_pytree__"


def nnx() -> Foreign:
    """Return the module `flax.nnx` if the program, or its exercise, imported it."""
    return sys.modules.get("flax.nnx")


def is_node(value: Foreign) -> bool:
    """Whether a value is one of NNX's objects: a module, a stream, a variable, a state."""
    library = nnx()
    if library is None:
        return False
    cls = type(value)
    return issubclass(cls, (library.Pytree, library.Variable, library.State))


def leaves_of(value: Foreign) -> list[Foreign]:
    """Return the leaves of a value; an NNX object is one leaf."""
    found: list[Foreign] = jax.tree.leaves(value, is_leaf=is_node if nnx() is not None else None)
    return found


def states_of(values: Sequence[Foreign]) -> tuple[NodeState, ...]:
    """Return the state of each object in the arguments of a call."""
    if nnx() is None:
        return ()
    return tuple(
        _state(place, leaf)
        for place, value in enumerate(values)
        for leaf in leaves_of(value)
        if is_node(leaf)
    )


def states_in(result: Foreign) -> tuple[NodeState, ...]:
    """Return the state of each object in a result."""
    if nnx() is None:
        return ()
    return tuple(_state(-1, leaf) for leaf in leaves_of(result) if is_node(leaf))


def _state(place: int, node: Foreign) -> NodeState:
    return NodeState(
        argument=place, class_name=class_name(type(node)), variables=variables_in(node)
    )


def variables_in(node: Foreign) -> tuple[Variable, ...]:
    """Return the arrays of an object, with the type of their variable as the collection."""
    found = []
    for path, variable, held in values_in(node):
        value = _as_array(held)
        type_ = array_type(value)
        if type_ is not None:
            largest, alike, numbers = facts_of(_numbers(value))
            found.append(
                Variable(
                    collection=class_name(type(variable)),
                    path=path,
                    type=type_,
                    largest=largest,
                    alike_along=tuple(axis for axis in alike if axis < len(type_.shape)),
                    digest=numbers,
                )
            )
    return tuple(found)


def _as_array(value: Foreign) -> Foreign:
    """Return a plain number, such as that of `nnx.Param(0.0)`, as JAX's array."""
    return jax.numpy.asarray(value) if type(value) in (bool, int, float) else value


def _numbers(value: Foreign) -> Host | None:
    return words_of(value) if is_key(value) else on_host(value)


def values_in(node: Foreign) -> list[tuple[tuple[str, ...], Foreign, Foreign]]:
    """Return path, variable and value of each variable in an object, each variable once.

    They are sorted: an update changes the order of a module's attributes.
    """
    seen: set[int] = set()
    found = islice(_variables(node, (), seen), _MOST_VARIABLES)
    ordered = sorted(found, key=itemgetter(0))
    return [(path, variable, value_of(variable)) for path, variable in ordered]


def value_of(variable: Foreign) -> Foreign:
    """Return what a variable holds, without asking for an index or a hook."""
    return nnx().Variable.get_raw_value(variable)


def _variables(
    value: Foreign, path: tuple[str, ...], seen: set[int]
) -> Iterator[tuple[tuple[str, ...], Foreign]]:
    library = nnx()
    if len(path) > _DEEPEST or id(value) in seen:
        return
    seen.add(id(value))
    cls = type(value)
    if issubclass(cls, library.Variable):
        yield path, value
    else:
        for name, item in _children(value, cls, library):
            yield from _variables(item, (*path, name), seen)


def _children(value: Foreign, cls: type, library: Foreign) -> Iterator[tuple[str, Foreign]]:
    items: Foreign = ()
    if issubclass(cls, library.Pytree):
        items = vars(value).items()
    elif cls is library.State:
        items = value.items()
    elif issubclass(cls, dict):
        items = dict.items(value)
    elif cls in (tuple, list):
        items = enumerate(value)
    for name, item in list(items):
        text = clean(name, 80) if type(name) is str else describe(name, 80)
        if not text.startswith(_INTERNAL):
            yield text, item


def axes_of_state(given: Foreign, axes: Callable[[Foreign, int], Axes], depth: int) -> Axes | None:
    """Normalise what only NNX has: `StateAxes`, `DiffState` and `Carry`; None for the rest."""
    library = nnx()
    if library is None:
        return None
    cls = type(given)
    if cls is library.StateAxes:
        return AxisTree(
            items=tuple(axes(each, depth + 1) for each in given.axes),
            keys=tuple(_filter_text(each) for each in given.filters),
            is_state=True,
        )
    if cls is library.DiffState:
        return axes(given.argnum, depth + 1)
    if given is library.Carry:
        return Axis(value=None, invalid=CARRY)
    return None


def _filter_text(given: Foreign) -> str:
    """Write a filter as in code: `Param`, `...`, `dropout`."""
    if given is ...:
        return "..."
    if issubclass(type(given), type):
        return class_name(given)
    if type(given) in (tuple, list):
        return " | ".join(_filter_text(each) for each in given)
    return clean(given, 80) if type(given) is str else describe(given, 80)
