"""rng-not-lifted: a stream other than "params" is not passed on to the inner module."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.lifting import Knob, Unlisted
from grader.model.exercise import Check
from grader.rules import scan_keys, scan_weights
from grader.rules.example import DROPOUT
from grader.rules.params_rng_not_lifted import sighting
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from scan_keys.unlisted_streams(evidence, scan_weights.of_others)
    for look, deviation in evidence.blamed(Knob.SPLIT_RNGS):
        if deviation.name != "params" and isinstance(deviation.actual, Unlisted):
            yield sighting(
                evidence,
                look,
                deviation,
                why="A stream that split_rngs doesn't name is not passed on. If the stream "
                '"params" is, Flax silently uses that one; otherwise it raises.',
            )


RULE = Rule(
    id="rng-not-lifted",
    check=Check.RNG,
    title="split_rngs leaves out a stream that the module draws from",
    explanation="""\
A lifted module only sees the random streams that `split_rngs` names. Dropout draws its masks from
the stream `"dropout"`; if that is missing or misspelt, the key that you passed for it doesn't reach
the layer, and Flax raises `InvalidRngError: … needs PRNG for "dropout"`.

If the key of `"params"` is passed on, Flax uses that one instead of raising. Then the masks come
from the key of the weights, and are the same for all examples, since that key is not split.
Name each stream that the module draws from, and say whether it is split.
""",
    wrong=DROPOUT.replace(', "dropout": True', ""),
    right=DROPOUT,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
    alters=NUMBERS,
)
