"""other-gradient: the gradient is taken with respect to another argument."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.edits import Edits, argument_edits
from grader.evidence.gradients import Gradients, argument_at, gradients
from grader.evidence.notation import listing
from grader.model.exercise import Check
from grader.rules.example import SLOPE, SLOPE_USES
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for each in gradients(evidence):
        if set(each.found) != set(each.wanted):
            yield _sighting(evidence, each)
            return


def _sighting(evidence: Evidence, found: Gradients) -> Sighting:
    run = found.actual
    ours, theirs = listing(found.found), listing(found.wanted)
    return Sighting(
        message=f"{run.transform} differentiates with respect to {ours}, not {theirs}",
        label=f"this is the gradient by {ours}",
        why="argnums says which argument varies, the first one by default. All others are constant "
        "for the gradient, and the result has that argument's shape.",
        help=f"set argnums to the position of {theirs} among the function's arguments",
        span=evidence.landmarks.keyword(run.span, "argnums", 1),
        edits=_edits(evidence, found),
        case=found.look.case,
        evidence={"argument": "argnums", "expected": theirs, "actual": ours},
    )


def _edits(evidence: Evidence, found: Gradients) -> Edits:
    """Write the position of the right argument, if the program could take that gradient."""
    run, wanted = found.actual, found.wanted
    if len(run.outputs) != len(found.expected.outputs):
        return ()
    places = range(len(run.parts))
    names = [argument_at(found.look, run, place, found.expected) for place in places]
    if len(wanted) != 1 or names.count(wanted[0]) != 1:
        return ()
    right = str(names.index(wanted[0]))
    return argument_edits(evidence, run.span, "argnums", right, 1)


RULE = Rule(
    id="other-gradient",
    check=Check.TRANSFORM,
    title="the gradient is taken with respect to another argument",
    explanation="""\
`jax.grad(f)` is the gradient with respect to the first argument of `f`; `argnums` names another
one, or several. The gradient has the shape of that argument. If the argument is the data, the
weights don't learn: what would change is the data.
""",
    wrong=SLOPE.replace("argnums=0", "argnums=1"),
    right=SLOPE,
    uses=SLOPE_USES,
    link="https://docs.jax.dev/en/latest/_autosummary/jax.grad.html",
    find=_find,
)
