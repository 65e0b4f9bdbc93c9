"""shared-params: a collection is shared, but should have its own axis."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.lifting import Knob
from grader.evidence.notation import collection_noun
from grader.evidence.shape_rows import common
from grader.evidence.symptom import told_by
from grader.model.exercise import Check
from grader.rules import nnx_weights, scan_weights
from grader.rules.example import ENSEMBLE
from grader.rules.knob import entry_sighting
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from nnx_weights.shared(evidence)
    yield from scan_weights.shared(evidence)
    for look, deviation in evidence.blamed(Knob.VARIABLE_AXES):
        if isinstance(deviation.expected, int) and deviation.actual is None:
            things = collection_noun(deviation.name)
            yield entry_sighting(
                evidence,
                look,
                deviation,
                message=f"{things} are shared: one copy for all, not one each",
                label=f'gives "{deviation.name}" no axis',
                shapes=common(look, deviation.name),
                details=told_by(look, deviation),
                why=f"With one copy of {things}, it is the same layer everywhere: all gradients "
                "go into that copy, so nothing can learn to differ.",
                step="give the collection an axis",
                values={"expected": deviation.expected, "actual": None},
            )


RULE = Rule(
    id="shared-params",
    check=Check.PARAMS,
    title="the weights are shared, but each should have its own",
    explanation="""\
`variable_axes` says for each collection whether it is shared along the mapped axis. `None` means
that it is: one set of weights. Here each index along the axis should have its own weights, so the
collection needs an axis, and a number says at which position: with `{"params": 0}` the kernel has
shape `(members, in, out)`.

Shared weights are right for the examples of a batch. An ensemble with shared weights is a single
network that computes its answer several times: the answers are equal, their spread is zero, and
training can't change that. `None` together with `split_rngs={"params": True}` is a contradiction,
and Flax raises `got axis spec None but output was batched on axis 0`.

In `nn.scan` it is `variable_broadcast` that shares a collection. For a stack of layers that makes
one layer, run again and again; `variable_axes` gives each layer its own weights.

In NNX one module for all is shared. Make the members in a function that `nnx.vmap` maps over split
streams: what it returns is one object, whose arrays have an axis to map, or to go over with
`nnx.scan`.
""",
    wrong=ENSEMBLE.replace('{"params": 0}', '{"params": None}'),
    right=ENSEMBLE,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
    alters=NUMBERS,
)
