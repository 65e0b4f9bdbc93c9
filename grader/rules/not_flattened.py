"""not-flattened: the right numbers, but still with several axes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.compare import OtherShape, close, numbers
from grader.evidence import Evidence, Look
from grader.evidence.edits import flattened
from grader.evidence.notation import array_text
from grader.model.case import ArrayValue
from grader.model.exercise import Check
from grader.model.finding import ShapeRow
from grader.model.observation import digest
from grader.rules.decorated import decorated
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import Trait


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for look in _kept_axes(evidence):
        wanted, found = look.wanted, look.found
        if wanted is not None and found is not None:
            shape = array_text(found.dtype, found.shape)
            sighting = Sighting(
                message=f"the output still has {len(found.shape)} axes; the task wants a flat "
                "array",
                label=f"this is {shape}",
                shapes=(
                    ShapeRow(
                        name="output",
                        expected=array_text(wanted.dtype, wanted.shape),
                        actual=shape,
                    ),
                ),
                help="flatten it at the end: .reshape(-1)",
                span=evidence.returned(look),
                edits=flattened(evidence, look),
                case=look.case,
                evidence={"expected": list(wanted.shape), "actual": list(found.shape)},
            )
            yield decorated(evidence, look, sighting)
            return


def _kept_axes(evidence: Evidence) -> list[Look]:
    """Return the looks in which only flattening is missing.

    If an axis has size 1, many shapes have the same numbers, so other looks must decide.
    """
    looks = evidence.compared(OtherShape)
    decisive = [look for look in looks if sum(size > 1 for size in _shape(look)) > 1]
    if not all(map(not_flattened, decisive or looks)):
        return []
    return [look for look in looks if not_flattened(look)]


def _shape(look: Look) -> tuple[int, ...]:
    return look.found.shape if look.found is not None else ()


def not_flattened(look: Look) -> bool:
    """Whether the only fault of the shape is that axes were kept.

    That is so if the numbers are right row by row, or if the module's output was returned
    unchanged, whatever is wrong with it.
    """
    wanted, found = look.wanted, look.found
    if wanted is None or found is None or not len(found.shape) > len(wanted.shape) == 1:
        return False
    return _reads_right(look, wanted, found) or _as_it_was(look, found)


def _reads_right(look: Look, wanted: ArrayValue, found: ArrayValue) -> bool:
    right, read = numbers(wanted), numbers(found)
    if right is None or read is None or right.size != read.size:
        return False
    return bool(np.all(close(right.reshape(-1), read.reshape(-1), look.tolerance)))


def _as_it_was(look: Look, found: ArrayValue) -> bool:
    names = look.exercise.output
    if len(found.shape) != len(names):
        return False
    run = look.actual.top(look.actual.answer) if look.actual.answer is not None else None
    if run is None:  # compiled before, so nothing was seen
        return found.shape == tuple(look.case.sizes[name] for name in names)
    shapes = [each.shape for each in run.outputs]
    return shapes == [found.shape] and run.digest in {None, digest(found.data)}


RULE = Rule(
    id="not-flattened",
    check=Check.SHAPE,
    title="the output is not flattened",
    explanation="""\
The array still has the axes that the module gave it, but the task asks for a single axis.
Flattening goes row by row: with the examples on axis 0, all features of the first example come
first, then all features of the second.

Code that uses the output, such as a loss, relies on its shape. Broadcasting an output of shape
`(batch, features)` against targets of shape `(batch * features,)` at best raises, and at worst
gives a matrix of differences that nobody wanted.
""",
    wrong=RIGHT.replace(".reshape(-1)", ""),
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/_autosummary/jax.numpy.reshape.html",
    find=_find,
    alters=frozenset({Trait.SHAPE}),
)
