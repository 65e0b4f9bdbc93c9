"""carried-params: variables are handed from step to step that are shared, or have an axis."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.model.exercise import Check
from grader.rules import nnx_weights, scan_weights
from grader.rules.example import DEEP, DEEP_USES
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from nnx_weights.carried_on(evidence)
    yield from scan_weights.carried_on(evidence)


RULE = Rule(
    id="carried-params",
    check=Check.PARAMS,
    title="the weights are carried from step to step",
    explanation="""\
`nn.scan` has three arguments for collections. `variable_broadcast` shares a collection: all steps
see the same arrays, as a recurrent cell does. `variable_axes` gives it an axis: each step has its
own slice, as each layer of a stack does. `variable_carry` hands it on: a step gets what the one
before it wrote, as a counter or running statistics may need.

Weights don't change from step to step, so they are never carried. `init` can't even make them that
way: what is carried has to be there before the first step, and Flax raises.

In NNX `nnx.StateAxes({nnx.Param: nnx.Carry})` carries weights. That doesn't raise, and all steps
have the same ones.
""",
    wrong=DEEP.replace('variable_axes={"params": 0}', 'variable_carry="params"'),
    right=DEEP,
    uses=DEEP_USES,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.scan",
    find=_find,
    alters=NUMBERS,
)
