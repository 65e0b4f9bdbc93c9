"""Dimensions that depend on each other: a multiple of another one, at most another, or equal to it.

A declaration says so, and each size that a case has, or that a proof speaks of, keeps to it. A
dimension depends on one other at most, so sizes are fitted one by one, the other first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.model.exercise import Dimension, Exercise


def base_of(dimension: Dimension) -> str:
    """Return the dimension that this one depends on; empty if it depends on none."""
    return dimension.multiple_of or dimension.at_most or dimension.equal_to


def any_related(exercise: Exercise) -> bool:
    """Whether any dimension depends on another."""
    return any(map(base_of, exercise.dimensions))


def bases_first(dimensions: Sequence[Dimension]) -> tuple[Dimension, ...]:
    """Return dimensions, each behind the one that it depends on."""
    found: dict[str, Dimension] = {}
    while len(found) < len(dimensions):
        ready = [
            each for each in dimensions if each.name not in found and base_of(each) in {"", *found}
        ]
        if not ready:
            raise ValueError("the dimensions depend on each other in a circle")
        found |= {each.name: each for each in ready}
    return tuple(found.values())


def fitted(exercise: Exercise, sizes: Mapping[str, int]) -> dict[str, int]:
    """Return the nearest allowed sizes, in the same order. A size on which others depend stays."""
    found: dict[str, int] = {}
    for each in bases_first(exercise.dimensions):
        found[each.name] = nearest(each, sizes[each.name], found)
    return {name: found[name] for name in sizes}


def nearest(dimension: Dimension, size: int, found: Mapping[str, int]) -> int:
    """Return the allowed size of a dimension that is nearest below `size`, or else the smallest."""
    if dimension.multiple_of:
        base = found[dimension.multiple_of]
        return max(size // base, 1) * base
    if dimension.at_most:
        return min(size, found[dimension.at_most])
    if dimension.equal_to:
        return dimension.times * found[dimension.equal_to] + dimension.plus
    return size


def is_allowed(exercise: Exercise, sizes: Mapping[str, int]) -> bool:
    """Whether sizes are as the declaration says."""
    return fitted(exercise, sizes) == dict(sizes)


def group_of(exercise: Exercise, name: str) -> frozenset[str]:
    """Return the dimensions that depend on each other with this one, itself among them."""
    group = {name}
    for _ in exercise.dimensions:
        for each in exercise.dimensions:
            if base_of(each) and {each.name, base_of(each)} & group:
                group |= {each.name, base_of(each)}
    return frozenset(group)


def relation(exercise: Exercise, dimension: Dimension) -> str:
    """Say in words what a dimension's sizes are to another's; empty if it depends on none."""
    if not base_of(dimension):
        return ""
    noun = exercise.dimension(base_of(dimension)).noun
    if dimension.multiple_of:
        return f"a multiple of {noun}"
    if dimension.at_most:
        return f"at most {noun}"
    plus = f" {'+' if dimension.plus > 0 else '-'} {abs(dimension.plus)}" if dimension.plus else ""
    return f"{f'{dimension.times} times ' if dimension.times != 1 else ''}{noun}{plus}"


# ------------------------------------------------------------------------------------- declarations


def misrelated(exercise: Exercise) -> Iterator[str]:
    """Say what is wrong with how the dimensions depend on each other."""
    known = {each.name: each for each in exercise.dimensions}
    sound = True
    for each in exercise.dimensions:
        for problem in _misdeclared(each, known):
            sound = False
            yield problem
    if not sound:
        return
    circle = _circle(known)
    if circle:
        yield f"the dimensions {', '.join(circle)} depend on each other in a circle"
        return
    for each in exercise.dimensions:
        if base_of(each):
            yield from _too_small(each, known[base_of(each)])


def _misdeclared(dimension: Dimension, known: Mapping[str, Dimension]) -> Iterator[str]:
    name = dimension.name
    given = [field for field in ("multiple_of", "at_most", "equal_to") if getattr(dimension, field)]
    if len(given) > 1:
        yield f'the dimension "{name}" has {" and ".join(given)}: it can depend on one other only'
    for field in given:
        other = getattr(dimension, field)
        if other not in known:
            yield f'"{other}", {field} of "{name}", is not a dimension'
        elif other == name:
            yield f'the dimension "{name}" depends on itself'
    if not dimension.equal_to and (dimension.times, dimension.plus) != (1, 0):
        yield f'the dimension "{name}" has times or plus without equal_to'
    if dimension.times < 1:
        yield f'times of "{name}" is {dimension.times}: it is 1 or more'


def _circle(known: Mapping[str, Dimension]) -> list[str]:
    """Return dimensions that depend on each other in a circle, none if there are none."""
    for name in known:
        path = [name]
        while base_of(known[path[-1]]) and len(path) <= len(known):
            path.append(base_of(known[path[-1]]))
            if path[-1] == name:
                return path[:-1]
    return []


def _too_small(dimension: Dimension, base: Dimension) -> Iterator[str]:
    """Say which sizes of the one leave the other without an allowed size."""
    name = dimension.name
    if dimension.multiple_of and dimension.largest < base.largest:
        yield (
            f'the largest "{name}" is {dimension.largest}, and a multiple of "{base.name}" may '
            f"be {base.largest}: make it at least that"
        )
    if not dimension.equal_to:
        return
    least, most = (dimension.times * size + dimension.plus for size in (1, base.largest))
    if least < 1:
        yield f'"{name}" would be {least} where "{base.name}" is 1: sizes are 1 or more'
    if dimension.largest != most:
        yield (
            f'the largest "{name}" is {dimension.largest}, and it follows from "{base.name}": '
            f"write {most}"
        )
    if dimension.far:
        yield f'far of "{name}" follows from "{base.name}": leave it out'
