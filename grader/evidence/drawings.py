"""Which axis of an array is mapped, and which should be, for a drawing of what both sides did.

There is no drawing if that isn't certain, or if both sides would look alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.evidence.deviation import Deviation
from grader.evidence.evidence import Evidence
from grader.evidence.lifting import array_axes
from grader.evidence.look import Look, VariableDifference
from grader.evidence.nest import Level, Mapped, out_axis
from grader.evidence.nests import Nests, over
from grader.evidence.trail import LiftedRun
from grader.model.exercise import Array, leaves
from grader.model.finding import AxisDrawing, MappedArray
from grader.model.observation import ArrayType


def of_inputs(evidence: Evidence, deviation: Deviation) -> AxisDrawing | None:
    """Draw the first argument of a lifted module that is mapped along another axis."""
    ours, theirs = deviation.run, deviation.reference
    if ours.run is None or theirs.run is None:
        return None
    if not isinstance(deviation.actual, tuple) or not isinstance(deviation.expected, tuple):
        return None
    place = _first(deviation.actual, deviation.expected)
    inputs, expected = deviation.inputs, theirs.run.inputs
    if place is None or place[0] >= min(len(inputs), len(expected)):
        return None
    number, found, wanted = place
    return _drawing(
        "the input" if len(expected) == 1 else f"input array {_own(deviation, number) + 1}",
        "gets",
        _array(inputs[number].shape, found, _noun(evidence, deviation, number, found)),
        _array(
            expected[number].shape, wanted, _noun(evidence, deviation, number, wanted, right=True)
        ),
    )


def of_outputs(evidence: Evidence, deviation: Deviation) -> AxisDrawing | None:
    """Draw the first result of a lifted module that has the mapped axis in another place."""
    ours, theirs = deviation.run, deviation.reference
    if ours.run is None or theirs.run is None:
        return None
    place = _first(
        array_axes(ours.call.out_axes, ours.run.outputs),
        array_axes(theirs.call.out_axes, theirs.run.outputs),
    )
    if place is None:
        return None
    number, found, wanted = place
    results, expected = ours.run.outputs, theirs.run.outputs
    noun = _mapped_noun(evidence, deviation, theirs)
    same = ours.call.in_axes == theirs.call.in_axes and ours.run.inputs == theirs.run.inputs
    return _drawing(
        "the output" if len(expected) == 1 else f"result array {number + 1}",
        "gives",
        _array(results[number].shape, found, noun if same else ""),
        _array(expected[number].shape, wanted, noun),
    )


def of_variable(
    variables: Sequence[VariableDifference], collection: str, axis: int
) -> AxisDrawing | None:
    """Draw the first small variable of a collection that has an axis and should have none."""
    for each in variables:
        if each.collection == collection and each.actual is not None and each.expected is not None:
            ours, theirs = each.actual.type.shape, each.expected.type.shape
            if len(ours) == len(theirs) + 1 == 2:  # as a table
                return _drawing(each.name, "has", _array(ours, axis), _array(theirs, None))
    return None


def of_argument(found: Nests, level: Level, wanted: frozenset[Mapped]) -> AxisDrawing | None:
    """Draw the first argument of a plain map that is mapped along another axis."""
    for each in level.operands:
        ours = _axis_in(each.name, each.axes, level.mapped)
        theirs = _axis_in(each.name, each.axes, wanted)
        if ours != theirs and level.axes_for(wanted) is not None:
            nouns = [_argument_noun(found.look, each.name, each.axes, n) for n in (ours, theirs)]
            return _drawing(
                each.name,
                "gets",
                _array(each.shape, ours, nouns[0]),
                _array(each.shape, theirs, nouns[1]),
            )
    return None


def of_result(found: Nests, level: Level, wanted: int) -> AxisDrawing | None:
    """Draw the result of a plain map that has its axis at another place than `wanted`."""
    place = found.actual.index(level)
    ours, theirs = level.run.outputs[0].shape, found.expected[place].run.outputs[0].shape
    noun = over(found.look, level.mapped)
    return _drawing(
        "the result",
        "gives",
        _array(ours, out_axis(level.run, len(ours)), noun),
        _array(theirs, wanted, noun),
    )


def of_steps(
    name: str,
    relation: str,
    ours: tuple[Sequence[ArrayType], tuple[int | None, ...]],
    theirs: tuple[Sequence[ArrayType], tuple[int | None, ...]],
) -> AxisDrawing | None:
    """Draw the first of a loop's arrays of which another axis counts the steps."""
    place = _first(ours[1], theirs[1])
    if place is None or place[0] >= min(len(ours[0]), len(theirs[0])):
        return None
    number, found, wanted = place
    shapes = ours[0][number].shape, theirs[0][number].shape
    return _drawing(name, relation, _array(shapes[0], found), _array(shapes[1], wanted))


def _first(
    ours: tuple[int | None, ...] | None, theirs: tuple[int | None, ...] | None
) -> tuple[int, int | None, int | None] | None:
    """Return the number of the first array with another axis, and both axes."""
    if ours is None or theirs is None or len(ours) != len(theirs):
        return None
    pairs = enumerate(zip(ours, theirs, strict=True))
    return next(((n, found, wanted) for n, (found, wanted) in pairs if found != wanted), None)


def _array(shape: tuple[int, ...], axis: int | None, noun: str = "") -> MappedArray | None:
    """Return an array, None if it doesn't have that axis."""
    rank = len(shape)
    if axis is not None and not -rank <= axis < rank:
        return None
    return MappedArray(shape=shape, axis=None if axis is None else axis % rank, noun=noun)


def _drawing(
    name: str, relation: str, actual: MappedArray | None, expected: MappedArray | None
) -> AxisDrawing | None:
    if actual is None or expected is None or actual == expected:
        return None
    if set(actual.shape + expected.shape) <= {1}:
        return None  # one number on each side shows nothing
    return AxisDrawing(name=name, relation=relation, actual=actual, expected=expected)


def _mapped_noun(evidence: Evidence, deviation: Deviation, reference: LiftedRun) -> str:
    """Return what the axis counts that the reference maps, the first of its inputs that is."""
    inputs = reference.run.inputs if reference.run is not None else ()
    axes = array_axes(reference.call.in_axes, inputs) or ()
    number = next((n for n, axis in enumerate(axes) if axis is not None), None)
    if number is None:
        return ""
    return _noun(evidence, deviation, number, axes[number], right=True)


def _noun(
    evidence: Evidence, deviation: Deviation, number: int, axis: int | None, *, right: bool = False
) -> str:
    """Return what an axis of an input counts, if the sizes in all cases leave no doubt.

    The input has to have the shape of one of the task's arrays each time, and in some case all its
    axes have to differ, so that it isn't transposed. `right` asks about the reference's.
    """
    seen = list(_inputs(evidence, deviation, number, right=right))
    names = {each.shape for parameter in evidence.exercise.parameters for each in leaves(parameter)}
    fitting = [
        each
        for each in names
        if all(tuple(sizes.get(name) for name in each) == shape for sizes, shape in seen)
    ]
    telling = any(len(set(shape)) == len(shape) for _, shape in seen)
    if axis is None or len(fitting) != 1 or not telling or not 0 <= axis < len(fitting[0]):
        return ""
    return evidence.exercise.dimension(fitting[0][axis]).noun


def _inputs(
    evidence: Evidence, deviation: Deviation, number: int, *, right: bool
) -> Iterator[tuple[Mapping[str, int], tuple[int, ...]]]:
    """Yield the sizes of each case with this deviation, and the shape of one of its inputs."""
    for look in evidence.looks:
        for each in look.deviations:
            if each.knob is deviation.knob and each.call.span == deviation.call.span:
                side = each.reference if right else each.run
                place = number if right else _own(each, number)
                if side.run is not None and place < len(side.run.inputs):
                    yield look.case.sizes, side.run.inputs[place].shape


def _own(deviation: Deviation, number: int) -> int:
    """Return which of the submission's arrays one of the reference's is."""
    places = deviation.places
    return places[number] if number < len(places) else number


def _axis_in(name: str, axes: tuple[int, ...], mapped: frozenset[Mapped]) -> int | None:
    return next((n for n, axis in enumerate(axes) if (name, axis) in mapped), None)


def _argument_noun(look: Look, name: str, axes: tuple[int, ...], place: int | None) -> str:
    for parameter in look.exercise.parameters:
        if isinstance(parameter, Array) and parameter.name == name and place is not None:
            return look.exercise.dimension(parameter.shape[axes[place]]).noun
    return ""
