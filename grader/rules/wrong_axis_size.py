"""wrong-axis-size: the mapped axis has the wrong length, or nothing determines it."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.deviation import Deviation
from grader.evidence.edits import Advice, knob_edits, rest_of_the_input, size_argument
from grader.evidence.lifting import Knob
from grader.evidence.symptom import told_by
from grader.model.exercise import Check
from grader.rules.example import ENSEMBLE
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import Trait


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for look, deviation in evidence.blamed(Knob.AXIS_SIZE):
        yield _sighting(evidence, look, deviation)


def _sighting(evidence: Evidence, look: Look, deviation: Deviation) -> Sighting:
    wanted, found = deviation.expected, deviation.actual
    given = deviation.reference.call.axis_size is not None
    argument = size_argument(evidence)
    passed = _input_left_out(evidence, look) if found is None and not given else None
    if passed is not None:
        return _unmapped(evidence, look, deviation, passed)
    return Sighting(
        message=f"the mapped axis has size {found}; {wanted} was expected"
        if found is not None
        else "nothing says how long the mapped axis is",
        label=f"{found} in this case, but {wanted} was expected"
        if found is not None
        else "needs axis_size, since no input is mapped",
        details=told_by(look, deviation),
        why="With another size there are too many or too few slices along the axis, in the "
        "variables and in the output."
        if found is not None
        else "With in_axes=None no input determines the size, and before init there are no "
        "variables either.",
        help=_help(evidence, argument)
        if given
        else "remove axis_size: the input determines how long the axis is",
        span=evidence.landmarks.knob(deviation.call, Knob.AXIS_SIZE),
        edits=knob_edits(evidence, deviation.call, Knob.AXIS_SIZE, argument)
        if given and argument is not None
        else (),
        case=look.case,
        evidence={"argument": "axis_size", "expected": wanted, "actual": found},
    )


def _input_left_out(evidence: Evidence, look: Look) -> Advice | None:
    """Say what to pass to the call that got no input."""
    root = look.actual.answer
    return rest_of_the_input(evidence, evidence.source.call_at(root.span)) if root else None


def _unmapped(evidence: Evidence, look: Look, deviation: Deviation, advice: Advice) -> Sighting:
    root = look.actual.answer
    return Sighting(
        message="nothing says how long the mapped axis is: the call gets no input",
        label="no input to map over",
        details=told_by(look, deviation),
        why="nn.vmap takes the size of the axis from the inputs that it maps over.",
        help=advice.help,
        span=root.span if root is not None else evidence.landmarks.head,
        edits=advice.edits,
        case=look.case,
        evidence={"argument": "axis_size", "expected": deviation.expected, "actual": None},
    )


def _help(evidence: Evidence, argument: str | None) -> str:
    if argument is None:
        return "set axis_size to the number that the task passes for it"
    sort, text = evidence.exercise.sort(argument), evidence.exercise.in_text(argument)
    return f"use the {sort}: axis_size={text}"


RULE = Rule(
    id="wrong-axis-size",
    check=Check.LIFTED,
    title="the mapped axis has the wrong size",
    explanation="""\
If an input is mapped, it determines the size of the axis. If none is, with `in_axes=None`, you have
to pass `axis_size`, or Flax raises `axis_size should be specified manually`.

The size must follow what it counts. A constant fits only the one case that you tried; `x.shape[0]`
makes an ensemble with as many members as there are examples, so its weights change their shape with
the batch size, and a smaller last batch doesn't fit the model any more.
""",
    wrong=ENSEMBLE.replace("axis_size=3", "axis_size=x.shape[0] + 1"),
    right=ENSEMBLE,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
    alters=frozenset({Trait.SHAPE, Trait.VALUES}),
    hides=frozenset({"not-flattened"}),
)
