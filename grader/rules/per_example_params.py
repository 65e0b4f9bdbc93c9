"""per-example-params: a collection that should be shared has an axis for the batch."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.deviation import Deviation
from grader.evidence.drawings import of_variable
from grader.evidence.lifting import Knob, axes_text, normal_axis
from grader.evidence.look import VariableDifference
from grader.evidence.notation import array_text, collection_noun, position
from grader.evidence.symptom import told_by
from grader.model.exercise import Check
from grader.model.finding import ShapeRow
from grader.rules import nnx_weights
from grader.rules.example import RIGHT
from grader.rules.knob import entry_sighting
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NOTHING


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from nnx_weights.per_example(evidence)
    for look, deviation in evidence.blamed(Knob.VARIABLE_AXES):
        shared = deviation.expected is None and deviation.name == "params"
        if shared and isinstance(deviation.actual, int):
            why = _why(look, deviation)
            yield sighting(evidence, look, deviation, deviation.actual, why=why)


def sighting(
    evidence: Evidence, look: Look, deviation: Deviation, axis: int, *, why: str
) -> Sighting:
    """Describe a collection that should be shared but has the axis `axis`."""
    name = deviation.name
    things = collection_noun(name)
    return entry_sighting(
        evidence,
        look,
        deviation,
        message=f"every example has its own copy of {things}",
        label=f'gives "{name}" an axis for {_mapped(look, deviation)}',
        shapes=tuple(
            _row(each, axis, _mapped(look, deviation))
            for each in look.variables
            if each.collection == name and not each.one_sided
        ),
        drawing=of_variable(look.variables, name, axis),
        details=told_by(look, deviation),
        why=why,
        step="share it among the examples",
        values={
            "expected": None,
            "actual": axis,
            "in_axes": axes_text(deviation.call.in_axes),
        },
    )


def _mapped(look: Look, deviation: Deviation) -> str:
    """Return what messages call the axis that the reference maps over."""
    run = deviation.reference.run
    inputs = run.inputs if run is not None else ()
    return look.mapped_noun(deviation.reference.call, inputs) or "the examples"


def _row(difference: VariableDifference, axis: int, noun: str) -> ShapeRow:
    wanted, found = difference.expected, difference.actual
    assert wanted is not None
    assert found is not None
    shape = found.type.shape
    surplus = normal_axis(axis, len(shape))
    inside = surplus is not None and 0 <= surplus < len(shape) > len(wanted.type.shape)
    remark = ""
    if inside and surplus is not None:
        remark = f"the {position(surplus, len(shape))} {shape[surplus]} is {noun}"
    return ShapeRow(
        name=difference.name,
        expected=array_text(wanted.type.dtype, wanted.type.shape),
        actual=array_text(found.type.dtype, shape),
        remark=remark,
        surplus_axis=surplus if inside else None,
    )


def _why(look: Look, deviation: Deviation) -> str:
    copies = _copies(look, deviation)
    if look.raised is None and not look.answer_wrong:
        return (
            f"The outputs agree here only because {copies} start out identical; training would "
            "make them differ."
        )
    return (
        "Each copy is trained only on its own example, and a batch of another size doesn't fit "
        "them at all."
    )


def _copies(look: Look, deviation: Deviation) -> str:
    """Say how many copies there are."""
    for each in look.variables:
        if each.collection == deviation.name and each.actual is not None:
            shape = each.actual.type.shape
            axis = deviation.actual
            place = normal_axis(axis, len(shape)) if isinstance(axis, int) else None
            if place is not None and 0 <= place < len(shape) and shape[place] > 1:
                return f"all {shape[place]} copies"
    return "the copies"


RULE = Rule(
    id="per-example-params",
    check=Check.PARAMS,
    title="every example has its own copy of the weights",
    explanation="""\
`variable_axes` says for each collection whether the examples share it. `None` means shared: one set
of weights. A number gives the collection an axis, so every example gets its own copy: `kernel` has
shape `(batch, in, out)` instead of `(in, out)`.

With `split_rngs={"params": False}` all copies are drawn from the same key, so the output is right,
and only the shapes of the parameters show the mistake. In training, each copy gets the gradient of
only one example: the copies drift apart, nothing is learned across examples, memory grows with the
batch, and the model doesn't fit a batch of another size. An axis for "params" is right for an
ensemble, where each member should have its own weights.

In NNX a module made in `nnx.vmap` over a stream, or one with stacked arrays that is mapped over
their axis, has a copy for each index. Make it outside, and pass it with `None` in `in_axes`.
""",
    wrong=RIGHT.replace('variable_axes={"params": None}', 'variable_axes={"params": 0}'),
    right=RIGHT,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
    alters=NOTHING,
)
