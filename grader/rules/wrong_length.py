"""wrong-length: a loop has another number of steps than the task asks for."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.edits import POSITIONS, field_edits, left_out
from grader.evidence.scan_faults import Fault, Knob, shown, told_by_flax
from grader.evidence.scans import (
    answering,
    length_given,
    length_of,
    scanned,
    scans,
    steps_noun,
)
from grader.model.edit import Edit
from grader.model.exercise import Check
from grader.rules import nnx_scan
from grader.rules.example import DEEP, DEEP_USES
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import Trait


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from nnx_scan.length(evidence)
    for each in shown(evidence, Knob.LENGTH):
        yield (_unasked if _goes_over_unasked(each) else _sighting)(evidence, each)


def _goes_over_unasked(each: Fault) -> bool:
    """Whether the loop goes over an input that the task's loop hasn't, and of another size."""
    ours, theirs = each.scan.actual, each.scan.expected
    return bool(scanned(ours)) and not scanned(theirs) and length_of(ours) != each.expected


def _unasked(evidence: Evidence, each: Fault) -> Sighting:
    run, argument = each.scan.actual, _argument(evidence)
    size, right = length_of(run), length_given(run) == each.expected
    set_too = "" if right else f", and {_help(argument, told=True, given=None)}"
    return Sighting(
        message=f"{run.transform} goes over an input of size {size}, but the task has "
        f"{_steps(each.expected)} here",
        label="passes an input to go over",
        details=told_by_flax(each),
        why="An input beside the carry is taken apart, one step for each part. The task's loop has "
        f"none: only length says how many of {steps_noun(evidence)} there are.",
        help=f"pass None in place of that input{set_too}",
        span=each.scan.root.span or evidence.landmarks.head,
        case=each.look.case,
        evidence={"argument": "inputs", "expected": each.expected, "actual": size},
    )


def _sighting(evidence: Evidence, each: Fault) -> Sighting:
    run, noun = each.scan.actual, steps_noun(evidence)
    argument = _argument(evidence)
    told = length_given(each.scan.expected) is not None
    other = length_given(run) if length_given(run) != each.expected else None
    missing = each.actual is None
    by_inputs = not told and other is None
    said = evidence.landmarks.keyword(run.span, "length", POSITIONS["length"])
    span = each.scan.root.span if by_inputs else said
    return Sighting(
        message=f"nothing says how many steps {run.transform} has"
        if missing
        else f"{run.transform} runs {_steps(each.actual)}, but the task has {each.expected} here",
        label="needs length, since no input has an axis for the steps"
        if missing
        else f"{each.actual} in this case, not {each.expected}",
        details=told_by_flax(each),
        why=f"Without an input to go over, only length says how many of {noun} there are."
        if told
        else "The inputs say how many steps there are: length has to be the same, or is left out.",
        help=_all_weights(argument) if _is_cut(each) else _help(argument, told=told, given=other),
        span=span or evidence.landmarks.head,
        edits=_edits(evidence, each, argument, told=told, given=other),
        case=each.look.case,
        evidence={"argument": "length", "expected": each.expected, "actual": each.actual},
    )


def _is_cut(each: Fault) -> bool:
    """Whether the weights were made for all steps, and the loop that answers has fewer of them."""
    made = next((scan for scan in scans(each.look) if scan.root is each.look.actual.maker), None)
    return (
        made is not None
        and not made.answers
        and length_given(each.scan.expected) is not None
        and each.look.raised is None
        and length_of(made.actual) == each.expected != each.actual
    )


def _all_weights(argument: str | None) -> str:
    length = argument or "what the task passes for it"
    return f"pass all weights that init made, and give the loop that runs them length={length}"


def _steps(number: object) -> str:
    return "1 step" if number == 1 else f"{number} steps"


def _help(argument: str | None, *, told: bool, given: int | None) -> str:
    if told:
        return f"set length={argument}" if argument else "set length to what the task passes for it"
    if given is None:
        return "pass the steps that the task has, all of them"
    return "remove length: the inputs say how many steps there are"


def _argument(evidence: Evidence) -> str | None:
    """Return the argument of the task that is the number of steps in every case."""
    lengths = [
        (look, str(length_of(found.expected)))
        for look in evidence.looks
        if (found := answering(look)) is not None
    ]
    return evidence.argument_for(lengths)


def _edits(
    evidence: Evidence, each: Fault, argument: str | None, *, told: bool, given: int | None
) -> tuple[Edit, ...]:
    made = each.scan.actual.span
    if _is_cut(each):
        return ()
    if not told:
        return left_out(evidence, made, "length") if given is not None else ()
    if argument is None:
        return ()
    return field_edits(evidence, made, "length", POSITIONS["length"], argument)


RULE = Rule(
    id="wrong-length",
    check=Check.TRANSFORM,
    title="the loop has another number of steps",
    explanation="""\
A loop has as many steps as the axis of its inputs is long. If it has no inputs, as a stack of
layers, where only the carry goes from step to step, `length` says how many there are; without it
Flax raises `length should be specified manually`.

The number must follow what it counts. A constant fits only the one case that you tried. With both,
inputs and `length`, they have to agree, or JAX raises.

An object of NNX counts as an input: its arrays have as many slices as the stream was split into, so
the number stands in `nnx.split_rngs(splits=…)`.
""",
    wrong=DEEP.replace("length=features", "length=3"),
    right=DEEP,
    uses=DEEP_USES,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.scan",
    find=_find,
    alters=frozenset({Trait.SHAPE, Trait.VALUES}),
)
