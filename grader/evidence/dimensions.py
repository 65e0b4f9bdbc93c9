"""Names for the axes of an answer's arrays, by their sizes in all cases."""

from __future__ import annotations

from collections.abc import Iterable

from grader.evidence.look import Look
from grader.evidence.results import arrays
from grader.model.exercise import Dimension, Exercise

Shapes = list[tuple[dict[str, int], tuple[int, ...]]]
"""The sizes of each case, and the shape of the reference's array."""


def axis_dimensions(
    exercise: Exercise, looks: Iterable[Look], place: str
) -> tuple[Dimension | None, ...]:
    """Return the dimension of each axis of the array at `place`, None if several fit.

    If the exercise flattens the output, they are the axes from before flattening.
    """
    if exercise.output:
        return tuple(exercise.dimension(name) for name in exercise.output)
    known = [(look.case.sizes, arrays(look.exchange.expected).get(place)) for look in looks]
    return dimensions_of(
        exercise, [(sizes, array.shape) for sizes, array in known if array is not None]
    )


def dimensions_of(exercise: Exercise, shapes: Shapes) -> tuple[Dimension | None, ...]:
    """Return the dimension of each axis that an array has in all cases, None if several fit."""
    rank = min((len(shape) for _, shape in shapes), default=0)
    return tuple(_dimension(exercise, shapes, axis) for axis in range(rank))


def _dimension(exercise: Exercise, shapes: Shapes, axis: int) -> Dimension | None:
    fitting = [
        each
        for each in exercise.dimensions
        if all(sizes.get(each.name) == shape[axis] for sizes, shape in shapes)
    ]
    return fitting[0] if len(fitting) == 1 else None
