"""wrong-variable-axes: a collection has its axis in a different place than expected."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.lifting import Knob
from grader.evidence.notation import collection_noun
from grader.evidence.shape_rows import common
from grader.evidence.symptom import told_by
from grader.model.exercise import Check
from grader.rules import scan_weights
from grader.rules.example import ENSEMBLE
from grader.rules.knob import entry_sighting
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NOTHING


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from scan_weights.moved(evidence)
    for look, deviation in evidence.blamed(Knob.VARIABLE_AXES):
        name, wanted, found = deviation.name, deviation.expected, deviation.actual
        kept = look.made_elsewhere and deviation.run.root is look.actual.answer
        if kept and not any(each.failed for each in evidence.looks):
            continue  # the right variables were made, and their axes moved for this call
        if isinstance(wanted, int) and isinstance(found, int):
            yield entry_sighting(
                evidence,
                look,
                deviation,
                message=f"{collection_noun(name)} have the mapped axis at {found}, not at {wanted}",
                label=f'puts the axis of "{name}" at {found}',
                shapes=common(look, name),
                details=told_by(look, deviation),
                why="Code that later takes a slice of these variables, or maps over them, expects "
                "the axis where the task has it. Along another axis it mixes them up.",
                step="put it where the task wants it",
                values={"expected": wanted, "actual": found},
            )


RULE = Rule(
    id="wrong-variable-axes",
    check=Check.PARAMS,
    title="variable_axes puts the axis of a collection in another place",
    explanation="""\
The number that `variable_axes` gives to a collection is the position of the mapped axis in each of
its arrays. With `0` the axis comes first: `kernel` has shape `(members, in, out)` and `bias`
`(members, out)`. With `1` they are `(in, members, out)` and `(out, members)`; with `-1` the axis is
the last.

Inside this lifted module no position is better than another, and the output is the same. But
variables outlive the module: a checkpoint, an optimiser with its own `jax.vmap`, or a line like
`kernel[i]` that selects one member all rely on where the axis is.
""",
    wrong=ENSEMBLE.replace('{"params": 0}', '{"params": 1}'),
    right=ENSEMBLE,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
    alters=NOTHING,
)
