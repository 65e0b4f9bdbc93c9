"""per-step-params: each step of a loop has its own weights, although they should be shared."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.model.exercise import Check
from grader.rules import nnx_weights, scan_weights
from grader.rules.example import CELL, CELL_USES
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from nnx_weights.per_step(evidence)
    yield from scan_weights.per_step(evidence, scan_weights.of_params)


RULE = Rule(
    id="per-step-params",
    check=Check.PARAMS,
    title="every step has its own weights",
    explanation="""\
`nn.scan` has three arguments for collections. What `variable_broadcast` names is shared by all
steps; `variable_axes` gives each step its own slice, so `kernel` has shape `(steps, in, out)`
instead of `(in, out)`.

For the layers of a deep network that is right. A recurrent cell is one layer that is used again in
each step. With weights for each step it can't learn from one step for another, and a sequence of
another length doesn't fit them at all. None of that raises while the length stays the same.

In NNX a module that `nnx.vmap` made has an axis, and `0` in `in_axes` of `nnx.scan` goes over it. A
cell is made once, outside, and passed with `None`.
""",
    wrong=CELL.replace('variable_broadcast="params"', 'variable_axes={"params": 0}'),
    right=CELL,
    uses=CELL_USES,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.scan",
    find=_find,
    alters=NUMBERS,
)
