"""The arguments of a lifted transform, normalised: filters, axes and splits."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from flax.core import DenyList, broadcast, lift

from grader.model.observation import (
    Axes,
    Axis,
    AxisEntry,
    AxisTree,
    Deny,
    Everything,
    NameFilter,
    Names,
    SplitEntry,
)
from grader.worker import nodes
from grader.worker.arrays import on_host
from grader.worker.foreign import Foreign, describe, names

_DEEPEST = 6
_MOST_ITEMS = 50
_INTEGERS = frozenset(
    {int, bool} | {cls for cls in set(np.sctypeDict.values()) if issubclass(cls, np.integer)}
)


def variable_axes(given: Foreign) -> tuple[AxisEntry, ...]:
    """Normalise `variable_axes`: an entry for each filter, in order."""
    return tuple(_axis_entry(key, value) for key, value in _items(given))


def split_rngs(given: Foreign) -> tuple[SplitEntry, ...]:
    """Normalise `split_rngs`; like Flax, take any true value for `True`."""
    return tuple(
        SplitEntry(filter=name_filter(key), split=_truth(value)) for key, value in _items(given)
    )


def name_filter(given: Foreign, depth: int = 0) -> NameFilter:
    """Normalise a filter: a name, several names, `True`, `False` or a `DenyList`."""
    cls = type(given)
    if cls is bool:
        return Everything(matches=given is True)
    if cls is str:
        return Names(names=names((given,)))
    if cls is DenyList and depth < _DEEPEST:
        return Deny(names=name_filter(given.deny, depth + 1))
    if cls in (tuple, list):
        return Names(names=names(given))
    if cls in (set, frozenset):
        return Names(names=tuple(sorted(names(given))))
    return Names(names=(describe(given, 80),))


def axes(given: Foreign, depth: int = 0) -> Axes:
    """Normalise `in_axes` or `out_axes`: an axis, None, or a tree of them."""
    cls = type(given)
    if given is None or given is broadcast:
        return Axis(value=None, invalid=None if given is None else "nn.broadcast")
    if cls in _INTEGERS:
        return Axis(value=operator.index(given))
    if depth >= _DEEPEST:
        return Axis(value=None, invalid=describe(given, 80))
    if issubclass(cls, (tuple, list)):
        base = tuple if issubclass(cls, tuple) else list
        items = list(base.__iter__(given))[:_MOST_ITEMS]
        return AxisTree(items=tuple(axes(item, depth + 1) for item in items), is_list=base is list)
    if issubclass(cls, dict):
        pairs = list(_items(given))[:_MOST_ITEMS]
        return AxisTree(
            items=tuple(axes(value, depth + 1) for _, value in pairs),
            keys=names(key for key, _ in pairs),
        )
    return nodes.axes_of_state(given, axes, depth) or Axis(value=None, invalid=describe(given, 80))


def _axis_entry(key: Foreign, given: Foreign) -> AxisEntry:
    direction = "both"
    if type(given) in (lift.In, lift.Out):
        direction = "in" if type(given) is lift.In else "out"
        given = given.axis
    axis = axes(given)
    if isinstance(axis, AxisTree):
        axis = Axis(value=None, invalid=describe(given, 80))
    return AxisEntry(
        filter=name_filter(key), axis=axis.value, direction=direction, invalid=axis.invalid
    )


def _items(given: Foreign) -> Iterator[tuple[Any, Any]]:
    """Return a mapping's pairs: for a dict the built-in ones, otherwise from its own methods."""
    if issubclass(type(given), dict):
        yield from list(dict.items(given))[:_MOST_ITEMS]
    elif issubclass(type(given), Mapping):
        mapping: Foreign = given
        yield from list(mapping.items())[:_MOST_ITEMS]


def _truth(given: Foreign) -> bool:
    cls = type(given)
    if cls in _INTEGERS or cls is np.bool_ or given is None:
        return bool(given)
    array = on_host(given)
    return array is None or array.size != 1 or bool(array.item())
