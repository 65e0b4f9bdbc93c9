"""per-example-state: a collection other than "params" has an axis where it should be shared."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.lifting import Knob
from grader.model.exercise import Check
from grader.rules import scan_weights
from grader.rules.example import NORM
from grader.rules.per_example_params import sighting
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import Trait


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from scan_weights.per_step(evidence, scan_weights.of_others)
    for look, deviation in evidence.blamed(Knob.VARIABLE_AXES):
        shared = deviation.expected is None and deviation.name != "params"
        if shared and isinstance(deviation.actual, int):
            yield sighting(
                evidence,
                look,
                deviation,
                deviation.actual,
                why="They don't fit a batch of another size, and evaluation needs one set of "
                "them, not one for each example of the batch.",
            )


RULE = Rule(
    id="per-example-state",
    check=Check.PARAMS,
    title="every example has its own statistics or other state",
    explanation="""\
`variable_axes` says for each collection whether the examples share it. `None` means shared; a
number gives each of its arrays an axis for the examples. Running statistics with an axis have
shape `(batch, features)` instead of `(features,)`.

If the module computes its statistics over the whole batch, all rows are the same, so no number is
wrong, only the shape. But the model only fits its original batch size, memory grows with the batch,
and at evaluation it is not clear which row to use. `None` promises that all examples write the
same, and JAX checks it; a mean over the named axis keeps that promise.
""",
    wrong=NORM.replace('"batch_stats": None', '"batch_stats": 0'),
    right=NORM,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
    alters=frozenset({Trait.SHAPE}),
)
