"""The order of an array's numbers, compared with the expected order."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations, permutations

import msgspec
import numpy as np
from numpy.typing import NDArray

from grader.compare import Numbers, Tolerance, close, numbers
from grader.model.case import ArrayValue
from grader.model.observation import digest

_MOST_AXES = 4


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """How to rearrange the expected numbers to get those that were found.

    The axes are taken in the order `axes`, those in `reversed` (numbered as before) backwards.
    Both are None if the numbers are the same but no such order is known.
    """

    axes: tuple[int, ...] | None = None
    reversed: tuple[int, ...] | None = None

    @property
    def plain(self) -> bool:
        """Whether nothing is rearranged."""
        return self.axes is not None and self.axes == tuple(sorted(self.axes)) and not self.reversed


def order_of(
    wanted: Numbers, found: Numbers, shape: tuple[int, ...], tolerance: Tolerance
) -> Order | None:
    """Return how `found` is ordered, None if it doesn't have the numbers of `wanted`.

    `shape` is the shape of the expected numbers before they were flattened.
    """
    if found.size != wanted.size or math.prod(shape) != wanted.size:
        return None
    flat = found.reshape(-1)
    for order in _orders(len(shape)):
        if np.all(close(_arranged(wanted.reshape(shape), order), flat, tolerance)):
            return order
    several = np.unique(wanted).size > 2
    same = bool(np.all(close(_sorted(wanted), _sorted(flat), tolerance)))
    return Order() if several and same else None


def _orders(rank: int) -> Iterator[Order]:
    """Yield every other order: axes swapped, axes backwards, and both."""
    if rank > _MOST_AXES:
        return
    plain = tuple(range(rank))
    swaps = list(permutations(plain))
    flips = [flip for count in range(rank + 1) for flip in combinations(plain, count)]
    both = [(axes, flip) for axes in swaps for flip in flips]
    for axes, flip in sorted(both, key=lambda each: (bool(each[1]) and each[0] != plain, each[1])):
        if axes != plain or flip:
            yield Order(axes=axes, reversed=flip)


def _sorted(array: Numbers) -> Numbers:
    flat: Numbers = array.reshape(-1).copy()
    flat.sort()
    return flat


def _arranged(array: Numbers, order: Order) -> Numbers:
    return np.flip(array, order.reversed or ()).transpose(order.axes).reshape(-1)


def moved(found: ArrayValue, shape: tuple[int, ...], source: int, target: int) -> Numbers | None:
    """Return the numbers of `found`, read as `shape`, after axis `source` went to `target`."""
    values = numbers(found)
    rank = len(shape)
    if values is None or values.size != math.prod(shape) or not max(source, target) < rank:
        return None
    return np.moveaxis(values.reshape(shape), source, target)


def rearranged(found: ArrayValue, shape: tuple[int, ...], wanted: str) -> Order | None:
    """Return the order of axes in which `found` has the numbers of an array of `shape`.

    `wanted` is the hash of that array, which isn't known itself. None if the numbers differ.
    """
    raw = _raw(found)
    if raw is None or raw.size != math.prod(shape) or len(shape) > _MOST_AXES:
        return None
    for axes in permutations(range(len(shape))):
        swapped = raw.reshape([shape[axis] for axis in axes])
        back = swapped.transpose([axes.index(axis) for axis in range(len(shape))])
        if digest(np.ascontiguousarray(back).tobytes()) == wanted:
            return Order(axes=axes, reversed=())
    return None


def _raw(value: ArrayValue) -> NDArray[np.void] | None:
    """Return the elements as raw bytes, whatever their type; None if there are none."""
    size = math.prod(value.shape)
    width = len(value.data) // size if size else 0
    if not width or width * size != len(value.data):
        return None
    return np.frombuffer(value.data, dtype=np.dtype((np.void, width)))
