"""Whether a layer was made and run on the task's input with its axes in another order.

That shows in the weights: they follow the size of the axis that came last. With the same weights,
another order of the axes may be another way to do what the task asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from grader.evidence.edits.inputs import input_edits
from grader.evidence.edits.text import Edits
from grader.evidence.notation import array_text

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import Look
    from grader.model.observation import ArrayType, ModuleRun

HELP: Final = "pass the input to init and apply as it comes, with its axes in their order"


class TurnedInput(NamedTuple):
    """What a layer got in a case, in words, and the edits that pass the task's input."""

    told: str
    edits: Edits


def turned_input(evidence: Evidence) -> TurnedInput | None:
    """Tell what the layer got, if that is so in each case with a wrong answer."""
    wrong = [look for look in evidence.answered_wrong if _layers(look) is not None]
    if not wrong or not all(map(_has_the_axes, wrong)):
        return None
    for look in wrong:
        turned = _turned(look)
        if turned is not None and _changes_weights(look):
            theirs, ours = (array_text(each.dtype, each.shape) for each in turned)
            told = f"The module got an input {ours}, where the task's is {theirs}."
            passed = input_edits(evidence, look.actual.maker, look.actual.answer)
            return TurnedInput(told, passed)
    return None


def _layers(look: Look) -> tuple[ModuleRun, ModuleRun] | None:
    wanted, found = look.expected.layer, look.actual.layer
    return (wanted, found) if wanted is not None and found is not None else None


def _has_the_axes(look: Look) -> bool:
    """Whether each input has the axes of the task's, in any order."""
    both = _layers(look)
    shapes = [[sorted(shape) for shape in each.input_shapes] for each in both or ()]
    return bool(shapes) and shapes[0] == shapes[1]


def _turned(look: Look) -> tuple[ArrayType, ArrayType] | None:
    """Return the first input with other axes, the reference's before the submission's."""
    wanted, found = _layers(look) or (None, None)
    pairs = zip(wanted.inputs, found.inputs, strict=False) if wanted and found else ()
    return next((pair for pair in pairs if pair[0].shape != pair[1].shape), None)


def _changes_weights(look: Look) -> bool:
    return any(not each.one_sided for each in look.variables)
