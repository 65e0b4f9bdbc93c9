"""Variable trees as data: what each collection contains, with its shape and numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from flax.core import FrozenDict, meta

from grader.model.observation import Variable, digest
from grader.worker.arrays import Host, array_type, is_numeric, little_endian, on_host
from grader.worker.foreign import Foreign, clean, describe

_MOST_VARIABLES = 100
_DEEPEST = 12


def variables_of(tree: Foreign) -> tuple[Variable, ...]:
    """Return the arrays of a variable tree `{collection: {…: array}}`, one collection at a time."""
    found = []
    for path, leaf in _leaves(tree, ()):
        type_ = array_type(leaf)
        if type_ is None or not path:
            continue
        largest, alike, numbers = facts_of(on_host(leaf))
        found.append(
            Variable(
                collection=path[0],
                path=path[1:],
                type=type_,
                largest=largest,
                alike_along=alike,
                digest=numbers,
            )
        )
        if len(found) == _MOST_VARIABLES:
            break
    return tuple(found)


def _leaves(tree: Foreign, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    cls = type(tree)
    if len(path) > _DEEPEST:
        return
    if cls is FrozenDict:
        tree, cls = dict(tree.items()), dict
    if issubclass(cls, meta.Partitioned):
        yield from _leaves(tree.value, path)
    elif issubclass(cls, dict):
        for key, value in dict.items(tree):
            name = clean(key, 80) if type(key) is str else describe(key, 80)
            yield from _leaves(value, (*path, name))
    elif cls in (tuple, list):
        for index, value in enumerate(tree):
            yield from _leaves(value, (*path, str(index)))
    else:
        yield path, tree


def facts_of(array: Host | None) -> tuple[float | None, tuple[int, ...], str | None]:
    """Return a concrete array's largest magnitude, axes with equal slices, and digest."""
    if array is None or not is_numeric(array.dtype):
        return None, (), None
    alike = tuple(
        axis
        for axis, size in enumerate(array.shape)
        if size > 1 and array.size and bool((array == array.take([0], axis)).all())
    )
    return _largest(array), alike, digest(little_endian(array).tobytes())


def _largest(array: Host) -> float:
    if not array.size:
        return 0.0
    largest = float(
        np.abs(array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)).max()
    )
    return largest if math.isfinite(largest) else math.inf
