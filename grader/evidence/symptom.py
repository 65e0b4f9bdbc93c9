"""Which deviating arguments of nn.vmap show in what happened, and which have no effect.

A class that only ever runs `apply` may split a stream that it never draws from, and `out_axes=1`
with a transposition after it is sound: an argument is only blamed for what it can cause.
"""

from __future__ import annotations

import re

import numpy as np

from grader.compare import close, numbers
from grader.evidence.deviation import Deviation
from grader.evidence.lifting import Knob, Unlisted
from grader.evidence.look import Look
from grader.evidence.order import moved, rearranged
from grader.observation import digest

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
}
_CAUSES_UNLISTED = {
    Knob.VARIABLE_AXES: "ScopeCollectionNotFound|ScopeParamNotFound|ScopeVariableNotFound"
    "|ModifyScopeVariableError|unmapped output variables",
    Knob.SPLIT_RNGS: "InvalidRngError",
}


def causes(deviation: Deviation) -> re.Pattern[str]:
    """Return what the text of an exception looks like that this deviation can cause."""
    if isinstance(deviation.actual, Unlisted) and deviation.knob in _CAUSES_UNLISTED:
        return re.compile(_CAUSES_UNLISTED[deviation.knob])
    return re.compile(_CAUSES[deviation.knob])


def raised_by_knobs(look: Look) -> bool:
    """Whether an argument that deviates is known to make Flax raise just this."""
    if look.raised is None or look.raised.library is None:
        return False
    text = f"{look.raised.exception}: {look.raised.message}"
    return any(causes(each).search(text) for each in look.deviations)


def shown(look: Look, *, reorders: bool) -> tuple[Deviation, ...]:
    """Return the deviations to blame in this look.

    An exception that one of them causes hides what the others would have done, so they are all
    named. `reorders` says that the file puts axes in another order somewhere.
    """
    if raised_by_knobs(look):
        kept = [each for each in look.deviations if each.knob is not Knob.OUT_AXES]
        return tuple(kept) if reorders else look.deviations
    return tuple(each for each in look.deviations if _shows(look, each, reorders=reorders))


def _shows(look: Look, deviation: Deviation, *, reorders: bool) -> bool:
    """Whether a deviation has an effect of its own."""
    match deviation.knob:
        case Knob.VARIABLE_AXES:
            return any(each.collection == deviation.name for each in look.variables)
        case Knob.SPLIT_RNGS:
            drawn = bool(deviation.run.root.made) or look.actual.maker is not deviation.run.root
            return look.answer_wrong and drawn and not isinstance(deviation.actual, Unlisted)
        case Knob.IN_AXES:
            return look.answer_wrong or bool(look.variables)
        case Knob.OUT_AXES:
            answers = deviation.run.root is look.actual.answer
            return look.answer_wrong and answers and not _undone(look, deviation, reorders)


def _undone(look: Look, deviation: Deviation, reorders: bool) -> bool:
    """Whether the submission put the axes back itself before it returned."""
    run, found = deviation.run.run, look.found
    if run is None or found is None:
        return reorders
    if run.digest is None:
        return reorders and not _plainly_misplaced(look, deviation)
    shape = run.outputs[0].shape if len(run.outputs) == 1 else ()
    if sum(size > 1 for size in shape) < 2:
        return True  # numbers in a row have one order
    if run.digest == digest(found.data):
        return False
    return reorders or rearranged(found, shape, run.digest) is not None


def _plainly_misplaced(look: Look, deviation: Deviation) -> bool:
    """Whether moving the mapped axis back makes the numbers right, where no hash is known."""
    run, wanted, found = deviation.run.run, look.wanted, look.found
    if run is None or len(run.outputs) != 1 or wanted is None or found is None:
        return False
    source, target = _only(deviation.actual), _only(deviation.expected)
    if source is None or target is None:
        return False
    back = moved(found, run.outputs[0].shape, source, target)
    right = numbers(wanted)
    if back is None or right is None or back.size != right.size:
        return False
    return bool(np.all(close(right.reshape(-1), back.reshape(-1), look.tolerance)))


def _only(axes: object) -> int | None:
    """Return the one axis that there is, counted from the front; else None."""
    if isinstance(axes, tuple) and len(axes) == 1 and isinstance(axes[0], int) and axes[0] >= 0:
        return axes[0]
    return None
