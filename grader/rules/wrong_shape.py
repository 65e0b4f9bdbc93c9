"""wrong-shape: the output has another shape than expected, and nothing else says why."""

from __future__ import annotations

import math
from collections.abc import Iterator

from grader.compare import OtherShape
from grader.evidence import Evidence
from grader.evidence.notation import array_text, output_name
from grader.evidence.results import arrays, exchanged, outputs
from grader.exercise import Check
from grader.finding import ShapeRow
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for look in evidence.compared(OtherShape):
        comparison = look.comparison
        excused = exchanged(look) is not None or look.misshapen_unlifted
        if isinstance(comparison, OtherShape) and not (evidence.excuses and excused):
            expected = array_text(look.dtype, comparison.expected)
            found = arrays(look.exchange.actual).get(comparison.place)
            actual = array_text(found.dtype if found else look.dtype, comparison.actual)
            yield Sighting(
                message=f"{output_name(comparison.place)} has shape {comparison.actual}, "
                f"not {comparison.expected}",
                label=f"this is {actual}",
                shapes=(
                    ShapeRow(name=f"output{comparison.place}", expected=expected, actual=actual),
                ),
                help=_help(comparison),
                span=evidence.returned(comparison.place),
                case=look.case,
                evidence={
                    "expected": list(comparison.expected),
                    "actual": list(comparison.actual),
                    **outputs(look, comparison.place),
                },
            )
            return


def _help(comparison: OtherShape) -> str:
    expected, actual = math.prod(comparison.expected), math.prod(comparison.actual)
    if expected == actual:
        return "keep the order of the numbers, and give the array the shape that the task names"
    return f"it has {actual} numbers where {expected} belong: look where they get lost or repeated"


RULE = Rule(
    id="wrong-shape",
    check=Check.SHAPE,
    title="the output has the wrong shape",
    explanation="""\
The array that came back has another shape than the task asks for. Usually an axis was summed over,
indexed away or broadcast: only the first example, a mean over the batch, one feature of many.

A wrong shape in the output of a model rarely raises at once. Broadcasting stretches it to fit the
targets, the loss is a number all the same, and training optimises something else.
""",
    wrong="""\
import flax.linen as nn
import jax


def forward(seed, x, features):
    BatchDense = nn.vmap(
        nn.Dense, variable_axes={"params": None}, split_rngs={"params": False}
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).mean(axis=0)
""",
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/jax.numpy.html",
    find=_find,
    explains=frozenset({"wrong-values"}),
)
