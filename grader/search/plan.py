"""What a grading executes: the cases, and the sizes that they have. Hypothesis draws the cases."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Final

import msgspec

from grader.model.case import Case
from grader.model.exercise import Exercise

Sizes = dict[str, int]

_DISTINCT: Final = (3, 4, 2, 5, 6)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The cases in the order in which they run.

    `telling` are a few cases on one shape of different sizes, where most mistakes show. `edges`
    have every size 1, equal sizes, one example alone: where programs that are right for sizes in
    general go wrong. `rest` have large sizes, and are drawn. A program that was proved runs
    on the first two, any other on all. `smaller` have a few of the smallest sizes, a size each,
    smallest first: a mistake is shown on the first of them that shows it.
    """

    telling: tuple[Case, ...]
    edges: tuple[Case, ...]
    rest: tuple[Case, ...]
    smaller: tuple[tuple[Case, ...], ...]

    @property
    def total(self) -> int:
        """How many cases there are."""
        return len(self.telling) + len(self.edges) + len(self.rest)


def distinct_sizes(exercise: Exercise) -> Sizes:
    """Sizes of which no two are alike, so that a transposed or mistaken axis shows."""
    return {
        dimension.name: min(size, dimension.largest)
        for dimension, size in zip(exercise.dimensions, _DISTINCT, strict=False)
    }


def edge_sizes(exercise: Exercise) -> list[Sizes]:
    """The sizes where programs that are right elsewhere go wrong."""
    distinct = distinct_sizes(exercise)
    weights = {each.name for each in exercise.dimensions if each.weights}
    others = {each.name for each in exercise.dimensions} - weights
    return [
        dict.fromkeys(distinct, 1),
        {name: min(3, exercise.dimension(name).largest) for name in distinct},
        distinct | dict.fromkeys(others, 1),
    ]


def largest_sizes(exercise: Exercise) -> Sizes:
    """Every dimension at its largest."""
    return {each.name: each.largest for each in exercise.dimensions}


def large_sizes(exercise: Exercise) -> list[Sizes]:
    """Every dimension at its largest, and all alike: a program may branch on what is square."""
    largest = largest_sizes(exercise)
    alike = dict.fromkeys(largest, min(largest.values(), default=1))
    known = (largest, *edge_sizes(exercise))
    return [largest] if alike in known else [largest, alike]


def traced_sizes(exercise: Exercise) -> tuple[Sizes, ...]:
    """The sizes at which a program is traced that can't be traced for all of them at once."""
    return (distinct_sizes(exercise), *edge_sizes(exercise), largest_sizes(exercise))


def small_sizes(exercise: Exercise) -> Iterator[Sizes]:
    """Sizes of 1 and 2, by how much there is of them; the first dimensions grow first."""
    names = [dimension.name for dimension in exercise.dimensions]
    choices = product(*[range(1, min(2, each.largest) + 1) for each in exercise.dimensions])
    ordered = sorted(choices, key=lambda sizes: (prod(sizes), [-size for size in sizes]))
    return (dict(zip(names, sizes, strict=True)) for sizes in ordered)


def extent(sizes: Sizes) -> int:
    """How much there is of sizes."""
    return prod(sizes.values())
