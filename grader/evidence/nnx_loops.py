"""Why a loop of NNX doesn't do what the task's does: its carry, its results, its number of steps.

`nnx.scan` refuses some axes as soon as it's called: then there is no run, and only the call tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from grader.compare import OtherValues
from grader.evidence.configuration import computing
from grader.evidence.evidence import Evidence
from grader.evidence.lifting import normal_axis
from grader.evidence.look import Look
from grader.evidence.loops import is_reverse, keeps_carry
from grader.evidence.nnx import NnxLook, NnxSide, nnx_look, nnx_use, wants_own
from grader.evidence.nnx_axes import (
    layer_weights,
    mapped_otherwise,
    maps_one_key,
    unmapped,
)
from grader.evidence.nnx_calls import passes_otherwise
from grader.evidence.results import arrays
from grader.evidence.scans import (
    carried,
    carry_in,
    carry_place,
    entry,
    fits,
    length_given,
    length_of,
    scanned_digests,
    step_axes,
    weights_entry,
)
from grader.model.axes import CARRY
from grader.model.nnx import WEIGHTS
from grader.model.observation import Axes, Axis, AxisTree, TransformRun

_LENGTHS: Final = r"scan got `length`|got no values to scan over|different leading axis sizes"
_SIGNATURES: Final = "inspect."
"""Where Python refuses a call that has another number of arguments than the function."""
_PAIR: Final = re.compile(r"Carry references must be the same.*arg=(?!\().* and out=\(", re.DOTALL)
_NO_TUPLE: Final = "ScanFn.__call__"
"""Where Flax asserts that a step returns a tuple."""


def refused(each: NnxLook) -> TransformRun | None:
    """Return the call of the loop that raised before anything ran."""
    if not each.loops or each.look.raised is None or each.use is None:
        return None
    for run in each.actual.trail.record.transforms:
        if run.raised and not run.ran and run.transform in each.use.any_of:
            return run
    return None


def marks(axes: Axes) -> int:
    """Count the arguments or results that are the carry as a whole."""
    if isinstance(axes, Axis):
        return int(axes.is_carry)
    return 0 if axes.is_state else sum(map(marks, _whole(axes)))


def _whole(axes: AxisTree) -> list[Axis]:
    return [item for item in axes.items if isinstance(item, Axis)]


def marks_inside(axes: Axes, *, states: bool = False) -> bool:
    """Whether there is a mark inside an entry, which Flax refuses; `StateAxes` may have one."""
    if isinstance(axes, Axis):
        return False
    inner = [item for item in axes.items if isinstance(item, AxisTree)]
    own = axes.is_state and states and any(item.is_carry for item in _whole(axes))
    return own or any(marks(item) > 0 or marks_inside(item, states=states) for item in inner)


def marks_one(axes: Axes) -> bool:
    """Whether exactly one argument or result is the carry, as a whole."""
    return marks(axes) == 1 and not marks_inside(axes)


def without_carry(each: NnxLook) -> bool:
    """Whether a loop hands nothing on, although the reference's does, and no object changes."""
    ours, theirs = each.actual.run, each.expected.run
    if not each.loops or ours is None or theirs is None or not each.look.failed:
        return False
    told = [ours.axes(knob) for knob in ("in_axes", "out_axes")]
    found = any(marks(axes) or marks_inside(axes, states=True) for axes in told)
    changes = any(state.after for state in ours.states)
    return not found and carry_place(theirs) is not None and not changes and each.comparable


def misfit(each: NnxLook) -> TransformRun | None:
    """Return a loop that raised since `in_axes` hasn't an entry for each argument."""
    run = each.actual.run
    raised = each.look.raised
    if not each.loops or run is None or raised is None or not run.raised or run.bodies:
        return None
    lacks = (raised.library or "").startswith(_SIGNATURES)
    return run if not fits(run) and not lacks else None


def unstacked(each: NnxLook) -> TransformRun | None:
    """Return a loop that fails since the weights have no axis for its steps, as they should."""
    run, raised = each.actual.run, each.look.raised
    if not each.loops or run is None or not each.look.failed or not wants_own(each):
        return None
    if raised is not None and not run.raised:
        return None
    theirs = [one.type for call in each.expected.calls for one in call.variables]
    for state in run.states:
        inner, axis = layer_weights(each, state.variables), weights_entry(run, state.argument)
        known = [one for one in state.variables if one.path in inner and one.collection == WEIGHTS]
        plain = known and all(one.type == inner[one.path] in theirs for one in known)
        if plain and axis is not None and axis.invalid is None and _goes_nowhere(run, axis):
            return run
    return None


def _goes_nowhere(run: TransformRun, axis: Axis) -> bool:
    """Whether a loop goes over plain weights, or over nothing, and has no length."""
    return axis.value is not None or length_of(run) is None


def hands_on(each: NnxLook) -> TransformRun | None:
    """Return a loop that marks weights as what one step hands to the next."""
    run = each.actual.run
    if not each.loops or run is None:
        return None
    axes = [weights_entry(run, state.argument) for state in each.actual.arguments()]
    return run if any(axis is not None and axis.is_carry for axis in axes) else None


def misreturned(each: NnxLook) -> TransformRun | None:
    """Return a loop that raised since `out_axes` doesn't fit what a step returned."""
    run, raised = each.actual.run, each.look.raised
    if not each.loops or run is None or raised is None or not run.raised or not run.bodies:
        return None
    axes, library = run.axes("out_axes"), raised.library or ""
    count = max(len(body.outputs) for body in run.bodies)
    if isinstance(axes, Axis):
        pair = count > len(carried(run)) > 0 or bool(_PAIR.search(raised.message))
        return run if axes.is_carry and pair else None
    return run if library.endswith(_NO_TUPLE) else None


def other_place(each: NnxLook) -> tuple[int, int, int] | None:
    """Return which result the answer is, and where it has the axis of the steps, theirs first.

    Only if both loops returned it as it is, and where that changes anything: axes of size 1 can't
    be told from each other.
    """
    theirs, ours = (_answered(side) for side in (each.expected, each.actual))
    found = each.look.found
    if not each.loops or theirs is None or ours is None or found is None or not each.look.failed:
        return None
    told = {found.shape[axis] for axis in (theirs[1], ours[1]) if axis < len(found.shape)} != {1}
    return (ours[0], theirs[1], ours[1]) if theirs[1] != ours[1] and told else None


def _answered(side: NnxSide) -> tuple[int, int] | None:
    """Return which result of the loop is the answer, and its axis that counts the steps."""
    run, answer = side.run, next(iter(arrays(side.trail.observation).values()), None)
    key = side.trail.answer_digest
    if run is None or answer is None or run.given_back.count(key) != 1:
        return None
    place, axes = run.given_back.index(key), run.axes("out_axes")
    if run.outputs[place].shape != answer.shape:
        return None
    fitting = isinstance(axes, Axis) or len(axes.items) == len(run.outputs)
    given = entry(axes, place) if fitting else None
    axis = given.value if isinstance(given, Axis) else None
    own = normal_axis(axis, len(run.outputs[place].shape))
    return (place, own) if own is not None else None


def other_length(each: NnxLook) -> tuple[int, int | None] | None:
    """Return how many steps the task has, and how many a program that fails for it has.

    None if nothing says so.
    """
    ours, theirs = each.actual.run, each.expected.run
    if not each.loops or ours is None or theirs is None or not each.look.failed:
        return None
    if mapped_otherwise(each) or without_carry(each) or unstacked(each) or not each.comparable:
        return None
    wanted, steps, given = length_of(theirs), length_of(ours), length_given(ours)
    found = given if given not in {None, wanted} else steps
    if wanted is None or found == wanted:
        return None
    raised = each.look.raised
    told = raised is not None and ours.raised and bool(re.search(_LENGTHS, raised.message))
    return (wanted, found) if told or (raised is None and found is not None) else None


def computes_otherwise(each: NnxLook) -> bool:
    """Whether a loop's steps got what the reference's did, and gave other numbers.

    The answer is just what the loop gave, and none of its results is the right one.
    """
    ours, theirs, look = each.actual.run, each.expected.run, each.look
    wrong = isinstance(look.comparison, OtherValues) and each.loops and each.comparable
    if not wrong or ours is None or theirs is None:
        return False
    told = [
        (_given(run), length_of(run), is_reverse(run), _answered(side))
        for run, side in ((ours, each.actual), (theirs, each.expected))
    ]
    same = all(one.settings == other.settings for one, other in each.made)
    found, right = look.actual.answer_digest, look.expected.answer_digest
    gives = found in ours.given_back and right in theirs.given_back
    explained = keeps_carry(ours) or computing(look) is not None
    alike = told[0] == told[1] and same
    return alike and gives and right not in ours.given_back and not explained


def _given(run: TransformRun) -> list[tuple[str, object]]:
    """Return the digest of each array that went in, and what the loop does with it."""
    weights = [
        (one.digest or "", weights_entry(run, state.argument))
        for state in run.states
        for one in state.variables
        if state.argument >= 0 and one.collection == WEIGHTS
    ]
    arrays = [
        *((key, CARRY) for key in run.digests[carry_in(run)]),
        *zip(scanned_digests(run), step_axes(run) or (), strict=False),
    ]
    return sorted((key, str(way)) for key, way in (*weights, *arrays))


def raised_by_nnx(evidence: Evidence, look: Look) -> bool:
    """Whether what a map or loop of NNX is told is why a case raised."""
    each = nnx_look(look, nnx_use(evidence.exercise))
    return not passes_otherwise(evidence) and any(test(each) for test in _CAUSES)


_CAUSES: Final[tuple[Callable[[NnxLook], object], ...]] = (
    *(mapped_otherwise, maps_one_key, unmapped),
    *(refused, misfit, unstacked, misreturned, without_carry, other_length),
)
