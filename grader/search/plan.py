"""What a grading executes: the cases and their sizes. Hypothesis draws the cases."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import product
from math import prod
from typing import Final

import msgspec

from grader.model.case import BoolValue, Case, FloatValue, TextValue, Value
from grader.model.exercise import Dimension, Exercise, Number, Parameter
from grader.model.relations import any_related, base_of, bases_first, fitted, nearest

Sizes = dict[str, int]

LARGEST_SEED: Final = 2**31 - 1
"""`PRNGKey` accepts more, but a program that is jitted as a whole gets its seed as an int32."""
_DISTINCT: Final = (3, 4, 2, 5, 6)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The cases, in the order in which they run.

    `discriminating` are a few cases of one shape with different sizes: they reveal most mistakes.
    `edges` have all sizes 1, equal sizes, or a single example: there, programs go wrong that are
    right for most sizes. `rest` have the largest sizes and random ones. A proved program runs on
    the first two groups, and on cases with a size that its proof doesn't hold for; any other on
    all. `smaller` are groups of small cases, one per shape, smallest first: the report shows a
    mistake on the first of them where it appears. `named` are cases at numbers that the program's
    own text has: every program runs on them.
    """

    discriminating: tuple[Case, ...]
    edges: tuple[Case, ...]
    rest: tuple[Case, ...]
    smaller: tuple[tuple[Case, ...], ...]
    named: tuple[Case, ...] = ()

    @property
    def total(self) -> int:
        """The number of cases that were generated."""
        return len(self.discriminating) + len(self.edges) + len(self.rest)


def distinct_sizes(exercise: Exercise) -> Sizes:
    """Sizes that all differ, so that a transposed or wrong axis is visible.

    Of sizes that depend on each other, as far as that allows it.
    """
    wanted = {
        dimension.name: min(size, dimension.largest)
        for dimension, size in zip(exercise.dimensions, _DISTINCT, strict=False)
    }
    if not any_related(exercise):
        return wanted
    found: Sizes = {}
    for each in sorted(bases_first(exercise.dimensions), key=lambda each: bool(base_of(each))):
        found[each.name] = _unlike(each, wanted[each.name], found)
    return fitted(exercise, {name: found[name] for name in wanted})


def _unlike(dimension: Dimension, wanted: int, found: Sizes) -> int:
    """Return an allowed size that no other dimension has, near the wanted one; or else any."""
    if not base_of(dimension):
        return wanted
    sizes = {nearest(dimension, size, found) for size in range(1, dimension.largest + 1)}
    new = [size for size in sizes if 1 < size <= dimension.largest and size not in found.values()]
    return min(new or sizes, key=lambda size: (abs(size - wanted), size))


def edge_sizes(exercise: Exercise) -> list[Sizes]:
    """Sizes at which programs often go wrong that are right for all others."""
    distinct = distinct_sizes(exercise)
    weights = {each.name for each in exercise.dimensions if each.weights}
    others = {each.name for each in exercise.dimensions} - weights
    edges = [
        dict.fromkeys(distinct, 1),
        {name: min(3, exercise.dimension(name).largest) for name in distinct},
        distinct | dict.fromkeys(others, 1),
        *_related_edges(exercise, distinct),
    ]
    return _fitting(exercise, edges)


def _related_edges(exercise: Exercise, distinct: Sizes) -> Iterator[Sizes]:
    """Yield sizes at which one is the other's only multiple, or as large as it may be."""
    for each in exercise.dimensions:
        if each.multiple_of:
            yield distinct | {each.multiple_of: 1}
        if each.at_most:
            yield distinct | {each.name: distinct[each.at_most]}
            yield distinct | {each.name: 1}


def _fitting(exercise: Exercise, drawn: Iterable[Sizes]) -> list[Sizes]:
    """Fit sizes to what the declaration allows, each once."""
    if not any_related(exercise):
        return list(drawn)
    found = [fitted(exercise, sizes) for sizes in drawn]
    return [sizes for place, sizes in enumerate(found) if sizes not in found[:place]]


def largest_sizes(exercise: Exercise) -> Sizes:
    """Every dimension at its largest."""
    return fitted(exercise, {each.name: each.largest for each in exercise.dimensions})


def traced_sizes(exercise: Exercise) -> tuple[Sizes, ...]:
    """The sizes for tracing a program that can't be traced with symbolic sizes."""
    return (distinct_sizes(exercise), *edge_sizes(exercise), largest_sizes(exercise))


def small_sizes(exercise: Exercise) -> Iterator[Sizes]:
    """Sizes of 1 and 2, ordered by extent; the first dimensions grow first."""
    names = [dimension.name for dimension in exercise.dimensions]
    choices = product(*[range(1, min(2, each.largest) + 1) for each in exercise.dimensions])
    allowed = _fitting(exercise, (dict(zip(names, sizes, strict=True)) for sizes in choices))
    return iter(sorted(allowed, key=lambda sizes: (extent(sizes), [-e for e in sizes.values()])))


def extent(sizes: Sizes) -> int:
    """The product of the sizes."""
    return prod(sizes.values())


def with_new_sizes(cases: Iterable[Case], fixed: Iterable[Sizes]) -> Iterator[Case]:
    """Yield cases until each dimension had each size that it has in one, beside the fixed ones."""
    pairs = {pair for sizes in fixed for pair in sizes.items()}
    names = {name for name, _ in pairs}
    met: set[Hashable] = {*pairs}
    return _new(cases, lambda case: ((name, case.sizes[name]) for name in names), met)


def with_other_numbers(cases: Iterable[Case], exercise: Exercise) -> Iterator[Case]:
    """Yield the cases with a number that isn't one of the choices, which alone are traced."""
    numbers = [each for each in exercise.parameters if isinstance(each, Number)]
    for case in cases:
        if any(_chosen(each, case.given(each.name)) is True for each in numbers):
            yield case


def covering(cases: Iterable[Case], exercise: Exercise) -> Iterator[Case]:
    """Yield cases until each size, choice, container and left out argument was in one."""
    return _new(cases, lambda case: (*case.sizes.items(), *_kinds(case, exercise)), set())


def one_of_each(cases: Iterable[Case], exercise: Exercise) -> Iterator[Case]:
    """Yield cases until each shape, choice, container and left out argument was in one."""
    return _new(cases, lambda case: ((*case.sizes.items(),), *_kinds(case, exercise)), set())


def _kinds(case: Case, exercise: Exercise) -> Iterator[Hashable]:
    """Yield what a case has beside its sizes and numbers."""
    yield case.container, case.retrained
    for each in exercise.parameters:
        yield each.name, _chosen(each, case.given(each.name))


def _chosen(parameter: Parameter, value: Value | None) -> Hashable:
    """Return the value that is one of few, None if it is left out, and True for any other."""
    match value:
        case None:
            return None
        case BoolValue() | TextValue():
            return value
        case FloatValue(value=number) if isinstance(parameter, Number):
            return number if number in parameter.choices else True
        case _:
            return True


def _new(
    cases: Iterable[Case], features: Callable[[Case], Iterable[Hashable]], met: set[Hashable]
) -> Iterator[Case]:
    """Yield the cases that have a feature which none before them had."""
    for case in cases:
        new = {*features(case)} - met
        if new:
            met |= new
            yield case
