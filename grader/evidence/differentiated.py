"""What a gradient of NNX is taken by: which object, and which of its variables.

`nnx.grad` differentiates by the `Param` of an object, unless `nnx.DiffState` has another filter.
What it did shows in the state that it returns, however the filter was written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from grader.model.nnx import NodeState
from grader.model.observation import TransformRun, Variable

MODULE = "the module"
"""What the only object is called that a gradient's function gets."""

_MOST_NAMES = 4
_Key = tuple[str, str, tuple[int, ...]]


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """The variables that both sides differentiate by, as names or types.

    `by_type`: they are types, such as `Param`. `whole`: the reference takes all weights. `place` is
    the position of the object among the arguments.
    """

    wanted: tuple[str, ...]
    found: tuple[str, ...]
    by_type: bool
    whole: bool
    place: int


def weights_of(state: NodeState) -> tuple[Variable, ...]:
    """Return the variables of an object that aren't a stream's key or count."""
    return tuple(each for each in state.variables if not each.collection.startswith("Rng"))


def objects(run: TransformRun) -> dict[int, tuple[Variable, ...]]:
    """Return the weights of the objects that a run got, by their position."""
    found: dict[int, tuple[Variable, ...]] = {}
    for each in run.states:
        if each.argument >= 0 and weights_of(each):
            found[each.argument] = (*found.get(each.argument, ()), *weights_of(each))
    return found


def object_at(run: TransformRun, place: int, reference: TransformRun) -> str | None:
    """Name the object that a run got at a position, None if that isn't certain.

    It is told by its numbers, not by its class, which the learner may have written.
    """
    ours, theirs = objects(run), objects(reference)
    if place not in ours or (place < len(run.parts) and run.parts[place]):
        return None
    if len(ours) == len(theirs) == 1:
        return MODULE
    numbers = _numbers(ours[place])
    alike = [n for n, each in theirs.items() if numbers and _numbers(each) == numbers]
    if len(alike) != 1:
        return None
    names = {each.argument: each.class_name for each in reference.states}
    name = names[alike[0]]
    one = list(names.values()).count(name) == 1
    return f"the {name}" if one else f"its argument {alike[0] + 1}"


def _numbers(variables: Iterable[Variable]) -> list[str]:
    """Return the digests of all arrays, empty if any isn't known."""
    found = [each.digest or "" for each in variables]
    return sorted(found) if all(found) else []


def chosen(run: TransformRun, reference: TransformRun, place: int, other: int) -> Chosen | None:
    """Compare what a gradient by one object has; None if it's the same, or if it isn't certain.

    `place` is that of the object in the run, and `other` that in the reference's.
    """
    ours, theirs = objects(run).get(place, ()), objects(reference).get(other, ())
    found, wanted = _gradient(run), _gradient(reference)
    if found is None or wanted is None or Counter(map(_key, ours)) != Counter(map(_key, theirs)):
        return None
    left, taken = Counter(map(_key, found)), Counter(map(_key, wanted))
    if left == taken:
        return None
    whole = taken == Counter(map(_key, ours))
    types = _types(found), _types(wanted)
    if types[0] != types[1]:
        return Chosen(found=types[0], wanted=types[1], by_type=True, whole=whole, place=place)
    meant = [each for each in ours if _key(each) in taken]
    if Counter(map(_key, meant)) != taken or max(len(meant), len(found)) > _MOST_NAMES:
        return None
    return Chosen(
        found=tuple(map(_name, found)),
        wanted=tuple(map(_name, meant)),
        by_type=False,
        whole=whole,
        place=place,
    )


def types_of(run: TransformRun) -> tuple[str, ...]:
    """Return the types of the variables that a run differentiates its only object by."""
    return _types(_gradient(run) or ())


def _gradient(run: TransformRun) -> tuple[Variable, ...] | None:
    """Return the variables in the state that a gradient by one object is, None if it isn't one."""
    given = [each for each in run.states if each.argument < 0]
    return weights_of(given[0]) if len(given) == 1 and not run.raised else None


def _key(variable: Variable) -> _Key:
    return variable.collection, variable.type.dtype, variable.type.shape


def _types(variables: Iterable[Variable]) -> tuple[str, ...]:
    return tuple(sorted({each.collection for each in variables}))


def _name(variable: Variable) -> str:
    return ".".join(variable.path)
