"""wrong-step: what a lifted loop runs in each step isn't the task's class, as it is."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.edits import POSITIONS, restored
from grader.evidence.scan_steps import Other, OtherStep, other_steps
from grader.evidence.shape_rows import common, one_sided
from grader.model.exercise import Check
from grader.model.finding import ShapeRow
from grader.rules import nnx_scan
from grader.rules.example import DEEP, DEEP_USES
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from nnx_scan.step(evidence)
    for each in other_steps(evidence):
        yield _sighting(evidence, each)
        return


def _sighting(evidence: Evidence, each: OtherStep) -> Sighting:
    run, wanted = each.scan.actual, each.scan.use.of
    span = evidence.landmarks.keyword(run.span, "target", POSITIONS["target"])
    inside = each.how is Other.INSIDE
    return Sighting(
        message=_message(each),
        label=f"this {wanted} runs inside another module" if inside else f"not the task's {wanted}",
        shapes=_rows(each),
        details=("It got the same carry, inputs, variables and keys, but gave different numbers.",)
        if each.how is Other.NUMBERS
        else (),
        why="The given class is part of the task: everybody's has to compute the same."
        if each.how is Other.NUMBERS
        else "Flax draws each parameter from the key and from the names that lead to it, so under "
        "other names the same seed gives different numbers.",
        help="init and apply the scanned class itself"
        if inside
        else f"use {wanted} from the starter unchanged",
        span=span or evidence.landmarks.head,
        edits=restored(evidence, wanted) if run.target == wanted and not inside else (),
        case=each.look.case,
        evidence={"expected": wanted, "actual": run.target},
    )


def _message(each: OtherStep) -> str:
    run, wanted = each.scan.actual, each.scan.use.of
    if each.how is Other.INSIDE:
        return f"the scanned {wanted} is inside a module of its own: its weights have other names"
    if run.target != wanted and each.how is Other.TREE:
        return f"{run.target} is scanned, not {wanted}: it has different parameters"
    if each.how is Other.TREE:
        return f"this {wanted} isn't the task's: it has different parameters"
    return f"{run.target} computes something other than the task's {wanted}"


def _rows(each: OtherStep) -> tuple[ShapeRow, ...]:
    if each.how is Other.NUMBERS:
        return ()
    return one_sided(each.look) or common(each.look)


RULE = Rule(
    id="wrong-step",
    check=Check.TRANSFORM,
    title="what the loop runs in each step isn't the task's class",
    explanation="""\
The task gives you a class for one step. Lift it as it is: another one, or a copy with another
activation or other names for its layers, computes something else, or has parameters that nobody
else's program can read. What `nnx.scan` calls is a function of your own, which runs the task's
class once and returns what it gives.

The same holds for a module around it. Flax derives the key of each parameter from its path, so one
more name in that path, as in `params/Layer_0/dense/kernel`, gives other weights from the same seed.
""",
    wrong=DEEP.replace("nn.tanh", "nn.relu"),
    right=DEEP,
    uses=DEEP_USES,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.scan",
    find=_find,
    alters=NUMBERS,
)
