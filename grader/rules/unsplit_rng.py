"""unsplit-rng: a stream other than "params" is not split although it should be."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.lifting import Knob
from grader.model.exercise import Check
from grader.rules import scan_keys, scan_weights
from grader.rules.example import DROPOUT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS
from grader.rules.unsplit_params_rng import is_unsplit, sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from scan_keys.unsplit(evidence, scan_weights.of_others)
    for look, deviation in evidence.blamed(Knob.SPLIT_RNGS):
        name = deviation.name
        if name != "params" and is_unsplit(deviation):
            yield sighting(
                evidence,
                look,
                deviation,
                message=f'the "{name}" key is not split: all draw the same random numbers',
                why="Everything drawn from one key is the same: one mask, one noise for all. Then "
                "a step averages over a single draw instead of many.",
            )


RULE = Rule(
    id="unsplit-rng",
    check=Check.RNG,
    title="all draw the same random numbers",
    explanation="""\
`split_rngs` says for each stream of random numbers whether every example gets its own key (`True`)
or all examples see the same key (`False`). A stream for dropout, noise or sampling should differ
between examples, so its key must be split.

With `{"dropout": False}` all examples get the same mask: the same units are missing for the whole
batch. Then each step trains one smaller layer instead of one for each example, the gradient is
noisier, and nothing raises. The stream `"params"` is different: what is shared must be drawn once,
from one key.
""",
    wrong=DROPOUT.replace('"dropout": True', '"dropout": False'),
    right=DROPOUT,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
    alters=NUMBERS,
)
