"""params-rng-not-lifted: a stream of random numbers is not passed on to the inner module."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.deviation import Deviation
from grader.evidence.exceptions import text_lines
from grader.evidence.lifting import Knob, Unlisted
from grader.model.exercise import Check
from grader.rules import scan_keys, scan_weights
from grader.rules.example import RIGHT
from grader.rules.knob import entry_sighting
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NOTHING


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from scan_keys.unlisted_streams(evidence, scan_weights.of_params)
    for look, deviation in evidence.blamed(Knob.SPLIT_RNGS):
        if deviation.name == "params" and isinstance(deviation.actual, Unlisted):
            yield sighting(evidence, look, deviation, why=_WHY)


_WHY = "A stream that split_rngs doesn't name is not passed on: init has nothing to draw from."


def sighting(evidence: Evidence, look: Look, deviation: Deviation, *, why: str) -> Sighting:
    """Describe a stream that is not passed on."""
    name = deviation.name
    return entry_sighting(
        evidence,
        look,
        deviation,
        message=f'split_rngs doesn\'t name "{name}", so the layer inside has no key for it',
        label=f'says nothing about "{name}"',
        details=text_lines(look.raised) if look.raised and name in look.raised.message else (),
        why=why,
        step="name it",
    )


RULE = Rule(
    id="params-rng-not-lifted",
    check=Check.RNG,
    title="split_rngs leaves the key of the parameters out",
    explanation="""\
A lifted module only sees the random streams that `split_rngs` names. `init` draws the weights from
the stream `"params"`; if that is missing, Flax raises `InvalidRngError: … needs PRNG for "params"`,
although you passed a key.

`False` doesn't mean "no random numbers". It means that the key is passed on unsplit, the same for
all examples. By default `split_rngs` is empty: nothing is passed on.
""",
    wrong=RIGHT.replace('        split_rngs={"params": False},\n', ""),
    right=RIGHT,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
    alters=NOTHING,
)
