"""Loops of NNX over other axes than the task's, without a carry, or of another length."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from grader.evidence import Evidence
from grader.evidence.edits import (
    Advice,
    Edits,
    altered_class,
    argument_edits,
    restored,
    taken_whole,
)
from grader.evidence.edits.text import expression_at
from grader.evidence.exceptions import text_lines
from grader.evidence.lifting import axes_text
from grader.evidence.loops import step_returns
from grader.evidence.nnx import NnxLook, nnx_looks
from grader.evidence.nnx_axes import OBJECT, MappedArgument, arguments, axes_of, mapped_otherwise
from grader.evidence.nnx_calls import passes_otherwise
from grader.evidence.nnx_loops import (
    computes_otherwise,
    marks,
    marks_inside,
    marks_one,
    misfit,
    misreturned,
    other_length,
    other_place,
    refused,
    without_carry,
)
from grader.evidence.scans import CARRY_AXIS, length_given, length_of, steps_noun
from grader.model.axes import CARRY
from grader.model.observation import Axes, Axis, AxisTree, TransformRun
from grader.rules.nnx_axes import counts
from grader.rules.rule import Sighting


def looks(evidence: Evidence) -> Iterator[NnxLook]:
    """Yield the cases of a task that asks for a loop of NNX."""
    return (each for each in nnx_looks(evidence) if each.loops)


# ------------------------------------------------------------------------------------ what goes in


def inward(evidence: Evidence) -> Iterator[Sighting]:
    """Yield one sighting for a loop over other axes, or with the carry in another place."""
    if passes_otherwise(evidence):
        return
    found = [each for each in looks(evidence) if each.look.failed and not without_carry(each)]
    shown = [each for each in found if mapped_otherwise(each) or misfit(each)]
    for each in shown[:1]:
        # Where sizes are equal, another axis may look like the right one.
        telling = max(shown, key=lambda other: len(set(other.look.case.sizes.values())))
        yield _inward(evidence, each, mapped_otherwise(telling))
    for each in found:
        call = refused(each)
        if call is not None and not shown and not marks_one(call.axes("in_axes")):
            yield _refused(evidence, each, call)
            return


def _inward(evidence: Evidence, each: NnxLook, others: tuple[MappedArgument, ...]) -> Sighting:
    run, unfit = each.actual.run, misfit(each)
    assert run is not None
    given, right = run.axes("in_axes"), _right(each, run)
    does = _unfit(given) if unfit is not None else _does(each, others[0])
    should = f", but {_should(evidence, others[0])}" if unfit is None else ""
    return _axes(
        evidence,
        each,
        run,
        "in_axes",
        message=f"in_axes={axes_text(given)} {does}{should}",
        label=does,
        why=_WHY,
        right=right,
        step=f"set in_axes={right}",
    )


def _unfit(axes: Axes) -> str:
    is_list = isinstance(axes, AxisTree) and axes.kind != "tuple"
    return "isn't a tuple" if is_list else "doesn't have an entry for each argument"


_WHY = (
    "nnx.scan calls the function once for each step. nnx.Carry marks the argument that one step "
    "hands to the next, a number the axis that counts the steps, and None what each step gets "
    "whole. For an object, the entry counts for all of its arrays."
)


def _does(each: NnxLook, other: MappedArgument) -> str:
    if other.given == CARRY:
        return f"makes {other.noun} the carry"
    if other.given is None:
        return f"gives each step all of {other.noun}"
    return f"goes over axis {other.given} of {other.noun}{counts(each, other.noun, other.given)}"


def _should(evidence: Evidence, other: MappedArgument) -> str:
    it = "them" if other.noun == OBJECT else "it"
    if other.wanted == CARRY:
        return f"the steps should hand {it} on"
    if other.wanted is None:
        return f"each step needs {it} whole"
    return f"axis {other.wanted} of {it} counts {steps_noun(evidence)}"


def _right(each: NnxLook, run: TransformRun) -> str:
    """Return the value of `in_axes` that the run should have, as far as that is known."""
    wanted = {one.place: str(one.wanted) for one in arguments(each, run)}
    items = [
        wanted[place] if place in wanted else axes_text(axes_of(run, place))
        for place in range(len(run.parts))
    ]
    return f"({', '.join(items)})" if len(items) > 1 else items[0]


def _refused(evidence: Evidence, each: NnxLook, call: TransformRun) -> Sighting:
    axes = call.axes("in_axes")
    return _axes(
        evidence,
        each,
        call,
        "in_axes",
        message=f"in_axes={axes_text(axes)} {_fault(axes)}",
        label=_fault(axes),
        why=_WHY,
        right=None,
        step="mark the one argument that each step hands on with nnx.Carry, as an entry of its own",
    )


def _fault(axes: Axes) -> str:
    """Say how axes mark the carry otherwise than exactly once."""
    if marks_inside(axes):
        return "has nnx.Carry inside an entry"
    return "has more than one nnx.Carry" if marks(axes) > 1 else "has no nnx.Carry"


def no_carry(evidence: Evidence) -> Iterator[Sighting]:
    """Yield one sighting for a loop that hands nothing from step to step."""
    for each in looks(evidence):
        run, theirs = each.actual.run, each.expected.run
        if run is not None and theirs is not None and without_carry(each):
            right, out = _right(each, run), _stacked(evidence, run, theirs.axes("out_axes"))
            alone = _alone(evidence, run, out)
            yield Sighting(
                message=f"{run.transform} has no carry: each step begins with the same",
                label="has no nnx.Carry",
                details=_told(each),
                why="What isn't marked with nnx.Carry is passed to each step as it came in. So no "
                "step gets what the one before it computed.",
                help=f"hand on what each step computes: in_axes={right}, out_axes={out}"
                + alone.help,
                span=evidence.landmarks.keyword(run.span, "in_axes") or evidence.landmarks.head,
                edits=(
                    *argument_edits(evidence, run.span, "in_axes", right),
                    *argument_edits(evidence, run.span, "out_axes", out),
                    *alone.edits,
                ),
                case=each.look.case,
                evidence={"transform": run.transform, "function": run.target},
            )
            return


def _alone(evidence: Evidence, run: TransformRun, right: str) -> Advice:
    """Say what else changes where a stack of outputs becomes the last carry alone."""
    ours = run.axes("out_axes")
    stacked = isinstance(ours, Axis) and not ours.is_carry and right == axes_text(CARRY_AXIS)
    found = taken_whole(evidence.source, run.span, run.target) if stacked else None
    if found is None:
        return Advice("", ())
    return Advice(f"; the last carry comes out alone then: {found.help}", found.edits)


# ----------------------------------------------------------------------------------- what comes out


def outward(evidence: Evidence) -> Iterator[Sighting]:
    """Yield one sighting for a loop with other `out_axes`."""
    for each in looks(evidence):
        found = _outward(evidence, each)
        if found is not None:
            yield found
            return


def _outward(evidence: Evidence, each: NnxLook) -> Sighting | None:
    call, run, place = refused(each), misreturned(each), other_place(each)
    theirs = each.expected.run
    if call is not None and theirs is not None and marks_one(call.axes("in_axes")):
        return _refused_out(evidence, each, call, _stacked(evidence, call, theirs.axes("out_axes")))
    if run is not None:
        return _misreturned(evidence, each, run)
    if place is not None and not mapped_otherwise(each):
        return _moved(evidence, each, *place)
    return None


def _stacked(evidence: Evidence, call: TransformRun, wanted: Axes) -> str:
    """Return the `out_axes` that a call should have.

    If its step returns more than the task's does, each result that has no axis gets one.
    """
    axes, count = call.axes("out_axes"), _returned(evidence, call)
    if isinstance(wanted, AxisTree) or count < 2 or marks(axes) > 1:
        return axes_text(wanted)
    if marks(axes) == 0:
        return f"({', '.join([axes_text(wanted), *['0'] * (count - 1)])})"
    if not isinstance(axes, AxisTree):
        return axes_text(wanted)
    items = [Axis(value=0) if each == Axis(value=None) else each for each in axes.items]
    return axes_text(msgspec.structs.replace(axes, items=tuple(items)))


def _returned(evidence: Evidence, call: TransformRun) -> int:
    """Count the results of a step: the entries of `out_axes`, or what the text returns."""
    axes = call.axes("out_axes")
    if isinstance(axes, AxisTree):
        return 1 if axes.is_state else len(axes.items)
    text = expression_at(evidence.source, step_returns(evidence.source, call.target))
    return len(text.elts) if isinstance(text, ast.Tuple) else 1


def _refused_out(evidence: Evidence, each: NnxLook, call: TransformRun, right: str) -> Sighting:
    axes = call.axes("out_axes")
    fault = "gives a result no axis" if marks_one(axes) else _fault(axes)
    alone = _alone(evidence, call, right)
    found = _axes(
        evidence,
        each,
        call,
        "out_axes",
        message=f"out_axes={axes_text(axes)} {fault}",
        label=fault,
        why=_WHY_OUT,
        right=right,
        step=f"say for each result what it is: out_axes={right}{alone.help}",
    )
    return msgspec.structs.replace(found, edits=(*found.edits, *alone.edits))


_WHY_OUT = (
    "out_axes says what each result is: nnx.Carry for what a step hands on, or the axis along "
    "which the outputs of all steps are stacked."
)


def _misreturned(evidence: Evidence, each: NnxLook, run: TransformRun) -> Sighting:
    axes, theirs = axes_text(run.axes("out_axes")), each.expected.run
    right = axes_text(theirs.axes("out_axes")) if theirs is not None else axes
    found = _axes(
        evidence,
        each,
        run,
        "out_axes",
        message=f"out_axes={axes} doesn't fit what {_name(run)} returns",
        label="the carry is all that is returned" if axes == CARRY else "needs a tuple of results",
        why=_WHY_OUT,
        right=right,
        step=f"say for each result what it is: out_axes={right}",
    )
    if axes != right:
        return found
    alone = axes == CARRY
    return msgspec.structs.replace(
        found,
        label=f"{'several results' if alone else 'one result'}, in place of what {axes} says",
        help="return the new carry alone" if alone else f"return what {axes} says, as a tuple",
        span=step_returns(evidence.source, run.target) or found.span,
        edits=(),
    )


def _name(run: TransformRun) -> str:
    return "the step" if run.target == "<lambda>" else run.target


def _moved(evidence: Evidence, each: NnxLook, place: int, wanted: int, found: int) -> Sighting:
    run, noun = each.actual.run, steps_noun(evidence)
    assert run is not None
    axes = run.axes("out_axes")
    texts = [axes_text(item) for item in getattr(axes, "items", (axes,))]
    texts[place if len(texts) > 1 else 0] = str(wanted)
    right = f"({', '.join(texts)})" if len(texts) > 1 else texts[0]
    return _axes(
        evidence,
        each,
        run,
        "out_axes",
        message=f"out_axes={axes_text(axes)} puts the axis that counts {noun} at the wrong place",
        label=f"the outputs' axis {found} counts {noun}",
        why="The outputs of the steps are stacked along that axis. At another place, the axes of "
        "the result are in another order.",
        right=right,
        step=f"put the axis where the task has it: out_axes={right}",
    )


def _axes(
    evidence: Evidence,
    each: NnxLook,
    run: TransformRun,
    knob: str,
    *,
    message: str,
    label: str,
    why: str,
    right: str | None,
    step: str,
) -> Sighting:
    return Sighting(
        message=message,
        label=label,
        details=_told(each),
        why=why,
        help=step,
        span=evidence.landmarks.keyword(run.span, knob) or evidence.landmarks.head,
        edits=() if right is None else argument_edits(evidence, run.span, knob, right),
        case=each.look.case,
        evidence={"argument": knob, "expected": right, "actual": axes_text(run.axes(knob))},
    )


def _told(each: NnxLook) -> tuple[str, ...]:
    """Return the lines of the exception, if one was raised."""
    return text_lines(each.look.raised) if each.look.raised is not None else ()


# --------------------------------------------------------------------------- what the steps compute


def step(evidence: Evidence) -> Iterator[Sighting]:
    """Yield one sighting for a loop that computes something else from the same arrays."""
    for each in looks(evidence) if not evidence.impure else ():
        if each.actual.run is not None and computes_otherwise(each):
            yield _step(evidence, each, each.actual.run)
            return


def _step(evidence: Evidence, each: NnxLook, run: TransformRun) -> Sighting:
    source, own = evidence.source, altered_class(evidence)
    name = own.name if own is not None else None
    place = source.head(own) if own is not None else step_returns(source, run.target)
    return Sighting(
        message=f"{_name(run)} computes something other than the task's step",
        label=f"this {name} isn't the starter's" if name is not None else "not the task's step",
        details=("It got the same carry, inputs and weights, but gave different numbers.",),
        why="The step is part of the task: everybody's has to compute the same.",
        help=f"use {name} from the starter unchanged"
        if name is not None
        else "let each step compute what the task says, and nothing else",
        span=place or run.span or evidence.landmarks.head,
        edits=restored(evidence, name) if name is not None else (),
        case=each.look.case,
        evidence={"expected": name or "the task's step", "actual": run.target},
    )


# --------------------------------------------------------------------------------- how many steps


def length(evidence: Evidence) -> Iterator[Sighting]:
    """Yield one sighting for a loop with another number of steps than the task's."""
    for each in looks(evidence):
        found = other_length(each)
        if found is not None and each.actual.run is not None:
            yield _length(evidence, each, each.actual.run, *found)
            return


def _length(
    evidence: Evidence, each: NnxLook, run: TransformRun, wanted: int, found: int | None
) -> Sighting:
    noun, argument = steps_noun(evidence), _argument(evidence)
    knob, made = _counted(each, run, wanted, found)
    told = argument or f"the number of {noun.removeprefix('the ')}"
    span = evidence.landmarks.keyword(made.span, knob) if knob else run.span
    return Sighting(
        message=f"{run.transform} runs {_steps(found)}, but the task has {wanted} here"
        if found is not None
        else f"nothing says how many steps {run.transform} has",
        label=f"{found} in this case, not {wanted}"
        if found is not None
        else "needs length, since it goes over nothing",
        details=_told(each),
        why=f"What the loop goes over says how many of {noun} there are: length has to be the "
        "same, or is left out."
        if knob == "length" and run.states
        else f"Each of {noun} is one step, so the loop has as many as the task has of them.",
        help=f"set {knob}={told}" if knob else "pass the steps that the task has, all of them",
        span=span or evidence.landmarks.head,
        edits=_edits(evidence, made, knob, argument),
        case=each.look.case,
        evidence={"argument": knob or "inputs", "expected": wanted, "actual": found},
    )


def _edits(evidence: Evidence, made: TransformRun, knob: str, argument: str | None) -> Edits:
    if not knob or argument is None:
        return ()
    return argument_edits(evidence, made.span, knob, argument)


def _counted(
    each: NnxLook, run: TransformRun, wanted: int, found: int | None
) -> tuple[str, TransformRun]:
    """Return the argument that says how many steps there are, and the call that has it.

    It's empty if the arrays that the loop goes over are the task's own.
    """
    if length_given(run) not in {None, wanted} or found is None:
        return "length", run
    for other in each.actual.trail.record.transforms:
        for name in ("splits", "axis_size"):
            if other.knob(name) == Axis(value=found):
                return name, other
    return "", run


def _argument(evidence: Evidence) -> str | None:
    """Return the argument of the task that is the number of steps in every case."""
    lengths = [
        (each.look, str(found))
        for each in looks(evidence)
        if (found := _reference_length(each)) is not None
    ]
    return evidence.argument_for(lengths)


def _reference_length(each: NnxLook) -> int | None:
    return length_of(each.expected.run) if each.expected.run is not None else None


def _steps(number: int) -> str:
    return "1 step" if number == 1 else f"{number} steps"
