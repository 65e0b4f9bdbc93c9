"""What a lifted loop does with collections, streams and arrays, beside what the reference's does.

`nn.scan` lifts a class, so its runs are told apart by the Flax call that they belong to: the one
that made the variables, and the one that gave the answer. Where either side has several such runs,
or none, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum, unique
from typing import Final, TypeVar

import msgspec

from grader.evidence.evidence import Evidence
from grader.evidence.lifting import (
    Unlisted,
    array_axes,
    collection_axis,
    leaf_axes,
    leaf_count,
    matches,
    normal_axis,
    places_of,
    stream_split,
    with_entries,
    with_leaves,
)
from grader.evidence.look import Look
from grader.evidence.trail import Trail
from grader.evidence.uses import chains
from grader.model.axes import CARRY
from grader.model.exercise import Exercise, Use
from grader.model.nnx import WEIGHTS
from grader.model.observation import ArrayType, Axes, Axis, AxisTree, Root, TransformRun
from grader.model.transforms import Does, Kind, transform

T = TypeVar("T")


@unique
class Way(StrEnum):
    """How a lifted loop passes on a collection that gets no axis."""

    SHARED = "shared"
    CARRIED = "carried"
    NO_AXIS = "no axis"
    """`variable_axes` has None for it, which Flax refuses here."""


Passed = int | Way | Unlisted
"""What happens to a collection: it has an axis for the steps, or goes another way."""


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """The runs of both sides in one Flax call of a case; `answers`: that gave the answer."""

    look: Look
    use: Use
    expected: TransformRun
    actual: TransformRun
    root: Root
    answers: bool


def scan_use(exercise: Exercise) -> Use | None:
    """Return the lifted loop that an exercise asks for, None if it asks for none."""
    for use in exercise.uses:
        row = transform(use.title)
        if row.kind is Kind.LIFTS and row.does is Does.LOOPS:
            return use
    return None


def scans(look: Look) -> Iterator[Scan]:
    """Yield the runs that made the variables, then those that gave the answer."""
    use = scan_use(look.exercise)
    theirs = _only(look.expected, look.expected.answer, use)
    if use is None or theirs is None:
        return
    roots = (look.actual.maker, look.actual.answer)
    for root in dict.fromkeys(each.number for each in roots if each is not None):
        own = next(each for each in roots if each is not None and each.number == root)
        ours = _only(look.actual, own, use)
        if ours is not None:
            yield Scan(
                look=look,
                use=use,
                expected=theirs,
                actual=ours,
                root=own,
                answers=own is look.actual.answer,
            )


def answering(look: Look) -> Scan | None:
    """Return the runs that gave the answer."""
    return next((each for each in scans(look) if each.answers), None)


def _only(trail: Trail, root: Root | None, use: Use | None) -> TransformRun | None:
    """Return the only run of the transform in a Flax call; another one may be around it."""
    if root is None or use is None:
        return None
    found = [
        each
        for each in trail.record.transforms
        if each.ran and each.transform in use.any_of and each.root == root.number
    ]
    return found[0] if len(found) == 1 and found[0].collections is not None else None


def runs_alone(scan: Scan) -> bool:
    """Whether no other call than the one that gave the answer ran the loop, unless on the same.

    Several loops may share the work: each takes some steps, or some examples.
    """
    trail, roots = scan.look.actual, {root.number for root in scan.look.actual.forward}
    others = (
        each
        for each in trail.record.transforms
        if each.ran and each.transform in scan.use.any_of and each.root in roots
    )
    return all(each.digests == scan.actual.digests for each in others)


def passed(run: TransformRun, collection: str, direction: str = "in") -> Passed:
    """Return what a run does with a collection: the first filter that matches counts."""
    given = run.collections
    if given is None:
        return Unlisted()
    if matches(given.broadcast, collection):
        return Way.SHARED
    if matches(given.carried, collection):
        return Way.CARRIED
    axis = collection_axis(given.axes, collection, direction)
    return Way.NO_AXIS if axis is None else axis


def split(run: TransformRun, stream: str) -> bool | Unlisted:
    """Return whether each step of a run gets its own key of a stream."""
    return stream_split(run.collections.splits, stream) if run.collections else Unlisted()


def is_nnx_loop(run: TransformRun) -> bool:
    """Whether it is a run of `nnx.scan`, whose `in_axes` says which argument is the carry."""
    row = transform(run.transform)
    return row.of_nnx and row.gives_loops


def entry(axes: Axes, place: int) -> Axes | None:
    """Return what axes say of one argument or result; None if they have no entry for it."""
    if isinstance(axes, Axis) or axes.is_state:
        return axes
    return axes.items[place] if place < len(axes.items) else None


def carry_place(run: TransformRun, knob: str = "in_axes") -> int | None:
    """Return which argument, or with `out_axes` which result, is the carry; None if none is."""
    axes = run.axes(knob)
    if not is_nnx_loop(run):
        return 0
    if isinstance(axes, Axis) or axes.is_state:
        return 0 if axes == CARRY_AXIS else None
    return next((n for n, each in enumerate(axes.items) if each == CARRY_AXIS), None)


CARRY_AXIS: Final = Axis(value=None, invalid=CARRY)


def carry_in(run: TransformRun) -> slice:
    """Return which of the arrays that went in are the carry."""
    place = carry_place(run)
    if place is None or place >= len(run.parts):
        return slice(0, 0)
    start = sum(run.parts[:place])
    return slice(start, start + run.parts[place])


def carry_out(run: TransformRun, count: int) -> slice:
    """Return which of `count` arrays that came out, of the loop or of a step, are the carry.

    It has as many as went in. Those before it are known if each result is one array.
    """
    place, size = carry_place(run, "out_axes"), len(carried(run))
    axes = run.axes("out_axes")
    if place is None:
        return slice(0, 0)
    if place > 0 and isinstance(axes, AxisTree) and place == len(axes.items) - 1:
        return slice(count - size, count)
    return slice(place, place + size)


def _without(those: tuple[T, ...], some: slice) -> tuple[T, ...]:
    return (*those[: some.start], *those[some.stop :])


def carried(run: TransformRun) -> tuple[ArrayType, ...]:
    """Return the types of the arrays of the carry that went in."""
    return run.inputs[carry_in(run)]


def scanned(run: TransformRun) -> tuple[ArrayType, ...]:
    """Return the types of the arrays beside the carry."""
    return _without(run.inputs, carry_in(run)) if run.parts else ()


def scanned_digests(run: TransformRun) -> tuple[str, ...]:
    """Return the digests of the arrays beside the carry."""
    return _without(run.digests, carry_in(run)) if run.parts else ()


def step_axes(run: TransformRun) -> tuple[int | None, ...] | None:
    """Return the axis of each array beside the carry that counts the steps, from the front.

    None if the axes don't fit the arrays.
    """
    first = 0 if is_nnx_loop(run) else 1
    if first and not (fits(run) and run.parts):
        return array_axes(run.axes("in_axes"), scanned(run))
    found: tuple[int | None, ...] = ()
    for place, count in enumerate(run.parts):
        if place == carry_place(run) or count == 0:
            continue
        own, before = entry(run.axes("in_axes"), place - first), sum(run.parts[:place])
        axes = None if own is None else array_axes(own, run.inputs[before : before + count])
        if axes is None:
            return None
        found = (*found, *axes)
    return found


def axes_for(run: TransformRun, like: TransformRun) -> Axes:
    """Return the `in_axes` of another Linen loop, with a place for what isn't an array here."""
    given, wanted = run.axes("in_axes"), like.axes("in_axes")
    if not isinstance(given, AxisTree) or not fits(run) or is_nnx_loop(run):
        return wanted
    places = [place for place, count in enumerate(run.parts[1:]) if count]
    entries = [each for n in range(len(places)) if (each := entry(wanted, n)) is not None]
    if len(places) == len(given.items) or len(entries) < len(places):
        return wanted
    return with_entries(given, dict(zip(places, entries, strict=True)))


def stacked(run: TransformRun) -> tuple[ArrayType, ...]:
    """Return the types of the arrays that came out beside the carry."""
    return _without(run.outputs, carry_out(run, len(run.outputs))) if run.parts else ()


def output_axes(run: TransformRun, like: TransformRun) -> tuple[int | None, ...]:
    """Return the axis of the steps in each output, where they have the ranks of another run's.

    If there are more outputs, only those count that the other run has; its own axes if some of
    them isn't found.
    """
    own, theirs = stacked(run), stacked(like)
    if not len(own) > len(theirs) > 0:
        return array_axes(run.axes("out_axes"), theirs) or ()
    axes, places = array_axes(run.axes("out_axes"), own), _output_places(run, like)
    if axes is None or places is None:
        return output_axes(like, like)
    return tuple(axes[place] for place in places)


def _output_places(run: TransformRun, like: TransformRun) -> tuple[int, ...] | None:
    """Return which outputs of a loop are another loop's; None if some of them isn't found."""
    own, theirs = stacked(run), stacked(like)
    axes, wanted = array_axes(run.axes("out_axes"), own), output_axes(like, like)
    return places_of(theirs, wanted, own, axes) if axes and wanted else None


def output_axes_for(run: TransformRun, like: TransformRun) -> Axes:
    """Return the `out_axes` of another loop, among the axes of outputs that only this one has."""
    given, wanted = run.axes("out_axes"), like.axes("out_axes")
    own, theirs, places = stacked(run), stacked(like), _output_places(run, like)
    leaves = leaf_axes(wanted, len(theirs))
    if not len(own) > len(theirs) or leaf_count(given) != len(own):
        return wanted
    if leaves is None or places is None or is_nnx_loop(run):
        return wanted
    entries = (Axis(value=axis) for axis in leaves)
    return with_leaves(given, dict(zip(places, entries, strict=True)))


def fits(run: TransformRun) -> bool:
    """Whether `in_axes` has an entry for each argument, in a form that Flax takes.

    Linen's has none for the carry. A list has another structure than the arguments, a tuple.
    """
    given, nnx = run.knob("in_axes"), is_nnx_loop(run)
    if not isinstance(given, AxisTree):
        return given != CARRY_AXIS or len(run.parts) == 1
    return given.kind == "tuple" and len(given.items) == len(run.parts) - (not nnx)


def length_given(run: TransformRun) -> int | None:
    """Return the length that the call gives, None if it gives none."""
    given = run.knob("length")
    return given.value if isinstance(given, Axis) else None


def length_of(run: TransformRun) -> int | None:
    """Return how many steps a run has, None if nothing says so."""
    axes = step_axes(run) or ()
    arrays = (*zip(axes, scanned(run), strict=False), *_in_objects(run))
    for axis, array in arrays:
        if axis is not None and 0 <= axis < len(array.shape):
            return array.shape[axis]
    return length_given(run)


def _in_objects(run: TransformRun) -> Iterator[tuple[int | None, ArrayType]]:
    """Yield the arrays of NNX's objects that a loop goes over, with the axis of the steps."""
    for state in run.states if is_nnx_loop(run) else ():
        axis = weights_entry(run, state.argument)
        for each in state.variables if axis is not None and state.argument >= 0 else ():
            if each.collection == WEIGHTS and axis is not None:
                yield normal_axis(axis.value, len(each.type.shape)), each.type


def weights_entry(run: TransformRun, place: int) -> Axis | None:
    """Return what `in_axes` says of the weights of an object; None if that isn't certain."""
    given = entry(run.axes("in_axes"), place)
    if not isinstance(given, AxisTree):
        return given
    for key, item in zip(given.keys or (), given.items, strict=False):
        if given.is_state and key in {WEIGHTS, "...", "True"} and isinstance(item, Axis):
            return item
    return None


def step_shapes(run: TransformRun) -> tuple[tuple[int, ...], ...] | None:
    """Return the shapes of what one step gets beside the carry, None if the axes don't fit."""
    axes = step_axes(run)
    if axes is None:
        return None
    pairs = tuple(zip(axes, (each.shape for each in scanned(run)), strict=True))
    if any(axis is not None and not 0 <= axis < len(shape) for axis, shape in pairs):
        return None
    return tuple(
        shape if axis is None else (*shape[:axis], *shape[axis + 1 :]) for axis, shape in pairs
    )


def same_arrays(scan: Scan) -> bool:
    """Whether both runs got the same arrays beside the carry, as far as that is known."""
    ours, theirs = scan.actual, scan.expected
    if scanned(ours) != scanned(theirs):
        return False
    digests = (run.digests[run.parts[0] :] if run.parts else () for run in (ours, theirs))
    return all(not a or not b or a == b for a, b in zip(*digests, strict=False))


def exchanged(look: Look) -> Scan | None:
    """Return the run that got the carry in place of what it should go over, and the reverse."""
    scan = answering(look)
    return scan if scan is not None and is_exchanged(scan.actual, scan.expected) else None


def is_exchanged(ours: TransformRun, theirs: TransformRun) -> bool:
    """Whether a run's carry has the types of what the other one goes over, and the reverse."""
    swapped = carried(ours) == scanned(theirs) and scanned(ours) == carried(theirs)
    return swapped and carried(ours) != scanned(ours)


def reference_loop(look: Look) -> TransformRun | None:
    """Return the run of the reference that gave the answer: of the only loop that a task asks for.

    NNX's is a function's, so it belongs to no Flax call.
    """
    if scan_use(look.exercise) is not None:
        found = answering(look)
        return found.expected if found is not None else None
    uses = [each for each in look.exercise.uses if transform(each.title).gives_loops]
    runs = [chain[0] for use in uses for chain in chains(look.expected, use)]
    return next((each for each in reversed(runs) if each.outputs), None)


def steps_noun(evidence: Evidence) -> str:
    """Return what messages call the steps: what the task's dimension of their number counts."""
    lengths = [
        (look.case.sizes, length_of(found))
        for look in evidence.looks
        if (found := reference_loop(look)) is not None
    ]
    for each in evidence.exercise.dimensions:
        others = [sizes for sizes, length in lengths if sizes[each.name] != length]
        if lengths and not others:
            return each.noun
    return "the steps"
