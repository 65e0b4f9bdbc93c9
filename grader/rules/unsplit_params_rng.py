"""unsplit-params-rng: all draw their variables from one key, but each should have its own."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.deviation import Deviation
from grader.evidence.lifting import Knob
from grader.evidence.symptom import told_by
from grader.model.exercise import Check
from grader.rules import nnx_weights, scan_keys, scan_weights
from grader.rules.example import ENSEMBLE
from grader.rules.knob import entry_sighting
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from nnx_weights.unsplit(evidence)
    yield from scan_keys.unsplit(evidence, scan_weights.of_params)
    for look, deviation in evidence.blamed(Knob.SPLIT_RNGS):
        if deviation.name == "params" and is_unsplit(deviation):
            yield sighting(
                evidence,
                look,
                deviation,
                message='the "params" key is not split: all draw their weights from the same key',
                why=_WHY,
                details=_alike(look, deviation),
            )


_WHY = (
    "Weights that start out identical get the same gradient from the same input, and stay "
    "identical forever. You can't see it in any shape, and nothing raises."
)


def is_unsplit(deviation: Deviation) -> bool:
    """Whether a stream that should be split is passed on unsplit."""
    return deviation.expected is True and deviation.actual is False


def sighting(
    evidence: Evidence,
    look: Look,
    deviation: Deviation,
    *,
    message: str,
    why: str,
    details: tuple[str, ...] = (),
) -> Sighting:
    """Describe a stream that is not split."""
    return entry_sighting(
        evidence,
        look,
        deviation,
        message=message,
        label=f'passes "{deviation.name}" on unsplit',
        details=(*details, *told_by(look, deviation)),
        why=why,
        step="give each its own key",
        values={"expected": True, "actual": False},
    )


def _alike(look: Look, deviation: Deviation) -> tuple[str, ...]:
    """Name the variables with equal slices."""
    axes = {entry.axis for entry in deviation.call.variable_axes}
    alike = [
        "/".join((each.collection, *each.path))
        for each in look.actual.variables
        if axes & set(each.alike_along) and each.largest
    ]
    return tuple(f"All slices of {name} are the same numbers." for name in alike[:2])


RULE = Rule(
    id="unsplit-params-rng",
    check=Check.RNG,
    title="all draw their weights from the same key",
    explanation="""\
`split_rngs` says for each stream of random numbers whether every index along the mapped axis gets
its own key (`True`) or all see the same key (`False`). The initialisers draw the weights from the
stream `"params"`. With an axis for the collection and `False` for the stream, there are several
copies of the weights, and all of them are the same.

In an ensemble nobody notices this mistake: the shapes are right, the loss falls, but the members
are copies of one network. They get the same gradient in every step, so they stay the same. An axis
in `variable_axes` goes with `True` in `split_rngs`, and `None` with `False`.

In NNX a stream of `nnx.Rngs` has one key. `nnx.split_rngs` gives it an axis of keys, which
`nnx.vmap` maps; a stream that isn't split can only be passed to all.
""",
    wrong=ENSEMBLE.replace("True", "False"),
    right=ENSEMBLE,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
    alters=NUMBERS,
)
