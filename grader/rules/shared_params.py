"""shared-params: a collection is shared, but should have its own axis."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.deviation import Deviation, collections_text
from grader.evidence.edits import knob_edits
from grader.evidence.lifting import Knob
from grader.evidence.notation import collection_noun
from grader.evidence.shape_rows import common
from grader.evidence.symptom import told_by
from grader.model.exercise import Check
from grader.rules.example import ENSEMBLE
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for look, deviation in evidence.blamed(Knob.VARIABLE_AXES):
        if isinstance(deviation.expected, int) and deviation.actual is None:
            yield _sighting(evidence, look, deviation)


def _sighting(evidence: Evidence, look: Look, deviation: Deviation) -> Sighting:
    name = deviation.name
    things = collection_noun(name)
    return Sighting(
        message=f"{things} are shared: one copy for all, not one each",
        label=f'gives "{name}" no axis',
        shapes=common(look, name),
        details=told_by(look, deviation),
        why=f"With one copy of {things}, it is the same layer everywhere: all gradients go into "
        "that copy, so nothing can learn to differ.",
        help="give the collection an axis: "
        f"variable_axes={collections_text(look.expected, deviation)}",
        span=evidence.landmarks.knob(deviation.call, Knob.VARIABLE_AXES, name),
        edits=knob_edits(
            evidence, deviation.call, Knob.VARIABLE_AXES, collections_text(look.expected, deviation)
        ),
        case=look.case,
        evidence={
            "argument": "variable_axes",
            "collection": name,
            "expected": deviation.expected,
            "actual": None,
        },
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
""",
    wrong=ENSEMBLE.replace('{"params": 0}', '{"params": None}'),
    right=ENSEMBLE,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
    alters=NUMBERS,
)
