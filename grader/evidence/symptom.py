"""Which deviating arguments of nn.vmap have a visible effect, and which have none.

A class that only ever runs `apply` may split a stream that it never draws from, and `out_axes=1`
followed by a transposition is right: an argument is only blamed for what it can cause.
"""

from __future__ import annotations

import re

import numpy as np

from grader.compare import OtherShape, close, numbers
from grader.evidence.deviation import Deviation
from grader.evidence.exceptions import text_lines
from grader.evidence.lifting import Knob, Unlisted
from grader.evidence.look import Look
from grader.evidence.order import moved, rearranged
from grader.evidence.results import arrays
from grader.model.case import ArrayValue
from grader.model.observation import ArrayType, digest

_SIZES = (
    r"axis_size|[Ii]nconsistent (batch axis )?sizes|index out of range|out of bounds|"
    r"rank should be at least|incompatible shapes?|dot_general|ScopeParamShapeError|"
    r"in_axes|tree prefix|structure|tuple indices"
)
_BATCHED = r"got axis spec None|out_axes|out of bounds|tree prefix|structure"
_CAUSES = {
    Knob.IN_AXES: rf"{_SIZES}|{_BATCHED}|reshape|unpack",
    Knob.OUT_AXES: rf"{_BATCHED}|reshape|incompatible shapes?",
    Knob.VARIABLE_AXES: rf"{_SIZES}|{_BATCHED}",
    Knob.SPLIT_RNGS: r"got axis spec None|out_axes",
    Knob.AXIS_SIZE: _SIZES,
    Knob.AXIS_NAME: r"axis name",
}
_NONE_GIVEN = "'NoneType' object has no attribute 'items'"
_CAUSES_UNLISTED = {
    Knob.VARIABLE_AXES: "ScopeCollectionNotFound|ScopeParamNotFound|ScopeVariableNotFound"
    f"|ModifyScopeVariableError|unmapped output variables|{_NONE_GIVEN}",
    Knob.SPLIT_RNGS: f"InvalidRngError|{_NONE_GIVEN}",
}


def causes(deviation: Deviation) -> re.Pattern[str]:
    """Return the pattern of the exceptions that this deviation can cause."""
    if isinstance(deviation.actual, Unlisted) and deviation.knob in _CAUSES_UNLISTED:
        return re.compile(_CAUSES_UNLISTED[deviation.knob])
    return re.compile(_CAUSES[deviation.knob])


def raised_by_knobs(look: Look) -> bool:
    """Whether a deviating argument is known to make Flax raise exactly this."""
    if look.raised is None or look.raised.library is None:
        return False
    return any(_caused(look, each) or _fed_otherwise(each) for each in _told(look))


def told_by(look: Look, deviation: Deviation) -> tuple[str, ...]:
    """Return the lines of the exception if this deviation caused it, none otherwise."""
    if look.raised is None or not (_caused(look, deviation) or _fed_otherwise(deviation)):
        return ()
    return text_lines(look.raised)


def _caused(look: Look, deviation: Deviation) -> bool:
    """Whether this deviation can cause an exception with this text."""
    raised = look.raised
    return raised is not None and bool(
        causes(deviation).search(f"{raised.exception}: {raised.message}")
    )


def _fed_otherwise(deviation: Deviation) -> bool:
    """Whether the inner module raised while it saw something other than one example."""
    innermost = min(deviation.run.inner, key=lambda run: run.depth, default=None)
    return deviation.knob is Knob.IN_AXES and innermost is not None and innermost.raised


def shown(look: Look, *, reorders: bool) -> tuple[Deviation, ...]:
    """Return the deviations to blame in this look.

    An exception caused by one of them hides the effects of the others, so all are named.
    `reorders` says that the file reorders axes somewhere.
    """
    if raised_by_knobs(look):
        kept = [each for each in _told(look) if _is_sure(look, each, reorders=reorders)]
        return tuple(kept or (each for each in _told(look) if _caused(look, each)))
    return tuple(each for each in _told(look) if _shows(look, each, reorders=reorders))


def _told(look: Look) -> tuple[Deviation, ...]:
    """Return the deviations that say something: of several calls, each has its own axis size."""
    sized = not look.shares_work
    return tuple(each for each in look.deviations if sized or each.knob is not Knob.AXIS_SIZE)


def _is_sure(look: Look, deviation: Deviation, *, reorders: bool) -> bool:
    """Whether a deviation would also be wrong if another one had not raised first."""
    if deviation.knob is Knob.OUT_AXES:
        return not reorders
    return deviation.knob is not Knob.AXIS_NAME or _caused(look, deviation)


def _shows(look: Look, deviation: Deviation, *, reorders: bool) -> bool:
    """Whether a deviation has its own effect."""
    match deviation.knob:
        case Knob.VARIABLE_AXES:
            differs = any(each.collection == deviation.name for each in look.variables)
            return deviation.only_out or (differs and _is_own(deviation))
        case Knob.SPLIT_RNGS:
            return look.answer_wrong and _is_own(deviation)
        case Knob.IN_AXES | Knob.AXIS_SIZE:
            return look.answer_wrong or bool(look.variables)
        case Knob.AXIS_NAME:
            return False
        case Knob.OUT_AXES:
            answers = deviation.run.root is look.actual.answer
            return look.answer_wrong and answers and not _undone(look, deviation, reorders)


def _is_own(deviation: Deviation) -> bool:
    """Whether it is about the task's module: another module may not need such a name."""
    return deviation.same_module or not isinstance(deviation.actual, Unlisted)


def _undone(look: Look, deviation: Deviation, reorders: bool) -> bool:
    """Whether the submission itself moved the axes back before it returned."""
    run, found = deviation.run.run, look.found
    if run is None:
        return reorders
    if found is None and run.given is not None and run.given == look.given:
        rows = all(map(_is_row, run.outputs))
        return rows and not isinstance(look.comparison, OtherShape)
    if found is None or run.digest is None:
        return reorders and not _plainly_misplaced(look, deviation)
    if len(run.outputs) != 1 or _is_row(run.outputs[0]):
        return True  # a single row of numbers has only one order
    shape = run.outputs[0].shape
    if run.digest == digest(found.data):
        return False
    return reorders or rearranged(found, shape, run.digest) is not None


def _is_row(array: ArrayType) -> bool:
    """Whether an array has at most one axis with several numbers."""
    return sum(size > 1 for size in array.shape) < 2


def _plainly_misplaced(look: Look, deviation: Deviation) -> bool:
    """Whether moving the mapped axes back makes the numbers right, if no hash is known."""
    run = deviation.run.run
    wanted, found = arrays(look.exchange.expected), arrays(look.exchange.actual)
    sources, targets = deviation.actual, deviation.expected
    if run is None or not isinstance(sources, tuple) or not isinstance(targets, tuple):
        return False
    if not len(run.outputs) == len(wanted) == len(sources) == len(targets):
        return False
    places = zip(wanted, run.outputs, sources, targets, strict=True)
    return wanted.keys() == found.keys() and all(
        _is_moved(look, wanted[place], found[place], output.shape, (source, target))
        for place, output, source, target in places
    )


def _is_moved(
    look: Look,
    wanted: ArrayValue,
    found: ArrayValue,
    shape: tuple[int, ...],
    axes: tuple[int | None, int | None],
) -> bool:
    """Whether `found`, read as `shape`, is `wanted` after moving the first axis to the second."""
    source, target = axes
    if source is None or target is None or min(source, target) < 0:
        return False
    back, right = moved(found, shape, source, target), numbers(wanted)
    if back is None or right is None or back.size != right.size:
        return False
    return bool(np.all(close(right.reshape(-1), back.reshape(-1), look.tolerance)))
