"""carry-lost: each step of a loop gives back the carry that it got."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.loops import keeps_carry, loops, step_returns
from grader.model.exercise import Check
from grader.rules import nnx_scan
from grader.rules.example import STEPS, STEPS_USES
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from nnx_scan.no_carry(evidence)
    for each in loops(evidence):
        if keeps_carry(each.actual) and not keeps_carry(each.expected):
            run = each.actual
            name = "the step" if run.target == "<lambda>" else run.target
            returned = step_returns(evidence.source, run.target)
            yield Sighting(
                message=f"{name} returns the carry that it got, so nothing is carried over",
                label="the first item is the carry as it came in"
                if returned is not None
                else "its function returns the carry as it came in",
                why="What a step returns first is what the next step gets. If that is the carry "
                "that came in, every step begins with the initial one.",
                help="return the new carry first: (new carry, output)",
                span=returned or run.span or evidence.landmarks.head,
                case=each.look.case,
                evidence={"transform": run.transform, "function": run.target},
            )
            return


RULE = Rule(
    id="carry-lost",
    check=Check.TRANSFORM,
    title="no step hands on what it computed",
    explanation="""\
The function of `jax.lax.scan`, and likewise the class of `nn.scan`, takes a carry and one element,
and returns a pair: the carry for the next step, and the output of this one. If it returns the carry
that it got, each step begins with the initial carry again, and what was computed before is lost.

In `nnx.scan` an argument is the carry only if `in_axes` marks it with `nnx.Carry`, and a result
only if `out_axes` does. With `in_axes=(0, None)` every step gets the same second argument.
""",
    wrong=STEPS.replace("return total, total", "return carry, total"),
    right=STEPS,
    uses=STEPS_USES,
    link="https://docs.jax.dev/en/latest/_autosummary/jax.lax.scan.html",
    find=_find,
)
