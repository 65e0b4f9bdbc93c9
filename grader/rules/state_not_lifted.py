"""state-not-lifted: a collection other than "params" is not passed on to the inner module."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.lifting import Knob, Unlisted
from grader.model.exercise import Check
from grader.rules import scan_weights
from grader.rules.example import NORM
from grader.rules.params_not_lifted import sighting
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NOTHING


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from scan_weights.unlisted(evidence, scan_weights.of_others)
    for look, deviation in evidence.blamed(Knob.VARIABLE_AXES):
        if deviation.name != "params" and isinstance(deviation.actual, Unlisted):
            yield sighting(evidence, look, deviation)


RULE = Rule(
    id="state-not-lifted",
    check=Check.PARAMS,
    title="variable_axes leaves out a collection that the module uses",
    explanation="""\
A lifted module only sees the collections that `variable_axes` names, on the way in and on the way
out. Besides its weights in `"params"`, a module may have other variables: running statistics in
`"batch_stats"`, a cache in `"cache"`. You have to name each collection. One that is missing or
misspelt is empty inside, and Flax raises `ScopeCollectionNotFound` as soon as the module reads it.

If the module only writes the collection, nothing raises: the update doesn't come out, and the next
step starts from the initial values again.
""",
    wrong=NORM.replace(', "batch_stats": None', ""),
    right=NORM,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
    alters=NOTHING,
)
