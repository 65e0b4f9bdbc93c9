"""Drawn sizes that meet every size of each dimension, on few shapes of the weights.

Where a dimension has very many sizes, they meet a sample of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

from hypothesis import strategies as st

from grader.model.exercise import Array, Dimension, Exercise, Size
from grader.model.relations import any_related, base_of, fitted, is_allowed
from grader.search.pinned import draw_one
from grader.search.plan import Sizes, distinct_sizes

_MOST_WEIGHTS: Final = 5
"""Each shape of the weights may cost a compilation."""
_MOST: Final = 10

Columns = dict[str, list[int]]
"""For each dimension the sizes that are to be met, in the order in which they are."""


def covering_sizes(exercise: Exercise, met: Iterable[Sizes], seed: int) -> list[Sizes]:
    """Draw sizes that meet each size of a dimension that `met` doesn't, equal ones among them."""
    met = list(met)
    missing = {each.name: _missing(each, met) for each in exercise.dimensions}
    orders = {name: st.permutations(each) for name, each in missing.items()}
    columns = draw_one(st.fixed_dictionaries(orders), seed=seed)
    alike = _alike(exercise, columns)
    columns = {
        each.name: _first(alike, columns[each.name], _MOST_WEIGHTS if each.weights else _MOST)
        for each in exercise.dimensions
    }
    rows = list(_rows(exercise, columns))
    return _related(exercise, rows, met) if any_related(exercise) else rows


def _related(exercise: Exercise, rows: list[Sizes], met: list[Sizes]) -> list[Sizes]:
    """Fit rows to what the declaration allows, and add some for sizes that no fitted one meets."""
    found: list[Sizes] = []
    for sizes in (fitted(exercise, row) for row in rows):
        if sizes not in found:
            found.append(sizes)
    for each in exercise.dimensions:
        for size in _missing(each, [*met, *found]) if base_of(each) else ():
            row = _reaching(exercise, each, size, found[-1] if found else met[-1])
            if row is not None and row not in found and _is_cheap(exercise, row, found):
                found.append(row)
    return found


def _reaching(exercise: Exercise, dimension: Dimension, size: int, at: Sizes) -> Sizes | None:
    """Return sizes in which a dimension has this one, by the one that it depends on."""
    base = exercise.dimension(base_of(dimension))
    for other in range(base.largest, 0, -1):
        sizes = fitted(exercise, at | {base.name: other, dimension.name: size})
        if sizes[dimension.name] == size and all(
            sizes[each.name] <= each.largest for each in exercise.dimensions
        ):
            return sizes
    return None


def _is_cheap(exercise: Exercise, row: Sizes, found: list[Sizes]) -> bool:
    """Whether the weights have a shape that was met, or may have one more."""
    names = [each.name for each in exercise.dimensions if each.weights]
    shapes = {tuple(sizes[name] for name in names) for sizes in found}
    met = tuple(row[name] for name in names) in shapes
    return met or len(shapes) < (_MOST_WEIGHTS if names else _MOST)


def far_sizes(exercise: Exercise) -> Sizes | None:
    """Sizes well above the usual, None if no dimension goes that far."""
    far = {each.name: each.far for each in exercise.dimensions if each.far}
    return fitted(exercise, distinct_sizes(exercise) | far) if far else None


def _missing(dimension: Dimension, met: list[Sizes]) -> list[int]:
    known = {sizes[dimension.name] for sizes in met}
    everything = range(1, dimension.largest + 1)
    return [size for size in everything if size not in known] or [dimension.largest]


def _alike(exercise: Exercise, columns: Columns) -> int:
    """Return a size for all dimensions alike, of those to be met if they have one in common."""
    common = set.intersection(*map(set, columns.values())) if columns else set()
    least = min((each.largest for each in exercise.dimensions), default=1)
    return max(common, default=max(least - 1, 1))


def _first(size: int, column: list[int], most: int) -> list[int]:
    """Return at most so many sizes, this one first."""
    return [size, *(each for each in column if each != size)][:most]


def reshaped_sizes(exercise: Exercise) -> Sizes | None:
    """Sizes that give an array as many elements as the distinct ones do, in another shape.

    What is kept by too little goes wrong there. None if no array has such sizes.
    """
    distinct = distinct_sizes(exercise)
    for one, other in _axes(exercise):
        product = distinct[one] * distinct[other]
        most = exercise.dimension(one).largest, exercise.dimension(other).largest
        pairs = [(size, product // size) for size in range(most[0], 0, -1) if product % size == 0]
        fitting = [
            each
            for each in pairs
            if each[1] <= most[1]
            and each[0] != distinct[one]
            and is_allowed(exercise, distinct | {one: each[0], other: each[1]})
        ]
        if fitting:
            size, rest = max(fitting, key=min)
            return distinct | {one: size, other: rest}
    return None


def _axes(exercise: Exercise) -> Iterator[tuple[str, str]]:
    """Yield two axes of each array that has different ones, with sizes that aren't arguments."""
    passed = {each.name for each in exercise.parameters if isinstance(each, Size)}
    for parameter in exercise.parameters:
        if isinstance(parameter, Array) and passed.isdisjoint(parameter.shape):
            axes = tuple(dict.fromkeys(parameter.shape))
            if len(axes) == len(parameter.shape):
                yield from combinations(axes, 2)


def _rows(exercise: Exercise, columns: Columns) -> Iterator[Sizes]:
    """Yield as many rows as the longest column has; the weights' columns start again together."""
    weights = [len(columns[each.name]) for each in exercise.dimensions if each.weights]
    for row in range(max(map(len, columns.values()), default=0)):
        within = row % max(weights, default=1)
        yield {
            each.name: columns[each.name][
                (within if each.weights else row) % len(columns[each.name])
            ]
            for each in exercise.dimensions
        }
