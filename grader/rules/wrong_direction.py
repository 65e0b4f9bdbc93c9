"""wrong-direction: a loop goes over the steps from the other end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from grader.evidence import Evidence
from grader.evidence.edits import POSITIONS, Edits, argument_edits, left_out
from grader.evidence.loops import (
    Loops,
    comes_back,
    is_reverse,
    loops,
    only_carries,
    same_objects,
    turned,
)
from grader.evidence.scans import length_of
from grader.model.exercise import Check
from grader.model.observation import TransformRun
from grader.rules.example import STEPS, STEPS_USES
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS


def _find(evidence: Evidence) -> Iterator[Sighting]:
    """Accuse if the loop's own output is returned: what is turned later may be right.

    Of two steps, what is shifted is turned as well. More steps tell that.
    """
    found = list(loops(evidence))
    if any(_is_other(each) for each in found):
        return
    for each in found:
        if only_carries(each.actual) and only_carries(each.expected):
            other = is_reverse(each.actual) != is_reverse(each.expected) and same_objects(each)
            if other and length_of(each.actual) != 1 and comes_back(each.look, each.actual):
                yield _sighting(evidence, each, input_turned=False)
                return
            continue
        ours, theirs = turned(each.look, each.actual), turned(each.look, each.expected)
        if ours is None or theirs is None or not comes_back(each.look, each.actual):
            continue
        if ours ^ is_reverse(each.actual) != theirs ^ is_reverse(each.expected):
            yield _sighting(evidence, each, input_turned=ours != theirs)
            return


def _is_other(each: Loops) -> bool:
    """Whether the loop goes over something that isn't the task's steps, in any direction."""
    return turned(each.look, each.expected) is not None and turned(each.look, each.actual) is None


def _sighting(evidence: Evidence, found: Loops, *, input_turned: bool) -> Sighting:
    run, backwards = found.actual, not is_reverse(found.expected)
    way = "from the last step to the first" if backwards else "from the first step to the last"
    knob = f"reverse={is_reverse(run)}"
    return Sighting(
        message=f"{run.transform} goes {way}",
        label="what it goes over was reversed before" if input_turned else f"{knob}: {way}",
        why="A carry has what the steps before have put into it. In the other direction these are "
        "other steps.",
        help="pass the steps in the order in which the task has them"
        if input_turned
        else "remove reverse: by default, the first step comes first"
        if is_reverse(run)
        else "go the other way: reverse=True",
        span=run.span
        if input_turned
        else evidence.landmarks.keyword(run.span, "reverse", _place(run)),
        edits=() if input_turned else _edits(evidence, found),
        case=found.look.case,
        evidence={"expected": not backwards, "actual": backwards, "argument": "reverse"},
    )


def _edits(evidence: Evidence, found: Loops) -> Edits:
    if is_reverse(found.actual):
        return left_out(evidence, found.actual.span, "reverse")
    return argument_edits(evidence, found.actual.span, "reverse", "True", _place(found.actual))


def _place(run: TransformRun) -> int:
    """Return where the transform takes `reverse`."""
    return _REVERSE if run.collections is None else POSITIONS["reverse"]


_REVERSE: Final = 4
"""Where `jax.lax.scan` takes it."""


RULE = Rule(
    id="wrong-direction",
    check=Check.TRANSFORM,
    title="the loop goes over the steps from the other end",
    explanation="""\
`jax.lax.scan`, `nn.scan` and `nnx.scan` go from the first step to the last, with `reverse=True` the
other way; the outputs stay at the places of their inputs. A program that reverses the array before
the loop goes the other way, too, and its outputs come back reversed.
""",
    wrong=STEPS.replace("x)", "x, reverse=True)"),
    right=STEPS,
    uses=STEPS_USES,
    link="https://docs.jax.dev/en/latest/_autosummary/jax.lax.scan.html",
    find=_find,
    alters=NUMBERS,
)
