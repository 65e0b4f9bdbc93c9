"""split-params-rng: a stream is split along the batch, but should be the same for all."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.lifting import Knob
from grader.evidence.symptom import told_by
from grader.model.exercise import Check
from grader.rules import nnx_weights, scan_keys
from grader.rules.example import RIGHT
from grader.rules.knob import entry_sighting
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from nnx_weights.split(evidence)
    yield from scan_keys.split_keys(evidence)
    for look, deviation in evidence.blamed(Knob.SPLIT_RNGS):
        name = deviation.name
        if deviation.expected is False and deviation.actual is True:
            yield entry_sighting(
                evidence,
                look,
                deviation,
                message=f'the "{name}" key is split: every example draws from its own key',
                label=f'splits "{name}" along the batch',
                details=told_by(look, deviation),
                why="What the examples share must be drawn once. With split keys each example "
                "gets different numbers, so there is nothing left to share.",
                step="give all examples the same key",
                values={"expected": False, "actual": True},
            )


RULE = Rule(
    id="split-params-rng",
    check=Check.RNG,
    title="the key of the parameters is split along the batch",
    explanation="""\
`split_rngs` says for each stream of random numbers whether every example gets its own key (`True`)
or all examples see the same key (`False`). The initialisers draw the weights from the stream
`"params"`. If that is split, each example draws different weights.

Together with `variable_axes={"params": None}` this is a contradiction, and Flax raises `got axis
spec None but output was batched on axis 0`. Together with an axis for `"params"` it makes an
ensemble: as many different layers as there are examples, each trained on one of them. Splitting is
right if examples should differ, as in dropout.

`nn.scan` splits in the same way, along the steps. What `variable_broadcast` shares is drawn once,
before the first step. With a split key, Flax raises `broadcasted variable has a data dependency on
the scan body`.

In NNX `nnx.split_rngs` splits a stream. A layer that all examples share is made from the stream
itself, outside of the map.
""",
    wrong=RIGHT.replace('split_rngs={"params": False}', 'split_rngs={"params": True}'),
    right=RIGHT,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
    alters=NUMBERS,
)
