"""Drawn sizes that meet every size of each dimension, on few shapes of the weights.

Where a dimension has very many sizes, they meet a sample of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from hypothesis import strategies as st

from grader.model.exercise import Array, Arrays, Dimension, Exercise
from grader.search.pinned import draw
from grader.search.plan import Sizes, distinct_sizes

_MOST_WEIGHTS: Final = 5
"""Each shape of the weights may cost a compilation."""
_MOST: Final = 10

Columns = dict[str, list[int]]
"""For each dimension the sizes that are to be met, in the order in which they are."""


def covering_sizes(exercise: Exercise, met: Iterable[Sizes], seed: int) -> list[Sizes]:
    """Draw sizes that meet each size of a dimension that `met` doesn't.

    Among them are equal sizes, and sizes that give an array as many elements as the distinct sizes
    do, in another shape. Programs that are right elsewhere go wrong there.
    """
    met = list(met)
    missing = {each.name: _missing(each, met) for each in exercise.dimensions}
    [columns] = draw(_columns(exercise, missing), count=1, seed=seed)
    for row, sizes in enumerate(_special(exercise, columns)):
        for name, size in sizes.items():
            _bring(columns[name], row, size)
    return list(_rows(exercise, columns))


def far_sizes(exercise: Exercise) -> Sizes | None:
    """Sizes well above the usual, None if no dimension goes that far."""
    far = {each.name: each.far for each in exercise.dimensions if each.far}
    return distinct_sizes(exercise) | far if far else None


def _missing(dimension: Dimension, met: list[Sizes]) -> list[int]:
    known = {sizes[dimension.name] for sizes in met}
    everything = range(1, dimension.largest + 1)
    return [size for size in everything if size not in known] or [dimension.largest]


def _columns(exercise: Exercise, missing: Columns) -> st.SearchStrategy[Columns]:
    def most(name: str) -> int:
        return _MOST_WEIGHTS if exercise.dimension(name).weights else _MOST

    def column(name: str, sizes: list[int]) -> st.SearchStrategy[list[int]]:
        return st.permutations(sizes).map(lambda order: order[: most(name)])

    return st.fixed_dictionaries({name: column(name, each) for name, each in missing.items()})


def _special(exercise: Exercise, columns: Columns) -> Iterator[Sizes]:
    """Yield what stands in the first rows: one size for all dimensions, and as many elements."""
    common = set.intersection(*map(set, columns.values())) if columns else set()
    least = min((each.largest for each in exercise.dimensions), default=1)
    alike = dict.fromkeys(columns, max(common, default=max(least - 1, 1)))
    yield alike
    yield next(_as_many_elements(exercise, columns, alike), {})


def _as_many_elements(exercise: Exercise, columns: Columns, taken: Sizes) -> Iterator[Sizes]:
    """Yield sizes of two axes of an array that multiply to what the distinct ones do."""
    distinct = distinct_sizes(exercise)
    for one, other in _axes(exercise):
        product = distinct[one] * distinct[other]
        for size in columns[one]:
            found = {one: size, other: product // size}
            fits = product % size == 0 and found[other] in columns[other]
            if fits and all(taken[name] != each for name, each in found.items()):
                yield found


def _axes(exercise: Exercise) -> Iterator[tuple[str, str]]:
    """Yield the first two axes of each array that has two."""
    for parameter in exercise.parameters:
        arrays = parameter.items if isinstance(parameter, Arrays) else (parameter,)
        for each in arrays:
            if isinstance(each, Array) and len(set(each.shape)) > 1:
                one, other, *_ = dict.fromkeys(each.shape)
                yield one, other


def _bring(column: list[int], row: int, size: int) -> None:
    """Bring `size` to `row`."""
    if size in column:
        column.remove(size)
    column.insert(row, size)


def _rows(exercise: Exercise, columns: Columns) -> Iterator[Sizes]:
    """Yield as many rows as the longest column has; the weights' columns begin anew together."""
    weights = [len(columns[each.name]) for each in exercise.dimensions if each.weights]
    for row in range(max(map(len, columns.values()), default=0)):
        within = row % max(weights, default=1)
        yield {
            each.name: columns[each.name][
                (within if each.weights else row) % len(columns[each.name])
            ]
            for each in exercise.dimensions
        }
